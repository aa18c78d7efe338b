//! Takes along what git fetches, as bare repositories.

use std::collections::{BTreeMap, BTreeSet};

use lazytools_fetch::redact::redact;

use super::git_commands::{Fetched, Wants};
use super::git_mirror::{name, Mirror};
use crate::collection::{Folder, GIT};
use crate::manifest::FileKind;
use crate::tree::Tree;
use crate::{files, secrets, AirgapError, Result};

/// How deep submodules may have submodules.
const MAX_DEPTH: usize = 10;

/// A repository elsewhere, and who wants what of it.
#[derive(Default)]
struct Remote {
    wants: Wants,
    needed_by: BTreeSet<String>,
}

/// Makes the mirrors of what these command lines fetch. Gives their trees, and who is covered by them.
///
/// What cannot be mirrored is said, and whoever needs it is not covered.
pub fn take(
    lines: &BTreeMap<String, Vec<Vec<String>>>,
    folder: &Folder,
    say: &dyn Fn(&str),
) -> Result<(Vec<Tree>, BTreeSet<String>)> {
    let mut covered: BTreeSet<String> = BTreeSet::new();
    let mut next: BTreeMap<String, Remote> = BTreeMap::new();
    for (who, lines) in lines {
        for (url, wants) in Fetched::of(lines) {
            covered.insert(who.clone());
            let remote = next.entry(url).or_default();
            remote.wants.add(wants);
            remote.needed_by.insert(who.clone());
        }
    }
    let mut made: BTreeMap<String, Remote> = BTreeMap::new();
    for _ in 0..=MAX_DEPTH {
        let mut submodules: BTreeMap<String, Remote> = BTreeMap::new();
        for (url, mut remote) in std::mem::take(&mut next) {
            if let Some(done) = made.get(&url) {
                // A submodule of what was mirrored already: with both.
                let before = done.wants.clone();
                remote.wants.add(before.clone());
                remote.needed_by.extend(done.needed_by.iter().cloned());
                if remote.wants == before {
                    made.insert(url, remote);
                    continue;
                }
            }
            let Ok(path) = format!("{GIT}/{}", name(&url)).parse() else { continue };
            let to = folder.tree(&path);
            let outcome = match refused(&url) {
                Some(why) => Err(why),
                None => {
                    say(&format!("git: {}", redact(&url)));
                    Mirror::make(&to, &url, &remote.wants).map_err(|error| error.to_string())
                }
            };
            match outcome {
                Ok(commits) => {
                    for commit in commits.iter().filter(|_| remote.wants.submodules.is_some()) {
                        for (url, id) in Mirror::submodules(&to, &url, commit)? {
                            let below = submodules.entry(url).or_default();
                            let nested = remote.wants.submodules.filter(|nested| *nested);
                            below.wants.add(Wants { submodules: nested, ..Wants::commit(&id) });
                            below.needed_by.extend(remote.needed_by.iter().cloned());
                        }
                    }
                    made.insert(url, remote);
                }
                Err(why) => {
                    say(&format!("no mirror of {}: {why}", redact(&url)));
                    covered.retain(|who| !remote.needed_by.contains(who));
                    made.remove(&url);
                    files::remove_tree(&to).map_err(AirgapError::io("removing", &to))?;
                }
            }
        }
        next = submodules;
    }
    for remote in next.into_values() {
        covered.retain(|who| !remote.needed_by.contains(who));
    }
    let trees = made.into_iter().filter_map(|(url, remote)| {
        let path = format!("{GIT}/{}", name(&url)).parse().ok()?;
        let sources = BTreeSet::from([url]);
        Some(Tree { path, kind: FileKind::Git, sources, needed_by: remote.needed_by, platforms: BTreeSet::new() })
    });
    Ok((trees.collect(), covered))
}

