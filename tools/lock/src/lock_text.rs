//! A lock as text: reading it with errors that a person can act on, and writing it so that a diff reads well.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::lock::LOCK_VERSION;
use crate::{Lock, Name, Tool};

/// Why a text is no lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Git left conflict markers.
    #[error(
        "{file}:{line}: git left conflict markers: take either side whole with `git checkout --ours {file}` (or \
         --theirs), then run `bazel run //tools:update_pins`, which brings it up to date with MODULE.bazel (LT101)"
    )]
    Conflict {
        /// The file.
        file: String,
        /// The first marker's line.
        line: usize,
    },
    /// It is not JSON.
    #[error("{file} is not JSON: {message}. Restore it from git, or empty it and run `bazel run //tools:update_pins` (LT102)")]
    Json {
        /// The file.
        file: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// It was written by a newer version, or has none.
    #[error("{file} {problem}: this rules_lazytools reads lockVersion {LOCK_VERSION}. Use the one that wrote it, or a newer one (LT103)")]
    Version {
        /// The file.
        file: String,
        /// What is wrong with the version.
        problem: String,
    },
    /// Something in it does not have its form.
    #[error("{file}: {path}: {message}")]
    Form {
        /// The file.
        file: String,
        /// The place in the JSON, as in `tools.bun.any`.
        path: String,
        /// What is wrong, with its code.
        message: String,
    },
}

impl Lock {
    /// A lock without tools.
    pub fn empty() -> Self {
        Self { lock_version: LOCK_VERSION, tools: BTreeMap::new() }
    }

    /// Reads a lock. `file` is for messages. An empty file is an empty lock: that is how a new one begins.
    pub fn parse(text: &str, file: &str) -> Result<Self, LockError> {
        let (lock, errors) = Self::parse_what_is_good(text, file)?;
        errors.into_iter().next().map_or(Ok(lock), Err)
    }

    /// Reads the tools of a lock that are good, and says what is wrong with the others.
    pub fn parse_what_is_good(text: &str, file: &str) -> Result<(Self, Vec<LockError>), LockError> {
        let mut lock = Self::empty();
        if text.trim().is_empty() {
            return Ok((lock, Vec::new()));
        }
        let marker = |line: &str| line.starts_with("<<<<<<< ") || line == "=======" || line.starts_with(">>>>>>> ");
        if let Some(index) = text.lines().position(marker) {
            return Err(LockError::Conflict { file: file.to_owned(), line: index + 1 });
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| LockError::Json { file: file.to_owned(), message: error.to_string() })?;
        check_version(&value, file)?;
        let form =
            |path: String, message: &str| LockError::Form { file: file.to_owned(), path, message: with_code(message) };
        let whole: RawLock =
            serde_json::from_value(value).map_err(|error| form("lock".to_owned(), &error.to_string()))?;
        let mut errors = Vec::new();
        for (name, tool) in whole.tools {
            let outcome = name
                .parse()
                .map_err(|error: crate::name::NameError| (String::new(), error.to_string()))
                .and_then(|parsed: Name| {
                    let tool = serde_path_to_error::deserialize::<_, Tool>(tool);
                    tool.map(|tool| (parsed, tool))
                        .map_err(|error| (error.path().to_string(), error.inner().to_string()))
                });
            match outcome {
                Ok((name, tool)) => drop(lock.tools.insert(name, tool)),
                Err((place, message)) => {
                    let place = if place.is_empty() || place == "." { String::new() } else { format!(".{place}") };
                    errors.push(form(format!("tools.{name}{place}"), &message));
                }
            }
        }
        Ok((lock, errors))
    }

    /// The lock as text: sorted, two spaces deep, with a final newline.
    pub fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// A lock whose tools have not been looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawLock {
    #[serde(rename = "lockVersion")]
    _lock_version: u64,
    tools: BTreeMap<String, Value>,
}

fn check_version(value: &Value, file: &str) -> Result<(), LockError> {
    let fail = |problem: String| Err(LockError::Version { file: file.to_owned(), problem });
    match value.get("lockVersion") {
        Some(version) if version.as_u64() == Some(LOCK_VERSION) => Ok(()),
        Some(version) => fail(format!("has lockVersion {version}")),
        None => fail("has no lockVersion".to_owned()),
    }
}

