//! Bazel's log of what repository rules and module extensions do, which `--experimental_workspace_rules_log_file`
//! writes: messages of `workspace_log.proto`, each with its length before it.
//! <https://github.com/bazelbuild/bazel/blob/9.0.0/src/main/java/com/google/devtools/build/lib/bazel/debug/workspace_log.proto>
//!
//! Variables of started programs are in the log, too, and may be secret: they are never read.

use std::io::{self, BufRead, Read as _};

use crate::wire::{Damaged, Fields, Value, Varint};

/// The longest message that is taken: a rule that writes a file has all of it in one message.
const MAX_MESSAGE: u64 = 256 << 20;

/// One thing that a repository rule or a module extension did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who, in Bazel's words: `repository @@name` or `module extension …`.
    pub context: String,
    /// What.
    pub action: Action,
}

/// What was done. What stays inside the repository (writing, renaming, unpacking …) is `Inside`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A program was started; `arguments` begins with it.
    Execute {
        /// The command line.
        arguments: Vec<String>,
    },
    /// A file was asked for, whether it was downloaded or found in a cache.
    Download {
        /// Where it may come from, in order.
        urls: Vec<String>,
        /// The digest that the rule declares, in hexadecimal; may be empty.
        sha256: String,
        /// The digest that the rule declares, as subresource integrity; may be empty.
        integrity: String,
    },
    /// A link was made.
    Symlink {
        /// What it leads to.
        target: String,
    },
    /// A program was looked for.
    Which {
        /// Its name.
        program: String,
    },
    /// A file was read.
    Read {
        /// The file.
        path: String,
    },
    /// Nothing that reaches beyond the repository.
    Inside,
    /// Something that this program does not know: its number in `workspace_log.proto`.
    Unknown(u32),
}

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be read at all.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not such a log, or only a part of one.
    #[error("message {number} is damaged or cut off")]
    Damaged {
        /// Which message, from 1.
        number: u64,
    },
}

/// The events of a log, in order. After an error there are none.
pub struct RulesLog<R> {
    reader: R,
    number: u64,
    over: bool,
}

impl<R: BufRead> RulesLog<R> {
    /// Reads a log as it comes.
    pub fn new(reader: R) -> Self {
        Self { reader, number: 0, over: false }
    }

    /// The next message's bytes; `None` at the end.
    fn message(&mut self) -> Result<Option<Vec<u8>>, LogError> {
        self.number += 1;
        let damaged = LogError::Damaged { number: self.number };
        let mut length = Varint::default();
        let length = loop {
            let mut byte = [0];
            let first = length.is_empty();
            match self.reader.read_exact(&mut byte) {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && first => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(damaged),
                other => other?,
            }
            match length.push(byte[0]) {
                Ok(Some(length)) => break length,
                Ok(None) => {}
                Err(Damaged) => return Err(damaged),
            }
        };
        if length > MAX_MESSAGE {
            return Err(damaged);
        }
        let mut bytes = Vec::new();
        // Grows with what comes, not with what the length claims.
        self.reader.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length {
            Ok(Some(bytes))
        } else {
            Err(damaged)
        }
    }
}

impl<R: BufRead> Iterator for RulesLog<R> {
    type Item = Result<Event, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let number = self.number + 1;
        let event = self.message().and_then(|message| {
            let read = message.map(|message| event(&message)).transpose();
            read.map_err(|Damaged| LogError::Damaged { number })
        });
        self.over = !matches!(event, Ok(Some(_)));
        event.transpose()
    }
}

fn event(message: &[u8]) -> Result<Event, Damaged> {
    let mut context = String::new();
    let mut found = Action::Inside;
    for field in Fields::new(message) {
        match field? {
            (1, _) => {}
            (2, value) => context = text(value)?,
            (number, Value::Bytes(bytes)) => found = action(number, bytes)?,
            (number, _) => found = Action::Unknown(number),
        }
    }
    Ok(Event { context, action: found })
}

