//! `version_range` and `--latest`.

mod support;

use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

const NOW: &str = "2026-06-15T12:00:00Z";

/// Version, moment of the release, and what else its manifest says.
const RELEASES: &[(&str, &str, &str)] = &[
    ("1.9.0", "2026-01-01T00:00:00Z", ""),
    ("1.10.0", "2026-02-01T00:00:00Z", ""),
    ("1.11.0", "2026-02-02T00:00:00Z", r#","deprecated": "broken""#),
    ("1.12.0-rc.1", "2026-02-03T00:00:00Z", ""),
    ("1.12.0", "2026-06-15T11:00:00Z", ""),
    ("2.0.0", "2026-03-01T00:00:00Z", ""),
];

/// A registry that lists these releases, and a server that has all of them.
fn serve(server: &Server, releases: &[(&str, &str, &str)]) {
    let versions: Vec<String> =
        releases.iter().map(|(version, _, more)| format!(r#""{version}": {{"dist": {{}}{more}}}"#)).collect();
    let times: Vec<String> = releases.iter().map(|(version, time, _)| format!(r#""{version}": "{time}""#)).collect();
    let packument = format!(r#"{{"versions": {{{}}}, "time": {{{}}}}}"#, versions.join(","), times.join(","));
    server.on("/npm/thing", &[Answer::Bytes(packument.into_bytes())]);
    for (version, ..) in releases {
        server.on(&format!("/files/{version}/thing-x.tar.gz"), &[Answer::Bytes(tar_gz(&[("a.txt", version)]))]);
    }
}

fn ranged(version: &str) -> (Server, Workspace) {
    let server = Server::new();
    serve(&server, RELEASES);
    let recipe =
        DOWNLOADED.replace("needs_version = true\n", "needs_version = true\n[latest]\npurl = \"pkg:npm/thing\"\n");
    let workspace = Workspace::new(&recipe);
    ask(&workspace, version);
    (server, workspace)
}

fn ask(workspace: &Workspace, version: &str) {
    workspace.request(&["linux_x86_64"], "1.0");
    workspace.write("requests.json", &workspace.read("requests.json").replace("\"version\": \"1.0\"", version));
}

fn pinned(workspace: &Workspace) -> String {
    let lock = workspace.lock();
    let (_, rest) = lock.split_once("files.example.org/").expect("there is an artifact");
    rest.split('/').next().unwrap().to_owned()
}

#[test]
fn a_range_gives_the_newest_release_that_is_old_enough() {
    let (server, workspace) = ranged(r#""versionRange": ">=1.9, <2""#);
    let outcome = workspace.pin(&server, &["--now", NOW]).succeeded();
    assert!(outcome.out.contains("added thing //:thing.toml 1.10.0"), "{}", outcome.out);
    assert_eq!(pinned(&workspace), "1.10.0", "1.11 was taken back, 1.12 is an hour old, 2.0 is not in the range");
    assert!(
        workspace.lock().contains("\"versionRange\": \">=1.9, <2\"")
            && workspace.lock().contains("\"version\": \"1.10.0\"")
    );
    workspace.pin(&server, &["--check"]).succeeded();

    // What is pinned stays as long as it is in the range.
    let before = server.seen().len();
    workspace.pin(&server, &["--min-age", "0"]).succeeded();
    assert_eq!((pinned(&workspace).as_str(), server.seen().len()), ("1.10.0", before));

    let outcome = workspace.pin(&server, &["--latest", "--now", NOW, "--min-age", "30m"]).succeeded();
    assert!(outcome.out.contains("changed thing //:thing.toml 1.10.0 -> //:thing.toml 1.12.0"), "{}", outcome.out);
    assert!(outcome.out.ends_with("1 changed\n"), "{}", outcome.out);

    // It does not go back either.
    workspace.pin(&server, &["--latest", "--now", NOW, "--min-age", "3d"]).succeeded();
    assert_eq!(pinned(&workspace), "1.12.0");
}

#[test]
fn another_range_moves_a_version_that_is_outside() {
    let (server, workspace) = ranged(r#""versionRange": "1.x""#);
    workspace.pin(&server, &["--now", NOW]).succeeded();
    ask(&workspace, r#""versionRange": "^2""#);
    workspace.pin(&server, &["--check"]).failed_with(&["thing: MODULE.bazel asks for version_range ^2 instead of 1.x"]);
    workspace.pin(&server, &["--now", NOW]).succeeded();
    assert_eq!(pinned(&workspace), "2.0.0");
    ask(&workspace, r#""versionRange": ">=1.9""#);
    workspace.pin(&server, &["--now", NOW]).succeeded();
    assert_eq!(pinned(&workspace), "2.0.0", "it is in the new range as well");
}

#[test]
fn prereleases_come_only_when_asked_for() {
    let (server, workspace) = ranged(r#""versionRange": ">=1.9, <2""#);
    workspace.pin(&server, &["--now", NOW, "--pre"]).succeeded();
    assert_eq!(pinned(&workspace), "1.12.0-rc.1");
}

#[test]
fn what_upstream_took_back_is_left() {
    let (server, workspace) = ranged(r#""versionRange": ">=1.9, <2""#);
    workspace.pin(&server, &["--now", NOW]).succeeded();
    let mut releases = RELEASES.to_vec();
    releases[1].2 = r#","deprecated": "broken, too""#;
    serve(&server, &releases);
    workspace.pin(&server, &["--now", NOW, "--latest"]).succeeded();
    assert_eq!(pinned(&workspace), "1.9.0");
}

#[test]
fn an_exact_version_is_only_told_about() {
    let (server, workspace) = ranged(r#""version": "1.9.0""#);
    let outcome = workspace.pin(&server, &["--latest", "--now", NOW]).succeeded();
    let line = "thing: 2.0.0 is newer than 1.9.0: write version = \"2.0.0\" in lazy_tools.tool(name = \"thing\")";
    assert!(outcome.out.contains(line), "{}", outcome.out);
    assert_eq!(pinned(&workspace), "1.9.0");
    let outcome = workspace.pin(&server, &["--latest", "--now", NOW, "--json", "--dry-run"]).succeeded();
    for text in ["\"kind\": \"newer\"", "\"to\": \"2.0.0\""] {
        assert!(outcome.out.contains(text), "{}", outcome.out);
    }
}

#[test]
fn why_there_is_none_is_told() {
    let (server, workspace) = ranged(r#""versionRange": ">=1.12, <2""#);
    workspace.pin(&server, &["--now", NOW]).failed_with(&[
        "tool thing: no release in the range >=1.12, <2 is 1day old; the newest is 1.12.0, and it was published at \
         2026-06-15T11:00:00Z: wait, or say --min-age 0 (LT356)",
    ]);
    ask(&workspace, r#""versionRange": ">=3""#);
    workspace.pin(&server, &["--now", NOW]).failed_with(&[
        "no release is in the range >=3; the newest of all is 2.0.0: change version_range in MODULE.bazel",
        "(LT356)",
    ]);
    ask(&workspace, r#""versionRange": ">=3 <4""#);
    workspace
        .pin(&server, &["--now", NOW])
        .failed_with(&["tool thing: version_range = \">=3 <4\" is no range", "(LT355)"]);
    workspace.write("thing.toml", DOWNLOADED);
    ask(&workspace, r#""versionRange": ">=1""#);
    workspace.pin(&server, &["--now", NOW]).failed_with(&[
        "recipe thing does not say where its releases are listed, which version_range needs",
        "(LT357)",
    ]);
    assert_eq!(workspace.lock(), "");
    ask(&workspace, r#""version": "1.9.0""#);
    let outcome = workspace.pin(&server, &["--latest"]).succeeded();
    assert!(outcome.out.contains("thing: recipe thing does not say where its releases are listed"), "{}", outcome.out);
}

#[test]
fn releases_come_from_a_list_in_json() {
    let (server, workspace) = ranged(r#""versionRange": ">=1, <2""#);
    let list = r#"{"all": [{"v": "v1.9.0", "day": "2026-01-01"}, {"v": "v1.10.0", "day": "2026-06-15"},
        {"v": "nightly", "day": "2026-01-01"}, {"v": "v1.12.0", "day": "2026-01-01", "pre": true}]}"#;
    server.on("/files/index.json", &[Answer::Bytes(list.as_bytes().to_vec())]);
    let recipe = DOWNLOADED.replace(
        "needs_version = true\n",
        "needs_version = true\n[latest]\nurl = \"https://files.example.org/index.json\"\nitems = \"/all\"\nversion = \
         \"/v\"\nprefix = \"v\"\ndate = \"/day\"\nprerelease = \"/pre\"\n",
    );
    workspace.write("thing.toml", &recipe);
    workspace.pin(&server, &["--now", NOW]).succeeded();
    assert_eq!(pinned(&workspace), "1.9.0");
    workspace.pin(&server, &["--now", NOW, "--latest", "--min-age", "0"]).succeeded();
    assert_eq!(pinned(&workspace), "1.10.0");
}
