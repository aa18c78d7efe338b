// npm installs from its cache, then what it installed is used.
"use strict";
const { execFileSync } = require("child_process");
execFileSync(process.execPath, [process.argv[2], "ci"], { stdio: ["ignore", "ignore", "inherit"] });
console.log(`3 is odd: ${require(`${process.cwd()}/node_modules/is-odd`)(3)}`);
