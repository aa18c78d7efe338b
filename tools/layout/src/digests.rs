//! The digests of artifacts and members that texts hold.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use base64::Engine as _;
use lazytools_lock::step::{DigestAlgorithm, DEFAULT_MAX_BYTES, DEFAULT_MAX_MEMBERS};
use lazytools_lock::{Algorithm, DigestText, Encoding, Format, Integrity, Step, TextPart};
use sha2::Digest as _;

use crate::archive::{self, Bounds};
use crate::error::{Outcome, Problem};
use crate::select::plain_name;
use crate::steps::{Input, Steps, Task};
use crate::tar::MemberKind;
use crate::work::{for_each, CHUNK};

/// Whose digest, of which member of it, by which algorithm.
type Key = (String, Option<String>, DigestAlgorithm);

/// The digests that were worked out.
#[derive(Default)]
pub struct Digests {
    values: BTreeMap<Key, Vec<u8>>,
}

/// What one artifact is asked for: members and algorithms.
type Wanted = BTreeSet<(Option<String>, DigestAlgorithm)>;

struct Request<'s> {
    input: &'s Input<'s>,
    format: Option<Format>,
    wanted: Wanted,
    step: usize,
}

/// A hash function that is being fed.
enum Hasher {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    fn new(algorithm: DigestAlgorithm) -> Self {
        match algorithm {
            DigestAlgorithm::Md5 => Self::Md5(md5::Md5::default()),
            DigestAlgorithm::Sha1 => Self::Sha1(sha1::Sha1::default()),
            DigestAlgorithm::Sha256 => Self::Sha256(sha2::Sha256::default()),
            DigestAlgorithm::Sha384 => Self::Sha384(sha2::Sha384::default()),
            DigestAlgorithm::Sha512 => Self::Sha512(sha2::Sha512::default()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(hasher) => hasher.update(bytes),
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha384(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Self::Md5(hasher) => hasher.finalize().to_vec(),
            Self::Sha1(hasher) => hasher.finalize().to_vec(),
            Self::Sha256(hasher) => hasher.finalize().to_vec(),
            Self::Sha384(hasher) => hasher.finalize().to_vec(),
            Self::Sha512(hasher) => hasher.finalize().to_vec(),
        }
    }
}

fn pin_algorithm(algorithm: Algorithm) -> DigestAlgorithm {
    match algorithm {
        Algorithm::Sha256 => DigestAlgorithm::Sha256,
        Algorithm::Sha384 => DigestAlgorithm::Sha384,
        Algorithm::Sha512 => DigestAlgorithm::Sha512,
    }
}

impl Digests {
    /// Works out all digests that the steps' texts hold; the step of a failure with it.
    pub fn work_out(steps: &Steps<'_>, threads: usize) -> Result<Self, (usize, Problem)> {
        let mut requests: BTreeMap<String, Request<'_>> = BTreeMap::new();
        let mut values = BTreeMap::new();
        for (at, task) in steps.tasks.iter().enumerate() {
            let Step::Write(write) = task.step else { continue };
            for part in &write.text {
                let TextPart::Digest(text) = part else { continue };
                let input = steps.input(task, &text.artifact).map_err(|problem| (at, problem))?;
                if text.member.is_none() && text.algorithm == pin_algorithm(input.integrity.algorithm()) {
                    values.insert((input.key(), None, text.algorithm), input.integrity.bytes().to_vec());
                    continue;
                }
                let format = task.format_of(&text.artifact);
                let request = requests.entry(input.key());
                let request = request.or_insert_with(|| Request { input, format, wanted: Wanted::new(), step: at });
                request.wanted.insert((text.member.clone(), text.algorithm));
            }
        }
        let requests: Vec<_> = requests.into_values().collect();
        let answers = for_each(&requests, threads, |request| Ok((request.step, answer(request))));
        for (step, answer) in answers.map_err(|problem| (0, problem))? {
            values.extend(answer.map_err(|problem| (step, problem))?);
        }
        Ok(Self { values })
    }

