//! The steps of a plan's parts as one list, each with its artifact's file.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

use lazytools_lock::plan::PLAN_VERSION;
use lazytools_lock::{CachePath, Format, Integrity, Name, Plan, PlanPart, Role, Step, TextPart};

use crate::error::{Outcome, Problem};

/// Where the artifacts are, by role and id.
pub type Artifacts = BTreeMap<Role, HashMap<Name, PathBuf>>;

/// An artifact with its file.
#[derive(Debug)]
pub struct Input<'p> {
    role: Role,
    name: &'p Name,
    /// The file.
    pub path: &'p Path,
    /// The digest that the plan has.
    pub integrity: &'p Integrity,
    /// The size that the plan has.
    pub size: Option<u64>,
    /// The label of the file of the workspace that it is.
    pub label: Option<&'p str>,
    /// A member that was taken out of the file, and its name: what is read instead of the file.
    nested: Option<(File, String)>,
}

impl<'p> Input<'p> {
    /// `ROLE/ID`, with the member that is nested in it.
    pub fn key(&self) -> String {
        match &self.nested {
            Some((_, member)) => format!("{}/{}, {member}", self.role.name(), self.name),
            None => format!("{}/{}", self.role.name(), self.name),
        }
    }

    /// A member of the file, whose bytes are in a file of their own.
    pub fn nested(&self, member: String, file: File) -> Input<'p> {
        let Input { role, name, path, integrity, label, .. } = *self;
        Input { role, name, path, integrity, size: None, label, nested: Some((file, member)) }
    }

    /// Opens the file; its size, which is the plan's.
    pub fn open(&self) -> Outcome<(File, u64)> {
        let unreadable = |error| self.unreadable(error);
        let file = match &self.nested {
            Some((file, _)) => {
                let mut file = file.try_clone().map_err(unreadable)?;
                file.rewind().map_err(unreadable)?;
                file
            }
            None => File::open(self.path).map_err(unreadable)?,
        };
        let data = file.metadata().map_err(unreadable)?;
        if !data.is_file() {
            return Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
        }
        let actual = data.len();
        if let Some(expected) = self.size.filter(|expected| *expected != actual) {
            if let Some(label) = self.label {
                let difference = format!("it has {actual} bytes, and the lock has {expected}");
                return Err(Problem::LocalFile { key: self.key(), label: label.to_owned(), difference });
            }
            return Err(Problem::Size { key: self.key(), path: self.path.to_owned(), expected, actual });
        }
        Ok((file, actual))
    }

    /// The file's size: the plan's, which opening it checks, or else its own.
    pub fn known_size(&self) -> Outcome<u64> {
        match self.size {
            Some(size) => Ok(size),
            None => self.open().map(|(_, size)| size),
        }
    }

    /// A problem with reading the file.
    pub fn unreadable(&self, error: io::Error) -> Problem {
        Problem::Unreadable { key: self.key(), path: self.path.to_owned(), error }
    }
}

/// A step with what it belongs to.
#[derive(Debug)]
pub struct Task<'p> {
    /// The step.
    pub step: &'p Step,
    part: &'p PlanPart,
    number: usize,
}

impl Task<'_> {
    /// The step in words.
    pub fn describe(&self) -> String {
        let what = match self.step {
            Step::Directory(step) => format!("make folder {}", step.to),
            Step::Extract(step) => match &step.to {
                Some(to) => format!("extract {} to {to}", step.artifact),
                None => format!("extract {}", step.artifact),
            },
            Step::Place(step) => format!("place {} at {}", step.artifact, step.to),
            Step::Repack(step) => format!("repack {} to {}", step.artifact, step.to),
            Step::Symlink(step) => format!("link {}", step.to),
            Step::Write(step) => format!("write {}", step.to),
        };
        format!("step {} of {} ({what})", self.number, part_name(self.part))
    }

    /// The digests of its artifacts, in order.
    fn bytes(&self) -> Vec<Option<&Integrity>> {
        artifacts_of(self.step).iter().map(|name| self.part.artifacts.get(*name).map(|it| &it.integrity)).collect()
    }

    /// The declared format of an artifact, as another step of the same part has it.
    pub fn format_of(&self, artifact: &Name) -> Option<Format> {
        self.part.layout.iter().find_map(|step| match step {
            Step::Extract(step) if step.artifact == *artifact => Some(step.format),
            Step::Repack(step) if step.artifact == *artifact => Some(step.format),
            _ => None,
        })
    }
}

