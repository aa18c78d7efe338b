//! The launcher of a `tool_binary`.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;
use support::{action, Bench, Ran};

/// A launcher `app` with its spec beside it, and its runfiles in a folder.
fn launcher() -> (Bench, PathBuf) {
    let mut bench = Bench::new("");
    bench.write("bin/app.runfiles/_main/tool.sh", "#!/bin/sh\necho \"$CACHE|$PWD|$*\"\ncat\n[ \"$2\" != x ]\n");
    bench.unseal("cache");
    fs::rename(bench.path("cache"), bench.path("bin/app.runfiles/cache")).unwrap();
    fs::rename(bench.path("manifest.json"), bench.path("bin/app.runfiles/manifest.json")).unwrap();
    bench.seal("bin/app.runfiles/_main/tool.sh");
    bench.spec["command"] = json!(["{runfile:_main/tool.sh}"]);
    bench.spec["arguments"] = json!(["first"]);
    bench.cache()["folder"] = json!("cache");
    bench.cache()["manifest"] = json!("manifest.json");
    bench.write("bin/app.lazytools.json", &bench.spec.to_string());
    let app = bench.path("bin/app");
    // As Bazel makes it.
    std::os::unix::fs::symlink(action(), &app).unwrap();
    (bench, app)
}

fn command(bench: &Bench, app: &PathBuf) -> Command {
    let mut command = Command::new(app);
    command.env("TMPDIR", bench.path("private")).env_remove("RUNFILES_DIR").env_remove("RUNFILES_MANIFEST_FILE");
    command.env_remove("BUILD_WORKING_DIRECTORY").current_dir(bench.path("private")).stdin(Stdio::null());
    command
}

#[test]
fn the_tool_runs_where_the_caller_stands_with_the_callers_arguments() {
    let (bench, app) = launcher();
    let (here, cache) = (bench.path("private"), bench.path("bin/app.runfiles/cache"));
    let out = Ran::of(command(&bench, &app).args(["--", "a b", "@x"])).ok();
    assert_eq!(out, format!("{}|{}|first -- a b @x\n", cache.display(), here.display()));
    let user = bench.path("user");
    fs::create_dir(&user).unwrap();
    let out = Ran::of(command(&bench, &app).env("BUILD_WORKING_DIRECTORY", &user)).ok();
    assert_eq!(out, format!("{}|{}|first\n", cache.display(), user.display()));
}

#[test]
fn a_link_to_it_and_path_do() {
    let (bench, app) = launcher();
    fs::create_dir(bench.path("on_path")).unwrap();
    std::os::unix::fs::symlink(&app, bench.path("on_path/other")).unwrap();
    let path = std::env::join_paths([bench.path("on_path"), "/usr/bin".into(), "/bin".into()]).unwrap();
    let out = Ran::of(command(&bench, &PathBuf::from("other")).env("PATH", path)).ok();
    assert!(out.contains("|first\n"), "{out}");
}

#[test]
fn runfiles_may_be_listed() {
    let (bench, app) = launcher();
    fs::rename(bench.path("bin/app.runfiles"), bench.path("elsewhere")).unwrap();
    let at = bench.path("elsewhere").display().to_string();
    let list = format!("_main/tool.sh {at}/_main/tool.sh\ncache {at}/cache\nmanifest.json {at}/manifest.json\n");
    bench.write("list", &list);
    let out = Ran::of(command(&bench, &app).env("RUNFILES_MANIFEST_FILE", bench.path("list"))).ok();
    assert!(out.starts_with(&format!("{at}/cache|")), "{out}");
    Ran::of(&mut command(&bench, &app)).fails(
        1,
        "lazytools-action: runfile manifest.json is not there (looked in: there \
        are no runfiles): start the program with `bazel run`",
    );
}

#[test]
fn it_ends_as_the_tool_did() {
    let (bench, app) = launcher();
    let status = command(&bench, &app).arg("x").stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(1));
    bench.write("bin/app.runfiles/_main/die.sh", "#!/bin/sh\nkill -TERM $$\n");
    bench.seal("bin/app.runfiles/_main/die.sh");
    let mut spec = bench.spec.clone();
    spec["command"] = json!(["{runfile:_main/die.sh}"]);
    bench.write("bin/app.lazytools.json", &spec.to_string());
    let status = command(&bench, &app).status().unwrap();
    assert_eq!((status.code(), status.signal()), (None, Some(15)));
    assert!(bench.is_clean());
}
