//! What a recipe says to its readers: the example is a call that the recipe accepts.

use lazytools_lock::recipe::{Group, Recipe};

const RECIPE: &str = r#"schema = 1
name = "thing"
description = "A thing."
versions = ">=1"
doc = """
One paragraph.

Another one.
"""
group = "go"

[example]
name = "my_thing"
version = "1.2.0"
params = { kind = "big" }
files = { "//:thing.lock" = "lock" }
platforms = ["macos_aarch64", "linux_x86_64"]

[version_from]
npm = "thing"

[platforms.linux_x86_64]

[platforms.macos_aarch64]

[params.kind]
doc = "big or small"
choices = ["big", "small"]
required = true

[files.lock]
doc = "the lock file"
"#;

fn with(from: &str, to: &str) -> String {
    assert!(RECIPE.contains(from), "{from}");
    RECIPE.replacen(from, to, 1)
}

#[test]
fn it_is_read() {
    let documentation = Recipe::parse("r.toml", RECIPE).unwrap().documentation;
    assert_eq!(documentation.doc, "One paragraph.\n\nAnother one.");
    assert_eq!(documentation.group, Group::Go);
    let example = documentation.example.unwrap();
    assert_eq!(example.name.as_str(), "my_thing");
    assert_eq!((example.request.recipe.as_str(), example.request.version.as_str()), ("thing", "1.2.0"));
    assert_eq!(example.request.files[&"lock".parse().unwrap()], "//:thing.lock");
    let platforms: Vec<&str> = example.request.platforms.iter().map(|it| it.name()).collect();
    assert_eq!(platforms, ["linux_x86_64", "macos_aarch64"]);
}

#[test]
fn nothing_need_be_said() {
    let (head, rest) = RECIPE.split_at(RECIPE.find("doc = ").unwrap());
    let rest = &rest[rest.find("[version_from]").unwrap()..];
    let documentation = Recipe::parse("r.toml", &format!("{head}{rest}")).unwrap().documentation;
    assert_eq!(documentation, lazytools_lock::recipe::Documentation::default());
}

#[test]
fn a_version_that_is_looked_for_is_enough() {
    for version in ["version_from = \"//:package-lock.json\"", "version_range = \">=1, <2\""] {
        Recipe::parse("r.toml", &with("version = \"1.2.0\"", version)).unwrap();
    }
}

#[test]
fn an_example_that_would_be_refused_is_told() {
    for (from, to, expected) in [
        ("\"1.2.0\"", "\"0.9\"", "r.toml:12: example: version \"0.9\" is not in the range that recipe thing fits"),
        (
            "version = \"1.2.0\"",
            "",
            "r.toml:12: example: recipe thing needs a version (>=1): add version = \"…\" (LT290)",
        ),
        ("{ kind = \"big\" }", "{ kind = \"huge\" }", "example: parameter kind of recipe thing is \"huge\""),
        ("{ kind = \"big\" }", "{ kid = \"big\" }", "has no parameter \"kid\": did you mean \"kind\"? (LT290)"),
        ("= \"lock\"", "= \"lok\"", "example: recipe thing reads no file \"lok\": did you mean \"lock\"? (LT290)"),
        ("files = { \"//:thing.lock\" = \"lock\" }", "", "example: recipe thing reads the file lock (the lock file)"),
        ("\"linux_x86_64\"]", "\"linux_aarch64\"]", "example: recipe thing does not know platform linux_aarch64"),
        ("\"linux_x86_64\"]", "\"linux\"]", "\"linux\" is not a platform"),
        (
            "\"linux_x86_64\"]\n",
            "\"linux_x86_64\"]\nlabel = \"x\"\n",
            "example has no key \"label\": known: name, version,",
        ),
        (
            "version = \"1.2.0\"",
            "version = \"1.2.0\"\nversion_range = \">=1\"",
            "example has several of version, version_from and version_range: one says which version (LT201)",
        ),
        ("One paragraph.", "# One heading", "r.toml:5: doc has a heading: the page has headings of its own"),
        ("group = \"go\"", "group = \"got\"", "group of the recipe cannot be \"got\": did you mean \"go\"? (LT201)"),
    ] {
        let text = Recipe::parse("r.toml", &with(from, to)).unwrap_err().to_string();
        assert!(text.contains(expected), "{to:?}: no {expected:?} in:\n{text}");
    }
    let unfollowed =
        with("[version_from]\nnpm = \"thing\"\n", "").replace("version = \"1.2.0\"", "version_from = \"//:x\"");
    let text = Recipe::parse("r.toml", &unfollowed).unwrap_err().to_string();
    assert_eq!(text, "r.toml:12: example has version_from, and the recipe has no [version_from] (LT290)");
}
