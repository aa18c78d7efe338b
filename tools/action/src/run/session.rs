//! A run from before the tool starts until after it has ended, on every operating system.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::caches::{self, Cache};
use super::environment;
use super::error::{At as _, Result, RunError};
use super::job::Job;
use super::output::{addresses, Tail};
use super::populate;
use super::private::Private;
use super::reaches::Reaches;
use super::report::Failure;
use super::template::Places;
use super::witness::{Why, Witness};
use super::work;

/// A tool that is ready to start.
#[derive(Debug)]
pub struct Session {
    /// Its caches.
    pub caches: Vec<Cache>,
    /// What the caches stand for.
    pub reaches: Reaches,
    variables: BTreeMap<OsString, OsString>,
    command: Vec<OsString>,
    start: PathBuf,
}

/// How a tool ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Exited(i32),
    /// By a signal.
    Signalled(i32),
}

impl End {
    /// As an exit code, in the way of shells.
    pub fn code(self) -> i32 {
        match self {
            Self::Exited(code) => code,
            Self::Signalled(signal) => 128 + signal,
        }
    }
}

/// What was seen while the tool ran.
#[derive(Debug, Default)]
pub struct Seen {
    /// What it tried to reach.
    pub witness: Witness,
    /// Why it was ended, where it did not end by itself.
    pub why: Option<Why>,
    /// The ends of what it printed.
    pub tails: [Tail; 2],
}

/// What stands for a host of which the question could not be read.
const UNTOLD: &str = "a host whose name it asked a name server for";

/// The names of the files in the private folder that redirected output goes to first.
const REDIRECTED: [&str; 2] = ["stdout", "stderr"];

impl Session {
    /// Lays all out that the tool needs.
    pub fn prepare(job: &Job, private: &Private) -> Result<Self> {
        let mut folders = environment::private_folders(private)?;
        let mut prepared = Vec::new();
        let mut variables = Vec::new();
        for (spec, files) in job.spec.caches.iter().zip(&job.caches) {
            let cache = caches::prepare(spec, files, private)?;
            variables.push(caches::variables(spec, &cache, private)?);
            prepared.push(cache);
        }
        let work = if job.spec.work { Some(work::fill(job, private)?) } else { None };
        let places = Places {
            execroot: job.execroot.clone(),
            work: work.clone(),
            out: job.populate.as_ref().map(|populate| populate::folder(populate, private)).transpose()?,
            home: private.view().join("home"),
            tmp: private.view().join("tmp"),
            caches: prepared.iter().map(|cache| (cache.name.clone(), cache.root.clone())).collect(),
        };
        let own = &job.spec.environment;
        let mut command: Vec<OsString> = job.command.iter().map(|text| places.fill_os(text)).collect::<Result<_>>()?;
        let program = Path::new(&command[0]);
        if program.components().count() > 1 {
            command[0] = job.execroot.join(program).into_os_string();
        }
        let start = work.unwrap_or_else(|| job.execroot.clone());
        let start = job.chdir.as_ref().map_or(start.clone(), |below| start.join(below));
        if !private.real_of(&start).is_dir() {
            return Err(RunError::Usage(format!(
                "the tool shall start in {}, which is no folder: correct the rule's `chdir`",
                start.display()
            )));
        }
        folders.push(("PWD", start.clone().into_os_string()));
        let inherited = std::env::vars_os().filter(|(name, _)| name != "OLDPWD");
        let variables = environment::compose(inherited, &folders, &variables, own, &places, job.spec.network)?;
        let variable = |name: &str| variables.get(std::ffi::OsStr::new(name))?.to_str().map(str::to_owned);
        let reaches = Reaches::new(&job.spec.caches, variable);
        Ok(Self { caches: prepared, reaches, variables, command, start })
    }

