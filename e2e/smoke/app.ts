console.log(`smoke: compiled by bun ${Bun.version}`);
