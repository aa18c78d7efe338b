const { countWords } = require("./build/Release/word_count.node");

/** How many words a text has. */
exports.countWords = (text) => countWords(Buffer.from(text));
