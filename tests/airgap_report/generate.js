// Writes a manifest of 10,000 files, the same on each run: some shared, for two platforms, of all kinds, and with names that
// would break a page that took them for markup. Its argument: the file.
const crypto = require("node:crypto");
const fs = require("node:fs");

const LINUX = "//platforms:linux_x86_64";
const MACOS = "//platforms:macos_arm64";
const HOSTILE = [
  '</script><script>window.broken = "script"</script>',
  '<img src="http://127.0.0.1:9/x" onerror="window.broken = 1">',
  "<!--<script>",
  '"]}; window.broken = "json"; ({"a":["',
  "\u2028window.broken = 'line'\u2029",
  "javascript:window.broken = 'address'",
  "&lt;b&gt;%DATA%%SCRIPT%%STYLE%",
];
const WORDS = ["linux-amd64", "darwin-arm64", "windows-x86_64", "linux-aarch64", "any", "sources", "headers"];

// A small generator of pseudo-random numbers below `limit`.
let seed = 20260101;
function random(limit) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

const sha256 = (text) => crypto.createHash("sha256").update(text).digest("hex");
const files = {};
const chains = {};
for (let number = 0; number < 10000; number += 1) {
  const hex = sha256(`file ${number}`);
  const kind = number % 20 === 0 ? "vendored" : number % 33 === 0 ? "registryFile" : "download";
  const owner = number % 4 === 0 ? `@@module_${random(60)}~` : `@@rules_crate~~crate~package_${random(2500)}`;
  const neededBy = new Set([kind === "registryFile" ? "module resolution" : owner]);
  if (number % 11 === 0) neededBy.add("@@module_1~").add("@@module_2~");
  if (number < HOSTILE.length) neededBy.clear(), neededBy.add(`@@bad~${HOSTILE[number]}`);
  for (const name of neededBy) {
    if (name !== "module resolution") chains[name] = ["//app:app", `//lib/${random(40)}:lib`, `${name}//:files`];
  }
  const name = number < HOSTILE.length ? HOSTILE[number] : `package-${number}-${WORDS[number % WORDS.length]}.tar.gz`;
  const platforms = number % 5 === 0 ? [LINUX] : number % 7 === 0 ? [MACOS] : [LINUX, MACOS];
  // A few large ones, many small ones, and some that are empty.
  const size = number % 997 === 0 ? 50_000_000 + random(200_000_000) : number % 500 === 1 ? 0 : 200 + random(400_000);
  const path = { vendored: `vendor/r${number}/file`, registryFile: `registries/r.example/modules/m${number}/1.0/MODULE.bazel` }[kind]
    ?? `repository_cache/content_addressable/sha256/${hex}/file`;
  files[path] = {
    sha256: `sha256:${hex}`, size, kind, neededBy: [...neededBy].sort(),
    sources: [`https://mirror.example/files/${name}`], ...(kind === "registryFile" ? {} : { platforms }),
  };
}

const manifest = {
  manifestVersion: 1, bazel: "7.7.1", targets: ["//app:app", `//${HOSTILE[0]}`], platforms: [LINUX, MACOS], registries: [],
  files: Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))),
  chains,
  notIncluded: HOSTILE.map((text) => ({ class: "host", what: text, neededBy: [`@@bad~${text}`] })),
};
fs.writeFileSync(process.argv[2], JSON.stringify(manifest, null, 2));
