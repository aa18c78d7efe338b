// pnpm installs from its store, then what it installed is used.
"use strict";
const { execFileSync } = require("child_process");
const options = ["install", "--offline", "--frozen-lockfile"];
execFileSync(process.execPath, [process.argv[2], ...options], { stdio: ["ignore", "ignore", "inherit"] });
console.log(`3 is odd: ${require(`${process.cwd()}/node_modules/is-odd`)(3)}`);
