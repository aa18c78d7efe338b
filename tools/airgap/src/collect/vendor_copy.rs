//! Copies a repository as Bazel made it, so that it is whole without Bazel's output root and can be moved.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use lazytools_lock::CachePath;

use crate::manifest::LinkTarget;
use crate::{files, AirgapError, Result};

/// How deep links to folders of other repositories may lead into one another.
const MAX_DEPTH: usize = 32;

/// Why a repository cannot be taken along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A link leads to a file or folder of the machine, which is named.
    OfMachine {
        /// The link, from the top of the repository.
        link: String,
        /// Where it leads.
        target: String,
    },
    /// Something in it is not what a bundle can hold.
    Unfit {
        /// What it is, from the top of the repository.
        path: String,
        /// Why not.
        reason: String,
    },
}

impl Refusal {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::OfMachine { link, target } => {
                format!("its link {link} leads to {target}, which is of this machine")
            }
            Self::Unfit { path, reason } => format!("its file {path}: {reason}"),
        }
    }
}

/// A copy in the making. Folders named `.git` are left out: their clocks and paths differ each time.
struct Copy<'a> {
    /// What Bazel made and the workspace: what a link leads to in there becomes a part of the copy.
    own: &'a [&'a Path],
    /// The folders that are being copied, from the repository to the innermost that a link has led to.
    open: Vec<PathBuf>,
    refusal: Option<Refusal>,
}

/// Copies a repository's folder; gives why not where it cannot be taken along, and then `to` is to be removed.
///
/// Links inside the repository stay links, relative ones. Links to other repositories and to the workspace, which may be
/// elsewhere on the other side, become copies of what they lead to. Links that lead to nothing are left out.
pub fn copy(repository: &Path, to: &Path, own: &[&Path]) -> Result<Option<Refusal>> {
    let repository = fs::canonicalize(repository).map_err(AirgapError::io("finding", repository))?;
    let mut copy = Copy { own, open: vec![repository.clone()], refusal: None };
    if own.iter().any(|own| repository.starts_with(own)) {
        copy.folder(&repository, &repository, to, "")?;
    } else {
        let target = repository.display().to_string();
        copy.refusal = Some(Refusal::OfMachine { link: ".".to_owned(), target });
    }
    Ok(copy.refusal)
}

impl Copy<'_> {
    /// Copies the folder `from`, which is `root` or inside it; links inside `root` stay. `shown` is its path in the copy.
    fn folder(&mut self, root: &Path, from: &Path, to: &Path, shown: &str) -> Result<()> {
        files::folder(to).map_err(AirgapError::io("making", to))?;
        let entries = fs::read_dir(from).map_err(AirgapError::io("reading", from))?;
        let names: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
        let mut names = names.map_err(AirgapError::io("reading", from))?;
        names.sort();
        for name in names {
            if self.refusal.is_some() {
                return Ok(());
            }
            if name == OsStr::new(".git") {
                continue;
            }
            let path = if shown.is_empty() {
                name.to_string_lossy().into_owned()
            } else {
                format!("{shown}/{}", name.to_string_lossy())
            };
            if let Err(reason) = name.to_str().ok_or("its name is not UTF-8".to_owned()).and_then(|name| {
                let parsed: std::result::Result<CachePath, _> = name.parse();
                parsed.map_err(|error| error.to_string().trim_end_matches(" (LT106)").to_owned())
            }) {
                self.refusal = Some(Refusal::Unfit { path, reason });
                return Ok(());
            }
            self.entry(root, &from.join(&name), &to.join(&name), &path)?;
        }
        Ok(())
    }

    fn entry(&mut self, root: &Path, from: &Path, to: &Path, shown: &str) -> Result<()> {
        let meta = fs::symlink_metadata(from).map_err(AirgapError::io("reading", from))?;
        if meta.is_symlink() {
            self.link(root, from, to, shown)
        } else if meta.is_dir() {
            self.folder(root, from, to, shown)
        } else if meta.is_file() {
            file(from, to, &meta)
        } else {
            let reason = "it is neither a file, a folder nor a link".to_owned();
            self.refusal = Some(Refusal::Unfit { path: shown.to_owned(), reason });
            Ok(())
        }
    }

    fn link(&mut self, root: &Path, from: &Path, to: &Path, shown: &str) -> Result<()> {
        let target = fs::read_link(from).map_err(AirgapError::io("reading", from))?;
        let folder = from.parent().unwrap_or(root);
        let leads_to = normal(&folder.join(&target));
        // Bazel may name the repository by a path that has links in it itself.
        let inside = leads_to.strip_prefix(root).map(Path::to_owned).ok().or_else(|| {
            let found = fs::canonicalize(&leads_to).ok()?;
            target.is_absolute().then(|| found.strip_prefix(root).map(Path::to_owned).ok()).flatten()
        });
        if let Some(inside) = inside {
            let up = folder.strip_prefix(root).map_or(0, |below| below.components().count());
            return self.keep_link(up, from.strip_prefix(root).unwrap_or(from), &inside, to, shown);
        }
        let Ok(found) = fs::canonicalize(&leads_to) else { return Ok(()) };
        if !self.own.iter().any(|own| found.starts_with(own)) {
            let target = leads_to.display().to_string();
            self.refusal = Some(Refusal::OfMachine { link: shown.to_owned(), target });
            return Ok(());
        }
        let meta = fs::metadata(&found).map_err(AirgapError::io("reading", &found))?;
        if !meta.is_dir() {
            return self.entry(root, &found, to, shown);
        }
        if self.open.len() >= MAX_DEPTH || self.open.iter().any(|open| open.starts_with(&found)) {
            let reason = format!("it leads in circles by way of {}", found.display());
            self.refusal = Some(Refusal::Unfit { path: shown.to_owned(), reason });
            return Ok(());
        }
        self.open.push(found.clone());
        self.folder(&found, &found, to, shown)?;
        self.open.pop();
        Ok(())
    }

    /// Writes a link from `link` to `inside`, both from the top of a folder that is copied whole.
    fn keep_link(&mut self, up: usize, link: &Path, inside: &Path, to: &Path, shown: &str) -> Result<()> {
        // What both have in common need not be gone up and down again.
        let parent = link.parent().unwrap_or(Path::new(""));
        let common = parent.components().zip(inside.components()).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n(Component::ParentDir, up - common);
        let target: PathBuf = up.chain(inside.components().skip(common)).collect();
        let target = if target.as_os_str().is_empty() { ".".to_owned() } else { target.to_string_lossy().into_owned() };
        match LinkTarget::try_from(target) {
            Ok(target) => files::symlink(target.as_str(), to).map_err(AirgapError::io("writing", to)),
            Err(error) => {
                self.refusal = Some(Refusal::Unfit { path: shown.to_owned(), reason: error.to_string() });
                Ok(())
            }
        }
    }
}

