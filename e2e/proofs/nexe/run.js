// nexe packs a program. What comes of it is the stand-in, which says so, with the program behind it.
const { cpSync, readFileSync } = require('node:fs');
const { execFileSync } = require('node:child_process');

cpSync(process.argv[2], 'node_modules', { recursive: true, dereference: true });
const nexe = ['node_modules/nexe/index.js', 'index.js', '--target', 'linux-x64-14.15.3', '--output', 'hello'];
execFileSync(process.execPath, nexe, { stdio: ['ignore', 2, 2] });
process.stdout.write(execFileSync('./hello'));
process.stdout.write(`holds the program: ${readFileSync('hello').includes("console.log('hello')")}\n`);
