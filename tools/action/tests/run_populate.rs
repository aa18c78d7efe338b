//! Caches that a tool makes.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{json, Value};
use support::{Bench, Ran, GUARDS};

const TO: [&str; 4] = ["--populate", "out/made", "--populate-manifest", "out/made.json"];

fn bench(guard: &'static str, populate: &Value) -> Bench {
    let mut bench = Bench::new(guard);
    bench.spec["work"] = json!(true);
    bench.spec["populate"] = populate.clone();
    bench.spec["populate"]["name"] = json!("made");
    // As Bazel leaves it for an action.
    fs::create_dir_all(bench.path("out/made")).unwrap();
    bench
}

fn made(bench: &Bench, script: &str) -> Ran {
    let mut command = bench.program();
    command.args(TO).args(["--", "/bin/sh", "-c", script, "{out}"]);
    Ran::of(&mut command)
}

#[test]
fn the_folder_is_taken_with_an_account_that_depends_on_its_bytes_alone() {
    for guard in GUARDS {
        let accounts: Vec<String> = ["022", "077"]
            .iter()
            .map(|umask| {
                let bench = bench(guard, &json!({}));
                let script = format!(
                    "umask {umask}; cd $0; mkdir -p a/b empty; echo 1 > a/b/data; echo 2 > tool; chmod +x tool; ln -s ../tool a/link
chmod -w a/b a"
                );
                made(&bench, &script).ok();
                assert_eq!(bench.read("out/made/a/b/data"), "1\n");
                assert_eq!(fs::read_link(bench.path("out/made/a/link")).unwrap().to_str(), Some("../tool"));
                let mode = |rel| fs::metadata(bench.path(rel)).unwrap().permissions().mode() & 0o777;
                assert_eq!((mode("out/made/a/b/data"), mode("out/made/tool")), (0o644, 0o755));
                assert!(bench.is_clean());
                bench.read("out/made.json")
            })
            .collect();
        let account: Value = serde_json::from_str(&accounts[0]).unwrap();
        assert_eq!(account["entries"]["empty"], json!({"type": "directory"}));
        assert_eq!(account["entries"]["a/link"], json!({"type": "symlink", "target": "../tool"}));
        assert_eq!(account["entries"]["tool"]["mode"], "0755");
        let digest = "sha256-Q1WkaxnTSNwvV8BG+O9j1FOOu5NgAPPJ7pVKJ0YN2GU=";
        assert_eq!(
            account["entries"]["a/b/data"],
            json!({"type": "file", "mode": "0644", "size": 2, "integrity": digest})
        );
        assert_eq!(accounts[0], accounts[1]);
    }
}

#[test]
fn it_reaches_another_file_system() {
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("skipped: there is no /dev/shm here");
        return;
    };
    let bench = bench("", &json!({"accept": ["away"]}));
    let mut command = bench.program();
    command.arg("--populate").arg(elsewhere.path().join("made"));
    command.arg("--populate-manifest").arg(elsewhere.path().join("made.json"));
    command.args(["--", "/bin/sh", "-c", "cd $0; echo 1 > x; ln -s /bin/sh away; ln -s x inside", "{out}"]);
    Ran::of(&mut command).ok();
    assert_eq!(fs::read_to_string(elsewhere.path().join("made/inside")).unwrap(), "1\n");
    assert_eq!(fs::read_link(elsewhere.path().join("made/away")).unwrap().to_str(), Some("/bin/sh"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 2);
}

#[test]
fn a_folder_without_files_is_an_error() {
    let bench = bench("", &json!({}));
    made(&bench, "mkdir $0/empty; mkdir $HOME/.store; touch $HOME/.store/a").fails(
        1,
        "lazytools-action: //x:y: the tool succeeded and made no file in {out}. Its HOME has .store/a. Have an argument or \
         a variable of the rule name {out} as the folder that the tool fills (LT530)\n",
    );
    assert!(!bench.path("out/made.json").exists() && bench.is_clean());
    let all = self::bench("", &json!({"exclude": ["**"]}));
    made(&all, "touch $0/a").fails(1, "made no file in {out} but what the rule excludes. Have");
}

#[test]
fn a_tool_that_swallows_a_network_error_is_told_of_it() {
    made(&bench("", &json!({})), "getent ahosts dl.thing.test; true")
        .fails(1, "(LT530)")
        .fails(1, "//x:y: the tool made no output, and it had tried to reach\n  dl.thing.test\n");
}

