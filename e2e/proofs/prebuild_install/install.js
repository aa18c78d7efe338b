// The install script of a package that is built for Node-API 3: prebuild-install -r napi.
const { cpSync, readFileSync } = require('node:fs');
const { execFileSync } = require('node:child_process');

cpSync(process.argv[2], 'node_modules', { recursive: true, dereference: true });
execFileSync(process.execPath, ['../node_modules/prebuild-install/bin.js', '--runtime', 'napi', '--verbose'], {
  cwd: 'addon',
  stdio: ['ignore', 2, 2],
});
process.stdout.write(readFileSync('addon/build/Release/native_addon.node'));
