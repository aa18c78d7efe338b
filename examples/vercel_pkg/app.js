console.log(`Packaged by @yao-pkg/pkg: node ${process.version} on ${process.platform}-${process.arch}.`);