#[test]
fn what_is_excluded_goes() {
    let bench = bench("", &json!({"exclude": ["**/*.lock", "logs", "top/*"]}));
    made(&bench, "cd $0; mkdir -p logs/x top/deep; touch logs/x/y a.lock top/f top/deep/b.lock kept; ln -s / logs/l")
        .ok();
    let names: Vec<_> =
        fs::read_dir(bench.path("out/made")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(bench.path("out/made/kept").exists() && fs::read_dir(bench.path("out/made/top")).unwrap().count() == 0);
}

#[test]
fn links_that_leave_the_folder_are_named() {
    let link = "cd $0; touch f; mkdir -p p; ln -s /usr/bin/env p/python; ln -s ../../f p/up";
    let text = "lazytools-action: //x:y: the tool made links that leave its folder: p/python -> /usr/bin/env, \
                p/up -> ../../f. Elsewhere they name nothing, or another thing: name them in exclude, or in accept where \
                what they name is on every machine (LT531)\n";
    made(&bench("", &json!({})), link).fails(1, text);
    made(&bench("", &json!({"accept": ["p/python"]})), link).fails(1, "its folder: p/up -> ../../f. Else");
    let both = bench("", &json!({"accept": ["p/python"], "exclude": ["p/up"]}));
    made(&both, link).ok();
    assert_eq!(fs::read_link(both.path("out/made/p/python")).unwrap().to_str(), Some("/usr/bin/env"));
    made(&bench("", &json!({})), "ln -s gone $0/l").fails(1, "links that name nothing: l -> gone. Bazel refuses them");
    made(&bench("", &json!({})), "touch $0/f; mkfifo $0/pipe")
        .fails(1, "what is no file, no folder and no link: pipe. Name it in exclude (LT531)");
    made(&bench("", &json!({})), "touch '$0' \"$0/a:b\"").fails(1, "a:b").fails(1, "name it in exclude (LT531)");
}

#[test]
fn paths_of_the_run_are_named() {
    for guard in GUARDS {
        let script = "cd $0; echo \"root=$PWD/x\" > conf; echo \"$HOME\" > home; echo \"${CACHE}\" > cache; pwd >&2";
        let ran = made(&bench(guard, &json!({})), script).fails(1, "absolute paths of this run into cache (");
        assert!(ran.err.contains("conf (") && ran.err.contains("home (") && ran.err.contains("(LT532)\n"), "{ran:?}");
        let accepted = bench(guard, &json!({"accept": ["conf", "home", "c*"]}));
        assert_eq!(made(&accepted, script).code, Some(0));
        assert!(accepted.read("out/made/conf").ends_with("/cache/made/x\n"));
    }
}

#[test]
fn what_differs_is_replaced() {
    let replace = json!([{"files": "index/**", "pattern": r#"("at"):[0-9]+"#, "text": "${1}:0"},
                         {"files": "index/*", "pattern": "(?-u:\\xff)", "text": ""}]);
    let bench = bench("", &json!({"replace": replace}));
    let script = r#"cd $0; mkdir index; printf '{"at":12,"x":{"at":34}}\377' > index/a; echo '"at":5' > b
ln index/a ../../other; chmod 400 index/a; cat ../../other >&2"#;
    let mut command = bench.program();
    command.args(TO).args(["--", "/bin/sh", "-c", script, "{out}"]);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    assert_eq!(bench.read("out/made/index/a"), r#"{"at":0,"x":{"at":0}}"#);
    assert_eq!(bench.read("out/made/b"), "\"at\":5\n");
}

#[test]
fn what_cannot_be_replaced_is_told() {
    let with =
        |files: &str, pattern: &str| bench("", &json!({"replace": [{"files": files, "pattern": pattern, "text": ""}]}));
    made(&with("i/*", "at"), "mkdir $0/i; echo b > $0/i/a; echo at > $0/b").fails(
        1,
        "lazytools-action: //x:y: replace does nothing: 1 of the tool's 2 files fit \"i/*\", and none of them has \"at\". \
         Correct the two, or take them out (LT533)\n",
    );
    made(&with("*", "("), "echo > $0/b").fails(1, "the pattern \"(\" cannot be read: ").fails(1, "(LT533)");
    made(&with("{", "a"), "echo > $0/b").fails(1, "replace has a glob that cannot be read, ").fails(1, "(LT533)");
    made(&bench("", &json!({"exclude": ["["]})), "echo > $0/b").fails(1, "exclude has a glob that cannot be read, ");
}

#[test]
fn a_failed_tool_leaves_nothing() {
    let bench = bench("", &json!({}));
    made(&bench, "echo 1 > $0/x; exit 9").fails(9, "");
    assert!(!bench.path("out/made.json").exists() && bench.is_clean());
    assert_eq!(fs::read_dir(bench.path("out/made")).unwrap().count(), 0);
}

#[test]
fn a_cache_that_was_made_is_used_like_any_other() {
    let first = bench("", &json!({}));
    made(&first, "echo stored > $0/data; pwd").ok();
    let mut later = Bench::new("");
    later.spec["caches"] = json!([{"name": "made", "recipe": "made by //x:y", "access": {"mode": "copy"},
        "environment": {"set": {"MADE": "{root}"}}}]);
    later.write("spec.json", &later.spec.to_string());
    let (folder, manifest) = (first.path("out/made"), first.path("out/made.json"));
    let mut command = std::process::Command::new(support::action());
    command.current_dir(later.temp.path()).env("TMPDIR", later.path("private")).args(["run", "--spec", "spec.json"]);
    command.arg("--cache").arg(format!("made={}", folder.display()));
    command.arg("--cache-manifest").arg(format!("made={}", manifest.display()));
    command.args(["--", "/bin/sh", "-c", "cat $MADE/data; echo more > $MADE/data"]);
    assert_eq!(Ran::of(&mut command).ok(), "stored\n");
    assert_eq!(first.read("out/made/data"), "stored\n");
}

#[test]
fn the_spec_and_the_command_line_belong_together() {
    let mut bench = bench("", &json!({}));
    bench.sh("true").fails(1, "--populate and \"populate\" of the spec belong together (LT501)");
    bench.spec["populate"] = Value::Null;
    let mut command = bench.program();
    command.args(TO).args(["--", "/bin/true"]);
    Ran::of(&mut command).fails(1, "belong together (LT501)");
}
