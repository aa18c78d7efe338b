// Runs an extension's tests as such a project does.
const { join } = require('node:path');
const { runTests } = require(join(process.argv[2], '@vscode/test-electron'));

runTests({
  version: '1.106.2',
  cachePath: process.env.VSCODE_TEST_CACHE,
  extensionDevelopmentPath: __dirname,
  extensionTestsPath: join(__dirname, 'suite.js'),
  reporter: { report: ({ stage }) => console.log(stage), error: console.error },
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
