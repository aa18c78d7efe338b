"""Says of sentences whether they are kind, by a model of the hub."""

import json
import pathlib
import struct
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

from huggingface_hub import hf_hub_download  # noqa: E402
from safetensors import deserialize  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

MODEL = "example/kind-words"

# As anywhere: nothing here says that the files are laid out already.
tokenizer = Tokenizer.from_pretrained(MODEL)
labels = json.loads(pathlib.Path(hf_hub_download(MODEL, "config.json")).read_text())["id2label"]
tensors = dict(deserialize(pathlib.Path(hf_hub_download(MODEL, "model.safetensors")).read_bytes()))
weight = struct.unpack("<%df" % tensors["weight"]["shape"][0], tensors["weight"]["data"])

for sentence in pathlib.Path(sys.argv[2]).read_text().splitlines():
    score = sum(weight[token] for token in tokenizer.encode(sentence).ids)
    print("%-8s %+.1f  %s" % (labels[str(int(score > 0))], score, sentence))
