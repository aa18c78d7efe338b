// Installs chromedriver as npm does, and asks the program for its version.
const { cpSync } = require('node:fs');
const { execFileSync } = require('node:child_process');

cpSync(process.argv[2], 'node_modules', { recursive: true, dereference: true });
const chromedriver = 'node_modules/chromedriver';
execFileSync(process.execPath, ['install.js'], { cwd: chromedriver, stdio: ['ignore', 2, 2] });
const version = execFileSync(`${chromedriver}/lib/chromedriver/chromedriver`, ['--version']).toString();
console.log(version.split(' (')[0]);
