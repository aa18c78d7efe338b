//! Where symbolic links lead, by the account of the folder: links are followed as the operating system would, before
//! any of them is made.

use std::collections::HashMap;

use crate::error::{Outcome, Problem};
use crate::registry::{Kind, Registry};

/// How many links the operating system follows for one path.
const MAX_FOLLOWED: u32 = 40;

/// Follows links; what a link leads to is remembered.
pub struct Resolver<'a> {
    registry: &'a Registry,
    known: HashMap<String, (String, u32)>,
}

/// What can be wrong with a link.
type Reason = &'static str;

impl<'a> Resolver<'a> {
    /// Follows the links of a folder.
    pub fn new(registry: &'a Registry) -> Self {
        Self { registry, known: HashMap::new() }
    }

    /// Checks that a link leads to something in the folder; whether that is a folder.
    pub fn check(&mut self, link: &str, target: &str) -> Outcome<bool> {
        let fail = |reason| Problem::Link { link: link.to_owned(), target: target.to_owned(), reason };
        let (end, _) = self.follow(link, target, 0).map_err(fail)?;
        Ok(end.is_empty() || matches!(self.registry.get(&end).map(|record| &record.kind), Some(Kind::Directory { .. })))
    }

    /// Whether a path leads to something in the folder.
    pub fn exists(&mut self, path: &str) -> bool {
        self.walk(String::new(), path, 0).is_ok()
    }

    /// What a link leads to, and how many links were followed on the way.
    fn follow(&mut self, link: &str, target: &str, depth: u32) -> Result<(String, u32), Reason> {
        if let Some(known) = self.known.get(link) {
            return Ok(known.clone());
        }
        if target.is_empty() {
            return Err("names nothing");
        }
        if target.starts_with('/') || target.contains(['\\', ':', '\0']) {
            return Err("is not relative, and so leaves the folder");
        }
        if depth >= MAX_FOLLOWED {
            return Err("never ends: links lead to each other");
        }
        let from = link.rsplit_once('/').map_or("", |(parent, _)| parent);
        let end = self.walk(from.to_owned(), target, depth)?;
        self.known.insert(link.to_owned(), end.clone());
        Ok(end)
    }

    fn walk(&mut self, mut at: String, path: &str, depth: u32) -> Result<(String, u32), Reason> {
        let mut followed = 1;
        let mut is_file = false;
        for name in path.split('/') {
            if is_file {
                return Err("names something that is not in the folder");
            }
            match name {
                "" | "." => continue,
                ".." if at.is_empty() => return Err("leaves the folder"),
                ".." => at.truncate(at.rfind('/').unwrap_or(0)),
                _ => {
                    if !at.is_empty() {
                        at.push('/');
                    }
                    at.push_str(name);
                }
            }
            if at.is_empty() {
                continue;
            }
            let registry = self.registry;
            match registry.get(&at).map(|record| &record.kind) {
                None => return Err("names something that is not in the folder"),
                Some(Kind::Link { target }) => {
                    let (end, more) = self.follow(&at, target, depth + 1)?;
                    followed += more;
                    if followed > MAX_FOLLOWED {
                        return Err("never ends: links lead to each other");
                    }
                    is_file = matches!(registry.get(&end).map(|record| &record.kind), Some(Kind::File { .. }));
                    at = end;
                }
                Some(kind) => is_file = matches!(kind, Kind::File { .. }),
            }
        }
        Ok((at, followed))
    }
}
