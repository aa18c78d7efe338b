//! What all steps share while the folder is made.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lazytools_lock::{CachePath, FileMode};

use crate::digests::Digests;
use crate::error::{Outcome, Problem};
use crate::fsys::Modes;
use crate::registry::{Kind, Refusal, Registry};
use crate::repeats::Repeat;
use crate::steps::Steps;

/// A file that is made last, as a further name of another one.
pub struct HardLink {
    /// The file that is there.
    pub from: Arc<str>,
    /// The further name.
    pub to: Arc<str>,
    /// The mode, where it differs from the file's: then it is a copy.
    pub mode: Option<FileMode>,
    /// The step.
    pub step: usize,
}

/// The folder while it is made.
pub struct Site<'p> {
    /// The steps.
    pub steps: Steps<'p>,
    /// Where the folder is filled.
    pub root: Arc<Path>,
    /// How its file system treats modes.
    pub modes: Modes,
    /// The digests that texts hold.
    pub digests: Digests,
    registry: Mutex<Registry>,
    hard_links: Mutex<Vec<HardLink>>,
    repeats: Mutex<Vec<Repeat>>,
}

impl<'p> Site<'p> {
    /// An empty folder.
    pub fn new(steps: Steps<'p>, root: &Path, modes: Modes, digests: Digests) -> Self {
        Self {
            steps,
            root: root.into(),
            modes,
            digests,
            registry: Mutex::default(),
            hard_links: Mutex::default(),
            repeats: Mutex::default(),
        }
    }

    /// The account of the folder.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account, the hard links and the repeated members, when all is done.
    pub fn finish(self) -> (Registry, Vec<HardLink>, Vec<Repeat>) {
        let registry = self.registry.into_inner().unwrap_or_else(PoisonError::into_inner);
        let hard_links = self.hard_links.into_inner().unwrap_or_else(PoisonError::into_inner);
        (registry, hard_links, self.repeats.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The file of a path that a step has claimed already, with the same mode and size.
    pub fn claimed_file(&self, step: usize, path: &CachePath, mode: FileMode, size: u64) -> Option<Arc<str>> {
        let registry = self.registry();
        let record = registry.get(path.as_str()).filter(|record| record.step == step)?;
        match record.kind {
            Kind::File { mode: own, size: bytes, .. } if (own, bytes) == (mode, size) => Some(Arc::clone(&record.path)),
            _ => None,
        }
    }

    /// Notes a member that has to have the bytes of a file that is there in the end.
    pub fn note_repeat(&self, repeat: Repeat) {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner).push(repeat);
    }

    /// Claims a file or link for a step.
    pub fn claim(&self, step: usize, path: &CachePath, kind: Kind) -> Outcome<Arc<str>> {
        let claimed = self.registry().claim(&self.root, self.modes, step, path, kind);
        claimed.map_err(|refusal| self.refused(step, refusal))
    }

    /// Claims a file whose digest is not known.
    pub fn claim_file(&self, step: usize, path: &CachePath, mode: FileMode, size: u64) -> Outcome<Arc<str>> {
        self.claim(step, path, Kind::File { mode, size, integrity: None })
    }

    /// Claims and makes a folder for a step.
    pub fn claim_folder(&self, step: usize, path: &CachePath) -> Outcome<()> {
        let claimed = self.registry().claim_folder(&self.root, self.modes, step, path);
        claimed.map_err(|refusal| self.refused(step, refusal))
    }

    /// Claims a further name of a file that the same step has made. `mode` is what the step gives the name.
    pub fn claim_hard_link(
        &self,
        step: usize,
        path: &CachePath,
        from: &str,
        mode: Option<FileMode>,
    ) -> Outcome<Option<u64>> {
        let found = match self.registry().get(from) {
            Some(record) if record.step == step => match &record.kind {
                Kind::File { mode, size, .. } => Some((Arc::clone(&record.path), *mode, *size)),
                _ => None,
            },
            _ => None,
        };
        let Some((from, own, size)) = found else { return Ok(None) };
        let mode = mode.filter(|mode| *mode != own);
        let to = self.claim_file(step, path, mode.unwrap_or(own), size)?;
        let link = HardLink { from, to, mode, step };
        self.hard_links.lock().unwrap_or_else(PoisonError::into_inner).push(link);
        Ok(Some(size))
    }

    fn refused(&self, step: usize, refusal: Refusal) -> Problem {
        match refusal {
            Refusal::Problem(problem) => problem,
            Refusal::Conflict(conflict) => {
                let by = if conflict.step == step {
                    "the same step".to_owned()
                } else {
                    self.steps.tasks.get(conflict.step).map_or_else(String::new, crate::steps::Task::describe)
                };
                let other = format!("{} of {by}", conflict.earlier);
                Problem::Collision { path: conflict.path, other, reason: conflict.reason }
            }
        }
    }
}
