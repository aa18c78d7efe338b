const { defineConfig } = require("@playwright/test");

module.exports = defineConfig({
  reporter: "list",
  use: { viewport: { width: 1280, height: 900 } },
});
