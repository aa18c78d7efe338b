//! What keeps the tool from the network.

use lazytools_jail::namespaces::Namespaces;
use nix::errno::Errno;
use nix::unistd::geteuid;

use super::filter;

/// The variable that tells a run in a run that the network is already away.
pub const GUARDED: &str = "LAZYTOOLS_GUARDED";

/// A way to keep the tool from the network, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Namespaces of its own.
    Namespaces {
        /// Whether a user namespace is needed to get them.
        user: bool,
        /// Whether mounts are its own as well.
        mounts: bool,
        /// Whether the network is cut off.
        network: bool,
    },
    /// A seccomp filter that asks this program about each connection.
    Filter,
    /// Nothing.
    Nothing,
}

impl Guard {
    /// The guards to try, in order.
    pub fn candidates(network_allowed: bool) -> Vec<Self> {
        let network = !network_allowed;
        // For tests, and for a person who wants to see whether namespaces are the trouble.
        let forced = std::env::var("LAZYTOOLS_GUARD").unwrap_or_default();
        let mut guards = Vec::new();
        if forced.is_empty() && geteuid().is_root() {
            guards.push(Self::Namespaces { user: false, mounts: true, network });
        }
        if forced.is_empty() {
            guards.push(Self::Namespaces { user: true, mounts: true, network });
        }
        if network && forced != "filter" {
            // Some containers allow namespaces and forbid mounts.
            guards.push(Self::Namespaces { user: true, mounts: false, network });
        }
        if network {
            guards.push(Self::Filter);
        }
        if network_allowed || std::env::var_os("LAZYTOOLS_UNGUARDED").is_some_and(|value| value == "1") {
            guards.push(Self::Nothing);
        }
        guards
    }

    /// For messages.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Namespaces { network: true, .. } => "guard: a network namespace with only loopback",
            Self::Filter => "guard: a seccomp filter, because namespaces are forbidden here",
            Self::Namespaces { network: false, .. } | Self::Nothing => "no guard",
        }
    }

    /// Whether mounts are the tool's own.
    pub fn has_mounts(self) -> bool {
        matches!(self, Self::Namespaces { mounts: true, .. })
    }

    /// Whether the tool has a network namespace of its own.
    pub fn has_network(self) -> bool {
        matches!(self, Self::Namespaces { network: true, .. })
    }

    /// Enters the namespaces. This process must have one thread.
    pub fn enter(self) -> Result<(), String> {
        let Self::Namespaces { user, mounts, network } = self else { return Ok(()) };
        Namespaces { user, mounts, network }.enter()
    }
}

fn failed(what: &str, error: Errno) -> String {
    format!("{what}: {}", error.desc())
}

/// Installs the filter that reports connections. In a namespace it only notes them; by itself it refuses them.
/// With `strict` nothing may go by uncounted.
pub fn install_filter(guard: Guard, strict: bool) -> Result<Option<filter::Listener>, String> {
    match guard {
        Guard::Filter => match filter::install(true) {
            // Only one program can be asked. Where that is a run around this one, it guards this one too.
            Err(Errno::EBUSY) if std::env::var_os(GUARDED).is_some() => Ok(None),
            other => other.map(Some).map_err(|error| failed("seccomp", error)),
        },
        // What connects to an address and not to a name is told by this alone; nothing but the count depends on it.
        Guard::Namespaces { network: true, .. } => match filter::install(strict) {
            Err(error) if strict && std::env::var_os(GUARDED).is_none() => {
                Err(failed("`strict` counts by seccomp", error))
            }
            other => Ok(other.ok()),
        },
        _ => Ok(None),
    }
}
