//! JSON files, read with bounds and written in one piece.

use std::collections::btree_map::Entry;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::plain::plain;
use crate::{AirgapError, Result};

/// The most that is read. A manifest of 100,000 files is some 50 MB.
pub const MAX_LENGTH: u64 = 256 << 20;

/// A kind of JSON file, for messages.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is, as in "the manifest".
    pub what: &'static str,
    /// What to do about a damaged one: a sentence.
    pub mend: &'static str,
}

/// Reads a file.
pub fn read<T: DeserializeOwned>(kind: Kind, path: &Path) -> Result<T> {
    parse(kind, path, &bytes(kind, path)?)
}

/// The bytes of a file that is no longer than one of its kind gets.
pub fn bytes(kind: Kind, path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(AirgapError::io("reading", path))?;
    let mut bytes = Vec::new();
    file.take(MAX_LENGTH + 1).read_to_end(&mut bytes).map_err(AirgapError::io("reading", path))?;
    if bytes.len() as u64 > MAX_LENGTH {
        let message = format!("it is longer than {MAX_LENGTH} bytes");
        return Err(AirgapError::Form { what: kind.what, path: path.to_owned(), message, mend: kind.mend });
    }
    Ok(bytes)
}

/// Reads what a file holds.
pub fn parse<T: DeserializeOwned>(kind: Kind, path: &Path, bytes: &[u8]) -> Result<T> {
    let form = |message: String| {
        let message = plain(&message).into_owned();
        AirgapError::Form { what: kind.what, path: path.to_owned(), message, mend: kind.mend }
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut reader);
    let value = read.map_err(|error| form(format!("at {}: {}", error.path(), error.inner())))?;
    reader.end().map_err(|error| form(error.to_string()))?;
    Ok(value)
}

/// A map in which no key stands twice: of two, one reader would take the first and another the last.
pub fn unique<'de, D, K, V>(from: D) -> std::result::Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord + fmt::Display,
    V: Deserialize<'de>,
{
    struct Unique<K, V>(PhantomData<(K, V)>);

    impl<'de, K, V> Visitor<'de> for Unique<K, V>
    where
        K: Deserialize<'de> + Ord + fmt::Display,
        V: Deserialize<'de>,
    {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> std::result::Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((key, value)) = from.next_entry::<K, V>()? {
                match map.entry(key) {
                    Entry::Vacant(free) => drop(free.insert(value)),
                    Entry::Occupied(taken) => {
                        return Err(A::Error::custom(format_args!("{} stands there twice", taken.key())));
                    }
                }
            }
            Ok(map)
        }
    }

    from.deserialize_map(Unique(PhantomData))
}

/// The text of a file: indented, with a line's end after it.
pub fn text(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_else(|_| unreachable!("all keys are texts"));
    text.push(b'\n');
    text
}

/// Writes a file; it appears whole or not at all.
pub fn write(path: &Path, text: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".lazytools-").tempfile_in(folder)?;
        file.write_all(text)?;
        crate::files::readable(file.path())?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(AirgapError::io("writing", path))
}
