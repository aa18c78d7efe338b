//! Digests and sizes of artifacts that nobody has fetched: made up, and named for what they stand for in the end.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use lazytools_lock::recipe::{Known, Wanted, WantedValue};
use lazytools_lock::step::DigestAlgorithm;
use lazytools_lock::{Algorithm, Artifact, Integrity, Name, Platform, Role};

const WEAK: &[(DigestAlgorithm, usize, &str)] = &[
    (DigestAlgorithm::Md5, 16, "md5"),
    (DigestAlgorithm::Sha1, 20, "sha1"),
    (DigestAlgorithm::Sha256, 32, "sha256"),
    (DigestAlgorithm::Sha384, 48, "sha384"),
];

/// What is made up for each part's artifacts.
#[derive(Default)]
pub struct StandIns {
    parts: BTreeMap<(Role, Option<Platform>), BTreeMap<Name, Known>>,
    /// From a made-up text to what it stands for.
    names: Vec<(String, String)>,
    count: u64,
}

impl StandIns {
    /// Makes up what is not known of an artifact.
    pub fn add(&mut self, role: Role, platform: Option<Platform>, wanted: &Wanted) {
        self.count += 1;
        let id = &wanted.id;
        // The same file has the same digest, whoever it is for: steps that are the same count once.
        let file = format!("{:?} {:?}", wanted.source, wanted.format);
        let integrity: Integrity = Algorithm::Sha512.digest(file.as_bytes());
        let bytes = integrity.bytes().to_vec();
        let size = 900_000_000_000 + self.count;
        self.names.push((integrity.to_string(), format!("<integrity of {id}>")));
        self.names.push((size.to_string(), format!("<size of {id}>")));
        self.name(&bytes, "sha512", id);
        let mut digests = BTreeMap::new();
        for (algorithm, length, name) in WEAK {
            let bytes = Algorithm::Sha512.digest(format!("{name} {file}").as_bytes()).bytes()[..*length].to_vec();
            self.name(&bytes, name, id);
            digests.insert(*algorithm, bytes);
        }
        let artifact = Artifact {
            source: wanted.source.clone(),
            format: wanted.format,
            integrity,
            size: NonZeroU64::new(size),
            licence: None,
            provenance: None,
        };
        let known = Known { artifact, tool_url: wanted.tool_url.clone(), digests };
        self.parts.entry((role, platform)).or_default().insert(id.clone(), known);
    }

    fn name(&mut self, bytes: &[u8], algorithm: &str, id: &Name) {
        self.names.push((hex::encode(bytes), format!("<{algorithm}hex of {id}>")));
        self.names.push((STANDARD.encode(bytes), format!("<{algorithm}base64 of {id}>")));
    }

    /// What is made up for a part.
    pub fn of(&self, role: Role, platform: Option<Platform>) -> BTreeMap<Name, Known> {
        self.parts.get(&(role, platform)).cloned().unwrap_or_default()
    }

    /// The text with what is made up named for what it stands for.
    pub fn explain(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (made_up, name)| text.replace(made_up, name))
    }
}

/// A text in place of a value that nobody has looked up.
pub fn value(wanted: &WantedValue) -> (Name, String) {
    (wanted.name.clone(), made_up(&wanted.name))
}

fn made_up(name: &Name) -> String {
    format!("values.{name}.made-up")
}

/// The text with the made-up values named for what they stand for.
pub fn explain_values(text: &str, values: &[WantedValue]) -> String {
    values.iter().fold(text.to_owned(), |text, value| text.replace(&made_up(&value.name), &format!("<{}>", value.name)))
}
