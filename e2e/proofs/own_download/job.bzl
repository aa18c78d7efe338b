"""A job done twice: by the tool's own download, and on the folder that a recipe lays out."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("@rules_lazytools//rules:defs.bzl", "tool_run")

def _labels(names):
    return [name if name.startswith("//") else "@lazy_tools//:" + name for name in names]

def _script(first, then):
    # The dollars are the shell's.
    return (first + "\n" + then).replace("$", "$$")

def jobs(name, rows):
    """Makes `own_RECIPE` and `laid_out_RECIPE` of each row, and a JSON file of the rows for benches/own_download.py.

    Each is a shell script that runs in an empty work folder, with an empty home.

    Args:
        name: the JSON file's target.
        rows: by recipe, a dict with
            job: what is done, in a few words;
            caches: what the recipe lays out, for the one alone;
            tools: what both have;
            own_tools: what the own download has besides;
            srcs: the files that both read;
            own: a script that makes the tool download into an empty cache of its own, below `{tmp}`;
            laid_out: the same for the folder, empty where the recipe's variables do it all;
            run: the script that both end with;
            run_own: instead of `run`, where the tool is started in another way.
    """
    for recipe, row in rows.items():
        settings = {
            "program": "/bin/sh",
            "srcs": row.get("srcs", []),
            # Only benches/own_download.py builds them.
            "tags": ["manual"],
            "work": True,
        }
        tools = _labels(row.get("tools", []))
        tool_run(
            name = "own_" + recipe,
            args = ["-euc", _script(row.get("own", ""), row.get("run_own", row["run"]))],
            exec_caches = tools + _labels(row.get("own_tools", [])),
            network = True,
            stdout = "own_" + recipe + ".txt",
            **settings
        )
        tool_run(
            name = "laid_out_" + recipe,
            args = ["-euc", _script(row.get("laid_out", ""), row["run"])],
            exec_caches = tools + _labels(row["caches"]),
            stdout = "laid_out_" + recipe + ".txt",
            strict = True,
            **settings
        )
    write_file(
        name = name,
        out = name + ".json",
        content = [json.encode_indent({recipe: {"caches": row["caches"], "job": row["job"]} for recipe, row in rows.items()}), ""],
        tags = ["manual"],
    )
