//! `lazytools airgap collect` with a stand-in for Bazel, which says what a test wants: `e2e/airgap_test.sh` has the
//! real one.

#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use support::rules_log::event;
use support::{Answer, Server};
use tempfile::TempDir;

struct Lab {
    folder: TempDir,
    log: Vec<u8>,
    registries: Vec<String>,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("ws")).unwrap();
        fs::write(folder.path().join("ws/MODULE.bazel"), "").unwrap();
        let lab = Self { folder, log: Vec::new(), registries: vec!["file:///srv/registry".to_owned()] };
        lab.bazel("bazel 8.4.2", "exit 0");
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the stand-in; `then` is what it does at the end of a build.
    fn bazel(&self, version: &str, then: &str) {
        let here = self.folder.path().display();
        let script = format!(
            r#"#!/bin/sh
echo "$*" >>{here}/commands
case "$1" in --version) echo "{version}"; exit ;; esac
for argument; do
  case "$argument" in
    --experimental_workspace_rules_log_file=*) cp {here}/log "${{argument#*=}}" ;;
    --build_event_json_file=*) cp {here}/events "${{argument#*=}}" ;;
    --repository_cache=*) mkdir -p "${{argument#*=}}" && [ ! -d {here}/cache ] || cp -r {here}/cache/. "${{argument#*=}}" ;;
    mod) cat {here}/graph; exit ;;
    cquery) cat {here}/targets; exit ;;
    query) cat {here}/build_files; exit ;;
  esac
