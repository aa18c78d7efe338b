//! `lazytools recipe docs`: the pages of the built-in recipes.

mod support;

use support::Workspace;

const PAGE: &str = "# {{name}}\n\n{{example}}\n\n{{proved}}\n\n## Parameters\n\n{{params}}\n\n## Laid out\n\n{{tree}}\n\n{{steps}}\n\n\
                    ## Access\n\n{{access}}\n\n## Proofs\n\n{{proofs}}\n";

fn docs(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = workspace.program().args(["recipe"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// A repository in which each recipe has a proof.
fn repository() -> Workspace {
    let workspace = Workspace::new("");
    let (_, list, _) = docs(&workspace, &["list"]);
    let names = list.lines().filter_map(|line| Some(line.strip_prefix("  ")?.split_once(": ")?.0));
    let calls: Vec<String> = names.map(|name| proof(name, "stand-in", "it starts")).collect();
    assert!(calls.len() > 20, "{list}");
    workspace.write("examples/all/BUILD.bazel", &calls.concat());
    workspace.write("e2e/proofs/corepack/BUILD.bazel", &proof("corepack", "real", "corepack starts pnpm"));
    workspace.write("e2e/proofs/README", "no package");
    workspace.write("docs/private/recipe.md.tpl", PAGE);
    workspace.write("docs/private/recipes.md.tpl", "{{real}} {{stand_in}} {{golden}}\n\n{{list}}\n");
    workspace
}

fn proof(recipe: &str, grade: &str, does: &str) -> String {
    format!(
        "proof(\n    name = \"p\",\n    does = \"{does}\",\n    grade = \"{grade}\",\n    recipe = \"{recipe}\",\n    \
         tests = [\":t\"],\n)\n"
    )
}

#[test]
fn pages_say_what_recipes_and_tests_say() {
    let workspace = repository();
    let (code, out, err) = docs(&workspace, &["docs"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("wrote docs/recipes.md\n") && out.contains("wrote docs/recipes/corepack.md\n"), "{out}");
    let page = workspace.read("docs/recipes/corepack.md");
    for expected in [
        "lazy_tools.tool(\n    name = \"pnpm\",\n    recipe = \"corepack\",\n    version = ",
        "    params = {\"manager\": \"pnpm\"},\n    platforms = [\"linux_x86_64\"],\n)\n",
        "Proof: [real](#how-it-is-proved), corepack starts pnpm.",
        "| `manager` | required | `npm`, `pnpm`, `yarn` | the package manager; the tool's version is the manager's |",
        "- `{root}/v1/npm/{version}/` ← all of `npm`, without the first name of each path (where `manager` is `npm`)",
        ".corepack  <- the text {\"locator\":{\"name\":\"pnpm\",",
        "\n- **real**: corepack starts pnpm. [e2e/proofs/corepack](../../e2e/proofs/corepack/BUILD.bazel)\n- **stand-in**: ",
    ] {
        assert!(page.contains(expected), "no {expected:?} in\n{page}");
    }
    let index = workspace.read("docs/recipes.md");
    assert!(index.starts_with("1 ") && index.contains("\n## JavaScript\n"), "{index}");
    assert!(index.contains("\n| [`corepack`](recipes/corepack.md) | ") && index.contains(" | real |\n"), "{index}");
    // Nothing to say, no section.
    assert!(!workspace.read("docs/recipes/cargo_vendor.md").contains("## Parameters"));
    for text in [page, index] {
        assert!(text.lines().all(|line| line.trim_end() == line) && text.ends_with('\n') && !text.contains("\n\n\n"));
    }
}

#[test]
fn pages_that_are_not_current_are_told() {
    let workspace = repository();
    let (_, _, err) = docs(&workspace, &["docs", "--check"]);
    assert!(
        err.contains("docs/recipes/bun.md, ") && err.ends_with(": run `bazel run //docs:update` (LT293)\n"),
        "{err}"
    );
    docs(&workspace, &["docs"]);
    assert_eq!(docs(&workspace, &["docs", "--check"]), (Some(0), String::new(), String::new()));
    assert_eq!(docs(&workspace, &["docs"]).1, "", "what is current is not written");
    workspace.write("docs/recipes/bun.md", "old");
    workspace.write("docs/recipes/gone.md", "old");
    let (code, _, err) = docs(&workspace, &["docs", "--check"]);
    let expected =
        "lazytools: docs/recipes/bun.md, docs/recipes/gone.md not current: run `bazel run //docs:update` (LT293)\n";
    assert_eq!((code, err.as_str()), (Some(1), expected));
    assert_eq!(docs(&workspace, &["docs"]).1, "wrote docs/recipes/bun.md\nremoved docs/recipes/gone.md\n");
}

#[test]
fn a_recipe_without_proof_and_a_proof_without_recipe_are_told() {
    let workspace = repository();
    let all = workspace.read("examples/all/BUILD.bazel");
    workspace.write("examples/all/BUILD.bazel", &all.replace(&proof("bun", "stand-in", "it starts"), ""));
    let (code, _, err) = docs(&workspace, &["docs"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("nothing proves bun: add a package with a proof(…) call to e2e/proofs"), "{err}");
    assert!(err.ends_with("(LT292)\n"), "{err}");
    workspace.write("examples/all/BUILD.bazel", &all.replace("recipe = \"bun\"", "recipe = \"bnu\""));
    let (_, _, err) = docs(&workspace, &["docs"]);
    let expected =
        "examples/all/BUILD.bazel: there is a proof of \"bnu\", and no such recipe: did you mean \"bun\"? (LT292)";
    assert!(err.contains(expected), "{err}");
    workspace.write("examples/all/BUILD.bazel", &all.replacen("\"stand-in\"", "GRADE", 1));
    let (_, _, err) = docs(&workspace, &["docs"]);
    assert!(
        err.contains("examples/all/BUILD.bazel:4: grade is one text in quotes") && err.ends_with("(LT291)\n"),
        "{err}"
    );
}