fn file(from: &Path, to: &Path, meta: &fs::Metadata) -> Result<()> {
    let executable = files::is_executable(meta);
    fs::copy(from, to).map_err(AirgapError::io("copying", from))?;
    let mode = if executable { files::executable } else { files::readable };
    mode(to).map_err(AirgapError::io("writing", to))
}

/// A path without `.` and `..`, by its text alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{symlink, PermissionsExt as _};

    use super::*;

    struct Lab(tempfile::TempDir);

    impl Lab {
        fn new() -> Self {
            let lab = Self(tempfile::tempdir().unwrap());
            for (path, text) in [
                ("base/external/r/a/file", "file"),
                ("base/external/r/.git/HEAD", "x"),
                ("base/external/r/a/sub/.git", "gitdir: elsewhere"),
                ("base/external/other/data/x", "x"),
                ("base/external/other/tool", "tool"),
                ("ws/r.BUILD", "build"),
                ("machine/tool", "of the machine"),
            ] {
                let path = lab.path(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            fs::set_permissions(lab.path("base/external/other/tool"), fs::Permissions::from_mode(0o700)).unwrap();
            lab
        }

        fn path(&self, path: &str) -> PathBuf {
            fs::canonicalize(self.0.path()).unwrap().join(path)
        }

        fn link(&self, target: impl AsRef<Path>, link: &str) {
            symlink(target, self.path("base/external/r").join(link)).unwrap();
        }

        fn copy(&self) -> Option<Refusal> {
            let own = [self.path("base"), self.path("ws")];
            copy(&self.path("base/external/r"), &self.path("to"), &[&own[0], &own[1]]).unwrap()
        }
    }

    #[test]
    fn a_copy_is_whole_and_can_be_moved() {
        let lab = Lab::new();
        lab.link("file", "a/beside");
        lab.link(lab.path("base/external/r/a/file"), "absolute");
        lab.link("../r/./a", "around");
        lab.link(".", "a/itself");
        lab.link("../other/data", "data");
        lab.link(lab.path("base/external/other/tool"), "tool");
        lab.link(lab.path("ws/r.BUILD"), "BUILD.bazel");
        lab.link("/nowhere/at/all", "dangling");
        // What another repository links to inside itself stays so in the copy.
        symlink("x", lab.path("base/external/other/data/y")).unwrap();
        assert_eq!(lab.copy(), None);
        let link = |path: &str| fs::read_link(lab.path("to").join(path)).ok().map(|path| path.display().to_string());
        assert_eq!(link("a/beside").unwrap(), "file");
        assert_eq!(link("absolute").unwrap(), "a/file");
        assert_eq!(link("around").unwrap(), "a");
        assert_eq!(link("a/itself").unwrap(), ".");
        assert_eq!(link("data/y").unwrap(), "x");
        let read = |path: &str| fs::read_to_string(lab.path("to").join(path)).unwrap();
        assert_eq!((read("data/x"), read("tool"), read("BUILD.bazel")), ("x".into(), "tool".into(), "build".into()));
        let mode = |path: &str| fs::metadata(lab.path("to").join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("tool"), mode("a/file")), (0o755, 0o644));
        for absent in [".git", "a/sub/.git", "dangling"] {
            assert!(fs::symlink_metadata(lab.path("to").join(absent)).is_err(), "{absent}");
        }
    }

    #[test]
    fn what_cannot_be_taken_is_said() {
        let lab = Lab::new();
        lab.link(lab.path("machine/tool"), "a/gcc");
        assert_eq!(
            lab.copy().unwrap().text(),
            format!("its link a/gcc leads to {}, which is of this machine", lab.path("machine/tool").display())
        );
        let lab = Lab::new();
        fs::write(lab.path("base/external/r/a:b"), "").unwrap();
        let text = lab.copy().unwrap().text();
        assert_eq!(text, "its file a:b: path \"a:b\" has a colon, which no name on Windows can hold");
        let lab = Lab::new();
        symlink("../../r", lab.path("base/external/other/data/back")).unwrap();
        lab.link("../other/data", "data");
        let text = lab.copy().unwrap().text();
        assert!(text.contains("its file data/back: it leads in circles"), "{text}");
    }
}