done
{then}
"#
        );
        fs::write(self.path("bazel"), script).unwrap();
        fs::set_permissions(self.path("bazel"), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A file that the stand-in has in its cache; its SHA-256.
    fn cached(&self, text: &str) -> String {
        use lazytools_airgap::digest::Algorithm;
        let digits = Algorithm::Sha256.digest(text.as_bytes()).hex();
        let folder = self.path("cache/content_addressable/sha256").join(&digits);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("file"), text).unwrap();
        digits
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        fs::write(self.path("log"), &self.log).unwrap();
        let flag = |url: &String| serde_json::json!({"optionName": "registry", "optionValue": url});
        let flags: Vec<_> = self.registries.iter().map(flag).collect();
        let event = serde_json::json!({"structuredCommandLine": {"commandLineLabel": "canonical",
            "sections": [{"sectionLabel": "command options", "optionList": {"option": flags}}]}});
        let built = serde_json::json!({"id": {"pattern": {"pattern": ["//..."]}}, "expanded": {},
            "children": [{"targetConfigured": {"label": "//:app"}}]});
        fs::write(self.path("events"), format!("{event}\n{built}\n")).unwrap();
        if !self.path("graph").exists() {
            fs::write(self.path("graph"), r#"{"key": "<root>"}"#).unwrap();
        }
        let built = option_env!("CARGO_BIN_EXE_lazytools").map(PathBuf::from);
        let program = std::env::var_os("LAZYTOOLS").map(PathBuf::from).or(built);
        let mut command = Command::new(fs::canonicalize(program.expect("LAZYTOOLS names the program")).unwrap());
        command.current_dir(self.path("ws")).env_remove("BUILD_WORKSPACE_DIRECTORY").arg("airgap").args(arguments);
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    fn collect(&self) -> (bool, String) {
        self.collect_with(&[])
    }

    fn collect_with(&self, more: &[&str]) -> (bool, String) {
        let (output, bazel) = (self.path("collected"), self.path("bazel"));
        let arguments = ["collect", "//...", "-o", output.to_str().unwrap(), "--bazel", bazel.to_str().unwrap()];
        self.run(&[&arguments, more].concat())
    }

    fn fails(&self, parts: &[&str]) {
        let (success, text) = self.collect();
        assert!(!success, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!self.path("collected/collection.json").exists());
    }
}

#[test]
fn nothing_is_skipped_in_silence() {
    let mut lab = Lab::new();
    let here = lab.path("ws").join("file");
    let digits = lab.cached("an archive");
    let secret = b"https://me:hush@h.example/a.tar?token=hush".as_slice();
    let url = b"https://h.example/b".as_slice();
    let absent = "0".repeat(64);
    let events = [
        event("repository @@archive", 5, &[(1, secret), (3, digits.as_bytes())]),
        event("repository @@plain", 4, &[(1, url)]),
        event("repository @@absent", 4, &[(1, url), (3, absent.as_bytes())]),
        event("repository @@local", 4, &[(1, b"file:///opt/tool.jar")]),
        event("repository @@git", 3, &[(2, b"git"), (2, b"fetch"), (4, b"\x0a\x01A\x12\x04hush")]),
        event("module extension @@x//:e.bzl%e", 3, &[(2, b"/usr/bin/cargo"), (2, b"metadata")]),
        event("repository @@cc", 3, &[(2, b"/usr/bin/gcc"), (2, b"-v")]),
        event("repository @@which", 10, &[(1, b"python3")]),
        event("repository @@linked", 8, &[(1, b"/usr/lib/jvm")]),
        event("repository @@inside", 12, &[(1, here.to_str().unwrap().as_bytes())]),
        event("repository @@later", 31, &[]),
    ];
    lab.log = events.concat();
    let (success, text) = lab.collect();
    assert!(success, "{text}");
    for part in [
        "1 with a checksum",
        "without a checksum: give the rule a sha256 or integrity",
        "  https://h.example/b for @@plain\n",
        "not fetched: nothing, if",
        "  https://h.example/b for @@absent\n",
        "  @@git\n    git fetch\n",
        "  module extension @@x//:e.bzl%e\n    /usr/bin/cargo metadata\n",
        "  the program gcc for @@cc\n",
        "  the program python3 for @@which\n",
        "  /usr/lib/jvm for @@linked\n",
        "  file:///opt/tool.jar for @@local\n",
        "whatever event 31 of Bazel's rules log stands for",
        "the registry file:///srv/registry for module resolution",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("@@inside"), "{text}");
    let collection = fs::read_to_string(lab.path("collected/collection.json")).unwrap();
    assert!(collection.contains("https://h.example/a.tar?…"), "{collection}");
    assert!(!collection.contains("hush") && !text.contains("hush"), "{collection}");
    assert!(!lab.path("collected/work").exists(), "Bazel's output root is gone");
    let commands = fs::read_to_string(lab.path("commands")).unwrap();
    assert!(commands.contains("--repo_contents_cache="), "Bazel 8.4 would take repositories from it\n{commands}");
}

#[test]
fn registries_by_the_graph_of_modules() {
    let mut lab = Lab::new();
    let server = Server::new();
    let modules = r#"module(name = "m", version = "1.0")"#;
    let bytes = |text: &str| [Answer::Bytes(text.as_bytes().to_vec())];
    // The first registry has none of them; the second has both versions, and Bazel has read the source of one.
    server.on("/two/modules/m/1.0/MODULE.bazel", &bytes(modules));
    server.on("/two/modules/m/1.0/source.json", &bytes("{}"));
    server.on("/two/modules/m/0.9/MODULE.bazel", &bytes("module()"));
    server.on("/two/modules/m/0.9/source.json", &bytes("{\"old\": 1}"));
    server.on("/two/bazel_registry.json", &[Answer::Status(404, "")]);
    lab.cached("{}");
    lab.registries = vec![server.address("/one"), server.address("/two")];
    fs::write(
        lab.path("graph"),
        r#"{"key": "<root>", "dependencies": [{"key": "m@1.0"}, {"key": "m@0.9"}, {"key": "o@2"}, {"key": "o@_"}]}"#,
    )
    .unwrap();
    let (success, text) = lab.collect();
    assert!(success, "{text}");
    let collection: serde_json::Value =
        serde_json::from_slice(&fs::read(lab.path("collected/collection.json")).unwrap()).unwrap();
    let files: Vec<_> =
        collection["items"].as_array().unwrap().iter().map(|item| item["path"].as_str().unwrap()).collect();
    assert_eq!(files, ["modules/m/0.9/MODULE.bazel", "modules/m/1.0/MODULE.bazel", "modules/m/1.0/source.json"]);
    let seen = server.seen();
    assert!(
        seen.iter().all(|request| !request.contains("/o/") && request != "GET /one/bazel_registry.json"),
        "{seen:?}"
    );
}

#[test]
fn registries_by_the_lock_file() {
    let mut lab = Lab::new();
    let server = Server::new();
    server.on("/r/modules/m/1.0/MODULE.bazel", &[Answer::Bytes(b"module()".to_vec())]);
    let address = server.address("/r");
    lab.registries = vec![address.clone()];
    let digits = |text: &str| lazytools_airgap::digest::Algorithm::Sha256.digest(text.as_bytes()).hex();
    let lock = |digest: &str| {
        format!(
            r#"{{"lockFileVersion": 18, "registryFileHashes": {{"{address}/modules/m/1.0/MODULE.bazel": "{digest}",
            "{address}/modules/n/1.0/MODULE.bazel": "not found", "https://other.example/x": "{digest}"}}}}"#
        )
    };
    let path = lab.path("ws/MODULE.bazel.lock");
    fs::write(&path, lock(&digits("module()"))).unwrap();
    let (success, text) = lab.collect();
    assert!(success, "{text}");
    let collection = fs::read_to_string(lab.path("collected/collection.json")).unwrap();
    assert_eq!(collection.matches("registryFile").count(), 1, "{collection}");
    assert!(!fs::read_to_string(lab.path("commands")).unwrap().contains(" mod "), "the lock says it all");
    fs::remove_dir_all(lab.path("collected")).unwrap();
    fs::write(&path, lock(&digits("another"))).unwrap();
    lab.fails(&["/r/modules/m/1.0/MODULE.bazel is sha256:", "it changed in between", "(LT708)"]);
    fs::write(&path, "{\"lockFileVersion\": 5}").unwrap();
    lab.fails(&["its lockFileVersion 5 is of a Bazel before 7.2", "(LT702)"]);
}

