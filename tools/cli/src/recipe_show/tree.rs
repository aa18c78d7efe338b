//! Steps as the tree that they make.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lazytools_lock::step::Extract;
use lazytools_lock::{FileMode, Step, TextPart};

/// How much of a written text is shown.
const SHOWN: usize = 160;

/// A file or folder, by name below its folder.
#[derive(Default)]
struct Node {
    below: BTreeMap<String, Node>,
    /// What becomes of it, one line each.
    notes: Vec<String>,
    folder: bool,
}

impl Node {
    fn at(&mut self, path: Option<&str>) -> &mut Self {
        path.into_iter().flat_map(|path| path.split('/')).fold(self, |node, name| {
            node.folder = true;
            node.below.entry(name.to_owned()).or_default()
        })
    }

    fn render(&self, name: &str, depth: usize, out: &mut String) {
        let slash = if self.folder || !self.below.is_empty() { "/" } else { "" };
        let indent = "  ".repeat(depth);
        let first = self.notes.first().map(|note| format!("  {note}")).unwrap_or_default();
        let _ = writeln!(out, "{indent}{name}{slash}{first}");
        for note in self.notes.iter().skip(1) {
            let _ = writeln!(out, "{indent}{}  {note}", " ".repeat(name.chars().count() + slash.len()));
        }
        for (name, node) in &self.below {
            node.render(name, depth + 1, out);
        }
    }
}

/// The tree of steps. `explain` puts names for what is made up.
pub fn render<'a>(steps: impl Iterator<Item = &'a Step>, explain: &dyn Fn(&str) -> String) -> String {
    let mut root = Node { folder: true, ..Node::default() };
    for step in steps {
        add(&mut root, step, explain);
    }
    let mut out = String::new();
    root.render("{root}", 1, &mut out);
    out
}

fn mode(mode: FileMode) -> String {
    format!("({mode})")
}

fn add(root: &mut Node, step: &Step, explain: &dyn Fn(&str) -> String) {
    match step {
        Step::Directory(it) => root.at(Some(it.to.as_str())).folder = true,
        Step::Place(it) => note(root, it.to.as_str(), format!("<- {} {}", it.artifact, mode(it.mode))),
        Step::Symlink(it) => note(root, it.to.as_str(), format!("-> {}", it.target)),
        Step::Write(it) => {
            let text = explain(&it.text.iter().map(part).collect::<String>());
            let shown: String = text.chars().take(SHOWN).collect();
            let more = if shown.len() < text.len() { " …" } else { "" };
            let shown = shown.replace('\n', "\\n");
            let words = if text.is_empty() { "an empty file".to_owned() } else { format!("the text {shown}{more}") };
            note(root, it.to.as_str(), format!("<- {words} {}", mode(it.mode)));
        }
        Step::Repack(it) => {
            let members: Vec<String> = it.members.iter().map(|(from, to)| format!("{from} as {to}")).collect();
            note(root, it.to.as_str(), format!("<- a tar.gz of {}: {}", it.artifact, members.join(", ")));
        }
        Step::Extract(it) if !it.pick.is_empty() => {
            for (member, to) in &it.pick {
                let path = it.to.as_ref().map_or_else(|| to.to_string(), |folder| format!("{folder}/{to}"));
                note(root, &path, format!("<- {member} of {}{}", archive(it), modes(it)));
            }
        }
        Step::Extract(it) => {
            let node = root.at(it.to.as_ref().map(lazytools_lock::CachePath::as_str));
            node.folder |= it.taken_from().is_archive();
            node.notes.push(format!("<- {}{}", contents(it), modes(it)));
        }
    }
}

fn note(root: &mut Node, path: &str, note: String) {
    root.at(Some(path)).notes.push(note);
}

fn part(part: &TextPart) -> String {
    match part {
        TextPart::Literal(text) => text.clone(),
        TextPart::Digest(digest) => {
            let member = digest.member.as_ref().map(|member| format!("{member} in ")).unwrap_or_default();
            let (algorithm, encoding) = (digest.algorithm, digest.encoding);
            format!("<{algorithm:?}{encoding:?} of {member}{}>", digest.artifact).to_lowercase()
        }
    }
}

/// The archive: an artifact, or what is nested in one.
fn archive(it: &Extract) -> String {
    match &it.nested {
        Some(nested) => format!("{} in {}", nested.member, it.artifact),
        None => it.artifact.to_string(),
    }
}

/// What of an archive comes.
fn contents(it: &Extract) -> String {
    let from = archive(it);
    if !it.taken_from().is_archive() {
        return format!("{from}, decompressed");
    }
    let mut text = format!("all of {from}");
    if !it.include.is_empty() {
        text = format!("{} of {from}", it.include.join(", "));
    }
    if !it.strip_prefix.is_empty() {
        let _ = write!(text, " below {}", it.strip_prefix);
    }
    match it.strip {
        0 => {}
        1 => text.push_str(", without the first name of each path"),
        more => {
            let _ = write!(text, ", without the first {more} names of each path");
        }
    }
    if !it.exclude.is_empty() {
        let _ = write!(text, ", but not {}", it.exclude.join(", "));
    }
    text
}

fn modes(it: &Extract) -> String {
    let modes: Vec<String> = it.modes.iter().map(|(glob, mode)| format!("{glob}: {mode}")).collect();
    if modes.is_empty() {
        String::new()
    } else {
        format!(" (modes {})", modes.join(", "))
    }
}
