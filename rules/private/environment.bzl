"""A tool's variables: those of its parts together, and those that a genrule can have."""

def merge_environments(environments):
    """Puts the environments of a cache's parts together.

    Args:
        environments: dicts as in the lock, in the order any, host, target; a later one wins.

    Returns:
        A struct of `set` and `clear`. What is set is not cleared.
    """
    values, cleared = {}, {}
    for environment in environments:
        values |= environment.get("set", {})
        cleared |= {name: None for name in environment.get("clear", [])}
    return struct(
        set = {name: values[name] for name in sorted(values)},
        clear = sorted([name for name in cleared if name not in values]),
    )

def expand_root(template, root):
    """Fills a variable's text in, if it needs nothing but the folder.

    Args:
        template: the text as in the lock.
        root: the folder.

    Returns:
        The text, or None if it holds `{upper}`, `{home}` or `{tmp}`, which only exist when the tool runs.
    """
    text, rest = "", template
    for _ in range(len(template) + 1):
        before, brace, after = rest.partition("{")
        text += before.replace("}}", "}")
        if not brace:
            return text
        if after.startswith("{"):
            text += "{"
            rest = after[1:]
        elif after.startswith("root}"):
            text += root
            rest = after[len("root}"):]
        else:
            return None
    return None

def make_variables(name, folder, environment):
    """The Make variables of a cache.

    Args:
        name: the tool's name.
        folder: the cache folder's path.
        environment: what merge_environments gave.

    Returns:
        A dict from name to text.
    """
    variables = {}
    for variable, template in environment.set.items():
        text = expand_root(template, folder)
        if text != None:
            variables[variable] = text
    prefix = "".join([char if char.isalnum() else "_" for char in name.upper().elems()])
    variables[prefix + "_CACHE"] = folder
    return variables
