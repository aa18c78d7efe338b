//! Replacements in the files that a tool made.

use std::fs;
use std::io;
use std::path::Path;

use lazytools_lock::Replacement;
use rayon::prelude::*;
use regex_automata::meta::Regex;
use regex_automata::util::{interpolate, syntax};

use super::super::error::{At as _, Result};
use super::entries::Entries;
use super::{globs, words, Failed};

/// The largest file in which something is replaced: indexes and settings are small.
const MAX_BYTES: u64 = 256 << 20;

/// Carries all replacements out.
pub fn all(folder: &Path, entries: &Entries, rules: &[Replacement], failed: &Failed<'_>) -> Result<()> {
    for rule in rules {
        let files = globs::one("replace", &rule.files, failed)?.compile_matcher();
        // Bytes, not text: a file may be anything.
        let regex = Regex::builder()
            .syntax(syntax::Config::new().utf8(false))
            .configure(Regex::config().utf8_empty(false))
            .build(&rule.pattern)
            .map_err(|error| {
                let why = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
                failed.normalize(&format!("the pattern {:?} cannot be read: {why}. Correct it", rule.pattern))
            })?;
        let chosen: Vec<_> = entries.files.iter().filter(|rel| files.is_match(rel)).collect();
        let changed = chosen
            .par_iter()
            .map(|rel| in_file(&folder.join(rel), &regex, &rule.text, &words(rel), failed))
            .try_reduce(|| false, |one, other| Ok(one || other))?;
        if !changed {
            return Err(failed.normalize(&format!(
                "replace does nothing: {} of the tool's {} files fit {:?}, and none of them has {:?}. Correct the two, or \
                 take them out",
                chosen.len(),
                entries.files.len(),
                rule.files,
                rule.pattern
            )));
        }
    }
    Ok(())
}

/// Replaces in one file; says whether there was anything to replace.
fn in_file(path: &Path, regex: &Regex, text: &str, name: &str, failed: &Failed<'_>) -> Result<bool> {
    let size = fs::metadata(path).at("cannot look at", path)?.len();
    if size > MAX_BYTES {
        return Err(failed.normalize(&format!(
            "replace names {name}, which has {size} bytes: only files of up to {MAX_BYTES} are changed. Let replace name \
             fewer files"
        )));
    }
    let bytes = fs::read(path).at("cannot read", path)?;
    let mut replaced = Vec::with_capacity(bytes.len());
    let (mut at, mut any) = (0, false);
    for groups in regex.captures_iter(&bytes) {
        let Some(whole) = groups.get_match() else { continue };
        replaced.extend_from_slice(&bytes[at..whole.start()]);
        let group = |index: usize, to: &mut Vec<u8>| {
            groups.get_group(index).into_iter().for_each(|span| to.extend_from_slice(&bytes[span.range()]));
        };
        let number = |name: &str| regex.group_info().to_index(whole.pattern(), name);
        interpolate::bytes(text.as_bytes(), group, number, &mut replaced);
        (at, any) = (whole.end(), true);
    }
    if !any {
        return Ok(false);
    }
    replaced.extend_from_slice(&bytes[at..]);
    rewrite(path, |part| fs::write(part, &replaced))?;
    Ok(true)
}

/// Puts a new file in the place of one, with its mode. A file that has other names stays as it is under these.
pub fn rewrite(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
    let modes = fs::metadata(path).at("cannot look at", path)?.permissions();
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lt-new");
    let part = path.with_file_name(name);
    write(&part).at("cannot write", &part)?;
    fs::set_permissions(&part, modes).at("cannot set the mode of", &part)?;
    fs::rename(&part, path).at("cannot write", path)
}
