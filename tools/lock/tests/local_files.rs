//! Files of the workspace that a request takes instead of a recipe's downloads.

mod support;

use std::collections::BTreeMap;

use lazytools_lock::recipe::{Recipe, Wanted, WantedDigest};
use lazytools_lock::{Lock, Platform, Request, Role, Source};
use serde_json::{json, Value};
use support::{faults, read};

const RECIPE: &str = r#"
schema = 1
name = "thing"
description = "A thing."
needs_version = true

[params.extra]
doc = "Whether there is more."
default = "no"
choices = ["no", "yes"]

[platforms.linux_x86_64]
word = "x"

[platforms.linux_aarch64]
word = "a"

[[artifacts]]
id = "zip"
for = "target"
url = "https://files.example.org/{version}/{platform.word}.zip"
format = "zip"
digest = { from = "checksums", url = "https://files.example.org/{version}/sums", algorithm = "sha256" }

[[artifacts]]
id = "notes"
url = "https://files.example.org/{version}/notes"
format = "file"
digest = { from = "download" }

[[artifacts]]
id = "extra"
for = "host"
when = { extra = "yes" }
url = "https://files.example.org/{version}/extra"
format = "file"
digest = { from = "download" }

[[layout]]
step = "extract"
artifact = "zip"
to = "{sha1hex('{artifact.zip.url}')}"

[[layout]]
step = "place"
artifact = "notes"
to = "notes"
"#;

fn request(files: &Value) -> Request {
    serde_json::from_value(json!({"recipe": "thing", "version": "1", "artifactFiles": files,
        "platforms": ["linux_aarch64", "linux_x86_64"]}))
    .unwrap()
}

fn wanted(recipe: &Recipe, files: &Value, platform: &str) -> Wanted {
    let chosen = recipe.choose(&request(files)).unwrap();
    let platform: Platform = platform.parse().unwrap();
    chosen.wanted(Role::Target, Some(platform), &BTreeMap::new()).unwrap().remove(0)
}

fn fault(files: &Value) -> String {
    let recipe = Recipe::parse("thing.toml", RECIPE).unwrap();
    recipe.choose(&request(files)).unwrap_err().to_string()
}

#[test]
fn a_file_takes_the_place_of_a_download() {
    let recipe = Recipe::parse("thing.toml", RECIPE).unwrap();
    let files = json!({"zip": "//:both.zip"});
    for (platform, word) in [("linux_aarch64", "a"), ("linux_x86_64", "x")] {
        let wanted = wanted(&recipe, &files, platform);
        assert_eq!(wanted.source, Source::File("//:both.zip".to_owned()));
        assert_eq!(wanted.digest, WantedDigest::Download, "what upstream publishes is another file's digest");
        assert_eq!(
            wanted.tool_url,
            format!("https://files.example.org/1/{word}.zip"),
            "where the tool looks is as before"
        );
    }
}

#[test]
fn a_file_for_one_platform_wins() {
    let recipe = Recipe::parse("thing.toml", RECIPE).unwrap();
    let one = json!({"zip@linux_x86_64": "//:x.zip"});
    assert_eq!(wanted(&recipe, &one, "linux_x86_64").source, Source::File("//:x.zip".to_owned()));
    assert!(matches!(wanted(&recipe, &one, "linux_aarch64").source, Source::Urls(_)));
    let both = json!({"zip": "//:all.zip", "zip@linux_x86_64": "//:x.zip"});
    assert_eq!(wanted(&recipe, &both, "linux_x86_64").source, Source::File("//:x.zip".to_owned()));
    assert_eq!(wanted(&recipe, &both, "linux_aarch64").source, Source::File("//:all.zip".to_owned()));
}

#[test]
fn what_is_for_no_artifact_is_told() {
    assert_eq!(
        fault(&json!({"zpi": "//:a.zip"})),
        "artifact_files = {\"//:a.zip\": \"zpi\"}: recipe thing has no artifact \"zpi\": did you mean \"zip\"? (LT345)"
    );
    assert_eq!(
        fault(&json!({"zip@macos_aarch64": "//:a.zip"})),
        "artifact_files = {\"//:a.zip\": \"zip@macos_aarch64\"}: the tool is not asked for on macos_aarch64: add it to \
         platforms, or take the file out (LT345)"
    );
    assert_eq!(
        fault(&json!({"notes@linux_x86_64": "//:a"})),
        "artifact_files = {\"//:a\": \"notes@linux_x86_64\"}: artifact notes is the same on every platform: write \
         \"notes\" (LT345)"
    );
    assert_eq!(
        fault(&json!({"extra": "//:a", "zap": "//:b"})),
        "artifact_files = {\"//:a\": \"extra\"}: recipe thing needs no extra for this version and these parameters: take \
         the file out (LT345)\nartifact_files = {\"//:b\": \"zap\"}: recipe thing has no artifact \"zap\": did you mean \
         \"zip\"? (LT345)"
    );
}

#[test]
fn a_lock_with_files_fits_the_schema() {
    let integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let mut lock = json!({"lockVersion": 1, "tools": {"thing": {
        "recipe": {"name": "thing", "digest": integrity},
        "request": {"recipe": "//:thing.toml", "version": "1", "artifactFiles": {"zip": "//:a.zip",
            "zip@linux_x86_64": "@@other+//b:b.zip"}, "platforms": ["linux_x86_64"]},
        "any": {"artifacts": {"notes": {"file": "//:a.zip", "format": "zip", "integrity": integrity, "size": 7}}},
    }}});
    let schema: Value = serde_json::from_str(&read("docs/lock.schema.json")).unwrap();
    assert_eq!(faults(&schema, &lock), Vec::<String>::new());
    let text = lock.to_string();
    let parsed = Lock::parse(&text, "lock").unwrap();
    assert_eq!(serde_json::from_str::<Value>(&parsed.render()).unwrap(), lock);
    lock["tools"]["thing"]["any"]["artifacts"]["notes"]["purl"] = json!("pkg:npm/a@1");
    assert_ne!(faults(&schema, &lock), Vec::<String>::new());
}

#[test]
fn files_of_a_list() {
    let recipe = Recipe::parse("recipes/huggingface.toml", &read("recipes/huggingface.toml")).unwrap();
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let list = format!("{digest}  ./1_Pooling/config.json\n{digest}  ./config.json\n");
    let files = BTreeMap::from([("file_list".parse().unwrap(), list)]);
    let wanted = |slot: &str| {
        let request: Request = serde_json::from_value(json!({
            "recipe": "huggingface", "params": {"repository": "acme/tiny", "commit": "0123"},
            "files": {"file_list": "//:list"}, "artifactFiles": {slot: "//:config.json"}, "platforms": ["linux_x86_64"],
        }))
        .unwrap();
        recipe.choose(&request).unwrap_or_else(|error| panic!("{error}")).wanted(Role::Any, None, &files)
    };
    let local = wanted("p-1_Pooling_config.json").unwrap();
    assert_eq!(
        local[0].source,
        Source::Urls(vec!["https://huggingface.co/acme/tiny/resolve/0123/config.json".to_owned()])
    );
    assert_eq!(
        (&local[1].source, &local[1].digest),
        (&Source::File("//:config.json".to_owned()), &WantedDigest::Download)
    );
    for slot in ["confg.json", "config.json@linux_x86_64"] {
        let error = wanted(slot).unwrap_err().to_string();
        assert!(error.contains(slot) && error.contains("the list of files has no such id"), "{error}");
        assert!(error.ends_with("(LT345)"), "{error}");
    }
}
