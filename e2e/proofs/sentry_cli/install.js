// Installs @sentry/cli as npm does with --omit=optional, that is without the packages that hold the program.
const { cpSync } = require('node:fs');
const { execFileSync } = require('node:child_process');

const ofPlatform = /@sentry\/cli-(darwin|linux|win32)/;
cpSync(process.argv[2], 'node_modules', {
  recursive: true,
  dereference: true,
  filter: (path) => !ofPlatform.test(path),
});
const cli = 'node_modules/@sentry/cli';
execFileSync(process.execPath, ['scripts/install.js'], { cwd: cli, stdio: ['ignore', 2, 2] });
process.stdout.write(execFileSync(`${cli}/sentry-cli`, ['--version']));
