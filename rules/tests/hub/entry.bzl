"""A lock's entry for the tests."""

def _part(text):
    return {
        "environment": {"set": {"DEMO_CACHE_DIR": "{root}", "DEMO_HOME": "{home}/" + text}},
        "layout": [{"write": {"to": text, "text": [text]}}],
    }

_ENTRY = {
    "access": {"mode": "copy"},
    "any": _part("any"),
    "host": {
        "linux_x86_64": _part("host_linux_x86_64"),
        "macos_aarch64": _part("host_macos_aarch64"),
    },
    "reaches": [{"host": "demo.example", "remedy": "pin it"}],
    "recipe": {"name": "demo"},
    "request": {
        "platforms": ["linux_aarch64", "linux_x86_64", "linux_x86_64_musl", "macos_aarch64", "windows_x86_64"],
        "recipe": "demo",
        "version": "1.2",
    },
    "target": {
        "linux_aarch64": _part("target_linux_aarch64"),
        "linux_x86_64": _part("target_linux_x86_64"),
        "linux_x86_64_musl": _part("target_linux_x86_64_musl"),
        "macos_aarch64": _part("target_macos_aarch64"),
    },
}

ENTRY_JSON = json.encode(_ENTRY)
