//! Where the loopback is the only network, and all that is tried on it is noted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::{fs, io};

use lazytools_jail::counters::Counters;
use lazytools_jail::dns::{self, Asked};
use lazytools_jail::namespaces::Namespaces;
use lazytools_jail::programs::{self, Program};
use lazytools_jail::traffic::{Seen, Traffic};
use lazytools_jail::{names, route};

use crate::{AirgapError, Result};

/// As many lookups are traced to the programs that make them: it takes some milliseconds each.
const MAX_TRACED: usize = 1000;

/// The namespaces that this process is in, and who watches there.
pub struct Jail {
    traffic: Traffic,
    lookups: Arc<Mutex<Lookups>>,
}

#[derive(Default)]
struct Lookups {
    hosts: BTreeMap<String, (u64, BTreeSet<Program>)>,
    traced: usize,
}

/// What was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// What the kernel has counted.
    pub counters: Counters,
    /// Which addresses were tried.
    pub seen: Seen,
    /// Which hosts were looked up, with the number of questions and who asked.
    pub lookups: BTreeMap<String, (u64, BTreeSet<Program>)>,
}

impl Jail {
    /// Enters it. This process must have one thread. `folder` is for files that have to stay as long as the jail does.
    pub fn enter(folder: &Path) -> Result<Self> {
        let root = nix::unistd::geteuid().is_root();
        let jail = Namespaces { user: !root, mounts: true, network: true };
        let entered = jail.enter().or_else(|error| {
            // A container may give root no right to it, and user namespaces to everyone.
            let again = Namespaces { user: true, ..jail };
            if root {
                again.enter().map_err(|_| error)
            } else {
                Err(error)
            }
        });
        entered.map_err(no_jail)?;
        let failed = |error: io::Error| no_jail(error.to_string());
        // All that is counted from here on is of the build.
        let before = Counters::read().map_err(failed)?;
        if before != Counters::default() {
            return Err(no_jail("the new namespace has counted already".to_owned()));
        }
        route::all_to_this_machine().map_err(|error| no_jail(format!("route: {}", error.desc())))?;
        let traffic = Traffic::watch().map_err(|error| no_jail(format!("packet socket: {}", error.desc())))?;
        let lookups = Arc::<Mutex<Lookups>>::default();
        let noted = Arc::clone(&lookups);
        let note = move |asked: Asked, from: SocketAddr| {
            if let Ok(mut lookups) = noted.lock() {
                lookups.note(asked.host, from);
            }
        };
        dns::serve_at(Ipv4Addr::UNSPECIFIED, note).map_err(failed)?;
        fs::create_dir_all(folder).map_err(AirgapError::io("making", folder))?;
        let known = names::only_here(folder).and_then(|()| names::of_this_machine(folder));
        known.map_err(AirgapError::io("writing", folder))?;
        Ok(Self { traffic, lookups })
    }

    /// What was tried until now.
    pub fn finish(self) -> Result<Observed> {
        let counters = Counters::read().map_err(AirgapError::io("reading", Path::new("/proc/self/net")))?;
        let seen = self.traffic.finish();
        let lookups = self.lookups.lock().map(|mut lookups| std::mem::take(&mut lookups.hosts)).unwrap_or_default();
        Ok(Observed { counters, seen, lookups })
    }
}

impl Lookups {
    fn note(&mut self, host: String, from: SocketAddr) {
        let program = (self.traced < MAX_TRACED).then(|| programs::sender(from)).flatten();
        self.traced += 1;
        let (questions, by) = self.hosts.entry(host).or_default();
        *questions += 1;
        by.extend(program);
    }
}

fn no_jail(reason: String) -> AirgapError {
    let setting = |name: &str| fs::read_to_string(Path::new("/proc/sys").join(name)).ok();
    AirgapError::Jail { reason, mend: mend(nix::unistd::geteuid().is_root(), &setting) }
}

/// Settings of the kernel that forbid namespaces, with the value that does and the one that does not.
const SETTINGS: [(&str, &str, &str); 5] = [
    ("user/max_user_namespaces", "0", "10000"),
    ("user/max_net_namespaces", "0", "10000"),
    ("user/max_mnt_namespaces", "0", "10000"),
    ("kernel/unprivileged_userns_clone", "0", "1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
];

fn mend(root: bool, setting: &dyn Fn(&str) -> Option<String>) -> String {
    let wrong = SETTINGS.iter().filter(|(name, bad, _)| setting(name).is_some_and(|value| value.trim() == *bad));
    let commands: Vec<String> =
        wrong.map(|(name, _, good)| format!("`sudo sysctl {}={good}`", name.replace('/', "."))).collect();
    match (commands.is_empty(), root) {
        (false, _) => {
            format!("this machine forbids them: allow them with {}", commands.join(" and "))
                + if root { "" } else { ", or run this as root" }
        }
        (true, false) => "run this as root; a container has to allow user namespaces, as `docker run --security-opt \
                          seccomp=unconfined` does"
            .to_owned(),
        (true, true) => "a container has to allow it, as `docker run --cap-add SYS_ADMIN --security-opt \
                         seccomp=unconfined --security-opt apparmor=unconfined` does"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_that_forbids_is_named() {
        let debian = |name: &str| (name == "kernel/unprivileged_userns_clone").then(|| "0\n".to_owned());
        assert_eq!(
            mend(false, &debian),
            "this machine forbids them: allow them with `sudo sysctl kernel.unprivileged_userns_clone=1`, or run this as root"
        );
        let ubuntu = |name: &str| Some(if name.contains("apparmor") { "1\n" } else { "7\n" }.to_owned());
        assert!(mend(false, &ubuntu).contains("`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`"));
        assert!(mend(false, &|_| None).starts_with("run this as root; a container has to allow user namespaces"));
        assert!(mend(true, &|_| None).contains("--cap-add SYS_ADMIN"));
    }
}