#[test]
fn what_stands_in_the_way_is_said() {
    let mut lab = Lab::new();
    lab.bazel("bazel 8.4.2", "echo 'no such target' >&2; exit 1");
    lab.fails(&["no such target", "exit status: 1; what is wrong stands above", "(LT704)"]);
    lab.bazel("bazel 6.5.0", "");
    lab.fails(&["Bazel 6.5.0 is older than 7.2.0", "(LT705)"]);
    fs::remove_file(lab.path("bazel")).unwrap();
    lab.fails(&["name the program with --bazel", "(LT704)"]);
    lab.bazel("bazel 9.1.1", "");
    lab.log = event("repository @@x", 10, &[(1, b"cc")]);
    lab.log.pop();
    lab.fails(&["message 1 is damaged or cut off", "(LT703)"]);
    lab.log.clear();
    lab.registries = vec!["ftp://r.example".to_owned()];
    lab.fails(&["\"ftp://r.example\" is no address of a registry", "(LT704)"]);
    let bazel = lab.path("bazel");
    let (success, text) = lab.run(&["collect", "//...", "-o", "out", "--bazel", bazel.to_str().unwrap()]);
    assert!(!success && text.contains("it is inside the workspace") && text.ends_with("(LT706)\n"), "{text}");
    fs::remove_file(lab.path("ws/MODULE.bazel")).unwrap();
    lab.fails(&["there is no MODULE.bazel", "(LT706)"]);
}

#[test]
fn repositories_are_chosen_by_name() {
    let lab = Lab::new();
    fs::write(
        lab.path("graph"),
        r#"{"key": "<root>", "extensionUsages": [{"key": "@@sdk+//:s.bzl%sdk", "used_repos": ["sdk_linux", "sdk_windows"]}]}"#,
    )
    .unwrap();
    let (success, text) = lab.collect_with(&["--without", "*windows", "--repository", "@sdk_linux"]);
    assert!(success, "{text}");
    assert!(text.contains("left out by name: nothing, if the chosen platforms do not need it"), "{text}");
    assert!(text.contains("  @@sdk++sdk+sdk_windows\n"), "{text}");
    let commands = fs::read_to_string(lab.path("commands")).unwrap();
    let stub = lab.path("collected/trees/left_out");
    assert!(stub.join("BUILD.bazel").exists());
    let line = |word: &str| commands.lines().find(|line| line.contains(word)).unwrap();
    let flag = format!("--override_repository=sdk++sdk+sdk_windows={}", stub.display());
    assert!(line(" build ").contains(&flag) && line(" build ").contains("--keep_going"), "{commands}");
    assert!(line(" fetch ").contains("--repo=@sdk_linux") && line(" fetch ").contains(&flag), "{commands}");

    let (success, text) = lab.collect_with(&["--without", "*windoze*"]);
    assert!(!success && text.contains("--without=*windoze* names no repository") && text.contains("(LT770)"), "{text}");
    let (success, text) = lab.collect_with(&["--without", "//sdk"]);
    assert!(!success && text.contains("\"//sdk\" names no repository: write it without a target"), "{text}");
}

