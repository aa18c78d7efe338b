//! `lazytools recipe show`: what would be laid out, before anything is fetched.

mod support;

use support::Workspace;

fn show(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = workspace.program();
    // Nothing may be asked for; there is nobody to answer.
    command.args(["recipe", "show"]).args(arguments).env("npm_config_registry", "http://127.0.0.1:9");
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

const RECIPE: &str = r#"
schema = 1
name = "thing"
description = "A thing."
versions = ">=1"

[platforms.linux_x86_64]
word = "x"

[platforms.windows_x86_64]
word = "w"

[[artifacts]]
id = "plain"
for = "host"
url = "https://files.example.org/{version}/plain-{platform.word}"
format = "file"
digest = { from = "checksums", url = "https://files.example.org/{version}/SUMS", file = "plain-{platform.word}", algorithm = "sha256" }

[[artifacts]]
id = "archive"
for = "target"
purl = "pkg:npm/thing-{platform.word}@{version}"
format = "tar.gz"

[[layout]]
step = "place"
for = "host"
artifact = "plain"
to = "bin/{sha256hex('x')}/plain"
mode = "0755"

[[layout]]
step = "extract"
for = "target"
artifact = "archive"
to = "lib"
strip = 1
include = ["*.so"]
exclude = ["x.so"]

[[layout]]
step = "extract"
for = "target"
artifact = "archive"
pick = { "package/a" = "lib/b" }
modes = { "*" = "0600" }

[[layout]]
step = "write"
for = "target"
to = "marker"
text = "{artifact.archive.sha512hex} {artifact.archive.md5hex}\n"

[[layout]]
step = "symlink"
to = "link"
target = "marker"

[[layout]]
step = "directory"
to = "empty"

[environment]
clear = ["OTHER"]

[environment.set]
THING = "{root}"

[access]
mode = "copy"
paths = ["lib"]

[check]
exists = ["marker"]
"#;

#[test]
fn a_recipe_is_shown_as_the_tree_that_it_makes() {
    let workspace = Workspace::new("");
    workspace.write("thing.toml", RECIPE);
    let (code, out, err) = show(
        &workspace,
        &["thing.toml", "--platform", "linux_x86_64", "--target", "windows_x86_64", "--version", "1.2.0"],
    );
    assert_eq!(code, Some(0), "{err}");
    let expected = "\
thing 1.2.0 on linux_x86_64, building for windows_x86_64

fetched
  plain (for host): https://files.example.org/1.2.0/plain-x, file
    its digest: sha256 from the line of plain-x in https://files.example.org/1.2.0/SUMS
  archive (for target): pkg:npm/thing-w@1.2.0, tar.gz
    its digest: from the registry's metadata

laid out
  {root}/
    bin/
      2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881/
        plain  <- plain (0755)
    empty/
    lib/  <- *.so of archive, without the first name of each path, but not x.so
      b  <- package/a of archive (modes *: 0600)
    link  -> marker
    marker  <- the text <sha512hex of archive> <md5hex of archive>\\n (0644)

has to be there in the end
  marker

variables
  OTHER is cleared
  THING={root}

access: a private writable copy of lib
";
    assert_eq!(out, expected);
}

#[test]
fn built_in_recipes_are_shown_by_name() {
    let workspace = Workspace::new("");
    for arguments in [
        vec!["bun", "--version", "1.4.5"],
        vec!["corepack", "--version", "12.1.0", "--param", "manager=pnpm"],
        vec!["node_gyp", "--version", "22.1.0"],
        // Host and target have one file between them.
        vec!["vercel_pkg", "--version", "3.4", "--param", "node=18.5.0"],
        vec!["yao_pkg_sea", "--version", "6.23.0", "--param", "node=22.1.0"],
    ] {
        let (code, out, err) = show(&workspace, &[&arguments[..], &["--platform", "linux_x86_64"]].concat());
        assert_eq!(code, Some(0), "{arguments:?}: {err}");
        assert!(out.contains("laid out\n  {root}/\n    ") && out.contains("<- "), "{out}");
    }
    workspace.write(
        "package-lock.json",
        r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0",
        "integrity": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}}"#,
    );
    let (code, out, err) =
        show(&workspace, &["npm_install", "--platform", "linux_x86_64", "--file", "package_lock=package-lock.json"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=, from the input file"), "{out}");
}

#[test]
fn what_cannot_be_shown_is_told() {
    let workspace = Workspace::new("");
    let fails = |arguments: &[&str], text: &str| {
        let (code, _, err) = show(&workspace, &[arguments, &["--platform", "linux_x86_64"]].concat());
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(err.contains(text), "{arguments:?}: {err}");
    };
    fails(&["bunn"], "there is no recipe \"bunn\": did you mean \"bun\"?");
    fails(&["bun"], "recipe bun needs a version");
    fails(&["bun", "--version", "0.1.0"], "is not in the range");
    fails(&["bun", "--version", "1.4.5", "--param", "varian=x"], "did you mean \"variant\"?");
    fails(&["missing.toml"], "recipe missing.toml: ");
    fails(&["npm_install", "--file", "package_lock=missing"], "package_lock missing: ");
    let output = workspace.program().args(["recipe", "show", "bun", "--platform", "linux"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
