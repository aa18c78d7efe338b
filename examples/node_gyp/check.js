const path = require("node:path");
const addon = require(path.resolve(process.argv[2]));
if (addon.answer() !== 42) {
  throw new Error(`the addon answered ${addon.answer()}, not 42`);
}
console.log("the addon was compiled against the pinned headers, loaded, and answered 42");
