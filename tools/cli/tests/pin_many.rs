//! Twenty tools on six platforms, with digests from everywhere: what is asked for, how often, and what a failure does.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use lazytools_lock::Algorithm;
use support::{tar_gz, Outcome, Reply, Upstream, Workspace};

const PLATFORMS: [&str; 6] =
    ["linux_aarch64", "linux_x86_64", "macos_aarch64", "macos_x86_64", "windows_aarch64", "windows_x86_64"];

/// How a stand-in's digests are learnt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Learnt {
    /// One `SHA256SUMS` for all platforms.
    Sums,
    /// A `.sha256` beside each file.
    Beside,
    /// A JSON by pointer.
    Json,
    /// A text after a mark.
    Text,
    /// npm's metadata.
    Npm,
    /// By downloading.
    Download,
}

const KINDS: [Learnt; 6] = [Learnt::Sums, Learnt::Beside, Learnt::Json, Learnt::Text, Learnt::Npm, Learnt::Download];

fn kind(tool: usize) -> Learnt {
    KINDS[tool % KINDS.len()]
}

fn bytes(tool: usize, platform: &str) -> Vec<u8> {
    tar_gz(&[("package/a.txt", &format!("tool {tool} on {platform}"))])
}

fn recipe(tool: usize) -> String {
    let mut text = format!("schema = 1\nname = \"tool{tool}\"\ndescription = \"A stand-in.\"\nneeds_version = true\n");
    for platform in PLATFORMS {
        let _ = write!(text, "[platforms.{platform}]\nword = \"{platform}\"\n");
    }
    let base = format!("https://files.example.org/tool{tool}");
    let url = format!("url = \"{base}/{{version}}/{{platform.word}}.tar.gz\"\n");
    let lookup = |format: &str| format!("[[lookups]]\nid = \"table\"\nurl = \"{base}/table\"\nformat = \"{format}\"\n");
    let sha = "algorithm = \"sha256\"";
    let (before, source, digest) = match kind(tool) {
        Learnt::Sums => {
            let digest =
                format!("from = \"checksums\", url = \"{base}/SUMS\", file = \"{{platform.word}}.tar.gz\", {sha}");
            (String::new(), url, digest)
        }
        Learnt::Beside => {
            let digest = format!("from = \"checksums\", url = \"{base}/{{platform.word}}.sha256\", {sha}");
            (String::new(), url, digest)
        }
        Learnt::Json => {
            let digest = format!("from = \"json\", lookup = \"table\", pointer = \"/{{platform.word}}\", {sha}");
            (lookup("file"), url, digest)
        }
        Learnt::Text => {
            let digest = format!("from = \"text\", lookup = \"table\", after = \"{{platform.word}}: \", {sha}");
            (lookup("file"), url, digest)
        }
        Learnt::Npm => {
            let purl = format!("purl = \"pkg:npm/%40tool{tool}/{{platform.word}}@{{version}}\"\n");
            (String::new(), purl, "from = \"npm\"".to_owned())
        }
        Learnt::Download => (String::new(), url, "from = \"download\"".to_owned()),
    };
    let _ = write!(
        text,
        "{before}[[artifacts]]\nid = \"file\"\nfor = \"target\"\n{source}format = \"tar.gz\"\ndigest = {{ {digest} }}\n\
         [[layout]]\nstep = \"extract\"\nartifact = \"file\"\n"
    );
    text
}

/// All files of all stand-ins, by path.
fn files(tools: usize) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for tool in 0..tools {
        let mut table = BTreeMap::new();
        let mut sums = String::new();
        let mut text = String::new();
        for platform in PLATFORMS {
            let bytes = bytes(tool, platform);
            let hex = Algorithm::Sha256.digest(&bytes).hex();
            if kind(tool) == Learnt::Npm {
                let integrity = Algorithm::Sha512.digest(&bytes);
                let metadata = format!(r#"{{"dist": {{"integrity": "{integrity}"}}}}"#);
                files.insert(format!("/npm/@tool{tool}%2F{platform}/1.0"), metadata.into_bytes());
                files.insert(format!("/npm/@tool{tool}/{platform}/-/{platform}-1.0.tgz"), bytes);
                continue;
            }
            let _ = writeln!(sums, "{hex}  {platform}.tar.gz");
            let _ = writeln!(text, "  {platform}: {hex}");
            files.insert(format!("/tool{tool}/{platform}.sha256"), format!("{hex}\n").into_bytes());
            files.insert(format!("/tool{tool}/1.0/{platform}.tar.gz"), bytes);
            table.insert(platform, hex);
        }
        files.insert(format!("/tool{tool}/SUMS"), sums.into_bytes());
        let table = if kind(tool) == Learnt::Json { serde_json::to_string(&table).unwrap() } else { text };
        files.insert(format!("/tool{tool}/table"), table.into_bytes());
    }
    files
}

/// A workspace that asks for all stand-ins.
fn workspace(tools: usize) -> Workspace {
    let workspace = Workspace::new("");
    let mut requests = Vec::new();
    for tool in 0..tools {
        workspace.write(&format!("tool{tool}.toml"), &recipe(tool));
        requests.push(format!(
            r#""tool{tool}": {{"recipePath": "tool{tool}.toml", "request": {{"recipe": "//:tool{tool}.toml",
            "version": "1.0", "platforms": {PLATFORMS:?}}}}}"#
        ));
    }
    let head = r#"{"requestsVersion": 1, "hub": "lazy_tools", "lock": "lazy_tools.lock.json", "tools": {"#;
    workspace.write("requests.json", &format!("{head}{}}}}}", requests.join(", ")));
    workspace
}

