//! Which members of an archive are taken, and where to.

use std::borrow::Cow;

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use lazytools_lock::step::Extract;
use lazytools_lock::{CachePath, FileMode};

use crate::error::{Outcome, Problem};

/// A step's choice among the members of an archive.
pub struct Selector {
    to: Option<CachePath>,
    strip_prefix: String,
    strip: u32,
    include: Option<Globs>,
    exclude: GlobSet,
    /// The picked members, whether each was seen, and their paths.
    pick: Vec<(String, bool, CachePath)>,
    modes: Vec<(GlobMatcher, FileMode)>,
    taken: u64,
}

struct Globs {
    set: GlobSet,
    texts: Vec<String>,
    matched: Vec<bool>,
    hits: Vec<usize>,
}

/// A member that is taken.
#[derive(Debug)]
pub struct Taken {
    /// Its path in the cache.
    pub path: CachePath,
    /// The mode that the step gives it, instead of the archive's own.
    pub mode: Option<FileMode>,
    /// Whether it was named by `pick`, so that it cannot be a folder.
    pub picked: bool,
}

/// A member's name without what says nothing: a leading `./`, a final `/`.
pub fn plain_name(raw: &[u8]) -> Outcome<Cow<'_, str>> {
    let refuse = |reason: &str| {
        Err(Problem::MemberName { member: String::from_utf8_lossy(raw).into_owned(), reason: reason.to_owned() })
    };
    let Ok(text) = std::str::from_utf8(raw) else { return refuse("is not UTF-8") };
    if text.starts_with('/') {
        return refuse("has an absolute name");
    }
    let text = text.strip_suffix('/').unwrap_or(text);
    if text.split('/').any(|name| name == "..") {
        return refuse("has .. in its name, and so could leave the folder");
    }
    if text.split('/').any(|name| name.is_empty() || name == ".") {
        let names: Vec<&str> = text.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
        return Ok(names.join("/").into());
    }
    Ok(text.into())
}

/// A glob whose `*` does not cross `/`.
fn glob(text: &str) -> Outcome<Glob> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map_err(|error| Problem::Plan { what: format!("the glob {text:?} is not one ({})", error.kind()) })
}

fn glob_set<'a>(texts: impl IntoIterator<Item = &'a String>) -> Outcome<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for text in texts {
        set.add(glob(text)?);
    }
    set.build().map_err(|error| Problem::Plan { what: format!("its globs are too large together ({error})") })
}

impl Selector {
    /// The choice that a step makes.
    pub fn new(step: &Extract) -> Outcome<Self> {
        let include = if step.include.is_empty() {
            None
        } else {
            Some(Globs {
                set: glob_set(&step.include)?,
                texts: step.include.clone(),
                matched: vec![false; step.include.len()],
                hits: Vec::new(),
            })
        };
        let modes = step.modes.iter().map(|(text, mode)| Ok((glob(text)?.compile_matcher(), *mode)));
        Ok(Self {
            to: step.to.clone(),
            strip_prefix: step.strip_prefix.trim_start_matches("./").to_owned(),
            strip: step.strip,
            include,
            exclude: glob_set(&step.exclude)?,
            pick: step.pick.iter().map(|(name, to)| (name.clone(), false, to.clone())).collect(),
            modes: modes.collect::<Outcome<_>>()?,
            taken: 0,
        })
    }

    /// Where a member goes; `None` where it is left out. The name is the archive's own.
    pub fn choose(&mut self, raw: &[u8]) -> Outcome<Option<Taken>> {
        let taken = self.find(raw, true)?;
        self.taken += u64::from(taken.is_some());
        Ok(taken)
    }

    /// Like [`Self::choose`], for a name that a hard link gives: it does not count as seen.
    pub fn look_up(&mut self, raw: &[u8]) -> Outcome<Option<Taken>> {
        self.find(raw, false)
    }

