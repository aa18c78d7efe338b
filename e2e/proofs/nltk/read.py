"""Reads what is laid out with NLTK's own readers, unpacked and in its archive."""

import sys

sys.path.insert(0, "%s/cp%d%d" % (sys.argv[1], *sys.version_info[:2]))
sys.path.insert(0, sys.argv[1] + "/any")
sys.dont_write_bytecode = True

import nltk  # noqa: E402
from nltk.corpus import stopwords, words  # noqa: E402

print("stopwords", stopwords.words("english"))
print("sentences", nltk.sent_tokenize("Mr. Smith has a cache. It is full."))
print("archive", nltk.data.find("corpora/stopwords.zip/stopwords/english").open().read())
try:
    words.words()
except LookupError:
    print("words are not laid out")
