//! `lazytools recipe`.

mod support;

use support::Workspace;

fn run(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = workspace.program().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_built_in_recipes_are_built_in() {
    let (code, out, _) = run(&Workspace::new(""), &["recipe", "list"]);
    assert_eq!(code, Some(0));
    let names: Vec<&str> = out.lines().filter_map(|line| Some(line.strip_prefix("  ")?.split_once(": ")?.0)).collect();
    for name in ["bun", "corepack", "node_gyp", "npm_install", "vercel_pkg", "yao_pkg_sea"] {
        assert!(names.contains(&name), "{out}");
    }
    // Sorted in each group.
    let groups: Vec<&str> = out.lines().filter(|line| !line.is_empty() && !line.starts_with(' ')).collect();
    assert!(groups.starts_with(&["Browsers and drivers", "JavaScript"]), "{groups:?}");
    for group in out.split("\n\n") {
        let names: Vec<&str> = group.lines().skip(1).collect();
        assert!(!names.is_empty() && names.is_sorted(), "{group}");
    }
}

#[test]
fn a_recipe_is_checked() {
    let workspace = Workspace::new(support::DOWNLOADED);
    assert_eq!(run(&workspace, &["recipe", "check", "thing.toml"]).0, Some(0));
    workspace.write("thing.toml", "schema = 1\nnme = \"x\"\n");
    let (code, _, err) = run(&workspace, &["recipe", "check", "thing.toml"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("thing.toml:2: the recipe has no key \"nme\": did you mean \"name\"? (LT202)"), "{err}");
    assert!(err.contains("the recipe has no description (LT201)"), "{err}");
    let (code, _, err) = run(&workspace, &["recipe", "check", "missing.toml"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("recipe missing.toml: ") && err.ends_with("(LT310)\n"), "{err}");
}

#[test]
fn an_unknown_recipe_is_told() {
    let workspace = Workspace::new("");
    let requests = workspace.read("requests.json").replace("\"recipePath\": \"thing.toml\", ", "");
    workspace.write("requests.json", &requests.replace("//:thing.toml", "bnu"));
    let output = workspace.plain_command().output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        err.contains("tool thing: there is no recipe \"bnu\": did you mean \"bun\"?") && err.contains("(LT209)"),
        "{err}"
    );
}

#[test]
fn the_version_is_said() {
    let (code, out, _) = run(&Workspace::new(""), &["--version"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("lazytools "), "{out}");
}
