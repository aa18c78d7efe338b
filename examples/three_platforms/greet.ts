const name = process.argv[2] ?? "world";
console.log(`Hello, ${name}! I was compiled for ${process.platform}-${process.arch} on another machine.`);
