//! Every mistake that a recipe's author can make is told with its line and what would be right.

use lazytools_lock::recipe::Recipe;

const GOOD: &str = r#"schema = 1
name = "thing"
description = "A thing."
versions = ">=1"

[platforms.linux_x86_64]
os = "linux"

[platforms.macos_aarch64]
os = "mac"

[params.node]
doc = "the version of Node.js"
required = true

[[artifacts]]
id = "base"
for = "target"
url = "https://example.org/{version}/{platform.os}"
format = "tar.gz"
digest = { from = "download" }

[[layout]]
step = "extract"
artifact = "base"
to = "v{version.major}"

[environment.set]
THING_HOME = "{root}"
"#;

/// The recipe with a part replaced.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

fn messages(text: &str) -> String {
    Recipe::parse("r.toml", text).unwrap_err().to_string()
}

#[test]
fn a_good_recipe_has_no_mistake() {
    Recipe::parse("r.toml", GOOD).unwrap();
}

#[test]
fn each_mistake_has_its_line_and_its_remedy() {
    let cases: &[(&str, &str, &str)] = &[
        // Form
        ("schema = 1", "schema = ", "r.toml:1: this is not TOML"),
        (
            "schema = 1",
            "schema = 2",
            "r.toml:1: schema is 2, and this lazytools reads schema 1: use a newer one (LT201)",
        ),
        ("schema = 1\n", "", "r.toml:1: the recipe has no schema (LT201)"),
        (
            "name = \"thing\"",
            "name = 3",
            "r.toml:2: name of the recipe is integer, and has to be a text in quotes (LT201)",
        ),
        ("name = \"thing\"", "name = \"a b\"", "r.toml:2: \"a b\" is not a name"),
        ("versions = \">=1\"", "versions = \">=one\"", "r.toml:4: \">=one\" is no range of versions"),
        ("format = \"tar.gz\"", "format = \"tgz\"", "r.toml:20: \"tgz\" is not a format: one of br, bz2,"),
        ("required = true", "", "parameter node needs one of the two: a default, or required = true (LT201)"),
        ("to = \"v", "newline = true\nto = \"v", "step \"extract\" has no key \"newline\""),
        // Unknown keys
        (
            "description",
            "descripton",
            "r.toml:3: the recipe has no key \"descripton\": did you mean \"description\"? (LT202)",
        ),
        ("id = \"base\"", "id = \"base\"\nsha256 = \"x\"", "r.toml:18: [[artifacts]] has no key \"sha256\""),
        (
            "step = \"extract\"",
            "step = \"shell\"",
            "r.toml:24: step of [[layout]] cannot be \"shell\": known: directory, extract,",
        ),
        // Templates
        ("{root}", "{root", "r.toml:29: template \"{root\" cannot be read: it ends where '}' has to be (LT203)"),
        (
            "v{version.major}",
            "{sha256hx(version)}",
            "r.toml:26: there is no function \"sha256hx\": did you mean \"sha256hex\"? (LT203)",
        ),
        (
            "v{version.major}",
            "{replace(version)}",
            "r.toml:26: replace is called with 1 arguments: it is replace(text, from, to) (LT203)",
        ),
        // Variables
        (
            "v{version.major}",
            "{verson}",
            "r.toml:26: there is no variable \"verson\": did you mean \"version\"? (LT204)",
        ),
        (
            "v{version.major}",
            "{params.nod}",
            "r.toml:26: there is no parameter \"nod\": did you mean \"node\"? (LT204)",
        ),
        ("v{version.major}", "{root}", "r.toml:26: {root} is known only when the tool runs"),
        ("{root}", "{root}/{platform.os}", "r.toml:29: what is for any platform cannot name one: write for = \"host\""),
        ("os = \"mac\"", "so = \"mac\"", "platform macos_aarch64 has no word \"os\": known: so (LT204)"),
        // Platforms
        ("platforms.macos_aarch64", "platforms.macos_arm64", "r.toml:9: \"macos_arm64\" is not a platform: one of"),
        // References
        (
            "artifact = \"base\"",
            "artifact = \"bse\"",
            "r.toml:25: there is no artifact \"bse\": did you mean \"base\"? (LT206)",
        ),
        (
            "artifact = \"base\"",
            "for = \"host\"\nartifact = \"base\"",
            "the step is for host and artifact base is for target",
        ),
        (
            "{ from = \"download\" }",
            "{ from = \"json\", lookup = \"table\", pointer = \"/a\", algorithm = \"sha256\" }",
            "there is no lookup \"table\"",
        ),
        // Integrity
        ("digest = { from = \"download\" }\n", "", "r.toml:16: artifact base does not say how its digest is learnt"),
        (
            "{ from = \"download\" }",
            "{ from = \"checksums\", url = \"u\", algorithm = \"md5\" }",
            "algorithm of digest cannot be \"md5\": known: sha256, sha384, sha512",
        ),
        ("{ from = \"download\" }", "{ from = \"npm\" }", "only a purl of type npm has its digest from npm (LT207)"),
    ];
    each_is_told(cases);
}

