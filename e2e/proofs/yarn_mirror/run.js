// yarn installs from its offline mirror, then what it installed is used.
"use strict";
const { execFileSync } = require("child_process");
const options = ["install", "--offline", "--frozen-lockfile", "--no-progress"];
execFileSync(process.execPath, [process.argv[2], ...options], { stdio: ["ignore", "ignore", "inherit"] });
console.log(`3 is odd: ${require(`${process.cwd()}/node_modules/is-odd`)(3)}`);
