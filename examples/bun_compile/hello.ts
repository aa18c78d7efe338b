const name = process.argv[2] ?? "world";
console.log(`Hello, ${name}! Compiled by bun ${Bun.version} for ${process.platform}-${process.arch}, without a network.`);
