//! Values that are looked up in a table when pinning.

use std::collections::BTreeMap;

use lazytools_lock::recipe::{Recipe, WantedValue};
use lazytools_lock::{Name, Platform, Request, Role};

const RECIPE: &str = r#"schema = 1
name = "thing"
description = "A thing."
versions = ">=1"

[platforms.linux_x86_64]
os = "linux"

[params.browser]
doc = "which"
default = "shell"

[[lookups]]
id = "table"
url = "https://example.org/{version}/table"
format = "file"

[values.revision]
doc = "the revision"
lookup = "table"
pointer = "/browsers"
find = { name = "{params.browser}" }
field = "/revision"

[values.built]
doc = "the build"
lookup = "table"
when = { version = ">=2" }
after = "'{params.browser}': '"
until = "'"

[[artifacts]]
id = "base"
for = "host"
url = "https://example.org/{values.revision}/{platform.os}"
format = "file"
digest = { from = "download" }

[[layout]]
step = "place"
artifact = "base"
to = "{params.browser}-{values.revision}"

[environment.set]
THING = "{root}/{values.revision}"
"#;

const JSON: &str = r#"{"browsers": [{"name": "full", "revision": 7}, {"name": "shell", "revision": "1255"},
    {"name": "twice", "revision": "1"}, {"name": "twice", "revision": "1"}, {"name": "none"},
    {"name": "long", "revision": "a\nb"}]}"#;
const TEXT: &str = "export const REVISIONS = {\n  'shell': '1.2.3',\n  'twice': '1', 'twice': '2', 'open': 'x";

fn request(version: &str, browser: &str) -> Request {
    let mut request: Request = serde_json::from_value(serde_json::json!(
        {"recipe": "thing", "version": version, "platforms": ["linux_x86_64"]}
    ))
    .unwrap();
    request.params.insert("browser".parse().unwrap(), browser.to_owned());
    request
}

fn wanted(version: &str, browser: &str) -> BTreeMap<String, WantedValue> {
    let recipe = Recipe::parse("r.toml", RECIPE).unwrap();
    let chosen = recipe.choose(&request(version, browser)).unwrap();
    let wanted = chosen.wanted_values().unwrap();
    wanted.into_iter().map(|value| (value.name.to_string(), value)).collect()
}

#[test]
fn a_value_becomes_part_of_addresses_paths_and_variables() {
    let recipe = Recipe::parse("r.toml", RECIPE).unwrap();
    let request = request("2.0", "shell");
    let chosen = recipe.choose(&request).unwrap();
    let found = wanted("2.0", "shell");
    assert!(format!("{:?}", found["revision"].lookup.source).contains("https://example.org/2.0/table"));
    assert_eq!(found["built"].read(TEXT, "the table"), Ok("1.2.3".to_owned()));
    let revision = found["revision"].read(JSON, "the table").unwrap();
    let name: Name = "revision".parse().unwrap();
    let chosen = chosen.with_values(BTreeMap::from([(name, revision)]));
    let host = "linux_x86_64".parse::<Platform>().ok();
    let wanted = chosen.wanted(Role::Host, host, &BTreeMap::new()).unwrap();
    assert_eq!(wanted[0].tool_url, "https://example.org/1255/linux");
    let part = chosen.part(Role::Any, None, &BTreeMap::new(), &BTreeMap::new()).unwrap();
    assert_eq!(part.environment.set["THING"], "{root}/1255");
    // A whole number is taken as it is written.
    assert_eq!(self::wanted("1.0", "full")["revision"].read(JSON, "the table"), Ok("7".to_owned()));
    // Its own condition leaves the other one out.
    assert!(!self::wanted("1.0", "full").contains_key("built"));
}

#[test]
fn a_value_that_is_not_there_says_what_is() {
    let json =
        |browser: &str, table: &str| wanted("1.0", browser)["revision"].read(table, "browsers.json").unwrap_err();
    for (browser, message) in [
        ("shel", "\"/browsers\" has no entry whose name is \"shel\"; of name, did you mean \"shell\"?"),
        ("twice", "\"/browsers\" has more than one entry whose name is \"twice\""),
        ("none", "the entry whose name is \"none\" has no text or whole number at \"/revision\""),
        ("long", "no text of 1 to 200 characters without control characters: \"a\\nb\""),
    ] {
        let error = json(browser, JSON);
        assert!(error.starts_with("value revision is not in browsers.json: "), "{error}");
        assert!(error.contains(message), "{message:?} is not in:\n{error}");
        assert!(error.ends_with("mend [values.revision] of the recipe (LT260)"), "{error}");
    }
    assert!(json("shell", "{}").contains("it has no \"/browsers\""));
    assert!(json("shell", "{\"browsers\": 3}").contains("\"/browsers\" is neither a list nor an object"));
    assert!(json("shell", "<html>").contains("it is not JSON"));
    let text = |browser: &str| wanted("2.0", browser)["built"].read(TEXT, "the table").unwrap_err();
    assert!(text("other").contains("it has no \"'other': '\""));
    assert!(text("twice").contains("different texts follow \"'twice': '\""));
    assert!(text("open").contains("no \"'\" follows \"'open': '\""));
}

