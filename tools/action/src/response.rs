//! Response files: `@FILE` stands for the file's lines, one argument a line, as Bazel's `multiline` params files have
//! them.

use std::ffi::OsString;
use std::fs;

use anyhow::Context as _;

/// Replaces each `@FILE` by the file's lines. What follows `--` is a tool's own and stays as it is, and so does the
/// value of an option: a path may begin with `@`.
pub fn expand(args: impl Iterator<Item = OsString>) -> anyhow::Result<Vec<OsString>> {
    let mut expanded: Vec<OsString> = Vec::new();
    let mut tools_own = false;
    for arg in args {
        let is_value = expanded.last().is_some_and(|last| {
            let last = last.to_string_lossy();
            last.starts_with("--") && !last.contains('=')
        });
        tools_own = tools_own || arg == "--";
        match arg.to_str().and_then(|text| text.strip_prefix('@')) {
            Some(path) if !expanded.is_empty() && !tools_own && !is_value => {
                let text = fs::read_to_string(path)
                    .with_context(|| format!("cannot read the response file {path}: is the path right? (LT401)"))?;
                expanded.extend(text.lines().map(OsString::from));
                tools_own = expanded.iter().any(|arg| arg == "--");
            }
            _ => expanded.push(arg),
        }
    }
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand_all(args: &[&str]) -> Vec<String> {
        let args = args.iter().map(OsString::from);
        expand(args).unwrap().into_iter().map(|arg| arg.into_string().unwrap()).collect()
    }

    #[test]
    fn one_argument_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("params");
        fs::write(&file, "--plan\na b\n--out\n@c\n").unwrap();
        let at = format!("@{}", file.display());
        assert_eq!(expand_all(&["x", "assemble", &at]), ["x", "assemble", "--plan", "a b", "--out", "@c"]);
        assert_eq!(expand_all(&["x", "run", "--", &at]), ["x", "run", "--", &at]);
        assert_eq!(expand_all(&["x", "run", "--src", &at]), ["x", "run", "--src", &at]);
        let missing = expand([OsString::from("x"), OsString::from("@/no/such")].into_iter()).unwrap_err();
        assert!(format!("{missing:#}").contains("(LT401)"));
    }
}
