const assert = require("node:assert");
const test = require("node:test");
const { countWords } = require("..");

test("words are what is between blanks", () => {
  assert.equal(countWords(""), 0);
  assert.equal(countWords("  one\ttwo\nthree "), 3);
  assert.equal(countWords("so naïve"), 2);
});