    fn find(&mut self, raw: &[u8], seen: bool) -> Outcome<Option<Taken>> {
        let name = plain_name(raw)?;
        let Some(mut rest) = name.strip_prefix(self.strip_prefix.as_str()) else { return Ok(None) };
        for _ in 0..self.strip {
            let Some((_, below)) = rest.split_once('/') else { return Ok(None) };
            rest = below;
        }
        if rest.is_empty() {
            return Ok(None);
        }
        if let Some(include) = &mut self.include {
            include.set.matches_into(rest, &mut include.hits);
            if include.hits.is_empty() {
                return Ok(None);
            }
            if seen {
                for hit in &include.hits {
                    include.matched[*hit] = true;
                }
            }
        }
        if self.exclude.is_match(rest) {
            return Ok(None);
        }
        let picked = !self.pick.is_empty();
        let below = if picked {
            let Ok(at) = self.pick.binary_search_by(|(name, ..)| name.as_str().cmp(rest)) else { return Ok(None) };
            self.pick[at].1 |= seen;
            self.pick[at].2.as_str()
        } else {
            rest
        };
        let refuse = |error: lazytools_lock::cache_path::CachePathError| Problem::MemberName {
            member: String::from_utf8_lossy(raw).into_owned(),
            reason: format!("cannot be laid out ({error})"),
        };
        let path = match &self.to {
            Some(to) => format!("{to}/{below}").parse(),
            None => below.parse(),
        };
        let mode = self.modes.iter().rev().find(|(glob, _)| glob.is_match(below)).map(|(_, mode)| *mode);
        Ok(Some(Taken { path: path.map_err(refuse)?, mode, picked }))
    }

    /// A member's path as `pick` has it: for the names that come near a missing one.
    pub fn stripped<'n>(&self, name: &'n str) -> Option<&'n str> {
        let mut rest = name.strip_prefix(self.strip_prefix.as_str())?;
        for _ in 0..self.strip {
            rest = rest.split_once('/')?.1;
        }
        Some(rest)
    }

    /// After the last member: the picked member that was not there, if any.
    pub fn missing(&self) -> Option<&str> {
        self.pick.iter().find(|(_, seen, _)| !seen).map(|(name, ..)| name.as_str())
    }

    /// After the last member: whether each include glob matched something, and anything is left at all.
    pub fn finish(&self) -> Outcome<()> {
        let nothing = |what| Err(Problem::Nothing { what });
        if let Some(include) = &self.include {
            if let Some(at) = include.matched.iter().position(|matched| !matched) {
                return nothing(format!("the include glob {:?} matches no member of the archive", include.texts[at]));
            }
        }
        if self.taken == 0 {
            return nothing(format!(
                "no member of the archive is left after strip = {}, strip_prefix = {:?} and the globs",
                self.strip, self.strip_prefix
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(json: &str) -> Selector {
        let step = format!(r#"{{"artifact": "a", "format": "tar"{json}}}"#);
        Selector::new(&serde_json::from_str(&step).unwrap()).unwrap()
    }

    fn path(selector: &mut Selector, raw: &str) -> Option<String> {
        selector.choose(raw.as_bytes()).unwrap().map(|taken| taken.path.to_string())
    }

    #[test]
    fn prefix_then_strip_then_globs_then_pick() {
        let mut select = selector(
            r#", "to": "t", "stripPrefix": "package/", "strip": 1, "include": ["bin/*", "x"], "exclude": ["**/*.md"],
               "pick": {"bin/a": "b"}"#,
        );
        assert_eq!(path(&mut select, "./package/v1/bin/a"), Some("t/b".to_owned()));
        for left_out in ["package/v1", "package", "other/v1/bin/a", "package/v1/bin/a/b", "package/v1/bin/c.md"] {
            assert_eq!(path(&mut select, left_out), None, "{left_out}");
        }
        assert!(select.finish().unwrap_err().to_string().contains("include glob \"x\" matches no member"));
    }

    #[test]
    fn the_last_mode_in_order_of_the_globs_wins() {
        let mut select = selector(r#", "modes": {"**": "0644", "bin/*": "0755"}"#);
        let mut mode = |name: &str| select.choose(name.as_bytes()).unwrap().unwrap().mode.unwrap().to_string();
        assert_eq!((mode("a/b"), mode("bin/x"), mode("bin/x/y")), ("0644".into(), "0755".into(), "0644".into()));
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for (name, reason) in
            [("/etc/x", "absolute"), ("a/../../x", ".. in its name"), ("a\\b", "backslash"), ("..", "..")]
        {
            let message = selector("").choose(name.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(reason) && message.ends_with("(LT406)"), "{message}");
        }
        assert!(selector("").choose(b"\xff").unwrap_err().to_string().contains("not UTF-8"));
        assert_eq!(path(&mut selector(""), ".//a/./b/"), Some("a/b".to_owned()));
    }
}