#[test]
fn mistakes_in_where_versions_come_from_are_told() {
    each_is_told(&[
        (
            "[platforms.linux",
            "[version_from]\nyarn = \"x\"\n\n[platforms.linux",
            "version_from has no key \"yarn\": known: golang, npm, package_manager, pypi, tool_versions, go, gradle_wrapper, maven_wrapper",
        ),
        (
            "[platforms.linux",
            "[version_from]\nnpm = \"{version}\"\n\n[platforms.linux",
            "the version is what is looked for here: only parameters can be named (LT204)",
        ),
        (
            "[platforms.linux",
            "[latest]\npurl = \"pkg:npm/x@1\"\n\n[platforms.linux",
            "purl of latest has to be a package URL without a version, as in \"pkg:npm/bun\" (LT201)",
        ),
        (
            "[platforms.linux",
            "[latest]\nurl = \"https://example.org\"\nversion = \"v\"\n\n[platforms.linux",
            "version of latest is \"v\", and has to be a JSON pointer, as in \"/version\" (LT201)",
        ),
        (
            "[platforms.linux",
            "[latest]\nurl = \"https://example.org\"\n\n[platforms.linux",
            "latest needs either a purl, or the url of a list in JSON with the pointer version (LT201)",
        ),
    ]);
}

fn each_is_told(cases: &[(&str, &str, &str)]) {
    for (from, to, expected) in cases {
        let text = messages(&with(from, to));
        assert!(text.contains(expected), "{to:?}: no {expected:?} in:\n{text}");
        assert!(text.lines().all(|line| line.ends_with(')') && line.contains("(LT2")), "{text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = messages(&with("description", "descripton").replace("{root}", "{rot}").replace("extract", "extrac"));
    assert_eq!(text.lines().count(), 4, "{text}");
    let lines: Vec<usize> = text.lines().map(|line| line.split(':').nth(1).unwrap().parse().unwrap()).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn whatever_is_read_does_not_panic() {
    // Each prefix and each text with one character replaced: a poor man's fuzzer, and quick.
    for end in 0..GOOD.len() {
        let _ = Recipe::parse("r.toml", &GOOD[..end]);
    }
    for (at, _) in GOOD.char_indices() {
        for c in ["{", "}", "'", "\"", "(", "\u{0}", "ä"] {
            let _ = Recipe::parse("r.toml", &format!("{}{c}{}", &GOOD[..at], &GOOD[at + 1..]));
        }
    }
}

#[test]
fn one_mistake_is_told_once() {
    // Neither keys of the step that names no artifact, nor an artifact that is only described wrongly.
    let text = messages(&with("artifact = \"base\"", "artifact = \"bse\""));
    assert_eq!(text.lines().count(), 1, "{text}");
    let text = messages(&with("digest = { from = \"download\" }", "digest = { from = \"x\" }"));
    assert_eq!(text.lines().count(), 1, "{text}");
    let text = messages(&with("schema = 1", "schema = 2"));
    assert_eq!(text, "r.toml:1: schema is 2, and this lazytools reads schema 1: use a newer one (LT201)");
}
