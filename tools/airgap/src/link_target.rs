//! Where a symlink of a bundle leads.

use lazytools_lock::CachePath;
use serde::{Deserialize, Serialize};

/// A relative target of a symlink, with `/` between names. It has no empty name and no character that could end a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkTarget(String);

/// Why a text is no such target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a symlink of a bundle cannot lead to {0:?}: its target has to be relative")]
pub struct NoLinkTarget(String);

impl LinkTarget {
    /// The target.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Why a link at this path of a bundle may not lead there: it would leave the top folder that it is in.
    pub fn leaves(&self, link: &CachePath) -> Option<String> {
        // The names between the top folder and the link.
        let mut depth = link.names().count().saturating_sub(2);
        for name in self.0.split('/') {
            match name {
                "." => {}
                ".." if depth == 0 => {
                    return Some(format!("it links to {:?}, which is outside of what the bundle takes along", self.0));
                }
                ".." => depth -= 1,
                _ => depth += 1,
            }
        }
        None
    }
}

impl TryFrom<String> for LinkTarget {
    type Error = NoLinkTarget;

    fn try_from(text: String) -> Result<Self, NoLinkTarget> {
        let bad = text.starts_with('/')
            || text.contains(['\\', ':'])
            || text.chars().any(char::is_control)
            || text.split('/').any(str::is_empty)
            || text.len() > 4096;
        if bad {
            Err(NoLinkTarget(text))
        } else {
            Ok(Self(text))
        }
    }
}

impl From<LinkTarget> for String {
    fn from(target: LinkTarget) -> Self {
        target.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_stays_in_its_top_folder() {
        let leaves = |target: &str| {
            let link: CachePath = "vendor/a/b".parse().unwrap();
            LinkTarget::try_from(target.to_owned()).unwrap().leaves(&link).is_some()
        };
        assert!(!leaves("c") && !leaves("./c/../d") && !leaves("../c"));
        assert!(leaves("../../git/x") && leaves("../../x") && leaves("c/../../../vendor"));
    }

    #[test]
    fn a_target_is_relative() {
        for bad in ["", "/x", "a//b", "a/", "C:x", "a\\b", "a\nb"] {
            assert!(LinkTarget::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
