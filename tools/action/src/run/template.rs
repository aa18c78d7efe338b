//! Placeholders in the command, in variables and in runtime files.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::error::{Result, RunError};

/// Where things are for the tool.
#[derive(Debug)]
pub struct Places {
    /// The folder that this program was started in.
    pub execroot: PathBuf,
    /// The work folder, where the rule asks for one.
    pub work: Option<PathBuf>,
    /// The folder that the tool makes as a cache, where the rule asks for one.
    pub out: Option<PathBuf>,
    /// The tool's own HOME.
    pub home: PathBuf,
    /// The tool's own TMPDIR.
    pub tmp: PathBuf,
    /// The folder of each cache by name.
    pub caches: BTreeMap<String, PathBuf>,
}

impl Places {
    /// Fills `{cache:NAME}`, `{execroot}`, `{work}`, `{out}`, `{home}` and `{tmp}` in; any other brace stays.
    pub fn fill(&self, text: &str) -> Result<String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            let after = &rest[start + 1..];
            let placeholder = after.split_once('}').map(|(name, tail)| (self.place(name, text), tail));
            if let Some((Some(place), tail)) = placeholder {
                filled.push_str(&text_of(place?)?);
                rest = tail;
            } else {
                filled.push('{');
                rest = after;
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// The same for an argument, which may be no UTF-8 and then has no placeholders.
    pub fn fill_os(&self, text: &OsStr) -> Result<OsString> {
        text.to_str().map_or_else(|| Ok(text.to_owned()), |text| self.fill(text).map(OsString::from))
    }

    /// The folder that a placeholder stands for; `None` where it is no placeholder.
    fn place(&self, name: &str, text: &str) -> Option<Result<&Path>> {
        if let Some(cache) = name.strip_prefix("cache:") {
            let folder = self.caches.get(cache).map(PathBuf::as_path);
            return Some(folder.ok_or_else(|| RunError::Usage(self.unknown_cache(cache, text))));
        }
        match name {
            "execroot" => Some(Ok(&self.execroot)),
            "home" => Some(Ok(&self.home)),
            "tmp" => Some(Ok(&self.tmp)),
            // Only a populate has it; to any other tool it may mean something else.
            "out" => self.out.as_deref().map(Ok),
            "work" => Some(self.work.as_deref().ok_or_else(|| {
                RunError::Usage(format!("{text:?} has {{work}}, and the run has no work folder: set work = True"))
            })),
            _ => None,
        }
    }

    fn unknown_cache(&self, cache: &str, text: &str) -> String {
        if self.caches.is_empty() {
            return format!("{text:?} names cache {cache:?}, and the run has no caches");
        }
        let names = self.caches.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("{text:?} names cache {cache:?}, and the run has only {names}")
    }
}

/// Fills a recipe's text in: `{root}`, `{upper}`, `{home}` and `{tmp}`; `{{` and `}}` are braces.
pub fn fill_recipe(text: &str, place: impl Fn(&str) -> Option<PathBuf>) -> Result<String> {
    let bad = |what: &str| {
        RunError::Usage(format!(
            "{text:?} has {what}: a recipe's variables and files know {{root}}, {{upper}}, {{home}} and {{tmp}}, and \
             {{{{ and }}}} for braces"
        ))
    };
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix(brace) {
            filled.push_str(brace);
            rest = tail;
        } else {
            let (name, tail) =
                after.split_once('}').filter(|_| brace == "{").ok_or_else(|| bad("a brace without its pair"))?;
            let folder = place(name).ok_or_else(|| bad(&format!("{{{name}}}")))?;
            filled.push_str(&text_of(&folder)?);
            rest = tail;
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

fn text_of(path: &Path) -> Result<String> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| RunError::Usage(format!("the path {} is not UTF-8, which no variable can hold", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places {
            execroot: "/x".into(),
            work: None,
            out: None,
            home: "/h".into(),
            tmp: "/t".into(),
            caches: BTreeMap::from([("bun".to_owned(), PathBuf::from("/c/bun"))]),
        }
    }

    #[test]
    fn fills_what_it_knows_and_leaves_other_braces() {
        let filled = places().fill("{cache:bun}/a {execroot}{home}{tmp} ${HOME} {x} { {}").unwrap();
        assert_eq!(filled, "/c/bun/a /x/h/t ${HOME} {x} { {}");
    }

    #[test]
    fn an_unknown_cache_is_answered_with_the_known_ones() {
        let message = places().fill("{cache:deno}").unwrap_err().to_string();
        assert_eq!(message, "\"{cache:deno}\" names cache \"deno\", and the run has only bun (LT501)");
        assert!(places().fill("{work}").unwrap_err().to_string().contains("set work = True"));
    }

    #[test]
    fn recipes_escape_braces() {
        let place = |name: &str| (name == "root").then(|| PathBuf::from("/r"));
        assert_eq!(fill_recipe("{{\"a\": \"{root}/b\"}}", place).unwrap(), "{\"a\": \"/r/b\"}");
        for bad in ["{rot}", "{root", "a}b"] {
            assert!(fill_recipe(bad, place).is_err(), "{bad}");
        }
    }
}