    /// The command, without its standard input and output.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).current_dir(&self.start).env_clear().envs(&self.variables);
        command
    }

    /// The error of a tool that did not start.
    pub fn not_started(&self, source: std::io::Error) -> RunError {
        RunError::Start { program: self.command[0].to_string_lossy().into_owned(), source }
    }

    /// Whether a cache's recipe names a host.
    pub fn is_certain(&self, host: &str) -> bool {
        !self.reaches.of(host).is_empty()
    }

    /// Takes the outputs, or says what went wrong. Gives the exit code.
    pub fn finish(&self, job: &Job, private: &Private, end: End, seen: &Seen, guard: &str) -> i32 {
        let taken = caches::check_untouched(&self.caches, &job.spec.label);
        if end == End::Exited(0) {
            let mut hosts = seen.witness.hosts();
            if job.spec.strict && seen.witness.is_unknown() {
                hosts.push(UNTOLD.to_owned());
            }
            if job.spec.strict && !hosts.is_empty() {
                say(&RunError::Strict(self.failure(job, "succeeded".to_owned(), seen, guard, hosts)));
                return 1;
            }
            if let Err(error) = taken.and_then(|()| deliver(job, private, &self.caches)) {
                say(&error);
                if matches!(error, RunError::NoOutput(_) | RunError::NoCache(_)) {
                    self.explain(job, end, seen, guard);
                }
                return 1;
            }
            if std::env::var_os("LAZYTOOLS_VERBOSE").is_some() && !hosts.is_empty() {
                let hosts = hosts.join(", ");
                note(&format!("{}: succeeded, and had tried to reach {hosts}", job.spec.label));
            }
            return 0;
        }
        show_redirected(job, private, seen);
        if let Err(error) = taken {
            say(&error);
        }
        self.explain(job, end, seen, guard);
        end.code()
    }

    /// Says what a failed tool lacked, where that can be told.
    fn explain(&self, job: &Job, end: End, seen: &Seen, guard: &str) {
        let text = printed(seen);
        let refused = text.contains("Read-only file system") || text.contains("EROFS");
        let named =
            |cache: &&Cache| [&cache.root, &cache.declared].iter().any(|path| text.contains(&*path.to_string_lossy()));
        if let Some(cache) = self.caches.iter().filter(|cache| refused && cache.shared.is_some()).find(named) {
            say(&RunError::Wrote(format!(
                "{}: the tool failed, and its output says that it could not write to cache {:?} ({}), which it may only \
                 read. If it has to write there, the recipe needs `access.mode = \"copy\"`",
                job.spec.label, cache.name, cache.recipe
            )));
        }
        let mut hosts = seen.witness.hosts();
        if seen.witness.is_unknown() {
            hosts = addresses(&text).into_keys().collect();
        }
        if hosts.is_empty() {
            return;
        }
        let ending = match end {
            End::Exited(0) => "made no output".to_owned(),
            End::Exited(code) => format!("failed with exit code {code}"),
            End::Signalled(signal) => format!("was ended by signal {signal}"),
        };
        say(&RunError::Reached(self.failure(job, ending, seen, guard, hosts)));
    }

    /// The message about what a tool wanted.
    fn failure(&self, job: &Job, ending: String, seen: &Seen, guard: &str, hosts: Vec<String>) -> String {
        let addresses = addresses(&printed(seen));
        let failure = Failure { spec: &job.spec, ending, hosts, addresses, why: seen.why.clone(), guard };
        failure.message(&self.reaches)
    }
}

/// The ends of both of a tool's outputs.
fn printed(seen: &Seen) -> String {
    seen.tails.iter().map(Tail::text).collect::<Vec<_>>().join("\n")
}

/// Prints a line; whether anybody reads it is not this program's affair.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "lazytools-action: {text}");
}

/// Prints an error in the way of `main`.
pub fn say(error: &RunError) {
    note(&error.to_string());
}

/// Where an output of the tool goes: to a file, or through a pipe that is followed.
pub fn redirect(job: &Job, private: &Private) -> Result<[Option<Stdio>; 2]> {
    let open = |asked: &Option<PathBuf>, name: &str| {
        asked.as_ref().map(|_| {
            let path = private.real().join(name);
            File::create(&path).at("cannot make the file", &path).map(Stdio::from)
        })
    };
    Ok([open(&job.stdout, REDIRECTED[0]).transpose()?, open(&job.stderr, REDIRECTED[1]).transpose()?])
}

/// Puts all outputs in their places.
fn deliver(job: &Job, private: &Private, caches: &[Cache]) -> Result<()> {
    work::take_outputs(job, private)?;
    if let Some(populate) = &job.populate {
        populate::take(job, populate, private, caches)?;
    }
    for (asked, name) in [&job.stdout, &job.stderr].into_iter().zip(REDIRECTED) {
        if let Some(to) = asked {
            work::deliver(&private.real().join(name), to)?;
        }
    }
    Ok(())
}

/// Nobody will see the files of a failed action, so the end of what they hold is printed.
fn show_redirected(job: &Job, private: &Private, seen: &Seen) {
    for ((asked, name), tail) in [&job.stdout, &job.stderr].into_iter().zip(REDIRECTED).zip(&seen.tails) {
        if asked.is_some() {
            tail.read(&private.real().join(name));
            let _ = std::io::stderr().write_all(tail.text().as_bytes());
        }
    }
}
