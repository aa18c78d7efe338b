//! The work folder, and outputs.
#![cfg(target_os = "linux")]

mod support;

use std::fs;

use serde_json::json;
use support::{Bench, GUARDS};

fn bench(guard: &'static str) -> Bench {
    let mut bench = Bench::new(guard);
    bench.spec["work"] = json!(true);
    bench.write("src/a.txt", "a");
    bench.write("src/tree/b.txt", "b");
    bench.seal("src");
    bench
}

#[test]
fn sources_are_copies_and_outputs_are_taken() {
    for guard in GUARDS {
        let bench = bench(guard);
        fs::create_dir_all(bench.path("out/folder")).unwrap();
        let options = [
            "--src",
            "src/a.txt=in/a.txt",
            "--src",
            "src/tree=in/tree",
            "--out",
            "made/file=out/file",
            "--out",
            "made/folder=out/folder",
        ];
        let script = "set -e; echo more >> in/a.txt; echo more >> in/tree/b.txt; mkdir -p made/folder/deep; cp in/a.txt made/file
cp in/tree/b.txt made/folder/deep; ln -s deep/b.txt made/folder/link; ln -s \"$PWD/in/a.txt\" made/folder/away; pwd";
        let out = bench.sh_with(&options, script).ok();
        assert!(out.starts_with(&bench.path("private").display().to_string()), "{out}");
        assert_eq!(bench.read("out/file"), "amore\n");
        assert_eq!(bench.read("out/folder/deep/b.txt"), "bmore\n");
        assert_eq!(fs::read_link(bench.path("out/folder/link")).unwrap().to_str(), Some("deep/b.txt"));
        assert_eq!(bench.read("out/folder/away"), "amore\n");
        assert_eq!(bench.read("src/a.txt"), "a");
        assert!(bench.is_clean());
    }
}

#[test]
fn outputs_reach_another_file_system() {
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("skipped: there is no /dev/shm here");
        return;
    };
    let bench = bench("");
    let file = format!("f={}", elsewhere.path().join("file").display());
    let folder = format!("d={}", elsewhere.path().join("folder").display());
    bench.sh_with(&["--out", &file, "--out", &folder], "echo 1 > f; chmod 755 f; mkdir d; echo 2 > d/x").ok();
    assert_eq!(fs::read_to_string(elsewhere.path().join("file")).unwrap(), "1\n");
    assert_eq!(fs::read_to_string(elsewhere.path().join("folder/x")).unwrap(), "2\n");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 2);
}

#[test]
fn a_missing_output_is_answered_with_what_is_there() {
    let bench = bench("");
    let options = ["--src", "src/a.txt=a.txt", "--out", "dist/app=out/app", "--out", "log=out/log"];
    bench.sh_with(&options, "mkdir dist; touch dist/app.exe log").fails(
        1,
        "lazytools-action: //x:y: the tool succeeded and did not make dist/app. Its folder has dist/app.exe, log. \
         Correct the declared path, or the tool's arguments (LT506)\n",
    );
    bench.sh_with(&options, "true").fails(1, "did not make dist/app, log. Its folder has nothing but the sources.");
    assert!(!bench.path("out").exists() && bench.is_clean());
}

#[test]
fn a_tool_that_swallows_a_network_error_is_told_of_it() {
    let bench = bench("");
    bench
        .sh_with(&["--out", "x=out/x"], "getent ahosts dl.thing.test; true")
        .fails(1, "did not make x. Its folder has nothing but the sources.")
        .fails(1, "//x:y: the tool made no output, and it had tried to reach\n  dl.thing.test\n");
}

#[test]
fn a_failed_tool_leaves_nothing() {
    for guard in GUARDS {
        let bench = bench(guard);
        let options = ["--out", "x=out/x", "--stdout", "out/stdout", "--stderr", "out/stderr"];
        let ran = bench.sh_with(&options, "echo half > x; echo printed; echo complaint >&2; exit 9");
        ran.fails(9, "printed\n").fails(9, "complaint\n");
        assert!(!bench.path("out").exists() && bench.is_clean());
    }
}

#[test]
fn standard_output_goes_to_a_file() {
    let mut bench = bench("");
    bench.spec["work"] = json!(false);
    let ran = bench.sh_with(&["--stdout", "out/stdout"], "echo printed; echo said >&2");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", "said\n"));
    assert_eq!(bench.read("out/stdout"), "printed\n");
}

#[test]
fn the_tool_starts_where_it_shall() {
    let mut bench = bench("");
    let out = bench.sh_with(&["--src", "src/tree=pkg", "--chdir", "pkg"], "ls; echo $PWD").ok();
    assert!(out.starts_with("b.txt\n") && out.trim().ends_with("/pkg"), "{out}");
    bench
        .sh_with(&["--chdir", "none"], "true")
        .fails(1, "/none, which is no folder: correct the rule's `chdir` (LT501)");
    bench.spec["work"] = json!(false);
    assert_eq!(bench.sh_with(&["--chdir", "src"], "ls").ok(), "a.txt\ntree\n");
}

#[test]
fn templates_are_filled_in() {
    let bench = bench("");
    let out = bench.sh_with(
        &["--src", "src/a.txt=a"],
        "echo '{cache:c} {execroot} ${x} {}'; cat {work}/a; test -d {home} && test -d {tmp}",
    );
    let (root, here) = (bench.path("cache"), bench.temp.path());
    assert_eq!(out.ok(), format!("{} {} ${{x}} {{}}\na", root.display(), here.display()));
}
