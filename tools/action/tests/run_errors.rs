//! What a user can get wrong, word for word.
#![cfg(target_os = "linux")]

mod support;

use serde_json::json;
use support::{Bench, Ran};

#[test]
fn a_spec_of_another_release() {
    let mut bench = Bench::new("");
    bench.spec["specVersion"] = json!(2);
    bench.spec["future"] = json!("x");
    bench.sh("true").fails(
        1,
        "lazytools-action: spec.json: specVersion 2 is not 1, which this lazytools-action reads: use the rules and the \
         helper of one release of rules_lazytools (LT501)\n",
    );
}

#[test]
fn a_spec_that_is_none() {
    let mut bench = Bench::new("");
    bench.spec = json!({"label": 1});
    bench.sh("true").fails(1, "lazytools-action: spec.json: not a run spec: ");
    let missing = Ran::of(bench.program().args(["--spec", "none.json", "--", "true"]));
    assert_eq!(missing.code, Some(2), "{missing:?}");
}

#[test]
fn caches_and_options_have_to_fit() {
    let mut bench = Bench::new("");
    bench
        .sh_with(&["--cache", "d=cache"], "true")
        .fails(1, "lazytools-action: the command line names cache \"d\", which the spec does not (LT501)\n");
    bench.sh_with(&["--out", "a=b"], "true").fails(1, "--src and --out belong to a run with \"work\": true (LT501)\n");
    bench.sh("{cache:d}").fails(1, "\"{cache:d}\" names cache \"d\", and the run has only c (LT501)\n");
    bench.spec["work"] = json!(true);
    bench
        .sh_with(&["--out", "../a=b"], "true")
        .fails(1, "path \"../a\" leaves the work folder: write it relative and without .. (LT501)\n");
    bench.sh_with(&["--out", "a"], "true").fails(1, "--out \"a\" has no = between its two parts (LT501)\n");
}

#[test]
fn a_tool_that_does_not_start() {
    let bench = Bench::new("");
    bench.write("text", "");
    for (program, reason) in [("no-such-tool", "No such file or directory"), ("./text", "Permission denied")] {
        let shown =
            if program.starts_with('.') { bench.path(program).display().to_string() } else { program.to_owned() };
        Ran::of(bench.program().args(["--", program])).fails(
            1,
            &format!(
                "lazytools-action: {shown}: {reason} (os error {}): the tool could not be started. Is it an executable \
                 of this machine, and does the interpreter that it names exist? (LT503)\n",
                if program.starts_with('.') { 13 } else { 2 }
            ),
        );
    }
    assert!(bench.is_clean());
}

#[test]
fn a_temporary_folder_that_is_not_there() {
    let bench = Bench::new("");
    let mut command = bench.program();
    let ran = Ran::of(command.env("TMPDIR", "/no/such").args(["--", "true"]));
    ran.fails(
        1,
        "lazytools-action: cannot find the temporary folder /no/such: No such file or directory (os error 2). Is",
    );
}
