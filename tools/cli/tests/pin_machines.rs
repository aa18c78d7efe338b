//! Two machines write the same lock, byte for byte.

#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use lazytools_lock::Algorithm;
use support::{tar_gz, Reply, Upstream, Workspace, DOWNLOADED};

fn archive(name: &str) -> Vec<u8> {
    tar_gz(&[("package/a.txt", name)])
}

/// A mirror: below a folder of its own, in an order of its own, with or without sizes, entity tags and further metadata.
fn mirror(folder: &'static str, particular: bool) -> Upstream {
    Upstream::new(move |request| {
        let Some(path) = request.path.strip_prefix(folder) else { return Reply::status(404) };
        let sums = |words: [&str; 2]| {
            words.map(|word| format!("{}  {word}\n", Algorithm::Sha256.digest(&archive(word)).hex())).concat()
        };
        let reply = match path {
            "/SUMS" if particular => Reply::ok(sums(["x", "a"])),
            "/SUMS" => Reply::ok(format!("# of a mirror\n{}", sums(["a", "x"]))),
            "/npm/@scope%2Fthing/1.0" => {
                let integrity = Algorithm::Sha512.digest(&archive("npm"));
                let more = if particular { ", \"shasum\": \"0\", \"fileCount\": 1" } else { "" };
                Reply::ok(format!(r#"{{"dist": {{"integrity": "{integrity}"{more}}}}}"#))
            }
            "/npm/@scope/thing/-/thing-1.0.tgz" => Reply::ok(archive("npm")),
            // One of the mirrors does not give sizes for the asking.
            _ if request.method == "HEAD" && particular => Reply::status(405),
            _ => Reply::ok(archive(path.rsplit('/').next().unwrap_or_default())),
        };
        if particular {
            reply.with("etag", "\"one\"").with("set-cookie", "a=b")
        } else {
            reply
        }
    })
}

const MORE: &str = r#"
[[artifacts]]
id = "summed"
for = "target"
url = "https://files.example.org/{version}/{platform.word}"
format = "tar.gz"
digest = { from = "checksums", url = "https://files.example.org/SUMS", file = "{platform.word}", algorithm = "sha256" }

[[artifacts]]
id = "package"
purl = "pkg:npm/%40scope/thing@{version}"
format = "tar.gz"

[[layout]]
step = "write"
to = "Ä/ß"
text = "ö"
"#;

#[test]
fn two_machines_write_the_same_lock() {
    let recipe = format!("{}{MORE}", DOWNLOADED.replace("thing-{platform.word}.tar.gz", "{platform.word}.gz"));
    let first = mirror("/one", true);
    let second = mirror("/quite/another", false);
    let mut locks = Vec::new();
    for (upstream, folder, zone, locale, umask, threads) in [
        (&first, "/one", "Pacific/Kiritimati", "tr_TR.UTF-8", "077", "1"),
        (&second, "/quite/another", "America/St_Johns", "C", "000", "32"),
    ] {
        let workspace = Workspace::new(&recipe);
        workspace.request(&["linux_aarch64", "linux_x86_64"], "1.0");
        let plain = workspace.alone();
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"])
            .arg(plain.get_program())
            .args(plain.get_args());
        command.current_dir(workspace.path());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("LAZYTOOLS_STORE", workspace.path().join(format!("store{umask}")));
        command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale);
        command.env("npm_config_registry", upstream.address(&format!("{folder}/npm")));
        command.args(["--side-by-side", threads, "--pause", "1", "--rewrite"]);
        command.arg(format!("https://files.example.org={}", upstream.address(folder)));
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
        let mode = std::fs::metadata(workspace.path().join("lazy_tools.lock.json")).unwrap().permissions().mode();
        locks.push((workspace.lock(), mode & 0o777));
    }
    assert!(locks[0].0.contains("\"Ä/ß\"") && locks[0].0.contains("pkg:npm/%40scope/thing@1.0"), "{}", locks[0].0);
    assert_eq!(locks[0], locks[1]);
}
