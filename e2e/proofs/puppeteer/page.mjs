// Renders a page in the browser that Puppeteer finds, and takes a picture of it.
import { pathToFileURL } from 'node:url';

const module = `${process.argv[2]}/node_modules/puppeteer-core/lib/puppeteer/puppeteer-core.js`;
const { PUPPETEER_REVISIONS } = await import(pathToFileURL(module.replace('puppeteer-core.js', 'revisions.js')));
const { default: puppeteer } = await import(pathToFileURL(module));
const { computeExecutablePath } = await import(
  pathToFileURL(`${process.argv[2]}/node_modules/@puppeteer/browsers/lib/main.js`)
);

// puppeteer, of which puppeteer-core is the part that does not install, finds the browser so.
const executablePath = computeExecutablePath({
  browser: 'chrome-headless-shell',
  buildId: PUPPETEER_REVISIONS['chrome-headless-shell'],
  cacheDir: process.env.PUPPETEER_CACHE_DIR,
});
const browser = await puppeteer.launch({ args: ['--no-sandbox'], executablePath, headless: 'shell' });
const page = await browser.newPage();
await page.setContent('<h1>Pinned</h1><p id="sum"></p>');
await page.evaluate(() => {
  document.getElementById('sum').textContent = `6 * 7 is ${6 * 7}`;
});
const picture = await page.screenshot();
console.log(await page.$eval('body', (body) => body.innerText));
console.log(Buffer.from(picture).subarray(1, 4).toString());
await browser.close();
