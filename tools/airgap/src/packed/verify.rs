//! Holds a packed bundle against its manifest, without unpacking it.

use std::io::{self, Read};
use std::path::Path;

use lazytools_lock::recipe::signature::MinisignKey;
use lazytools_lock::CachePath;

use super::{read, Sink};
use crate::manifest::{FileEntry, Manifest};
use crate::signature::Signed;
use crate::verify::{different_bytes, Problem, What};
use crate::{AirgapError, Result};

struct Check<'a> {
    archive: &'a Path,
    problems: Vec<Problem>,
    done: &'a dyn Fn(u64),
}

/// Fails with all that is wrong with it; gives its manifest and who signed it.
pub fn verify(
    archive: &Path,
    keys: &[MinisignKey],
    begin: &dyn Fn(u64),
    done: &dyn Fn(u64),
) -> Result<(Manifest, Signed)> {
    let (head, check, missing) = read(archive, keys, |head| {
        begin(head.manifest.bytes());
        Ok(Check { archive, problems: Vec::new(), done })
    })?;
    let mut problems = check.problems;
    let expected = head.manifest.expected();
    problems.extend(missing.iter().filter_map(|path| Some(Problem::missing(path, expected.get(path)?))));
    problems.sort();
    drop(expected);
    if problems.is_empty() {
        Ok((head.manifest, head.signed))
    } else {
        Err(AirgapError::Bundle { path: archive.to_owned(), problems })
    }
}

impl Sink for Check<'_> {
    fn file(&mut self, path: &CachePath, entry: &FileEntry, content: &mut dyn Read) -> Result<()> {
        let found = different_bytes(path, entry, content, io::sink());
        if let Some(difference) = found.map_err(AirgapError::io("reading", self.archive))? {
            let what = What::Damaged { sources: entry.sources.iter().cloned().collect(), difference };
            self.problems.push(Problem { path: path.to_string(), what });
        }
        (self.done)(entry.size);
        Ok(())
    }

    fn twin(&mut self, _: &CachePath, _: &CachePath) -> Result<()> {
        Ok(())
    }

    fn link(&mut self, _: &CachePath, _: &FileEntry) -> Result<()> {
        Ok(())
    }

    fn marker(&mut self, _: &CachePath) -> Result<()> {
        Ok(())
    }
}
