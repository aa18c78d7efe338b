// Renders a page in the browser that Playwright finds, and takes a picture of it.
const { writeFileSync } = require('node:fs');
const { chromium } = require(process.argv[2]);

(async () => {
  const browser = await chromium.launch();
  const page = await browser.newPage({ viewport: { width: 320, height: 200 } });
  await page.setContent('<body style="background: #ff8800"><h1>Pinned</h1><p id="sum"></p>');
  await page.evaluate(() => {
    document.getElementById('sum').textContent = `6 * 7 is ${6 * 7}`;
  });
  const picture = await page.screenshot();
  writeFileSync('page.png', picture);
  // What the picture shows in its last corner, as the browser itself reads it.
  const corner = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const colour = context.getImageData(image.width - 1, image.height - 1, 1, 1).data.join(' ');
    return `${image.width} x ${image.height}, ${colour}`;
  }, picture.toString('base64'));
  console.log(await page.innerText('body'));
  console.log(corner);
  await browser.close();
})();
