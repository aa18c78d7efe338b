const { defineConfig } = require("@playwright/test");

module.exports = defineConfig({
  reporter: "list",
  use: { baseURL: "http://127.0.0.1:8080", viewport: { width: 560, height: 380 } },
  webServer: { command: "node serve.js", url: "http://127.0.0.1:8080" },
});