/// Why an address cannot be mirrored at all.
fn refused(url: &str) -> Option<String> {
    if let Some(what) = secrets::of(url) {
        return Some(format!(
            "its address holds {what}, which would be written into the bundle: have git ask a credential helper for it"
        ));
    }
    // `host:path` as ssh has it, or an address; all else is a path of this machine, or has a meaning of its own to git.
    let remote = url.contains("://") || url.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
    let odd =
        url.starts_with('-') || url.contains("::") || url.chars().any(|c| c.is_control() || c == '"' || c == '\\');
    (odd || !remote).then(|| "it is no address of a repository elsewhere".to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::tree;

    fn git(folder: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "x").env(format!("GIT_{who}_EMAIL"), "x@x.invalid");
            command.env(format!("GIT_{who}_DATE"), "1700000000 +0000");
        }
        let output = command.args(["-c", "protocol.file.allow=always"]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    struct Lab(tempfile::TempDir);

    impl Lab {
        fn new() -> Self {
            let lab = Self(tempfile::tempdir().unwrap());
            for name in ["inner", "outer"] {
                fs::create_dir(lab.path(name)).unwrap();
                git(&lab.path(name), &["init", "-q", "-b", "trunk"]);
                for text in ["one", "two"] {
                    fs::write(lab.path(name).join("file"), format!("{name} {text}")).unwrap();
                    git(&lab.path(name), &["add", "."]);
                    git(&lab.path(name), &["commit", "-q", "-m", text]);
                    git(&lab.path(name), &["tag", text]);
                }
            }
            git(&lab.path("outer"), &["submodule", "--quiet", "add", "../inner", "below"]);
            git(&lab.path("outer"), &["commit", "-q", "-m", "below"]);
            lab
        }

        fn path(&self, name: &str) -> std::path::PathBuf {
            fs::canonicalize(self.0.path()).unwrap().join(name)
        }

        fn url(&self, name: &str) -> String {
            format!("file://{}", self.path(name).display())
        }

        /// What is made of a command line, in a folder of its own.
        fn take(&self, into: &str, lines: &[String]) -> (Vec<Tree>, BTreeSet<String>, String) {
            let lines = lines.iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
            let lines = BTreeMap::from([("@@r".to_owned(), lines)]);
            let said = std::cell::RefCell::new(String::new());
            let say = |what: &str| said.borrow_mut().push_str(what);
            let (trees, covered) = take(&lines, &Folder::new(self.path(into)), &say).unwrap();
            (trees, covered, said.into_inner())
        }
    }

    #[test]
    fn a_commit_with_submodules_and_nothing_else() {
        let lab = Lab::new();
        let commit = git(&lab.path("outer"), &["rev-parse", "HEAD"]);
        let lines = [
            format!("git remote add origin {}", lab.url("outer")),
            format!("git fetch --depth=1 origin {commit}"),
            "git submodule update --init".to_owned(),
        ];
        let (trees, covered, said) = lab.take("one", &lines);
        assert_eq!((trees.len(), covered.len()), (2, 1), "{said}");
        let again = lab.take("two", &lines).0;
        for tree in &again {
            let files = |top: &str| tree::files(&Folder::new(lab.path(top)).tree(&tree.path)).unwrap();
            let facts = |top| files(top).into_iter().map(|file| (file.path, file.sha256)).collect::<Vec<_>>();
            assert_eq!(facts("one"), facts("two"), "the same each time");
            assert!(facts("one").len() < 9, "{:?}", facts("one"));
        }
        let outer = trees.iter().find(|tree| tree.sources.contains(&lab.url("outer"))).unwrap();
        let mirror = Folder::new(lab.path("one")).tree(&outer.path);
        assert_eq!(git(&mirror, &["rev-list", "--all", "--count"]), "1", "without its history");
        // As a bundle is copied: without empty folders.
        let copied = lab.path("copied");
        for file in tree::files(&mirror).unwrap() {
            let to = copied.join(file.path.to_path());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file.source, to).unwrap();
        }
        fs::create_dir(lab.path("new")).unwrap();
        git(&lab.path("new"), &["init", "-q"]);
        let url = format!("file://{}", copied.display());
        git(&lab.path("new"), &["fetch", "-q", "--depth=1", &url, &commit]);
        git(&lab.path("new"), &["reset", "-q", "--hard", &commit]);
        assert_eq!(fs::read_to_string(lab.path("new/file")).unwrap(), "outer two");
        git(&lab.path(""), &["clone", "-q", &url, "whole"]);
    }

    #[test]
    fn branches_and_tags() {
        let lab = Lab::new();
        let (trees, _, said) = lab.take("one", &[format!("git clone --depth 1 --branch one {} x", lab.url("inner"))]);
        let mirror = Folder::new(lab.path("one")).tree(&trees[0].path);
        assert_eq!(
            git(&mirror, &["for-each-ref", "--format=%(refname)", "refs/tags", "refs/heads"]),
            "refs/tags/one",
            "{said}"
        );
        let (trees, _, _) = lab.take("two", &[format!("git clone {} x", lab.url("inner"))]);
        let mirror = Folder::new(lab.path("two")).tree(&trees[0].path);
        assert_eq!(git(&mirror, &["rev-list", "--all", "--count"]), "2");
        let url = format!("file://{}", mirror.display());
        git(&lab.path(""), &["clone", "-q", &url, "whole"]);
        assert_eq!(git(&lab.path("whole"), &["symbolic-ref", "HEAD"]), "refs/heads/trunk");
    }

    #[test]
    fn what_cannot_be_mirrored_is_said() {
        let lab = Lab::new();
        let said = |line: &str| {
            let (trees, covered, said) = lab.take("one", &[line.to_owned()]);
            assert!(trees.is_empty() && covered.is_empty());
            said
        };
        let text = said("git clone https://me:hush@h.example/x");
        assert!(
            text.starts_with("no mirror of https://h.example/x: its address holds a user name or password"),
            "{text}"
        );
        assert!(said("git clone /srv/x").contains("it is no address of a repository elsewhere"));
        assert!(said("git clone ext::sh").contains("it is no address"));
        let text = said(&format!("git clone {} x", lab.url("absent")));
        assert!(
            text.contains("does not appear to be a git repository") && text.ends_with("by hand first (LT742)"),
            "{text}"
        );
        let text = said(&format!("git clone --depth=1 -b absent {} x", lab.url("inner")));
        assert!(text.contains("there is no branch or tag \"absent\" any more (LT742)"), "{text}");
    }
}
