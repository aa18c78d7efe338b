"""Encodes a text with each encoding."""

import sys

sys.path.insert(0, "%s/cp%d%d" % (sys.argv[1], *sys.version_info[:2]))
sys.dont_write_bytecode = True

import tiktoken  # noqa: E402

for name in ["cl100k_base", "o200k_base", "p50k_base", "r50k_base"]:
    encoding = tiktoken.get_encoding(name)
    tokens = encoding.encode("hello tool cache, 1 2 3")
    assert encoding.decode(tokens) == "hello tool cache, 1 2 3"
    print(name, tokens)
