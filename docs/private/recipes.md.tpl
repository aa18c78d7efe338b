<!-- Written by `bazel run //docs:update` from recipes/*.toml and the tests. -->

# The tools that have a recipe

Each recipe has a page with the call to write, what it fetches and lays out, and how it is proved. A tool that is missing
takes ten minutes: [write-a-recipe.md](write-a-recipe.md). `lazytools recipe list` prints this list, and
`lazytools recipe show NAME --platform linux_x86_64 --version VERSION` what one lays out.

Artifacts are for the *host*, the platform that the tool runs on, for the *target*, the platform that is built for, or
for any. `platforms` of `lazy_tools.tool` lists both kinds. A version is named by `version`, or found by `version_from`
and `version_range`: [pins.md](pins.md).

The proof is the best one of the recipe's tests, which all run on every change:

- *real* ({{real}} of {{recipes}} recipes): the real tool does its job, in an action without a network, on what is really
  downloaded;
- *stand-in* ({{stand_in}}): the real tool takes a stand-in for the download from the folder, and looks nowhere else;
- *golden* ({{golden}}): the tool cannot be had where the tests run; the folder's tree is held against what the tool's
  source says.

What a laid-out folder saves against a tool's own download: [times.md](times.md).

{{list}}