fn action(number: u32, message: &[u8]) -> Result<Action, Damaged> {
    Ok(match number {
        3 => Action::Execute { arguments: texts(message, 2)? },
        4 => download(message, 5)?,
        5 => download(message, 6)?,
        8 => Action::Symlink { target: last(message, 1)? },
        10 => Action::Which { program: last(message, 1)? },
        12 => Action::Read { path: last(message, 1)? },
        // file, os, template, extract, delete, patch, rename, WebAssembly (which reaches nothing), digest
        6 | 7 | 9 | 11 | 13..=18 => Action::Inside,
        other => Action::Unknown(other),
    })
}

fn download(message: &[u8], integrity: u32) -> Result<Action, Damaged> {
    Ok(Action::Download { urls: texts(message, 1)?, sha256: last(message, 3)?, integrity: last(message, integrity)? })
}

fn text(value: Value<'_>) -> Result<String, Damaged> {
    match value {
        // Paths and arguments are what they are; those that are not UTF-8 are only shown.
        Value::Bytes(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => Err(Damaged),
    }
}

/// All texts of a field.
fn texts(message: &[u8], wanted: u32) -> Result<Vec<String>, Damaged> {
    let mut found = Vec::new();
    for field in Fields::new(message) {
        let (number, value) = field?;
        if number == wanted {
            found.push(text(value)?);
        }
    }
    Ok(found)
}

/// The last text of a field: of a field that is not repeated it is the one that counts.
fn last(message: &[u8], wanted: u32) -> Result<String, Damaged> {
    Ok(texts(message, wanted)?.pop().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by Bazel 7.7.1 for a module and two `http_archive`s.
    const REAL: &[u8] = include_bytes!("../tests/data/rules.log");

    fn events(log: &[u8]) -> Result<Vec<Event>, LogError> {
        RulesLog::new(log).collect()
    }

    fn bytes(number: u8, bytes: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
    }

    #[test]
    fn a_real_log() {
        let downloads: Vec<_> =
            events(REAL).unwrap().into_iter().filter(|one| matches!(one.action, Action::Download { .. })).collect();
        assert_eq!(downloads.len(), 4);
        assert_eq!(downloads[0].context, "repository @@_main~_repo_rules~b");
        assert_eq!(
            downloads[3],
            Event {
                context: "repository @@_main~_repo_rules~a".to_owned(),
                action: Action::Download {
                    urls: vec![
                        "http://127.0.0.1:18765/files/a.tar.gz".to_owned(),
                        "http://127.0.0.1:18765/files/a.tar.gz?2".to_owned()
                    ],
                    sha256: "7da7d62cbbb5cad73c6d95ffef04f9247c6d3a21d95fdaf12a9e90b07e0c5484".to_owned(),
                    integrity: String::new(),
                },
            }
        );
    }

    #[test]
    fn commands_come_without_their_variables() {
        let variable = bytes(4, &[bytes(1, b"TOKEN"), bytes(2, b"secret")].concat());
        let execute = [bytes(2, b"git"), bytes(2, b"fetch"), variable].concat();
        let message = [bytes(2, b"repository @@x"), bytes(3, &execute)].concat();
        let unknown = bytes(19, b"");
        let unknown = [&[0x9a, 0x01][..], &unknown[1..]].concat();
        let log = [&[u8::try_from(message.len()).unwrap()], &message[..], &[3], &unknown].concat();
        let events = events(&log).unwrap();
        assert_eq!(events[0].action, Action::Execute { arguments: vec!["git".to_owned(), "fetch".to_owned()] });
        assert!(!format!("{events:?}").contains("secret"));
        assert_eq!(events[1].action, Action::Unknown(19));
    }

    #[test]
    fn a_log_that_is_cut_off_says_where() {
        let all = events(REAL).unwrap().len();
        let cut = RulesLog::new(&REAL[..REAL.len() - 1]).collect::<Vec<_>>();
        assert_eq!(cut.len(), all, "nothing comes after the error");
        assert_eq!(cut[all - 1].as_ref().unwrap_err().to_string(), format!("message {all} is damaged or cut off"));
        for length in 0..REAL.len() {
            let _ = events(&REAL[..length]);
        }
        assert!(events(&[0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_err(), "a length of terabytes");
        assert!(events(b"{}").is_err());
        assert_eq!(events(b"").unwrap(), []);
    }
}
