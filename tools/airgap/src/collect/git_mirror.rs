//! Makes a bare git repository of what is wanted of one elsewhere, as small as it can be and each time the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lazytools_fetch::redact::redact;

use super::git_commands::{is_commit, Wants};
use crate::digest::Algorithm;
use crate::exception_error::ExceptionError;
use crate::{files, AirgapError, Result};

/// What in a bare repository is of no use to those who fetch from it, or differs each time.
const NEEDLESS: [&str; 9] =
    ["FETCH_HEAD", "ORIG_HEAD", "branches", "description", "hooks", "info", "logs", "objects/info", "worktrees"];
/// A ref that is a file of its own: git takes no folder without `refs` for a repository, and a bundle has no empty folders.
const KEEP: &str = "refs/lazytools/keep";

/// What git does here and elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In the mirror alone: nothing of the user's configuration changes what comes out.
    Here,
    /// It fetches, with the user's proxies and credentials.
    Elsewhere,
}

/// A bare repository in the making.
pub struct Mirror<'a> {
    folder: &'a Path,
    url: &'a str,
}

/// The name of the folder of a mirror: the same for the same address, and one that every file system can hold.
pub fn name(url: &str) -> String {
    let address = redact(url);
    let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    let readable: String = address.trim_end_matches(".git").chars().map(safe).take(60).collect();
    let digest = Algorithm::Sha256.digest(url.as_bytes()).hex();
    format!("{}-{}.git", readable.trim_matches(['-', '.']), &digest[..12])
}

impl<'a> Mirror<'a> {
    /// Fetches into a folder that is made anew. Gives the ids of the commits that were wanted.
    pub fn make(folder: &'a Path, url: &'a str, wants: &Wants) -> Result<Vec<String>> {
        files::remove_tree(folder).map_err(AirgapError::io("removing", folder))?;
        files::folder(folder).map_err(AirgapError::io("making", folder))?;
        let mirror = Self { folder, url };
        let sha256 = wants.commits.iter().any(|commit| commit.len() == 64);
        let format = if sha256 { "--object-format=sha256" } else { "--object-format=sha1" };
        mirror.git(Where::Here, &["init", "-q", "--bare", "--template=", format])?;
        let head = mirror.fetch(wants)?;
        let commits = mirror.wanted(wants, &head)?;
        let Some(first) = commits.first() else {
            return Err(mirror.error("fetch", "nothing was fetched that can be told".to_owned()));
        };
        mirror.pack(first)?;
        mirror.write("HEAD", &format!("{head}\n"))?;
        let (version, extension) = if sha256 { (1, "[extensions]\n\tobjectFormat = sha256\n") } else { (0, "") };
        mirror.write(
            "config",
            &format!(
                "[core]\n\trepositoryformatversion = {version}\n\tfilemode = true\n\tbare = true\n{extension}[uploadpack]\n\
                 \tallowAnySHA1InWant = true\n\tallowFilter = true\n"
            ),
        )?;
        Ok(commits)
    }

