"""What a hub's packages hold."""

load("//platforms:platforms.bzl", "PLATFORM_NAMES")
load(":part.bzl", "failing_tool", "tool_part")
load(":tool_cache.bzl", "tool_cache")

_ROLE_WORDS = {"host": "that it would run on", "target": "that is built for"}
_PUBLIC = ["//visibility:public"]

def hub_alias(name, repository):
    """Declares a tool's alias in the hub.

    Args:
        name: the tool.
        repository: the tool's repository.
    """
    native.alias(name = name, actual = "@%s//:%s" % (repository, name), visibility = _PUBLIC)

def hub_part_aliases(name, repository):
    """Declares the aliases of a tool's parts in the hub.

    Args:
        name: the tool.
        repository: the tool's repository.
    """
    for part in ["any", "host", "target"]:
        native.alias(name = "%s.%s" % (name, part), actual = "@%s//:%s" % (repository, part), visibility = _PUBLIC)

def failing_hub_tool(name, message):
    """Declares the targets of a tool that cannot be used.

    Args:
        name: the tool.
        message: what is wrong and what to do.
    """
    for target in [name, "any", "host", "target"]:
        failing_tool(name = target, message = message, tags = ["manual"], visibility = _PUBLIC)

def hub_tool(name, tool_json):
    """Declares a tool's parts and its cache.

    Args:
        name: the tool.
        tool_json: the lock's entry, with the labels of the artifacts' files.
    """
    tool = json.decode(tool_json)
    request = tool["request"]
    common = {
        "access": json.encode(tool.get("access", {})),
        "reaches": json.encode(tool.get("reaches", [])),
        "recipe": " ".join([word for word in [tool["recipe"].get("name"), tool.get("version") or request.get("version")] if word]),
        "tags": ["manual"],
        "tool": name,
        "visibility": _PUBLIC,
    }
    _part("any", "any", "", tool.get("any", {}), common)
    cache = {"any": ":any"}
    for role in ["host", "target"]:
        parts = tool.get(role, {})
        platforms = _part_of_each_platform(name, role, parts, request["platforms"], common)
        native.alias(
            name = role,
            actual = select(
                {Label("//platforms:" + platform): label for platform, label in platforms.items()},
                no_match_error = _no_match_error(name, role, platforms),
            ) if platforms else ":any",
            tags = ["manual"],
            visibility = _PUBLIC,
        )
        if platforms:
            cache[role] = ":" + role

    if "host" in cache:
        cache |= host_choice(cache["host"])
    tool_cache(name = name, tags = ["manual"], visibility = _PUBLIC, **cache)

def host_choice(part):
    """The attributes of a `tool_cache` whose tool may run in an action or be part of a `tool_binary`.

    Args:
        part: the label of the host part, which selects by platform.

    Returns:
        A dict of `host` and `target_host`.
    """
    setting = Label("//rules:tool_runs_on_target")
    return {
        "host": select({setting: None, "//conditions:default": part}),
        "target_host": select({setting: part, "//conditions:default": None}),
    }

def _part_of_each_platform(name, role, parts, platforms, common):
    """Declares the parts of a role: platform to label. Platforms that need nothing share an empty part."""
    if not parts:
        return {}
    labels = {}
    for platform in PLATFORM_NAMES:
        if platform in parts:
            labels[platform] = ":%s.%s" % (role, platform)
            _part(labels[platform][1:], role, platform, parts[platform], common)
        elif platform in platforms:
            labels[platform] = ":%s.%s" % (role, platform)
            _part(labels[platform][1:], role, platform, {}, common)
    return labels

def _part(name, role, platform, part, common):
    """Declares one part."""
    artifacts, plan_artifacts = {}, {}
    for id, artifact in part.get("artifacts", {}).items():
        label = artifact["label"]
        artifacts[label] = artifacts[label] + " " + id if label in artifacts else id
        plan_artifacts[id] = {key: artifact[key] for key in ["file", "integrity", "size"] if key in artifact}
    tool_part(
        name = name,
        artifacts = artifacts,
        part = json.encode(part | {"artifacts": plan_artifacts}),
        platform = platform,
        role = role,
        **common
    )

def _no_match_error(name, role, platforms):
    return (
        "tool %s is not pinned for the platform %s, only for %s: add the platform to `platforms` of " +
        "lazy_tools.tool(name = \"%s\") in MODULE.bazel and run `bazel run //tools:update_pins` (LT603)"
    ) % (name, _ROLE_WORDS[role], ", ".join(platforms), name)
