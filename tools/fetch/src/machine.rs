//! What this machine says of package registries: variables, configuration files, and the ecosystems' own clients.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a client may take to say where its registry is.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that is read of a configuration file or of a client's answer, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// A variable that is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The first of these variables that is set to something.
pub(crate) fn first_variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| variable(name))
}

/// The user's folder.
pub(crate) fn home() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from)
}

/// A configuration file's text; `None` where it is missing or cannot be read.
pub(crate) fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(MAX_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

/// What a client prints when it is asked; `None` where there is no such client, or it fails or hangs.
pub(crate) fn ask(folder: &Path, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).envs(variables.iter().copied()).current_dir(folder);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped()).spawn().ok()?;
    let out = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.take(MAX_BYTES).read_to_string(&mut text).ok().map(|_| text)
    });
    let start = Instant::now();
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if start.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let text = reader.join().ok()??;
    status.success().then_some(text)
}

/// A base address without its final slash; `None` where it is none of http.
pub(crate) fn base(text: &str) -> Option<String> {
    let text = text.trim();
    let http = text.starts_with("http://") || text.starts_with("https://");
    http.then(|| text.trim_end_matches('/').to_owned())
}