    /// Fetches; gives what HEAD is to hold.
    fn fetch(&self, wants: &Wants) -> Result<String> {
        for commit in &wants.commits {
            self.fetch_commit(commit, wants.history)?;
        }
        let mut refs = BTreeMap::new();
        if wants.all || !wants.refs.is_empty() {
            refs = self.refs()?;
        }
        if wants.all {
            self.fetch_refs(&["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], wants.history)?;
        }
        let mut head = wants.commits.first().cloned();
        for wanted in &wants.refs {
            if wanted == "HEAD" {
                head = Some(self.fetch_head(wants)?);
                continue;
            }
            let forms = ["", "refs/", "refs/tags/", "refs/heads/"].map(|prefix| format!("{prefix}{wanted}"));
            let Some(found) = forms.iter().find(|form| refs.contains_key(*form)) else {
                return Err(self.error("fetch", format!("there is no branch or tag {wanted:?} any more")));
            };
            self.fetch_refs(&[&format!("+{found}:{found}")], wants.history)?;
            let commit = self.commit(found)?;
            head.get_or_insert(if found.starts_with("refs/heads/") { format!("ref: {found}") } else { commit });
        }
        head.map_or_else(|| self.fetch_head(wants), Ok)
    }

    /// The branches and tags of the remote, by their full names.
    fn refs(&self) -> Result<BTreeMap<String, String>> {
        let listed = self.git(Where::Elsewhere, &["ls-remote", "--refs", "--", self.url])?;
        let lines = listed.lines().filter_map(|line| line.split_once('\t'));
        Ok(lines.map(|(id, name)| (name.to_owned(), id.to_owned())).collect())
    }

    fn fetch_refs(&self, refspecs: &[&str], history: bool) -> Result<()> {
        let mut arguments = vec!["fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        if !history {
            arguments.push("--depth=1");
        }
        arguments.extend(["--", self.url]);
        arguments.extend(refspecs);
        self.git(Where::Elsewhere, &arguments)?;
        Ok(())
    }

    /// Fetches the default branch; gives what HEAD is to hold.
    fn fetch_head(&self, wants: &Wants) -> Result<String> {
        let listed = self.git(Where::Elsewhere, &["ls-remote", "--symref", "--", self.url, "HEAD"])?;
        let branch = listed.lines().find_map(|line| line.strip_prefix("ref: ")?.strip_suffix("\tHEAD"));
        if let Some(branch) = branch {
            self.fetch_refs(&[&format!("+{branch}:{branch}")], wants.history)?;
            return Ok(format!("ref: {branch}"));
        }
        self.fetch_refs(&["+HEAD:refs/lazytools/head"], wants.history)?;
        self.commit("refs/lazytools/head")
    }

    fn fetch_commit(&self, commit: &str, history: bool) -> Result<()> {
        let kept = format!("refs/lazytools/{commit}");
        if self.fetch_refs(&[&format!("+{commit}:{kept}")], history).is_ok() {
            return Ok(());
        }
        // The server gives no single commits: it is in one of the branches or tags.
        let all = ["+refs/heads/*:refs/all/heads/*", "+refs/tags/*:refs/all/tags/*"];
        self.fetch_refs(&all, true)?;
        self.git(Where::Here, &["update-ref", &kept, commit])?;
        let listed = self.git(Where::Here, &["for-each-ref", "--format=%(refname)", "refs/all/"])?;
        for name in listed.lines() {
            self.git(Where::Here, &["update-ref", "-d", name])?;
        }
        Ok(())
    }

    /// The commits whose files are wanted.
    fn wanted(&self, wants: &Wants, head: &str) -> Result<Vec<String>> {
        let mut commits: Vec<String> = wants.commits.iter().cloned().collect();
        if !wants.refs.is_empty() || commits.is_empty() {
            commits.push(self.commit(head.strip_prefix("ref: ").unwrap_or(head))?);
        }
        commits.dedup();
        Ok(commits)
    }

    fn commit(&self, name: &str) -> Result<String> {
        let found = self.git(Where::Here, &["rev-parse", "--verify", "-q", &format!("{name}^{{commit}}")])?;
        let id = found.trim().to_owned();
        if is_commit(&id) {
            Ok(id)
        } else {
            Err(self.error("rev-parse", format!("{name} is no commit")))
        }
    }

    /// One pack, by one thread, and no file that tells when or how it came.
    fn pack(&self, keep: &str) -> Result<()> {
        self.git(Where::Here, &["pack-refs", "--all"])?;
        self.git(
            Where::Here,
            &[
                "-c",
                "pack.threads=1",
                "-c",
                "pack.writeReverseIndex=false",
                "-c",
                "repack.writeBitmaps=false",
                "repack",
                "-a",
                "-d",
                "-f",
                "-q",
                "--depth=50",
                "--window=10",
            ],
        )?;
        self.git(Where::Here, &["prune", "--expire=now"])?;
        for name in NEEDLESS {
            let path = self.folder.join(name);
            let removed = if path.is_dir() { files::remove_tree(&path) } else { remove_file(&path) };
            removed.map_err(AirgapError::io("removing", &path))?;
        }
        self.write(KEEP, &format!("{keep}\n"))
    }

    /// The submodules of a commit: their addresses and the commits that are wanted of them.
    pub fn submodules(folder: &'a Path, url: &'a str, commit: &str) -> Result<Vec<(String, String)>> {
        let mirror = Self { folder, url };
        let blob = format!("--blob={commit}:.gitmodules");
        let Ok(listed) =
            mirror.git(Where::Here, &["config", "-z", &blob, "--get-regexp", r"^submodule\..*\.(path|url)$"])
        else {
            return Ok(Vec::new());
        };
        let (mut paths, mut urls) = (BTreeMap::new(), BTreeMap::new());
        for (key, value) in listed.split('\0').filter_map(|entry| entry.split_once('\n')) {
            if let Some(name) = key.strip_suffix(".path") {
                paths.insert(name, value);
            } else if let Some(name) = key.strip_suffix(".url") {
                urls.insert(name, value);
            }
        }
        let mut found = Vec::new();
        for (name, path) in paths {
            let listed = mirror.git(Where::Here, &["ls-tree", "-z", commit, "--", path])?;
            let id = listed.strip_prefix("160000 commit ").and_then(|rest| rest.split('\t').next());
            if let (Some(url), Some(id)) = (urls.get(name), id) {
                found.push((resolved(mirror.url, url), id.to_owned()));
            }
        }
        Ok(found)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        let parent = path.parent().unwrap_or(self.folder);
        files::folder(parent).map_err(AirgapError::io("making", parent))?;
        fs::write(&path, text).map_err(AirgapError::io("writing", &path))
    }

    fn error(&self, command: &str, message: String) -> AirgapError {
        ExceptionError::Git { command: format!("{command} {}", redact(self.url)), message }.into()
    }

    /// Runs git in the mirror; what it prints.
    fn git(&self, place: Where, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("git");
        command.current_dir(self.folder).stdin(Stdio::null());
        for variable in ["GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE"] {
            command.env_remove(variable);
        }
        command.env("GIT_DIR", ".").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        if place == Where::Here {
            let nothing: PathBuf = if cfg!(windows) { "NUL".into() } else { "/dev/null".into() };
            command.env("GIT_CONFIG_GLOBAL", nothing).env("GIT_CONFIG_NOSYSTEM", "1");
        }
        // A server that says nothing for a minute is not waited for.
        for setting in ["gc.auto=0", "maintenance.auto=false", "http.lowSpeedLimit=1", "http.lowSpeedTime=60"] {
            command.args(["-c", setting]);
        }
        let output = command.args(arguments).output().map_err(|error| {
            self.error(arguments[0], format!("{error}: install git, or collect without --git=mirror"))
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<String> = said.lines().take(5).map(|line| line.replace(self.url, &redact(self.url))).collect();
        Err(self.error(
            arguments[0],
            format!("{}. It has to work here by hand first", said.join("; ").trim_end_matches('.')),
        ))
    }
}

fn remove_file(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// The address of a submodule as git sees it: one that begins with `./` or `../` is relative to the repository's.
fn resolved(remote: &str, url: &str) -> String {
    if !url.starts_with("./") && !url.starts_with("../") {
        return url.to_owned();
    }
    let (mut base, mut rest) = (remote.trim_end_matches('/'), url);
    loop {
        if let Some(below) = rest.strip_prefix("./") {
            rest = below;
        } else if let Some(above) = rest.strip_prefix("../") {
            rest = above;
            base = match base.rfind('/').or_else(|| base.rfind(':')) {
                // A colon stays: what is behind it is a path.
                Some(at) if base[at..].starts_with(':') => &base[..=at],
                Some(at) => &base[..at],
                None => base,
            };
        } else {
            break;
        }
    }
    if base.ends_with(':') {
        format!("{base}{rest}")
    } else {
        format!("{base}/{rest}")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_submodules() {
        for (remote, url, expected) in [
            ("https://h.example/a/b.git", "../c.git", "https://h.example/a/c.git"),
            ("https://h.example/a/b/", "./c", "https://h.example/a/b/c"),
            ("https://h.example/a/b", "../../x/c", "https://h.example/x/c"),
            ("git@h.example:a/b", "../c", "git@h.example:a/c"),
            ("git@h.example:b", "../c", "git@h.example:c"),
            ("https://h.example/a", "ssh://git@other.example/c", "ssh://git@other.example/c"),
        ] {
            assert_eq!(resolved(remote, url), expected);
        }
    }

    #[test]
    fn names_are_safe_and_differ() {
        let plain = name("https://H.example:8443/A/b.git");
        assert!(plain.starts_with("h.example-8443-a-b-") && plain.ends_with(".git"), "{plain}");
        assert_ne!(plain, name("https://h.example:8443/A/b.git"));
        assert!(name("git@h.example:x/y").starts_with("h.example-x-y-"));
    }
}
