const { pathToFileURL } = require("node:url");
const { expect, test } = require("@playwright/test");

test("what is done is crossed out and counted", async ({ page }) => {
  await page.goto(pathToFileURL("index.html").href);
  await expect(page.getByRole("heading")).toBeVisible();
  await expect(page.locator("#summary")).toHaveText("0 of 4 done");

  await page.getByLabel("Pin the tools").check();
  await page.getByLabel("Build without a network").check();
  await expect(page.locator("#summary")).toHaveText("2 of 4 done");
  await expect(page.locator("label").first()).toHaveCSS("text-decoration-line", "line-through");

  await page.screenshot({ path: "screenshot.png" });
});
