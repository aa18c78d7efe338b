"""Asks the hub's own client, and the tokenizers that use it, for a repository that is laid out."""

import json
import pathlib
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

import huggingface_hub  # noqa: E402
import tokenizers  # noqa: E402
from huggingface_hub.errors import LocalEntryNotFoundError  # noqa: E402

REPOSITORY = "lazytools/stand-in"

config = huggingface_hub.hf_hub_download(REPOSITORY, "config.json")
print("config", json.loads(pathlib.Path(config).read_text())["model_type"])

snapshot = pathlib.Path(huggingface_hub.snapshot_download(REPOSITORY))
print("snapshot", snapshot.name, *sorted(path.name for path in snapshot.iterdir()))

tokenizer = tokenizers.Tokenizer.from_pretrained(REPOSITORY)
encoding = tokenizer.encode("Hello tool cache, 1")
print("tokens", encoding.tokens, encoding.ids)

try:
    huggingface_hub.hf_hub_download(REPOSITORY, "model.safetensors")
except LocalEntryNotFoundError:
    print("model.safetensors is not laid out")
