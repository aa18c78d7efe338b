// The classic base binaries of pkg lie on GitHub. Where they cannot be had, their places can still be proved by the
// tool itself: the layout of the lock is assembled with a stand-in for the binary, and pkg-fetch is asked for it. It
// looks for the file, hashes it and compares the digest with its own table, before it would download anything.
//
// classic_check.js LOCK TOOL LAZYTOOLS_ACTION PKG_FETCH_PACKAGE
const { execFileSync } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const assert = require("node:assert");

const [lockFile, tool, action, package_] = process.argv.slice(2);
const pin = JSON.parse(fs.readFileSync(lockFile, "utf8")).tools[tool];
const arch = process.arch === "arm64" ? "arm64" : "x64";
const platform = `${process.platform === "darwin" ? "macos" : "linux"}_${arch === "x64" ? "x86_64" : "aarch64"}`;
const part = pin.target[platform];
const [id, artifact] = Object.entries(part.artifacts)[0];

// The pin is the digest of the tool's own table.
const { EXPECTED_HASHES } = require(path.join(package_, "lib-es5/expected.js"));
const name = path.basename(artifact.urls[0]);
assert.strictEqual(artifact.integrity, `sha256-${Buffer.from(EXPECTED_HASHES[name], "hex").toString("base64")}`);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "classic-"));
const standIn = path.join(folder, "stand-in");
fs.writeFileSync(standIn, "stand-in for a base binary\n");
const digest = crypto.createHash("sha256").update(fs.readFileSync(standIn)).digest();
fs.writeFileSync(
  path.join(folder, "plan.json"),
  JSON.stringify({
    planVersion: 1,
    tool,
    parts: [{
      role: "target",
      platform,
      artifacts: { [id]: { integrity: `sha256-${digest.toString("base64")}` } },
      layout: part.layout,
    }],
  }),
);
const cache = path.join(folder, "cache");
execFileSync(action, [
  "assemble", "--plan", path.join(folder, "plan.json"), "--artifact", `target/${id}=${standIn}`,
  "--out", cache, "--manifest", path.join(folder, "manifest.json"),
], { stdio: "inherit" });

process.env.PKG_CACHE_PATH = cache;
// The table is asked for the stand-in's digest from here on; all else is the tool as it is.
EXPECTED_HASHES[name] = digest.toString("hex");
const { need } = require(package_);
need({ nodeRange: `node${pin.request.params.node}`, platform: process.platform, arch }).then((found) => {
  assert.ok(found.startsWith(cache + path.sep), `pkg-fetch took ${found}`);
  assert.strictEqual(fs.readFileSync(found, "utf8"), "stand-in for a base binary\n");
  console.log(`pkg-fetch took ${path.relative(cache, found)}, and its digest was that of its table`);
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
