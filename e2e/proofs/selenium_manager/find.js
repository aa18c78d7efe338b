// Asks Selenium Manager for the driver, and the driver for its version.
const { execFileSync } = require('node:child_process');

const manager = `${process.argv[2]}/bin/linux/selenium-manager`;
const version = process.argv[3];
const output = execFileSync(manager, ['--driver', 'chromedriver', '--driver-version', version, '--output', 'json']);
const { result } = JSON.parse(output);
console.log(result.code, result.driver_path.slice(process.env.SE_CACHE_PATH.length));
console.log(execFileSync(result.driver_path, ['--version']).toString().split(' (')[0]);
