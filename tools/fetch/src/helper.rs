//! Bazel's credential helpers: programs that are asked for the headers of an address.
//!
//! The protocol is that of <https://github.com/EngFlow/credential-helper-spec>: the program is started with the argument
//! `get`, reads `{"uri": "…"}` and answers `{"headers": {"Authorization": ["…"]}, "expires": "…"}`.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::address::Address;
use crate::auth::Headers;
use crate::error::Reason;
use crate::timestamp::Timestamp;

/// How long a helper may take: Bazel's own default.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const MAX_ANSWER: u64 = 1 << 20;

/// A `--credential_helper=[PATTERN=]PROGRAM`, as Bazel takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperFlag {
    scope: Scope,
    program: String,
}

/// The hosts that a helper is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    Any,
    Host(String),
    /// A host and all below it.
    Below(String),
}

impl std::str::FromStr for HelperFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (pattern, program) =
            text.split_once('=').map_or((None, text), |(pattern, program)| (Some(pattern), program));
        if program.is_empty() {
            return Err(format!("{text:?} names no program: write [PATTERN=]PROGRAM"));
        }
        let scope = match pattern.map(str::to_ascii_lowercase) {
            None => Scope::Any,
            Some(pattern) => {
                let (below, host) = pattern.strip_prefix("*.").map_or((false, pattern.as_str()), |host| (true, host));
                if host.is_empty() || host.contains(['*', '/', ':', ' ']) {
                    return Err(format!("{pattern:?} is no host's name: write example.com, or *.example.com"));
                }
                if below {
                    Scope::Below(host.to_owned())
                } else {
                    Scope::Host(host.to_owned())
                }
            }
        };
        Ok(Self { scope, program: program.to_owned() })
    }
}

impl HelperFlag {
    /// How well it fits a host; the highest number wins. None: it is not for that host.
    fn fit(&self, host: &str) -> Option<usize> {
        match &self.scope {
            Scope::Any => Some(0),
            Scope::Host(name) => (name == host).then_some(usize::MAX),
            Scope::Below(name) => {
                let below = host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                below.then_some(1 + name.len())
            }
        }
    }

    /// The program: a name is looked up on PATH, and a path starts from the workspace.
    fn path(&self, workspace: &Path) -> OsString {
        match self.program.strip_prefix("%workspace%") {
            Some(rest) => workspace.join(rest.trim_start_matches('/')).into(),
            None if self.program.contains('/') => workspace.join(&self.program).into(),
            None => OsString::from(&self.program),
        }
    }
}

/// The helpers that are configured, and what they have said.
#[derive(Default)]
pub(crate) struct Helpers {
    flags: Vec<HelperFlag>,
    workspace: PathBuf,
    answers: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    headers: Headers,
    until: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    expires: Option<String>,
}

impl Helpers {
    /// Of several for one host, the most particular is asked, and of two alike the last.
    pub fn new(flags: Vec<HelperFlag>, workspace: PathBuf) -> Self {
        Self { flags, workspace, answers: Mutex::default() }
    }

    /// The headers for an address; none where no helper is for its host.
    pub fn headers(&self, address: &Address) -> Result<Option<Headers>, Reason> {
        let fitting = self.flags.iter().filter_map(|flag| Some((flag.fit(address.host())?, flag)));
        let Some((_, flag)) = fitting.max_by_key(|(fit, _)| *fit) else { return Ok(None) };
        let uri = address.bare();
        let soon = Timestamp::now().plus_seconds(10);
        if let Some(kept) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&uri) {
            if kept.until.as_ref().is_none_or(|until| *until > soon) {
                return Ok(Some(kept.headers.clone()));
            }
        }
        let answer = self.ask(flag, &uri).map_err(|what| Reason::Helper {
            program: flag.program.clone(),
            host: address.host().to_owned(),
            what,
        })?;
        let headers: Headers = answer
            .headers
            .into_iter()
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
            .collect();
        let until = answer.expires.as_deref().map(|text| Timestamp::parse(text).unwrap_or(soon));
        let kept = Kept { headers: headers.clone(), until };
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(uri, kept);
        Ok(Some(headers))
    }

    /// What the program says goes into no message: it may hold a secret.
    fn ask(&self, flag: &HelperFlag, uri: &str) -> Result<Answer, String> {
        let mut child = Command::new(flag.path(&self.workspace))
            .arg("get")
            .current_dir(&self.workspace)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot be started: {error}"))?;
        let request = serde_json::json!({ "uri": uri }).to_string();
        if let Some(mut stdin) = child.stdin.take() {
            // One that does not read its question may still know the answer.
            let _ = stdin.write_all(request.as_bytes());
        }
        let stdout = child.stdout.take();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.map(|out| out.take(MAX_ANSWER).read_to_string(&mut text)).transpose().map(|_| text)
        });
        let status = wait(&mut child)?;
        if !status.success() {
            return Err(format!("failed ({status})"));
        }
        let text = reader.join().ok().and_then(Result::ok).ok_or("answered in no UTF-8")?;
        serde_json::from_str(&text).map_err(|_| "did not answer {\"headers\": {…}}".to_owned())
    }
}

fn wait(child: &mut Child) -> Result<std::process::ExitStatus, String> {
    let end = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < end => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("did not answer within {} seconds", PATIENCE.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_is_asked_as_bazel_does() {
        let flags: Vec<HelperFlag> =
            ["any", "*.example.com=star", "*.sub.example.com=sub", "example.com=exact", "any2"]
                .iter()
                .map(|text| text.parse().unwrap())
                .collect();
        let chosen = |host: &str| {
            let fitting = flags.iter().filter_map(|flag| Some((flag.fit(host)?, flag)));
            fitting.max_by_key(|(fit, _)| *fit).map(|(_, flag)| flag.program.as_str())
        };
        assert_eq!(chosen("example.com"), Some("exact"));
        assert_eq!(chosen("a.b.example.com"), Some("star"));
        assert_eq!(chosen("sub.example.com"), Some("sub"));
        assert_eq!(chosen("notexample.com"), Some("any2"));
        assert_eq!("*.example.com=x".parse::<HelperFlag>().unwrap().fit("example.com"), Some(12));
    }

    #[test]
    fn what_is_no_flag() {
        for text in ["", "host=", "a*.b=x", "*=x", "https://a=x"] {
            assert!(text.parse::<HelperFlag>().is_err(), "{text}");
        }
    }

    #[test]
    fn where_the_program_is() {
        let path = |text: &str| text.parse::<HelperFlag>().unwrap().path(Path::new("/work"));
        assert_eq!(path("%workspace%/tools/helper"), "/work/tools/helper");
        assert_eq!(path("x=/bin/helper"), "/bin/helper");
        assert_eq!(path("helper"), "helper");
    }
}
