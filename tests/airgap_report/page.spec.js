// The page of 10,000 files: what a reader does with it, by mouse and by keys, and what it must never do.
const http = require("node:http");
const { pathToFileURL } = require("node:url");
const { expect, test } = require("@playwright/test");
const { inaccessible } = require("./accessible.js");

const address = pathToFileURL("page.html").href;
let trouble;

test.beforeEach(async ({ page }) => {
  trouble = [];
  page.on("console", (message) => trouble.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(`error: ${error.stack}`));
  page.on("dialog", (dialog) => trouble.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => request.url().split("#")[0] === address || trouble.push(`request: ${request.url()}`));
});

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.broken)).toBeUndefined();
  expect(trouble).toEqual([]);
});

async function open(page, hash = "") {
  await page.goto(address + hash);
  await expect(page.locator("html[data-ready=true]")).toBeAttached();
}

const active = (page) => page.locator(".tile.active");
const firstRow = (page) => page.locator("#table tbody tr").first();

test("all is there, and no name is taken for markup", async ({ page }) => {
  await open(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What is in this bundle");
  await expect(page.locator("#figures")).toContainText("10,000");
  await expect(page.locator("#lead")).toContainText('//</script><script>window.broken = "script"</script>');
  await expect(page.locator("script")).toHaveCount(2);
  await expect(page.locator("img, iframe, link, body a:not(.skip)")).toHaveCount(0);
  await page.getByRole("button", { name: "Not in it" }).click();
  await expect(page.locator("#table tbody tr")).toHaveCount(7);
  await expect(page.locator("#table tbody")).toContainText('<img src="http://127.0.0.1:9/x" onerror="window.broken = 1">');
  await page.getByRole("searchbox").fill("onerror=");
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await page.locator("#table tbody button").first().click();
  await expect(page.locator("#details")).toContainText('<img src="http://127.0.0.1:9/x" onerror="window.broken = 1">');
});

test("the policy lets nothing out", async ({ page }) => {
  await open(page);
  const reached = [];
  const server = http.createServer((request, response) => response.end(reached.push(request.url)));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const elsewhere = `http://127.0.0.1:${server.address().port}/`;
  const stopped = await page.evaluate(async (elsewhere) => {
    const violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    await fetch(elsewhere).catch(() => {});
    const image = new Image();
    await new Promise((done) => {
      image.onerror = done;
      image.src = `${elsewhere}x.png`;
    });
    const script = document.createElement("script");
    script.textContent = "window.broken = 'injected'";
    document.body.append(script);
    await new Promise((done) => setTimeout(done));
    return violations.sort();
  }, elsewhere);
  server.close();
  expect(reached).toEqual([]);
  expect(stopped).toEqual(["connect-src", "img-src", "script-src-elem"]);
  // The browser says so on its console, and that is meant here.
  trouble = trouble.filter((line) => !line.includes("Content Security Policy") && line !== `request: ${elsewhere}x.png`);
});

test("the table is sorted by each column, a page at a time", async ({ page }) => {
  await open(page);
  const sizes = page.locator("#table tbody td.number");
  await expect(page.locator("th[data-column=size]")).toHaveAttribute("aria-sort", "descending");
  await expect(sizes.first()).toHaveText(/MiB$/);
  await page.getByRole("button", { name: "Size" }).click();
  await expect(page.locator("th[data-column=size]")).toHaveAttribute("aria-sort", "ascending");
  await expect(sizes.first()).toHaveText("0 B");
  for (const [column, title] of [["name", "File"], ["kind", "Kind"], ["platform", "Platform"], ["repository", "Needed by"]]) {
    await page.locator(`th[data-column=${column}]`).getByRole("button", { name: title }).click();
    await expect(page.locator(`th[data-column=${column}]`)).toHaveAttribute("aria-sort", "ascending");
    await expect(page.locator("th[aria-sort=none]")).toHaveCount(4);
    const texts = await page.locator(`#table tbody tr > :nth-child(${["name", "size", "kind", "platform", "repository"].indexOf(column) + 1})`).allTextContents();
    expect(texts).toHaveLength(50);
    const collator = new Intl.Collator("en", { numeric: true });
    expect(texts).toEqual([...texts].sort(collator.compare));
  }
  await expect(page.locator("#pager")).toContainText("1–50 of 10,000");
  await page.getByRole("button", { name: "Last", exact: true }).click();
  await expect(page.locator("#pager")).toContainText("9,951–10,000 of 10,000");
  await expect(page.getByRole("button", { name: "Next", exact: true })).toBeDisabled();
  await page.getByRole("button", { name: "Repositories" }).click();
  await expect(page.locator("#table caption")).toHaveText(/^Repositories: 2,4\d\d$/);
});

test("10,000 files make a page of few elements", async ({ page }) => {
  await open(page);
  for (const group of await page.locator("#group option").evaluateAll((all) => all.map((one) => one.value))) {
    await page.locator("#group").selectOption(group);
    expect(await page.locator("*").count()).toBeLessThan(6000);
    expect(await page.locator(".tile").count()).toBeGreaterThan(2);
  }
});

test("search finds names, addresses and repositories", async ({ page }) => {
  await open(page);
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("package-4242-");
  await expect(page.locator("#status")).toHaveText(/^1 of 10,000 files, /);
  await expect(firstRow(page)).toContainText("package-4242-linux-amd64.tar.gz");
  await page.getByRole("searchbox").fill("MODULE_1~ linux-amd64");
  await expect(page.locator("#table tbody tr").nth(3)).toContainText("linux-amd64");
  await page.getByRole("searchbox").fill("no such thing");
  await expect(page.locator("#map")).toContainText("No file is like this");
  await expect(page.locator("#table tbody tr")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.locator("#status")).toHaveText("All 10,000 files");
});

test("the map by keys alone", async ({ page }) => {
  await open(page);
  await page.locator("#group").selectOption("repository,platform,kind");
  const map = page.locator("#map");
  await map.focus();
  const first = await active(page).getAttribute("aria-label");
  await expect(map).toHaveAttribute("aria-activedescendant", "tile-0");
  await page.keyboard.press("ArrowRight");
  await expect(active(page)).not.toHaveAttribute("aria-label", first);
  await page.keyboard.press("ArrowLeft");
  await expect(active(page)).toHaveAttribute("aria-label", first);
  await page.keyboard.press("ArrowDown");
  await expect(active(page)).not.toHaveAttribute("aria-label", first);
  await page.keyboard.press("Home");
  const name = first.split(",")[0];
  await expect(page.locator("#details h3")).toHaveText(name);
  await page.keyboard.press("Enter");
  await expect(page.locator("#crumbs li")).toHaveCount(2);
  await expect(active(page)).not.toHaveAttribute("aria-label", first);
  await page.keyboard.press("Escape");
  await expect(page.locator("#crumbs li")).toHaveCount(1);
  await expect(active(page)).toHaveAttribute("aria-label", first);
  // What is too small for a tile of its own is in a group that can be gone into.
  await page.keyboard.press("End");
  const smaller = page.locator(".tile", { hasText: /smaller/ }).first();
  await smaller.click({ position: { x: 2, y: 2 }, force: true });
  await expect(page.locator("#crumbs")).toContainText("smaller");
  await page.goBack();
  await expect(page.locator("#crumbs li")).toHaveCount(1);
});

test("a tile is as large as what it stands for", async ({ page }) => {
  await open(page);
  const { areas, sizes } = await page.evaluate(() => {
    const frames = [...document.querySelectorAll(".tile > .frame")];
    const data = JSON.parse(document.getElementById("data").textContent);
    const box = document.getElementById("map").getBoundingClientRect();
    const areas = frames.map((frame) => (frame.getAttribute("width") * frame.getAttribute("height")) / (box.width * box.height));
    return { areas, sizes: data.total };
  });
  expect(areas.reduce((one, other) => one + other, 0)).toBeCloseTo(1, 2);
  expect([...areas].sort((one, other) => other - one)).toEqual(areas);
  expect(sizes.files).toBe(10000);
});

test("details say why something is needed", async ({ page }) => {
  await open(page);
  await page.getByRole("searchbox").fill("package-4242-");
  await page.locator("#table tbody button").first().click();
  const details = page.locator("#details");
  await expect(details.locator("h3")).toHaveText("package-4242-linux-amd64.tar.gz");
  await expect(details).toContainText("https://mirror.example/files/package-4242-linux-amd64.tar.gz");
  await expect(details.locator(".chain li")).toHaveText([/^\/\/app:app$/, /^\/\/lib\/\d+:lib$/, /^@@rules_crate~~crate~package_\d+\/\/:files$/]);
  await details.locator("button").first().click();
  await expect(details).toContainText("Without it");
  await details.getByRole("button", { name: "Show only these" }).click();
  await expect(page.getByRole("searchbox")).toHaveValue(/^@@rules_crate~~crate~package_\d+$/);
  await expect(page.locator("#table tbody tr").first()).toBeVisible();
});

test("what leaving a platform out saves", async ({ page }) => {
  await open(page);
  const sum = (keep) => page.evaluate((keep) => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const stays = { all: () => true, macos: (file) => !file.platforms || file.platforms.includes("//platforms:macos_arm64") };
    return data.files.filter(stays[keep]).length;
  }, keep);
  await page.getByLabel("//platforms:linux_x86_64").uncheck();
  const saved = (await sum("all")) - (await sum("macos"));
  expect(saved).toBeGreaterThan(1000);
  await expect(page.locator(".saving")).toContainText(`in ${saved.toLocaleString("en")} files`);
  await expect(page.locator("#status")).toContainText(`${(10000 - saved).toLocaleString("en")} of 10,000 files`);
  await page.getByRole("button", { name: "Keep all" }).click();
  await page.getByRole("button", { name: "Leave other platforms out" }).click();
  await expect(page.getByLabel(/^windows_x86_64/)).not.toBeChecked();
  await expect(page.getByLabel(/^linux_x86_64/)).toBeChecked();
  await expect(page.locator("#status")).toContainText("of 10,000 files");
});

