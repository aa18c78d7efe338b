"""One pinned artifact, made by the extension lazy_tools of rules_lazytools."""

exports_files(
    ["file"],
    visibility = ["//visibility:public"],
)
