"""What update_pins_test looks at, made by the extension lazy_tools of rules_lazytools."""

filegroup(
    name = "pins",
    srcs = ["requests.json"],
    data = glob(
        ["files/**"],
        allow_empty = True,
    ),
    visibility = ["//visibility:public"],
)
