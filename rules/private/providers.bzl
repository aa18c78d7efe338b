"""Providers."""

ToolCacheInfo = provider(
    doc = """A tool's cache folder, and what it takes to run the tool on it.

`tool_cache` gives it; `tool_run` and `tool_binary` take it. A rule of another ruleset that runs the tool itself adds \
`folder` to its inputs and sets the variables of `environment`; where `access` is not the default or there are \
`runtime_files`, only `lazytools-action run` can do what is needed.""",
    fields = {
        "access": """What the tool may do to the folder: a dict as in the lock. `mode`: `readonly` (if absent), \
`copy` or `layered`; `paths`: with `copy`, only these are copied; `exact`: whether modes and links must be as laid \
out.""",
        "environment": """A struct of `set` (a dict from variable to text, in which `{root}` is the folder, `{upper}` an \
empty writable folder, `{home}` and `{tmp}` the tool's own, and `{{` and `}}` are braces) and `clear` (a list of the \
variables that must not be set).""",
        "folder": "The folder: a File, a tree artifact.",
        "host": "The platform that the tool runs on, as in `linux_x86_64`; None where the cache does not depend on it.",
        "manifest": "The layout's own account of the folder (paths, modes, links, digests): a File, JSON.",
        "name": "The tool's name in its hub: a string. It is the NAME of `{cache:NAME}`.",
        "reaches": "Hosts that the tool reaches for when the folder lacks something: a list of dicts as in the lock.",
        "recipe": "The recipe's name and version, for messages: a string, as in `bun 1.4.5`.",
        "runtime_files": "Small files to write just before the tool runs: a list of dicts as in the lock.",
        "target": "The platform that is built for; None where the cache does not depend on it.",
    },
)

ToolPartInfo = provider(
    doc = "A part of a tool's cache: what is for any platform, for one host or for one target.",
    fields = {
        "access": "As in ToolCacheInfo.",
        "artifacts": "A list of (id, File).",
        "part": "The part as the lock holds it: a dict.",
        "platform": "The platform's name; None for `any`.",
        "reaches": "As in ToolCacheInfo.",
        "recipe": "As in ToolCacheInfo.",
        "role": "`any`, `host` or `target`.",
        "tool": "The tool's name.",
    },
)

LazytoolsInfo = provider(
    doc = "The helper, as a toolchain's `lazytools`.",
    fields = {
        "action": "`lazytools-action`: a File, executable.",
        "files_to_run": "The same with its runfiles: a FilesToRunProvider.",
        "runfiles": "Its runfiles.",
    },
)