fn pin(workspace: &Workspace, upstream: &Upstream, arguments: &[&str]) -> Outcome {
    let mut command = workspace.alone();
    command.env("npm_config_registry", upstream.address("/npm")).args(["--pause", "1", "--timeout", "30", "--rewrite"]);
    command.arg(format!("https://files.example.org={}", upstream.address(""))).args(arguments);
    Outcome::of(&command.output().unwrap())
}

fn is_artifact(line: &str) -> bool {
    line.contains("/1.0/") && !line.contains("%2F") || line.contains("/-/")
}

#[test]
fn nothing_is_downloaded_whose_digest_upstream_publishes() {
    let all = files(20);
    let upstream = Upstream::new(move |request| {
        all.get(&request.path).map_or_else(|| Reply::status(404), |bytes| Reply::file(request, bytes, "\"one\""))
    });
    let workspace = workspace(20);
    pin(&workspace, &upstream, &[]).succeeded();
    let lock = workspace.lock();
    let lines = upstream.lines();
    let downloads: Vec<&String> = lines.iter().filter(|line| line.starts_with("GET") && is_artifact(line)).collect();
    let by_download: Vec<usize> = (0..20).filter(|tool| kind(*tool) == Learnt::Download).collect();
    let mut expected: Vec<String> = by_download
        .iter()
        .flat_map(|tool| PLATFORMS.map(|platform| format!("GET /tool{tool}/1.0/{platform}.tar.gz")))
        .collect();
    expected.sort();
    assert_eq!(downloads, expected.iter().collect::<Vec<_>>(), "what nobody publishes a digest of, and nothing else");
    // Each checksum file and each table is asked for once, however many platforms it is for.
    let mut unique = lines.clone();
    unique.dedup();
    assert_eq!(lines, unique, "nothing is asked for twice");
    let asked = |learnt: Learnt, each: usize| (0..20).filter(|tool| kind(*tool) == learnt).count() * each;
    let metadata = lines.iter().filter(|line| !is_artifact(line)).count();
    let beside = asked(Learnt::Beside, 6) + asked(Learnt::Npm, 6);
    assert_eq!(metadata, asked(Learnt::Sums, 1) + asked(Learnt::Json, 1) + asked(Learnt::Text, 1) + beside);
    for tool in 0..20 {
        let bytes = bytes(tool, "macos_x86_64");
        let algorithm = if kind(tool) == Learnt::Npm { Algorithm::Sha512 } else { Algorithm::Sha256 };
        assert!(lock.contains(&algorithm.digest(&bytes).to_string()), "tool{tool}");
    }
    // A second run asks for nothing, and one that is told to look again downloads nothing.
    upstream.forget();
    pin(&workspace, &upstream, &[]).succeeded();
    assert!(upstream.seen().is_empty());
    pin(&workspace, &upstream, &["--refresh"]).succeeded();
    assert_eq!((upstream.body_bytes(), workspace.lock()), (0, lock));
}

#[test]
fn one_tool_that_fails_changes_nothing() {
    let all = files(20);
    let broken: Arc<Mutex<&str>> = Arc::new(Mutex::new("/tool7/macos_aarch64.sha256"));
    let of_server = Arc::clone(&broken);
    let upstream = Upstream::new(move |request| match all.get(&request.path) {
        Some(bytes) if *of_server.lock().unwrap() != request.path => Reply::ok(bytes.clone()),
        _ => Reply::status(404),
    });
    let workspace = workspace(20);
    let outcome = pin(&workspace, &upstream, &[]).failed_with(&[
        "nothing was written, because one thing failed:\n\
         tool tool7 target macos_aarch64: file: http://127.0.0.1:",
        "/tool7/macos_aarch64.sha256: the server answered 404 (not found: there is no such version or file) (LT302)",
    ]);
    assert_eq!(workspace.lock(), "", "{}", outcome.err);
    *broken.lock().unwrap() = "";
    pin(&workspace, &upstream, &[]).succeeded();
    let lock = workspace.lock();
    *broken.lock().unwrap() = "/npm/@tool4%2Fwindows_x86_64/1.0";
    pin(&workspace, &upstream, &["--refresh"]).failed_with(&["tool tool4 target windows_x86_64: file: ", "@tool4"]);
    assert_eq!(workspace.lock(), lock);
}

/// A tenth of the time of one by one needs ten at a time; this asks for twenty. Each request waits until so many are
/// open, so a slow machine changes nothing: either they come at one time, or the wait ends and the test fails.
#[test]
fn two_hundred_artifacts_are_asked_for_side_by_side() {
    const AT_LEAST: usize = 20;
    let all = files(34);
    let open: Arc<(Mutex<(usize, usize)>, Condvar)> = Arc::default();
    let upstream = Upstream::new(move |request| {
        let (counts, changed) = &*open;
        let mut now = counts.lock().unwrap();
        now.0 += 1;
        now.1 = now.1.max(now.0);
        changed.notify_all();
        let (mut now, _) = changed.wait_timeout_while(now, Duration::from_secs(20), |now| now.1 < AT_LEAST).unwrap();
        now.0 -= 1;
        drop(now);
        std::thread::sleep(Duration::from_millis(20));
        all.get(&request.path).map_or_else(|| Reply::status(404), |bytes| Reply::ok(bytes.clone()))
    });
    let workspace = workspace(34);
    pin(&workspace, &upstream, &[]).succeeded();
    let artifacts = upstream.lines().iter().filter(|line| is_artifact(line)).count();
    assert_eq!(artifacts, 34 * 6);
    assert!(upstream.peak() >= AT_LEAST, "{} at a time", upstream.peak());
}
