//! Absolute paths of the run in what a tool wrote: elsewhere they name nothing.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use lazytools_lock::{Algorithm, Integrity};
use memchr::memmem::Finder;
use sha2::{Digest as _, Sha256};

use super::super::caches::Cache;
use super::super::error::{At as _, Result};
use super::super::job::Job;
use super::super::private::Private;

/// How much of a file is looked at at once.
const CHUNK: usize = 256 << 10;

/// The places that only this run has.
pub struct Places {
    places: Vec<(String, Finder<'static>)>,
    longest: usize,
}

/// A file's bytes, as far as they matter.
pub struct Content {
    /// How many there are.
    pub size: u64,
    /// Their digest.
    pub integrity: Option<Integrity>,
    /// The first place, in the order of the search, that they name.
    pub place: Option<String>,
}

impl Places {
    /// The run's own folder, the execution root, and the folders of its caches.
    pub fn of(job: &Job, private: &Private, caches: &[Cache]) -> Self {
        let mut paths = vec![private.view().to_owned(), private.real().to_owned(), job.execroot.clone()];
        paths.extend(caches.iter().flat_map(|cache| [cache.root.clone(), cache.declared.clone()]));
        let mut texts: Vec<String> = Vec::new();
        for path in paths.iter().filter(|path| path.components().count() > 2) {
            let text = path.to_string_lossy().into_owned();
            // Windows paths are written with either slash, and in JSON with two.
            for form in [text.replace('\\', "/"), text.replace('\\', "\\\\"), text] {
                // What is below a place that is searched for is found with it.
                if !texts.iter().any(|other| form.starts_with(other.as_str())) {
                    texts.push(form);
                }
            }
        }
        let longest = texts.iter().map(String::len).max().unwrap_or_default();
        let places = texts.into_iter().map(|text| (text.clone(), Finder::new(text.as_bytes()).into_owned())).collect();
        Self { places, longest }
    }

    /// Reads a file once, for its digest and for the places in it.
    pub fn read(&self, path: &Path) -> Result<Content> {
        let mut file = File::open(path).at("cannot open", path)?;
        let mut hasher = Sha256::new();
        let mut found: Option<usize> = None;
        let mut size = 0;
        let mut buffer = vec![0; CHUNK + self.longest];
        let mut kept = 0;
        loop {
            let length = file.read(&mut buffer[kept..]).at("cannot read", path)?;
            if length == 0 {
                break;
            }
            hasher.update(&buffer[kept..kept + length]);
            size += length as u64;
            let filled = kept + length;
            let first = self.places.iter().position(|(_, finder)| finder.find(&buffer[..filled]).is_some());
            found = [found, first].into_iter().flatten().min();
            // A path may begin in one chunk and end in the next.
            kept = filled.min(self.longest.saturating_sub(1));
            buffer.copy_within(filled - kept..filled, 0);
        }
        Ok(Content {
            size,
            integrity: Integrity::from_bytes(Algorithm::Sha256, &hasher.finalize()),
            place: found.map(|index| self.places[index].0.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_across_two_chunks_is_found() {
        let needle = "/place/of/the/run".to_owned();
        let finder = Finder::new(needle.as_bytes()).into_owned();
        let places = Places { longest: needle.len(), places: vec![(needle.clone(), finder)] };
        let file = tempfile::NamedTempFile::new().unwrap();
        for before in [0, CHUNK - 3, CHUNK, CHUNK + needle.len() - 1, CHUNK + needle.len(), 2 * CHUNK] {
            let text = format!("{}{needle}/x", "a".repeat(before));
            std::fs::write(file.path(), &text).unwrap();
            let content = places.read(file.path()).unwrap();
            assert_eq!(content.place.as_deref(), Some(needle.as_str()), "{before}");
            assert_eq!(content.size, text.len() as u64);
            assert_eq!(content.integrity.unwrap(), Algorithm::Sha256.digest(text.as_bytes()));
        }
        std::fs::write(file.path(), "/place/of/the/ran").unwrap();
        assert_eq!(places.read(file.path()).unwrap().place, None);
    }
}
