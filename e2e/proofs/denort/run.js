// deno compiles a program. What comes of it is the stand-in, which says so, with the program behind it.
const { execFileSync } = require("node:child_process");
const { readFileSync } = require("node:fs");

execFileSync(process.argv[2], ["compile", "--cached-only", "--no-check", "--output", "hello", "hello.ts"], {
  stdio: ["ignore", "ignore", "inherit"],
});
process.stdout.write(execFileSync("./hello"));
process.stdout.write(`holds the program: ${readFileSync("hello").includes('console.log("hello")')}\n`);