#[test]
fn a_text_that_is_the_value_alone() {
    let text = RECIPE.replace("after = \"'{params.browser}': '\"\nuntil = \"'\"", "after = \"\"\nuntil = \"\\n\"");
    assert_ne!(text, RECIPE);
    let recipe = Recipe::parse("r.toml", &text).unwrap();
    let request = request("2.0", "shell");
    let wanted = recipe.choose(&request).unwrap().wanted_values().unwrap();
    let built = wanted.iter().find(|value| value.name.as_str() == "built").unwrap();
    assert_eq!(built.read("34.0\n132\n", "the table"), Ok("34.0".to_owned()));
    assert!(built.read("34.0", "the table").unwrap_err().contains("no \"\\n\" follows \"\""));
}

#[test]
fn a_value_that_was_left_out_cannot_be_named() {
    let text = RECIPE.replace("{root}/{values.revision}", "{values.built}");
    let recipe = Recipe::parse("r.toml", &text).unwrap();
    let request = request("1.0", "shell");
    let chosen = recipe.choose(&request).unwrap();
    let error = chosen.part(Role::Any, None, &BTreeMap::new(), &BTreeMap::new()).unwrap_err().to_string();
    assert_eq!(error, "r.toml:45: value built is named where its own condition (when) leaves it out (LT204)");
}

#[test]
fn a_step_without_its_artifact_is_told() {
    let text = RECIPE.replace("for = \"host\"\nurl", "for = \"host\"\nwhen = { browser = \"full\" }\nurl");
    let recipe = Recipe::parse("r.toml", &text).unwrap();
    let request = request("1.0", "shell");
    let chosen =
        recipe.choose(&request).unwrap().with_values(BTreeMap::from([("revision".parse().unwrap(), "1".into())]));
    let host = "linux_x86_64".parse::<Platform>().ok();
    let error = chosen.part(Role::Host, host, &BTreeMap::new(), &BTreeMap::new()).unwrap_err().to_string();
    assert!(error.starts_with("r.toml:40: there is no base for linux_x86_64 with these parameters: "), "{error}");
    assert!(error.ends_with("another version or other platforms (LT261)"), "{error}");
}

#[test]
fn each_mistake_has_its_line() {
    for (from, to, message) in [
        (
            "lookup = \"table\"",
            "lookup = \"tabel\"",
            "r.toml:18: there is no lookup \"tabel\": did you mean \"table\"? (LT206)",
        ),
        (
            "{values.revision}/{platform",
            "{values.revison}/{platform",
            "r.toml:35: there is no value \"revison\": did you mean \"revision\"? (LT204)",
        ),
        ("field = \"/revision\"\n", "", "r.toml:18: values.revision needs find and field together"),
        ("pointer = \"/browsers\"", "pointer = \"browsers\"", "r.toml:21: a JSON pointer begins with / (LT206)"),
        ("pointer = \"/browsers\"\n", "", "r.toml:18: values.revision does not say where the value stands"),
        ("until = \"'\"", "until = \"\"", "values.built has an empty until, which stands everywhere"),
        ("until = \"'\"", "untill = \"'\"", "has no key \"untill\": did you mean \"until\"?"),
        ("doc = \"the build\"\n", "", "has no doc"),
        ("{version}/table", "{values.built}", "r.toml:15: a value is looked up in a table, so where that is"),
        ("{params.browser}': '", "{values.revision}", "a value is looked up in a table, so where that is"),
        (
            "default = \"shell\"",
            "default = \"{values.built}\"",
            "a parameter's default can name the version and nothing else",
        ),
    ] {
        assert!(RECIPE.contains(from), "{from}");
        let error = Recipe::parse("r.toml", &RECIPE.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(message), "{message:?} is not in:\n{error}");
    }
}
