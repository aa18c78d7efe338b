"""Gathers the tags of all modules into hubs.

A hub belongs to the one module that has a `lock` tag for it; only that module can put tools into it. The root module
may call a hub as it likes; a module that is not the root must not take the default name, so that a ruleset's tools
never get in the way of those of its users.
"""

load(":artifact_files.bzl", "artifact_slots")
load(":registry.bzl", "REGISTRY_TYPES", "split_credentials")
load(":request.bzl", "PLATFORMS", "name_error", "platform_error")

DEFAULT_HUB = "lazy_tools"

# Names that the hub and the tools' repositories have for targets of their own.
_TAKEN = ["any", "host", "parts", "pins", "requests.json", "target"]

def collect(modules):
    """Gathers the tags of all modules.

    Args:
        modules: what `module_ctx.modules` holds, the root module first.

    Returns:
        A struct of `hubs` (name to a struct of `name`, `module`, `lock`, the `lock` tag, `tools`, name to `tool`
        tag, and `lower_names`, lower case to name), `registries` (type to address) and `error` (a message, or None).
    """
    hubs = {}
    for module in modules:
        for tag in module.tags.lock:
            error = _lock_tag_error(module, tag, hubs.get(tag.hub))
            if error:
                return _result(error = error)
            hubs[tag.hub] = struct(name = tag.hub, module = module, lock = tag, tools = {}, lower_names = {})

    for module in modules:
        for tag in module.tags.tool:
            error = _tool_tag_error(module, tag, hubs.get(tag.hub))
            if error:
                return _result(error = error)
            hubs[tag.hub].tools[tag.name] = tag
            hubs[tag.hub].lower_names[tag.name.lower()] = tag.name

    registries = {}
    for module in modules:
        for tag in module.tags.registry:
            error = _registry_tag_error(module, tag, registries)
            if error:
                return _result(error = error)
            registries[tag.type] = tag.url.rstrip("/")
    return _result(hubs, registries)

def _result(hubs = {}, registries = {}, error = None):
    return struct(hubs = hubs, registries = registries, error = error)

def _module_words(module):
    return "the root module" if module.is_root else "module %s" % module.name

def _hub_words(hub):
    return "" if hub == DEFAULT_HUB else ", hub = \"%s\"" % hub

def _lock_tag_error(module, tag, taken):
    if taken:
        return "hub %s has two locks, from %s and %s: give each `lazy_tools.lock` a hub of its own (LT604)" % (
            tag.hub,
            _module_words(taken.module),
            _module_words(module),
        )
    if name_error(tag.hub) or "." in tag.hub:
        return "%s calls a hub %s, which cannot be a repository's name: a letter, then letters, digits, _ and - (LT604)" % (
            _module_words(module),
            repr(tag.hub),
        )
    if tag.hub == DEFAULT_HUB and not module.is_root:
        return (
            "module %s uses the hub %s, which is the root module's: give its `lazy_tools.lock` and `lazy_tools.tool` " +
            "tags a hub of their own, as in hub = \"%s_tools\" (LT604)"
        ) % (module.name, DEFAULT_HUB, module.name)
    return None

def _tool_tag_error(module, tag, hub):
    problem = _tool_problem(module, tag, hub)
    return "%s, lazy_tools.tool(name = \"%s\"): %s" % (_module_words(module), tag.name, problem) if problem else None

def _tool_problem(module, tag, hub):
    """What is wrong with a tool tag, with its code; or None."""
    if not hub:
        return "hub %s has no lock: add `lazy_tools.lock(file = \"//:%s.lock.json\"%s)` (LT604)" % (
            tag.hub,
            tag.hub,
            _hub_words(tag.hub),
        )
    if hub.module != module:
        return "hub %s belongs to %s: add a `lazy_tools.lock` with another hub to this module, and name that hub here (LT604)" % (
            tag.hub,
            _module_words(hub.module),
        )
    error = name_error(tag.name)
    if error:
        return error + " (LT605)"
    if tag.name in _TAKEN:
        return "the name is taken by the hub itself: choose another (LT605)"
    other = hub.lower_names.get(tag.name.lower())
    if other:
        return "hub %s has a tool %s already: choose another name (LT605)" % (tag.hub, other)
    error = _version_problem(tag)
    if error:
        return error
    if not tag.platforms:
        return "no platforms: name those that it runs on and builds for, as in platforms = [\"linux_x86_64\"] (LT605)"
    seen = {}
    for platform in tag.platforms:
        if platform not in PLATFORMS:
            return platform_error(platform) + " (LT105)"
        if platform in seen:
            return "platform %s stands there twice: take one out (LT605)" % platform
        seen[platform] = True
    for parameter in list(tag.params) + list(tag.files.values()):
        error = name_error(parameter)
        if error:
            return "parameter %s (LT605)" % error
    return artifact_slots(tag.artifact_files, tag.platforms)[1]

def _version_problem(tag):
    """What is wrong with where a tool's version comes from, with its code; or None."""
    given = [
        name
        for name, value in [
            ("version", tag.version),
            ("version_from", tag.version_from),
            ("version_range", tag.version_range),
        ]
        if value
    ]
    if len(given) > 1:
        return "%s both say which version: keep one of them (LT605)" % " and ".join(given[:2])
    if tag.version_package and not tag.version_from:
        return "version_package says whose version in a file is meant: add version_from = \"//:FILE\" (LT605)"
    return None

def _registry_tag_error(module, tag, registries):
    where = "lazy_tools.registry(type = \"%s\")" % tag.type
    if not module.is_root:
        return "%s in module %s: only the root module says where packages come from: take it out there (LT606)" % (
            where,
            module.name,
        )
    if tag.type not in REGISTRY_TYPES:
        return "%s: there is no such type: one of %s (LT606)" % (where, ", ".join(REGISTRY_TYPES))
    if tag.type in registries:
        return "%s stands there twice: take one out (LT606)" % where
    scheme, separator, host = tag.url.partition("://")
    if not separator or not host or scheme not in ["file", "http", "https"]:
        return "%s: its url is not an address: write it as https://HOST/PATH (LT606)" % where
    if split_credentials(tag.url)[1] != None:
        return "%s: its url holds a password, which files in git must not: put it into ~/.netrc (LT606)" % where
    return None