    /// A digest in the form that a text has it.
    pub fn text(&self, steps: &Steps<'_>, task: &Task<'_>, text: &DigestText) -> Outcome<String> {
        let key = steps.input(task, &text.artifact)?.key();
        let digest =
            self.values.get(&(key, text.member.clone(), text.algorithm)).map(Vec::as_slice).unwrap_or_default();
        Ok(match text.encoding {
            Encoding::Hex => hex::encode(digest),
            Encoding::Base64 => base64::engine::general_purpose::STANDARD.encode(digest),
        })
    }
}

fn answer(request: &Request<'_>) -> Outcome<Vec<(Key, Vec<u8>)>> {
    let input = request.input;
    let mut answers = Vec::new();
    let mut add = |member: Option<&str>, hashers: Vec<(DigestAlgorithm, Hasher)>| {
        for (algorithm, hasher) in hashers {
            answers.push(((input.key(), member.map(str::to_owned), algorithm), hasher.finish()));
        }
    };
    let hashers = |member: Option<&str>| -> Vec<(DigestAlgorithm, Hasher)> {
        let wanted = request.wanted.iter().filter(|(of, _)| of.as_deref() == member);
        wanted.map(|(_, algorithm)| (*algorithm, Hasher::new(*algorithm))).collect()
    };
    let mut whole = hashers(None);
    if !whole.is_empty() {
        hash_file(input, &mut |bytes| whole.iter_mut().for_each(|(_, hasher)| hasher.update(bytes)))?;
        add(None, whole);
    }
    let mut missing: Vec<&str> = request.wanted.iter().filter_map(|(member, _)| member.as_deref()).collect();
    missing.dedup();
    if missing.is_empty() {
        return Ok(answers);
    }
    let format = match request.format {
        Some(format) => format,
        None => looks_like(input)?,
    };
    let bounds = Bounds { bytes: DEFAULT_MAX_BYTES, members: DEFAULT_MAX_MEMBERS };
    let mut buffer = vec![0; CHUNK];
    archive::visit(input, format, bounds, &mut |member, read| {
        let Ok(name) = plain_name(&member.name) else { return Ok(()) };
        let Some(at) = missing.iter().position(|wanted| *wanted == name) else { return Ok(()) };
        if member.kind != MemberKind::File {
            return Err(Problem::MemberKind {
                member: name.into_owned(),
                kind: "not a file, and so has no digest".to_owned(),
            });
        }
        let mut hashers = hashers(Some(&name));
        loop {
            let length = read(&mut buffer)?;
            for (_, hasher) in &mut hashers {
                hasher.update(&buffer[..length]);
            }
            if length < buffer.len() {
                break;
            }
        }
        add(Some(&name), hashers);
        missing.swap_remove(at);
        Ok(())
    })?;
    if let Some(member) = missing.first() {
        let near = archive::near(input, format, bounds, member, &|name| Some(name.to_owned()));
        return Err(Problem::NoMember { member: (*member).to_owned(), near });
    }
    Ok(answers)
}

/// The kind of an archive that no step of the part extracts, by its signature.
fn looks_like(input: &Input<'_>) -> Outcome<Format> {
    let (file, _) = input.open()?;
    let mut head = [0; 512];
    let length = crate::fsys::read_at(&file, &mut head, 0).map_err(|error| input.unreadable(error))?;
    let archives = [Format::Zip, Format::TarGz, Format::TarXz, Format::TarZst, Format::TarBz2, Format::Tar];
    let found = archives.into_iter().find(|format| format.matches(&head[..length]) == Some(true));
    found.ok_or_else(|| Problem::Plan {
        what: format!(
            "a text names a member of artifact {}, which is no archive but {}",
            input.key(),
            Format::describe(&head[..length])
        ),
    })
}

fn hash_file(input: &Input<'_>, update: &mut dyn FnMut(&[u8])) -> Outcome<()> {
    let (mut file, _) = input.open()?;
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer).map_err(|error| input.unreadable(error))? {
            0 => return Ok(()),
            length => update(&buffer[..length]),
        }
    }
}

/// Which artifacts' digests are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// All of them.
    All,
    /// Those that are files of the workspace, which nobody has checked before.
    Local,
}

/// Checks that the artifacts have the digests of the plan.
pub fn verify(steps: &Steps<'_>, checked: Checked, threads: usize) -> Outcome<()> {
    let mut inputs: Vec<&Input<'_>> =
        steps.inputs().filter(|input| checked == Checked::All || input.label.is_some()).collect();
    inputs.sort_by_key(|input| input.key());
    for_each(&inputs, threads, |input| {
        let algorithm = input.integrity.algorithm();
        let mut hasher = Hasher::new(pin_algorithm(algorithm));
        hash_file(input, &mut |bytes| hasher.update(bytes))?;
        match Integrity::from_bytes(algorithm, &hasher.finish()) {
            Some(actual) if actual != *input.integrity => Err(match input.label {
                Some(label) => Problem::LocalFile {
                    key: input.key(),
                    label: label.to_owned(),
                    difference: format!("its digest is {actual}, and the lock has {}", input.integrity),
                },
                None => Problem::Digest {
                    key: input.key(),
                    path: input.path.to_owned(),
                    expected: input.integrity.clone(),
                    actual,
                },
            }),
            _ => Ok(()),
        }
    })?;
    Ok(())
}
