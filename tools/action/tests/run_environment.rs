//! The tool's variables are its own.
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;

use serde_json::json;
use support::{Bench, Ran, GUARDS};

fn variables(out: &str) -> BTreeMap<&str, &str> {
    out.lines().filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn folders_are_private_and_empty() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let mut command = bench.program();
        command.env("HOME", "/root").env("https_proxy", "http://p").env("npm_config_https_proxy", "http://p");
        command.env("OLDPWD", "/").env("KEPT", "1");
        let out =
            Ran::of(command.args(["--", "/bin/sh", "-c", "env; ls -A \"$HOME\" \"$TMPDIR\" \"$XDG_RUNTIME_DIR\""]))
                .ok();
        let set = variables(&out);
        let private = bench.path("private").display().to_string();
        for name in [
            "HOME",
            "TMPDIR",
            "TMP",
            "TEMP",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_STATE_HOME",
            "XDG_RUNTIME_DIR",
        ] {
            assert!(set[name].starts_with(&private), "{name}={}", set[name]);
        }
        for name in ["https_proxy", "npm_config_https_proxy", "OLDPWD"] {
            assert!(!set.contains_key(name), "{name}");
        }
        assert_eq!(set["KEPT"], "1");
        assert_eq!(set["PWD"], bench.path("").display().to_string().trim_end_matches('/'));
        assert_eq!(set["CACHE"], bench.path("cache").display().to_string());
        let listing: Vec<&str> = out.lines().filter(|line| !line.contains('=') && !line.ends_with(':')).collect();
        assert_eq!(listing.concat(), "", "{out}");
        assert!(bench.is_clean());
    }
}

#[test]
fn a_recipe_sets_clears_and_writes() {
    let mut bench = Bench::new("");
    bench.cache()["environment"] = json!({
        "set": {"A": "{{{root}}}", "UPPER": "{upper}", "CONFIG": "{home}/x/config"}, "clear": ["OLD", "B"]});
    bench.cache()["runtimeFiles"] = json!([{"to": "{home}/x/config", "text": "at {root}\n"}]);
    bench.spec["environment"] = json!({"B": "{cache:c} {execroot} {x}"});
    let mut command = bench.program();
    command.env("OLD", "1").env("B", "1");
    let script = "env; cat \"$CONFIG\"; touch \"$UPPER/new\"; ls -ld \"$UPPER/new\" >/dev/null && echo written";
    let out = Ran::of(command.args(["--", "/bin/sh", "-c", script])).ok();
    let (set, root) = (variables(&out), bench.path("cache").display().to_string());
    assert_eq!(set["A"], format!("{{{root}}}"));
    assert_eq!(set["B"], format!("{root} {} {{x}}", bench.temp.path().display()));
    assert!(!set.contains_key("OLD"));
    assert!(out.contains(&format!("at {root}\n")) && out.contains("written\n"), "{out}");
}

#[test]
fn two_caches_that_disagree_are_named() {
    let mut bench = Bench::new("");
    let mut other = bench.spec["caches"][0].clone();
    other["name"] = json!("d");
    other["environment"] = json!({"set": {"CACHE": "elsewhere"}});
    bench.spec["caches"].as_array_mut().unwrap().push(other);
    let options = ["--cache", "d=cache", "--cache-manifest", "d=manifest.json"];
    bench.sh_with(&options, "true").fails(
        1,
        &format!(
        "lazytools-action: caches \"c\" and \"d\" set CACHE to different values, \"{}\" and \"elsewhere\": put the \
         wanted value into the rule's `env` (LT502)\n",
        bench.path("cache").display()
    ),
    );
    bench.spec["environment"] = json!({"CACHE": "{cache:d}"});
    let out = bench.sh_with(&options, "echo $CACHE").ok();
    assert_eq!(out.trim(), bench.path("cache").display().to_string());
}

#[test]
fn runtime_files_stay_in_the_private_folders() {
    for to in ["{root}/x", "/etc/x", "{home}/../x", "{home}"] {
        let mut bench = Bench::new("");
        bench.cache()["runtimeFiles"] = json!([{"to": to, "text": ""}]);
        bench.sh("true").fails(1, "is not below {home} or {tmp}: correct the recipe (LT501)");
        assert!(bench.is_clean());
    }
}

#[test]
fn the_arguments_of_the_spec_come_last_and_hold_anything() {
    for guard in GUARDS {
        let mut bench = Bench::new(guard);
        bench.spec["arguments"] = json!(["naïve 👩‍🚀", "two\nlines", "{cache:c}", "{x}", "@file", "--"]);
        bench.write("options", "--\n/usr/bin/printf\n<%s>\nfirst\n");
        let out = Ran::of(bench.program().arg("@options")).ok();
        let cache = bench.path("cache").display().to_string();
        assert_eq!(out, format!("<first><naïve 👩‍🚀><two\nlines><{cache}><{{x}}><@file><-->"));
    }
}
