// pnpm installs from its store, then what it installed is used. It says on standard output what is wrong.
"use strict";
const { execFileSync } = require("child_process");
const options = ["install", "--offline", "--frozen-lockfile"];
execFileSync(process.execPath, [process.argv[2], ...options], { stdio: ["ignore", 2, "inherit"] });
console.log(`3 is odd: ${require(`${process.cwd()}/node_modules/is-odd`)(3)}`);
