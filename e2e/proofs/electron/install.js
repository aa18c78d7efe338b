// Installs a copy of the npm package electron whose table of digests names the stand-in, and starts what it installed.
const { execFileSync } = require('node:child_process');
const { cpSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const [modules, name, cache] = process.argv.slice(2);
cpSync(modules, 'node_modules', { recursive: true, dereference: true });
const electron = resolve('node_modules', name);

const list = readdirSync(cache).find((file) => file.startsWith('SHASUMS256.txt-'));
const [, digest, archive] = /^(\w{64}) \*(\S+)\n$/.exec(readFileSync(join(cache, list), 'utf8'));
const table = join(electron, 'checksums.json');
const digests = JSON.parse(readFileSync(table, 'utf8'));
if (!(archive in digests)) throw new Error(`Electron has no ${archive}`);
writeFileSync(table, JSON.stringify({ ...digests, [archive]: digest }));

execFileSync(process.execPath, ['install.js'], { cwd: electron, stdio: ['ignore', 2, 2] });
const installed = require(electron);
if (installed !== join(electron, 'dist', 'electron')) throw new Error(`${installed} is not what was installed`);
process.stdout.write(execFileSync(installed, ['installed']));

// Without an installation.
process.env.ELECTRON_OVERRIDE_DIST_PATH = join(cache, 'dist');
process.stdout.write(execFileSync(require(electron), ['where it is laid out']));
