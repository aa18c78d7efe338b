//! The three kinds of access to a cache, and the folders of links that sandboxes make.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use support::{has_namespaces, Bench, GUARDS};

/// Makes `cache` a folder as linux-sandbox shows it: real folders, each file a link to an absolute path.
fn make_forest(bench: &Bench) {
    let real = bench.path("real");
    bench.unseal("cache");
    fs::rename(bench.path("cache"), &real).unwrap();
    bench.seal("real");
    let made = Command::new("cp").arg("-as").args([&real, &bench.path("cache")]).status().unwrap();
    assert!(made.success());
    // Bazel follows the links of a tree artifact.
    let link = bench.path("cache/lib/link");
    bench.unseal("cache");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(real.join("lib/link"), link).unwrap();
}

#[test]
fn a_readonly_cache_cannot_be_written_to() {
    if !has_namespaces() {
        return;
    }
    let bench = Bench::new("");
    let ran = bench.sh("cat $CACHE/lib/link && echo x > $CACHE/lib/new");
    assert_eq!(ran.out, "data");
    let text =
        "lazytools-action: //x:y: the tool failed, and its output says that it could not write to cache \"c\" (thing \
         1.2), which it may only read. If it has to write there, the recipe needs `access.mode = \"copy\"` (LT505)\n";
    ran.fails(2, text);
    assert!(!bench.path("cache/lib/new").exists());
}

#[test]
fn without_mounts_writing_is_found_and_undone() {
    let bench = Bench::new("filter");
    let script = "chmod -R u+w $CACHE; echo x > $CACHE/lib/new; echo y > $CACHE/top; chmod -R a-w $CACHE";
    bench.sh(script).fails(
        1,
        "lazytools-action: //x:y: the tool wrote to cache \"c\" (thing 1.2), which it may only read: it made lib/new \
         (now removed) and changed top (build the cache's target again). The recipe needs `access.mode = \"copy\"` \
         (LT505)\n",
    );
    bench.sh("chmod u+w $CACHE/lib; touch $CACHE/lib/new").fails(1, "it made lib/new (now removed). The recipe");
    assert!(!bench.path("cache/lib/new").exists());
}

#[test]
fn a_copy_is_the_tools_own() {
    for guard in GUARDS {
        let mut bench = Bench::new(guard);
        bench.cache()["access"] = json!({"mode": "copy"});
        let script = "cd $CACHE; echo x > lib/new; echo y >> top; cat top lib/link; readlink lib/link; stat -c '%a %n' bin/tool top";
        assert_eq!(bench.sh(script).ok(), "topy\ndatadata\n755 bin/tool\n644 top\n");
        assert_eq!(bench.read("cache/top"), "top");
        assert!(!bench.path("cache/lib/new").exists() && bench.is_clean());
    }
}

#[test]
fn a_copy_of_some_paths_links_the_rest() {
    for guard in GUARDS {
        let mut bench = Bench::new(guard);
        bench.cache()["access"] = json!({"mode": "copy", "paths": ["lib/data", "lib/lock"]});
        let script = "cd $CACHE; echo x > lib/data; touch lib/lock; ls -F . lib; echo z > top";
        let ran = bench.sh(script);
        assert_eq!(ran.out, ".:\nbin@\nlib/\ntop@\n\nlib:\ndata\nlink@\nlock\n", "{ran:?}");
        assert_eq!((bench.read("cache/lib/data"), ran.code == Some(0)), ("data".to_owned(), false));
    }
}

#[test]
fn layered_has_an_empty_folder_above() {
    for guard in GUARDS {
        let mut bench = Bench::new(guard);
        bench.cache()["access"] = json!({"mode": "layered"});
        bench.cache()["environment"]["set"]["UPPER"] = json!("{upper}");
        assert_eq!(bench.sh("ls -A $UPPER; echo x > $UPPER/f; cat $UPPER/f $CACHE/top").ok(), "x\ntop");
    }
}

#[test]
fn exact_restores_what_a_remote_worker_lost() {
    for guard in GUARDS {
        let mut bench = Bench::new(guard);
        bench.unseal("cache");
        fs::remove_file(bench.path("cache/lib/link")).unwrap();
        fs::copy(bench.path("cache/lib/data"), bench.path("cache/lib/link")).unwrap();
        let script = "cd $CACHE; stat -c '%a %n' bin/tool top; readlink lib/link";
        assert_eq!(bench.sh("cat $CACHE/lib/link").ok(), "data");
        bench.cache()["access"] = json!({"mode": "readonly", "exact": true});
        assert_eq!(bench.sh(script).ok(), "755 bin/tool\n644 top\ndata\n");
        bench.cache()["access"] = json!({"mode": "copy", "exact": true});
        assert_eq!(bench.sh(script).ok(), "755 bin/tool\n644 top\ndata\n");
        assert!(bench.is_clean());
    }
}

#[test]
fn behind_a_sandbox_of_links_are_real_files() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        make_forest(&bench);
        let out = bench.sh("realpath $CACHE/top; readlink $CACHE/lib/link; cat $CACHE/lib/link").ok();
        assert_eq!(out, format!("{}data\ndata", bench.path("real/top\n").display()));
    }
    if has_namespaces() {
        let bench = Bench::new("");
        make_forest(&bench);
        // What the rule declared is the same folder.
        let out = bench.sh("realpath cache/top; echo x > cache/new").fails(2, "Read-only file system").out;
        assert_eq!(out, format!("{}\n", bench.path("cache/top").display()));
    }
}

#[test]
fn links_to_here_and_there_are_copied() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        make_forest(&bench);
        fs::copy(bench.path("cache/top"), bench.path("elsewhere")).unwrap();
        fs::remove_file(bench.path("cache/top")).unwrap();
        std::os::unix::fs::symlink(bench.path("elsewhere"), bench.path("cache/top")).unwrap();
        let out = bench.sh("realpath $CACHE/top; cat $CACHE/top; $CACHE/bin/tool").ok();
        let (path, rest) = out.split_once('\n').unwrap();
        assert!(Path::new(path).starts_with(bench.path("private")), "{out}");
        assert_eq!(rest, "toptool\n");
        assert!(bench.is_clean());
    }
}

#[test]
fn a_cache_that_lacks_a_file_is_refused() {
    let bench = Bench::new("");
    bench.unseal("cache");
    fs::remove_file(bench.path("cache/top")).unwrap();
    bench.sh("true").fails(
        1,
        &format!(
            "lazytools-action: cache \"c\" (thing 1.2) lacks top: the folder {} is not what its target makes; build that \
             target again (LT507)\n",
            bench.path("cache").display()
        ),
    );
}
