// Looks whether a file is a picture of the page. Pixels are not compared: fonts are drawn a little differently everywhere.
const assert = require("node:assert");
const fs = require("node:fs");
const zlib = require("node:zlib");

const png = fs.readFileSync(process.argv[2]);
assert.equal(png.toString("latin1", 1, 4), "PNG");
const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
assert.deepEqual([width, height], [560, 380]);

const data = [];
for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
  if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
    data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
}
const rows = zlib.inflateSync(Buffer.concat(data));
// A row is one byte for its filter, which leaves the first pixel of all as it is, and three or four for each pixel.
assert.ok([3, 4].some((channels) => rows.length === height * (1 + channels * width)));
const background = [0x43, 0xa0, 0x47];
assert.ok(background.every((value, i) => Math.abs(value - rows[1 + i]) < 4), "the first pixel is not green");