#[test]
fn each_platform_has_a_server_and_no_server_stays() {
    let lab = Lab::new();
    fs::write(lab.path("targets"), "digraph mygraph {\n  \"@@//:app (1)\" -> \"@@m+//:x (1)\"\n}\n").unwrap();
    fs::write(lab.path("build_files"), "").unwrap();
    // The output base and the word of each command, in their order.
    let commands = || {
        let text = fs::read_to_string(lab.path("commands")).unwrap();
        fs::remove_file(lab.path("commands")).unwrap();
        let command = |line: &str| {
            let (_, base) = line.split_once("/work/base-")?;
            let mut words = base.split(' ');
            let number = words.next()?.to_owned();
            Some(format!("{number} {}", words.find(|word| !word.starts_with('-'))?))
        };
        text.lines().filter_map(command).collect::<Vec<_>>()
    };
    let (success, text) = lab.collect_with(&["--platform", "//:a", "--platform", "//:b", "--repository", "@x"]);
    assert!(success, "{text}");
    let first = ["0 build", "0 cquery", "0 query", "0 shutdown"];
    let last = ["1 build", "1 cquery", "1 query", "1 fetch", "1 mod", "1 shutdown"];
    assert_eq!(commands(), [&first[..], &last[..]].concat());
    lab.bazel("bazel 8.4.2", "exit 1");
    let (success, text) = lab.collect();
    assert!(!success && text.contains("(LT704)"), "{text}");
    assert_eq!(commands(), ["0 build", "0 shutdown"]);
}

#[test]
fn a_workspace_with_a_bundle_cannot_be_collected() {
    let lab = Lab::new();
    let digest = lazytools_airgap::digest::Algorithm::Sha256.digest(b"common --x\n");
    let head = "# Written by `lazytools airgap install`; `lazytools airgap install --undo` takes it away. sha256:";
    fs::write(lab.path("ws/airgap.bazelrc"), format!("{head}{}\ncommon --x\n", digest.hex())).unwrap();
    lab.fails(&["airgap.bazelrc: it makes this workspace take everything from a bundle", "install --undo", "(LT771)"]);
}

#[test]
fn an_unreachable_registry_is_named() {
    let mut lab = Lab::new();
    let server = Server::new();
    server.on("/r/modules/m/1.0/MODULE.bazel", &[Answer::Status(403, "")]);
    lab.registries = vec![server.address("/r")];
    fs::write(lab.path("graph"), r#"{"key": "<root>", "dependencies": [{"key": "m@1.0"}]}"#).unwrap();
    lab.fails(&["a file of the registry http://127.0.0.1:", "403", "(LT707)"]);
}

#[test]
fn why_each_repository_is_needed() {
    let mut lab = Lab::new();
    let digits = lab.cached("an archive");
    let download = |who: &str| event(who, 5, &[(1, b"https://h.example/a.tar".as_slice()), (3, digits.as_bytes())]);
    lab.log =
        ["repository @@direct+", "repository @@loaded+", "module extension e in @@far+//:e.bzl", "repository @@odd"]
            .map(download)
            .concat();
    let (success, text) = lab.collect();
    assert!(success, "the chains are not what a bundle needs\n{text}");
    assert!(text.contains("cquery: exit status: 1; what is wrong stands above (LT704). Without it"), "{text}");
    fs::write(
        lab.path("targets"),
        "digraph mygraph {\n  \"@@//:app (1)\" -> \"@@direct+//:d (1)\"\n  \"@@//:app (1)\" -> \"@@far++e+made//:m (1)\"\n}\n",
    )
    .unwrap();
    let file = |name: &str, location: &str| serde_json::json!({"type": "SOURCE_FILE", "sourceFile": {"name": name, "location": location}});
    let files = [file("@@direct+//:BUILD", "/d/BUILD:1:1"), file("@@loaded+//:l.bzl", "/d/BUILD")];
    fs::write(lab.path("build_files"), files.map(|file| format!("{file}\n")).concat()).unwrap();
    let (success, text) = lab.collect_with(&["--bazel-flag=--config=ci", "--bazel-flag=--copt=-g"]);
    assert!(success && !text.contains("Without it"), "{text}");
    let collection: serde_json::Value =
        serde_json::from_slice(&fs::read(lab.path("collected/collection.json")).unwrap()).unwrap();
    let expected = serde_json::json!({
        "@@direct+": ["//:app", "@@direct+//:d"],
        "@@loaded+": ["//:app", "@@direct+//:d", "@@direct+//:BUILD", "@@loaded+//:l.bzl"],
        "module extension e in @@far+//:e.bzl": ["//:app", "@@far++e+made//:m"],
    });
    assert_eq!(collection["chains"], expected);
    let commands = fs::read_to_string(lab.path("commands")).unwrap();
    let cquery = commands.lines().rfind(|line| line.contains(" cquery ")).unwrap();
    assert!(cquery.contains("--copt=-g") && cquery.contains("--universe_scope=//..."), "{cquery}");
    assert!(cquery.ends_with(r#"deps(set("//..."))"#), "{cquery}");
    let query = commands.lines().rfind(|line| line.contains(" query ")).unwrap();
    assert!(query.contains("--config=ci") && !query.contains("--copt"), "{query}");
}
