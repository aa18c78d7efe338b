"""The parts of the small tool, as a lock would hold them."""

PLACE_HELLO = json.encode({
    "artifacts": {"program": {"integrity": "sha256-dbe4L1PEcZByVLLQ73IdQ/PZ/6C+FVsPZsn61ssTMw0="}},
    "check": ["bin/hello"],
    "environment": {"set": {"HELLO_DIR": "{root}"}},
    "layout": [{"place": {"artifact": "program", "mode": "0755", "to": "bin/hello"}}],
})

WRITE_WORD = json.encode({
    "layout": [{"write": {"text": ["hello\n"], "to": "word.txt"}}],
})
