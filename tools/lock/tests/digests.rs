//! Where digests are published, and the package URLs whose registries publish them.

mod support;

use std::collections::BTreeMap;

use lazytools_lock::recipe::{Recipe, WantedDigest};
use lazytools_lock::{Request, Role};
use serde_json::Value;
use support::{faults, read};

/// A recipe of one artifact with these lines.
fn recipe(source: &str, digest: &str) -> String {
    format!(
        "schema = 1\nname = \"thing\"\ndescription = \"A thing.\"\nneeds_version = true\n\n[files.sums]\ndoc = \"go.sum\"\n\n\
         [[lookups]]\nid = \"table\"\nurl = \"https://example.org/table\"\nformat = \"file\"\n\n\
         [[artifacts]]\nid = \"a\"\nformat = \"file\"\n{source}\n{digest}\n\n\
         [[layout]]\nstep = \"place\"\nartifact = \"a\"\nto = \"a\"\n"
    )
}

const URL: &str = "url = \"https://example.org/a\"";
const GO: &str = "purl = \"pkg:golang/a.example/x@v{version}\"";

#[test]
fn each_source_is_read_and_fits_the_schema() {
    let schema: Value = serde_json::from_str(&read("docs/recipe.schema.json")).unwrap();
    let mut kinds = Vec::new();
    for (source, digest) in [
        ("purl = \"pkg:npm/x@{version}\"", ""),
        ("purl = \"pkg:npm/x@{version}\"", "digest = { from = \"npm\" }"),
        ("purl = \"pkg:pypi/x@{version}?file_name=x-1.whl\"", "digest = { from = \"registry\" }"),
        (GO, "digest = { from = \"go_sum\", file = \"sums\" }"),
        (URL, "digest = { from = \"github\" }"),
        (URL, "digest = { from = \"header\", name = \"X-Sum\", algorithm = \"sha512\", encoding = \"base64\" }"),
        (URL, "digest = { from = \"json\", url = \"https://example.org/s.json\", pointer = \"/a\", algorithm = \"sha256\" }"),
        (URL, "digest = { from = \"json\", lookup = \"table\", pointer = \"/a\", algorithm = \"sha256\" }"),
        (URL, "digest = { from = \"text\", lookup = \"table\", after = \"a: \", algorithm = \"sha256\" }"),
        (URL, "digest = { from = \"checksums\", url = \"https://example.org/a.sha256\", algorithm = \"sha256\" }"),
        (URL, "digest = { from = \"download\" }"),
    ] {
        let text = recipe(source, digest);
        assert_eq!(faults(&schema, &toml::from_str(&text).unwrap()), Vec::<String>::new(), "{digest}");
        let recipe = Recipe::parse("r.toml", &text).unwrap_or_else(|error| panic!("{error}"));
        let request: Request = serde_json::from_str(
            r#"{"recipe": "thing", "version": "1.0", "platforms": ["linux_x86_64"], "files": {"sums": "//:go.sum"}}"#,
        )
        .unwrap();
        let chosen = recipe.choose(&request).unwrap();
        let files = BTreeMap::from([("sums".parse().unwrap(), "the sums".to_owned())]);
        let wanted = chosen.wanted(Role::Any, None, &files).unwrap();
        kinds.push(match &wanted[0].digest {
            WantedDigest::GoSum { file, text } => format!("{file}: {text}"),
            WantedDigest::Header { name, .. } => name.clone(),
            WantedDigest::Json { lookup, .. } => format!("{:?}", lookup.source),
            other => format!("{other:?}").split([' ', '{']).next().unwrap().to_owned(),
        });
    }
    let json = ["Urls([\"https://example.org/s.json\"])", "Urls([\"https://example.org/table\"])"];
    let expected = ["Registry", "Registry", "Registry", "sums: the sums", "Github", "x-sum"];
    assert_eq!(kinds, [&expected[..], &json, &["Text", "Checksums", "Download"]].concat());
}

#[test]
fn each_mistake_has_its_remedy() {
    for (source, digest, message) in [
        (URL, "digest = { from = \"registry\" }", "only what has a purl has its digest from a registry (LT207)"),
        (URL, "digest = { from = \"npm\" }", "only a purl of type npm has its digest from npm (LT207)"),
        (GO, "digest = { from = \"npm\" }", "only a purl of type npm has its digest from npm (LT207)"),
        (
            URL,
            "digest = { from = \"go_sum\", file = \"sums\" }",
            "only a purl of type golang has its sum in go.sum (LT207)",
        ),
        (
            GO,
            "digest = { from = \"go_sum\", file = \"sum\" }",
            "there is no input file \"sum\": did you mean \"sums\"? (LT206)",
        ),
        (GO, "digest = { from = \"go_sum\" }", "digest has no file"),
        (GO, "digest = { from = \"github\" }", "only what has a url has its digest from a github"),
        (
            URL,
            "digest = { from = \"header\", name = \"a b\", algorithm = \"sha256\" }",
            "\"a b\" is no name of an HTTP header",
        ),
        (URL, "digest = { from = \"json\", pointer = \"/a\", algorithm = \"sha256\" }", "neither lookup nor url"),
        (
            URL,
            "digest = { from = \"json\", lookup = \"table\", url = \"x\", pointer = \"/a\", algorithm = \"sha256\" }",
            "both lookup and url",
        ),
        (URL, "digest = { from = \"text\", after = \"/a\", algorithm = \"sha256\" }", "digest has no lookup"),
        (URL, "digest = { from = \"hub\" }", "from of digest cannot be \"hub\": did you mean \"github\"?"),
        ("purl = \"pkg:gem/x@1\"", "", "write it as pkg:TYPE/NAME@VERSION, with one of the types cargo, deb, golang,"),
        ("purl = \"pkg:pypi/x@1\"", "", "has a purl that names no file_name: add file_name=… behind a ? or & (LT201)"),
        ("purl = \"pkg:deb/debian/x@1?arch=amd64\"", "", "has a purl that names no distro"),
        ("purl = \"npm/x@1\"", "", "has a purl that begins with \"npm/x@1\""),
    ] {
        let text = Recipe::parse("r.toml", &recipe(source, digest)).unwrap_err().to_string();
        assert!(text.contains(message), "{digest}: no {message:?} in:\n{text}");
    }
}
