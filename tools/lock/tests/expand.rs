//! From a recipe and a request to the parts of a lock.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use lazytools_lock::recipe::{Known, Recipe, Wanted};
use lazytools_lock::{Algorithm, Artifact, Name, Part, Platform, Request, Role};

const RECIPE: &str = r#"schema = 1
name = "thing"
description = "A thing."
versions = ">=1, <3"

[platforms.linux_x86_64]
os = "linux"

[platforms.windows_x86_64]
os = "win"

[params.flavour]
doc = "which one"
default = "v{version.major}"
choices = ["v1", "v2", "v9"]

[[artifacts]]
id = "base"
for = "target"
url = "https://example.org/{version}/{os}"
tool_url = "https://tool.example.org/{version}"
format = "tar.gz"
digest = { from = "download" }

[[artifacts]]
id = "extra"
for = "target"
when = { version = ">=2", platforms = ["windows_x86_64"] }
url = "https://example.org/{params.flavour}"
format = "file"
digest = { from = "download" }

[[layout]]
step = "extract"
artifact = "base"
to = "{sha1hex('{artifact.base.url}/x')}/{{}}"
strip = 1
pick = { "bin/{os}" = "thing" }

[[layout]]
step = "place"
artifact = "extra"
when = { version = ">=2", platforms = ["windows_x86_64"] }
to = "extra"
mode = "0755"

[[layout]]
step = "write"
artifact_marker = "x"
to = "mark"
text = "x"
"#;

fn recipe() -> Recipe {
    let text = RECIPE.replace("artifact_marker = \"x\"\n", "").replace(
        "to = \"mark\"\ntext = \"x\"",
        "to = \"mark\"\njson = { z = \"{artifact.base.sha512hex}\", a = [\"{version}\", 1, true], q = 'say \"{params.flavour}\"' }\nnewline = true",
    );
    Recipe::parse("thing.toml", &text).unwrap()
}

fn request(version: &str) -> Request {
    Request {
        recipe: "thing".to_owned(),
        version: version.to_owned(),
        version_from: String::new(),
        version_package: String::new(),
        version_range: String::new(),
        params: BTreeMap::new(),
        files: BTreeMap::new(),
        artifact_files: BTreeMap::new(),
        platforms: vec!["linux_x86_64".parse().unwrap(), "windows_x86_64".parse().unwrap()],
    }
}

fn known(wanted: &[Wanted]) -> BTreeMap<Name, Known> {
    let make = |wanted: &Wanted| Known {
        artifact: Artifact {
            source: wanted.source.clone(),
            format: wanted.format,
            integrity: Algorithm::Sha256.digest(wanted.id.as_str().as_bytes()),
            size: NonZeroU64::new(1),
            provenance: None,
            licence: None,
        },
        tool_url: wanted.tool_url.clone(),
        digests: BTreeMap::new(),
    };
    wanted.iter().map(|wanted| (wanted.id.clone(), make(wanted))).collect()
}

fn part(version: &str, platform: &str) -> Part {
    let recipe = recipe();
    let request = request(version);
    let chosen = recipe.choose(&request).unwrap();
    let platform: Platform = platform.parse().unwrap();
    let files = BTreeMap::new();
    let wanted = chosen.wanted(Role::Target, Some(platform), &files).unwrap();
    chosen.part(Role::Target, Some(platform), &known(&wanted), &files).unwrap()
}

#[test]
fn templates_are_expanded_and_late_digests_are_left() {
    let part = part("1.5", "linux_x86_64");
    let json = serde_json::to_value(&part).unwrap();
    assert_eq!(json["artifacts"]["base"]["urls"][0], "https://example.org/1.5/linux");
    let extract = &json["layout"][0]["extract"];
    // sha1 of https://tool.example.org/1.5/x: of the address that the tool uses, whatever it is fetched from.
    assert_eq!(extract["to"], "4e3192daeb7e07f4583b7c05cefcdcb1b8e19794/{}");
    assert_eq!(extract["pick"]["bin/linux"], "thing");
    let text = &json["layout"][1]["write"]["text"];
    assert_eq!(text[0], "{\"z\":\"");
    assert_eq!(text[1]["algorithm"], "sha512");
    assert_eq!(text[2], "\",\"a\":[\"1.5\",1,true],\"q\":\"say \\\"v1\\\"\"}\n", "keys as written, a newline as said");
    assert_eq!(json["artifacts"].as_object().unwrap().len(), 1);
}

#[test]
fn conditions_hold_for_versions_and_platforms() {
    let names =
        |version, platform| part(version, platform).artifacts.into_keys().map(|id| id.to_string()).collect::<Vec<_>>();
    assert_eq!(names("2.0", "windows_x86_64"), ["base", "extra"]);
    assert_eq!(names("2.0", "linux_x86_64"), ["base"]);
    assert_eq!(names("1.0", "windows_x86_64"), ["base"]);
}

#[test]
fn requests_that_do_not_fit_are_told() {
    let recipe = recipe();
    let fail = |change: &dyn Fn(&mut Request)| {
        let mut request = request("1.0");
        change(&mut request);
        recipe.choose(&request).unwrap_err().to_string()
    };
    let message = fail(&|request| request.version = "3.0".to_owned());
    assert!(message.contains("version \"3.0\" is not in the range that recipe thing fits: >=1, <3"), "{message}");
    let message = fail(&|request| drop(request.params.insert("flavor".parse().unwrap(), "v1".to_owned())));
    assert!(message.contains("no parameter \"flavor\": did you mean \"flavour\"?"), "{message}");
    let message = fail(&|request| drop(request.params.insert("flavour".parse().unwrap(), "v3".to_owned())));
    assert!(message.contains("is \"v3\", and has to be one of \"v1\", \"v2\", \"v9\""), "{message}");
    let message = fail(&|request| request.platforms = vec!["macos_aarch64".parse().unwrap()]);
    assert!(message.contains("does not know platform macos_aarch64") && message.ends_with("(LT205)"), "{message}");
    let message = fail(&|request| drop(request.files.insert("f".parse().unwrap(), "//:f".to_owned())));
    assert!(message.contains("reads no file \"f\""), "{message}");
}