fn part_name(part: &PlanPart) -> String {
    match part.platform {
        Some(platform) => format!("{}/{platform}", part.role.name()),
        None => part.role.name().to_owned(),
    }
}

/// Artifacts by the role of their part and their id.
type Inputs<'p> = BTreeMap<Role, HashMap<&'p Name, Input<'p>>>;

/// A plan with the files of its artifacts.
#[derive(Debug)]
pub struct Steps<'p> {
    /// The steps, each once.
    pub tasks: Vec<Task<'p>>,
    /// Paths that must be there at the end.
    pub check: Vec<&'p CachePath>,
    inputs: Inputs<'p>,
}

impl<'p> Steps<'p> {
    /// Puts the parts together. The order of the parts does not matter.
    pub fn new(plan: &'p Plan, artifacts: &'p Artifacts) -> Outcome<Self> {
        let wrong = |what: String| Err(Problem::Plan { what });
        if plan.plan_version != PLAN_VERSION {
            return wrong(format!("the plan has version {} where this helper knows {PLAN_VERSION}", plan.plan_version));
        }
        let mut parts: Vec<&PlanPart> = plan.parts.iter().collect();
        parts.sort_by_key(|part| part.role);
        if let Some(pair) = parts.windows(2).find(|pair| pair[0].role == pair[1].role) {
            return wrong(format!("the plan has two parts for {}", pair[0].role.name()));
        }
        let inputs = inputs(&parts, artifacts)?;
        let mut steps = Self { tasks: Vec::new(), check: Vec::new(), inputs };
        let mut first: HashMap<(&CachePath, &'static str), usize> = HashMap::new();
        let mut archives: Vec<usize> = Vec::new();
        for part in parts {
            for (index, step) in part.layout.iter().enumerate() {
                let task = Task { step, part, number: index + 1 };
                for name in artifacts_of(step) {
                    if !part.artifacts.contains_key(name) {
                        return wrong(format!(
                            "{} names artifact {name}, which its part does not have",
                            task.describe()
                        ));
                    }
                }
                let at = steps.tasks.len();
                // Several archives may fill one folder; of the other kinds, one path takes one step.
                let is_there = if let Step::Extract(_) = step {
                    let is_there = archives.iter().any(|other| Self::is_same(&steps.tasks[*other], &task));
                    archives.push(at);
                    is_there
                } else if let Some(to) = path_of(step) {
                    let other = *first.entry((to, kind_of(step))).or_insert(at);
                    other != at && Self::is_same(&steps.tasks[other], &task)
                } else {
                    false
                };
                if is_there {
                    archives.retain(|other| *other != at);
                } else {
                    steps.tasks.push(task);
                }
            }
            steps.check.extend(&part.check);
        }
        Ok(steps)
    }

    /// A step's artifact.
    pub fn input(&self, task: &Task<'_>, name: &Name) -> Outcome<&Input<'p>> {
        let wrong = || Problem::Plan { what: format!("{} names artifact {name}, which is not there", task.describe()) };
        self.inputs.get(&task.part.role).and_then(|inputs| inputs.get(name)).ok_or_else(wrong)
    }

    /// All artifacts.
    pub fn inputs(&self) -> impl Iterator<Item = &Input<'p>> {
        self.inputs.values().flat_map(HashMap::values)
    }

    /// Whether two steps make the same of the same bytes.
    fn is_same(one: &Task<'_>, other: &Task<'_>) -> bool {
        one.bytes() == other.bytes() && anonymous(one.step) == anonymous(other.step)
    }
}

fn inputs<'p>(parts: &[&'p PlanPart], artifacts: &'p Artifacts) -> Outcome<Inputs<'p>> {
    let mut inputs = Inputs::new();
    for part in parts {
        let of_part = inputs.entry(part.role).or_default();
        let files = artifacts.get(&part.role);
        for (name, artifact) in &part.artifacts {
            let Some(path) = files.and_then(|files| files.get(name)) else {
                return Err(Problem::MissingArtifact { key: format!("{}/{name}", part.role.name()) });
            };
            let size = artifact.size.map(std::num::NonZeroU64::get);
            let (integrity, label) = (&artifact.integrity, artifact.file.as_deref());
            of_part.insert(name, Input { role: part.role, name, path, integrity, size, label, nested: None });
        }
    }
    for (role, files) in artifacts {
        let of_part = inputs.get(role);
        let mut unknown = files.keys().filter(|name| of_part.is_none_or(|inputs| !inputs.contains_key(name)));
        if let Some(name) = unknown.next() {
            let mut known: Vec<String> = inputs.values().flat_map(HashMap::values).map(Input::key).collect();
            known.sort_unstable();
            let known = if known.is_empty() { "none".to_owned() } else { known[..known.len().min(10)].join(", ") };
            return Err(Problem::UnknownArtifact { key: format!("{}/{name}", role.name()), known });
        }
    }
    Ok(inputs)
}