test("a link leads to the same view", async ({ page }) => {
  await open(page);
  await page.locator("#group").selectOption({ label: "kind" });
  await page.locator("#colour").selectOption("platform");
  await page.locator("#map").focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("//platforms:macos_arm64").uncheck();
  await page.getByRole("button", { name: "Repositories" }).click();
  await page.getByRole("button", { name: "Files", exact: true }).last().click();
  const view = () => page.evaluate(() => ["crumbs", "status", "table", "legend", "details"].map((id) => document.getElementById(id).textContent));
  const before = await view();
  const hash = await page.evaluate(() => location.hash);
  await page.goto("about:blank");
  trouble = [];
  await open(page, hash);
  expect(await view()).toEqual(before);
  // One that is of another page, or of nobody.
  await page.goto("about:blank");
  trouble = [];
  await open(page, "#group=nothing&at=gone&at=%3Cimg%3E&table=x&page=-5&item=file%20none&without=label%20x&constructor=1");
  await expect(page.locator("#status")).toHaveText("All 10,000 files");
});

for (const colorScheme of ["light", "dark"]) {
  test(`it can be read and used by all, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "#colour=platform");
    expect(await page.evaluate(inaccessible)).toEqual([]);
    await page.getByRole("button", { name: "Not in it" }).click();
    expect(await page.evaluate(inaccessible)).toEqual([]);
    // What has the focus is marked.
    for (const place of ["#search", "#map", "#group", "th button", "#filter input"]) {
      await page.locator(place).first().focus();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outline);
      expect(outline, place).toMatch(/solid 3px$/);
    }
  });
}

test("the check of that finds what is wrong", async ({ page }) => {
  await page.goto("about:blank");
  trouble = [];
  await page.setContent(`<!doctype html><title>x</title><main><h1 style="color: #999">Faint</h1><h3>Deep</h3><input><button></button>
    <table><tr><th>1</th></tr></table></main>`);
  expect((await page.evaluate(inaccessible)).map((line) => line.split(": ")[1])).toEqual([
    "has no language", "comes after a heading of level 1", "has no label", "has no name", "has no caption",
    "has a heading without a scope", "is sorted by not one column", "has a contrast of 2.85",
  ]);
});

test("on a narrow screen nothing leaves it, and on paper there are no controls", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await open(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".bar")).toBeHidden();
  await expect(page.locator("#pager")).toBeHidden();
  await expect(page.locator("#table")).toBeVisible();
});

test("the picture", async ({ page }) => {
  await open(page);
  await page.screenshot({ path: "page.png" });
});
