"""Makes the model of this example: `python3 make_model.py` beside it. Each word has a weight, and the sum decides."""

import hashlib
import json
import pathlib
import struct

WEIGHTS = {"[unk]": 0.0, "awful": -2.5, "boring": -1.5, "fine": 0.5, "good": 1.5, "great": 2.0, "slow": -1.0, "wonderful": 3.0}

vocabulary = {word: index for index, word in enumerate(WEIGHTS)}
tokenizer = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": {"type": "Lowercase"},
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[unk]"},
}
config = {"model_type": "word-sum", "id2label": {"0": "negative", "1": "positive"}}

# The format of safetensors: the header's length, the header, the numbers.
numbers = struct.pack("<%df" % len(WEIGHTS), *WEIGHTS.values())
header = json.dumps({"weight": {"dtype": "F32", "shape": [len(WEIGHTS)], "data_offsets": [0, len(numbers)]}})
header = header.ljust(-(-len(header) // 8) * 8).encode()

FILES = {
    "config.json": json.dumps(config, indent=2).encode() + b"\n",
    "model.safetensors": struct.pack("<Q", len(header)) + header + numbers,
    "tokenizer.json": json.dumps(tokenizer, indent=2).encode() + b"\n",
}
lines = []
for name, content in FILES.items():
    pathlib.Path("model", name).write_bytes(content)
    lines.append("%s  ./%s\n" % (hashlib.sha256(content).hexdigest(), name))
pathlib.Path("model.sha256").write_text("".join(lines))