/// The artifacts that a step names, in order.
fn artifacts_of(step: &Step) -> Vec<&Name> {
    match step {
        Step::Directory(_) | Step::Symlink(_) => Vec::new(),
        Step::Extract(step) => vec![&step.artifact],
        Step::Place(step) => vec![&step.artifact],
        Step::Repack(step) => vec![&step.artifact],
        Step::Write(step) => step
            .text
            .iter()
            .filter_map(|part| if let TextPart::Digest(digest) = part { Some(&digest.artifact) } else { None })
            .collect(),
    }
}

/// The path that a step writes; `None` for an archive that fills the cache folder itself.
fn path_of(step: &Step) -> Option<&CachePath> {
    match step {
        Step::Directory(step) => Some(&step.to),
        Step::Extract(step) => step.to.as_ref(),
        Step::Place(step) => Some(&step.to),
        Step::Repack(step) => Some(&step.to),
        Step::Symlink(step) => Some(&step.to),
        Step::Write(step) => Some(&step.to),
    }
}

fn kind_of(step: &Step) -> &'static str {
    match step {
        Step::Directory(_) => "directory",
        Step::Extract(_) => "extract",
        Step::Place(_) => "place",
        Step::Repack(_) => "repack",
        Step::Symlink(_) => "symlink",
        Step::Write(_) => "write",
    }
}

/// A step without its artifacts' names, which may differ between parts.
fn anonymous(step: &Step) -> Step {
    let mut step = step.clone();
    let Ok(name) = "artifact".parse::<Name>() else { return step };
    match &mut step {
        Step::Directory(_) | Step::Symlink(_) => {}
        Step::Extract(step) => step.artifact = name,
        Step::Place(step) => step.artifact = name,
        Step::Repack(step) => step.artifact = name,
        Step::Write(step) => {
            for part in &mut step.text {
                if let TextPart::Digest(digest) = part {
                    digest.artifact = name.clone();
                }
            }
        }
    }
    step
}

/// Parses a plan.
pub fn parse_plan(text: &str, path: &Path) -> Outcome<Plan> {
    serde_json::from_str(text).map_err(|error| {
        let version =
            serde_json::from_str::<serde_json::Value>(text).ok().and_then(|it| it.get("planVersion")?.as_u64());
        let what = match version.filter(|version| *version != PLAN_VERSION) {
            Some(version) => format!("the plan has version {version} where this helper knows {PLAN_VERSION}"),
            None => format!("{} is no plan ({error})", path.display()),
        };
        Problem::Plan { what }
    })
}