/// The message with the place taken off that serde adds, and with a code.
fn with_code(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if message.ends_with(')') && message.contains("(LT") {
        message.to_owned()
    } else if message.starts_with("missing field `integrity`") {
        format!("{message}: an artifact without a digest is never used (LT104)")
    } else {
        format!("{message} (LT110)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"lockVersion": 1, "tools": {"a": {"recipe": {"name": "r", "digest":
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, "request": {"recipe": "r", "platforms": []},
        "any": {"artifacts": {"x": {"purl": "pkg:npm/x@1", "format": "tar.gz", "integrity":
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "size": 1}}}}}}"#;

    fn message(text: &str) -> String {
        Lock::parse(text, "lazy.json").unwrap_err().to_string()
    }

    #[test]
    fn reads_what_it_writes() {
        let lock = Lock::parse(GOOD, "lazy.json").unwrap();
        assert_eq!(Lock::parse(&lock.render(), "lazy.json"), Ok(lock.clone()));
        assert!(lock.render().ends_with("}\n"));
        assert_eq!(Lock::parse(" \n", "lazy.json"), Ok(Lock::empty()));
    }

    #[test]
    fn provenance_is_optional() {
        let signed = GOOD.replace(
            "\"size\": 1",
            "\"size\": 1, \"provenance\": {\"from\": \"npm\", \"over\": \"digest\", \"key\": \"k\"}",
        );
        let lock = Lock::parse(&signed, "lazy.json").unwrap();
        assert_eq!(Lock::parse(&lock.render(), "lazy.json"), Ok(lock));
        let text = message(&signed.replace("\"digest\", \"key\"", "\"hope\", \"key\""));
        assert!(text.contains("provenance") && text.ends_with("(LT110)"), "{text}");
    }

    #[test]
    fn an_artifact_can_be_a_file() {
        let local = GOOD.replace("\"purl\": \"pkg:npm/x@1\"", "\"file\": \"//web:x.tgz\"");
        let lock = Lock::parse(&local, "lazy.json").unwrap();
        assert_eq!(Lock::parse(&lock.render(), "lazy.json"), Ok(lock));
        let text = message(&local.replace("//web:x.tgz", "web/x.tgz"));
        assert!(text.ends_with("its file is not a label, as in //PACKAGE:FILE (LT110)"), "{text}");
        let text = message(&GOOD.replace("\"purl\"", "\"file\": \"//:x\", \"purl\""));
        assert!(text.ends_with("it needs one of purl, urls and file (LT110)"), "{text}");
    }

    #[test]
    fn a_bad_tool_does_not_spoil_the_others() {
        let text = GOOD.replace("\"tools\": {", "\"tools\": {\"bad\": {}, ");
        let (lock, errors) = Lock::parse_what_is_good(&text, "lazy.json").unwrap();
        assert_eq!(lock, Lock::parse(GOOD, "lazy.json").unwrap());
        assert_eq!(errors.len(), 1);
        assert!(errors[0].to_string().starts_with("lazy.json: tools.bad: missing field"), "{}", errors[0]);
    }

    #[test]
    fn says_what_is_wrong_and_what_to_do() {
        let conflict = GOOD.replacen('\n', "\n<<<<<<< HEAD\n", 1);
        assert!(message(&conflict).starts_with("lazy.json:2: git left conflict markers"));
        assert!(message(&conflict).contains("bazel run //tools:update_pins"));
        assert!(message("{").contains("lazy.json is not JSON"));
        assert!(message("{\"lockVersion\": 99}").contains("has lockVersion 99"));
        assert!(message("{}").contains("has no lockVersion"));
        let at = GOOD.find("\"integrity\":").unwrap();
        let missing = format!("{}{}", &GOOD[..at], &GOOD[GOOD.find("\"size\"").unwrap()..]);
        let text = message(&missing);
        assert!(text.contains("tools.a.any.artifacts.x: ") && text.ends_with("(LT104)"), "{text}");
        let text = message(&GOOD.replace("\"purl\": \"pkg:npm/x@1\", ", ""));
        assert!(text.ends_with("it needs one of purl, urls and file (LT110)"), "{text}");
        let text = message(&GOOD.replace("sha256-47DEQ", "sha256-7DEQ"));
        assert!(text.contains("tools.a.any.artifacts.x.integrity: ") && text.ends_with("(LT104)"), "{text}");
        let text = message(&GOOD.replace("\"platforms\": []", "\"platforms\": [\"linux\"]"));
        assert!(text.contains("tools.a.request.platforms[0]: ") && text.ends_with("(LT105)"), "{text}");
        let text = message(&GOOD.replace("\"platforms\"", "\"platform\""));
        assert!(text.contains("unknown field `platform`") && text.ends_with("(LT110)"), "{text}");
    }
}
