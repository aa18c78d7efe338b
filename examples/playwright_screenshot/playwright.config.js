const { defineConfig } = require("@playwright/test");

module.exports = defineConfig({
  reporter: "list",
  use: { viewport: { width: 560, height: 380 } },
});
