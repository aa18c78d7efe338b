// Installs @prisma/engines as npm does. Its install script hides all errors, so what counts is the engine that it leaves.
const { cpSync } = require('node:fs');
const { execFileSync } = require('node:child_process');

cpSync(process.argv[2], 'node_modules', { recursive: true, dereference: true });
const engines = 'node_modules/@prisma/engines';
execFileSync(process.execPath, ['scripts/postinstall.js'], { cwd: engines, stdio: ['ignore', 2, 2] });
const { getBinaryTargetForCurrentPlatform } = require(`${process.cwd()}/node_modules/@prisma/get-platform`);
getBinaryTargetForCurrentPlatform().then((target) =>
  process.stdout.write(execFileSync(`${engines}/schema-engine-${target}`, ['--version'])),
);
