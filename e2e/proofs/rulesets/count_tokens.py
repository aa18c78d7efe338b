"""Counts the tokens of a text, with an encoding that tiktoken would have fetched."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "%s/cp%d%d" % (os.environ["WHEELS"], *sys.version_info[:2]))

import tiktoken  # noqa: E402

tokens = tiktoken.get_encoding("cl100k_base").encode("hello tool cache, 1 2 3")
assert len(tokens) == 10, tokens
print(tokens)
