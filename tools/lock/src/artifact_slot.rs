//! Which artifact of a recipe a file of the workspace is taken for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Name, Platform};

/// The place of a local file among a recipe's artifacts: `ID`, or `ID@PLATFORM` for one platform alone.
///
/// ```
/// use lazytools_lock::ArtifactSlot;
/// let slot: ArtifactSlot = "zip@linux_x86_64".parse().unwrap();
/// assert_eq!(slot.id.as_str(), "zip");
/// assert_eq!(slot.platform.unwrap().name(), "linux_x86_64");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArtifactSlot {
    /// The artifact's id in the recipe.
    pub id: Name,
    /// The platform; none where it is for every platform that has the artifact.
    pub platform: Option<Platform>,
}

/// A text that is no slot.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} names no artifact: write its id in the recipe, as in \"zip\", or ID@PLATFORM, as in \"zip@linux_x86_64\" (LT116)"
)]
pub struct ArtifactSlotError(String);

impl fmt::Display for ArtifactSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.platform {
            Some(platform) => write!(f, "{}@{platform}", self.id),
            None => write!(f, "{}", self.id),
        }
    }
}

impl FromStr for ArtifactSlot {
    type Err = ArtifactSlotError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, platform) = text.split_once('@').map_or((text, None), |(id, platform)| (id, Some(platform)));
        let wrong = || ArtifactSlotError(text.to_owned());
        let id = id.parse().map_err(|_| wrong())?;
        let platform = platform.map(str::parse).transpose().map_err(|_| wrong())?;
        Ok(Self { id, platform })
    }
}

impl TryFrom<String> for ArtifactSlot {
    type Error = ArtifactSlotError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ArtifactSlot> for String {
    fn from(slot: ArtifactSlot) -> Self {
        slot.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn slots_are_read_and_written_the_same() {
        let text = r#"{"zip":"//:a.zip","zip@linux_x86_64":"//:b.zip"}"#;
        let slots: BTreeMap<ArtifactSlot, String> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&slots).unwrap(), text);
    }

    #[test]
    fn what_is_no_slot_is_told_with_the_form() {
        for text in ["", "@linux_x86_64", "zip@", "zip@linux", "zip@linux_x86_64@linux_x86_64", "a b", "1zip"] {
            let message = text.parse::<ArtifactSlot>().unwrap_err().to_string();
            assert!(message.starts_with(&format!("{text:?} names no artifact: write its id")), "{message}");
            assert!(message.ends_with("(LT116)"), "{message}");
        }
    }
}
