// Asks electron-builder for its toolsets, whose tables of digests name the stand-ins, and starts them.
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { cpSync, readFileSync, realpathSync, writeFileSync } = require('node:fs');
const { join, relative, resolve } = require('node:path');

const [modules, builder] = process.argv.slice(2);
const cache = process.env.ELECTRON_BUILDER_CACHE;
cpSync(modules, 'node_modules', { recursive: true, dereference: true });
cpSync(builder, 'node_modules/app-builder-lib', { recursive: true, dereference: true });
const lib = resolve('node_modules/app-builder-lib/out');

for (const [table, key, archive] of [
  ['7zip', '"7zip-linux-x64.tar.gz": "', '7zip@1.0.0/7zip-linux-x64.tar.gz'],
  ['icons', '"icons-bundle.tar.gz": "', 'icons@1.2.3/icons-bundle.tar.gz'],
  ['linux', '"1.0.3": {\n        "appimage-tools-runtime-20251108.tar.gz": "', 'appimage@1.0.3/appimage-tools-runtime-20251108.tar.gz'],
]) {
  const file = join(lib, 'toolsets', `${table}.js`);
  const text = readFileSync(file, 'utf8');
  const [before, after] = text.split(key);
  const digest = createHash('sha256').update(readFileSync(join(cache, archive))).digest('hex');
  writeFileSync(file, before + key + digest + after.slice(64));
}

const { Arch } = require('builder-util');
const { getPath7za } = require(join(lib, 'toolsets/7zip'));
const { runIconsTool } = require(join(lib, 'toolsets/icons'));
const { getAppImageTools } = require(join(lib, 'toolsets/linux'));

(async () => {
  process.stdout.write(execFileSync(await getPath7za(), ['x']));
  const { mksquashfs, runtime } = await getAppImageTools('1.0.3', Arch.x64);
  process.stdout.write(execFileSync(mksquashfs, ['app']));
  console.log(relative(realpathSync(cache), realpathSync(runtime)));
  await runIconsTool({ inputFile: 'icon.svg', outputFormat: 'set', outDir: 'icons' });
  console.log(readFileSync('icons.log', 'utf8'));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
