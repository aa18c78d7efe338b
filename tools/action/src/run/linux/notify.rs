//! Answers the filter's questions: may the tool connect there?
//!
//! This guards against accidents, not against a tool that means harm: what a call points to can change after it was
//! looked at. <https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html#NOTES>

use std::collections::{BTreeSet, HashSet};
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use lazytools_jail::dns::{self, Asked};
use nix::errno::Errno;
use nix::sys::uio::{process_vm_readv, RemoteIoVec};
use nix::unistd::Pid;

use super::filter::Listener;

/// The kind under which connections are counted; DNS has no record type 0.
const CONNECTION: u16 = 0;
const DNS_PORT: u16 = 53;

/// What the tool is told.
enum Verdict {
    /// The call goes on.
    Continue,
    /// The call fails.
    Fail(Errno),
    /// The call did nothing and says that it succeeded.
    Pretend,
}

/// Answers until the last process with the filter has gone.
/// With `refuse` it refuses what leaves the machine; else it notes it. `servers` are this machine's.
pub fn serve(listener: &Listener, refuse: bool, servers: BTreeSet<Ipv4Addr>, note: &impl Fn(Asked)) {
    let mut judge = Judge { refuse, servers, note, resolvers: HashSet::new(), unheard: HashSet::new() };
    loop {
        // SAFETY: the kernel asks for a zeroed structure, and all bytes zero are a valid one.
        let mut question: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: the descriptor is open, and the structure outlives the call.
        let got = unsafe { libc::ioctl(listener.raw(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut question) };
        match Errno::result(got) {
            Ok(_) => {}
            // The caller has gone in the meantime.
            Err(Errno::EINTR | Errno::ENOENT) => continue,
            Err(_) => return,
        }
        let verdict = judge.judge(&question);
        let mut reply = libc::seccomp_notif_resp { id: question.id, val: 0, error: 0, flags: 0 };
        match verdict {
            Verdict::Continue => {
                reply.flags = u32::try_from(libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE).unwrap_or_default();
            }
            Verdict::Fail(error) => reply.error = -(error as i32),
            Verdict::Pretend => {}
        }
        // SAFETY: as above. It fails where the caller has gone, which is its own affair.
        unsafe { libc::ioctl(listener.raw(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const reply) };
    }
}

struct Judge<'a, N> {
    refuse: bool,
    servers: BTreeSet<Ipv4Addr>,
    note: &'a N,
    /// Sockets that were told that they are connected to a name server, so that what they ask can be overheard.
    resolvers: HashSet<u64>,
    /// Those of them of which nothing was overheard yet.
    unheard: HashSet<u64>,
}

impl<N: Fn(Asked)> Judge<'_, N> {
    fn judge(&mut self, question: &libc::seccomp_notif) -> Verdict {
        let pid = Pid::from_raw(i32::try_from(question.pid).unwrap_or_default());
        let args = question.data.args;
        let socket = args[0];
        let call = libc::c_long::from(question.data.nr);
        let verdict = if call == libc::SYS_connect {
            self.resolvers.remove(&socket);
            self.connect(pid, socket, args[1], args[2])
        } else if call == libc::SYS_sendto {
            self.send(pid, socket, &Message { address: (args[4], args[5]), payload: (args[1], args[2]) })
        } else if call == libc::SYS_sendmsg {
            self.send_parts(pid, socket, args[1])
        } else {
            // Of many messages the first two are a look-up's; more of them come from one socket to one address.
            let first = self.send_parts(pid, socket, args[1]);
            if matches!(first, Some(Verdict::Fail(_))) && args[2] > 1 {
                self.send_parts(pid, socket, args[1] + size_of::<libc::mmsghdr>() as u64);
            }
            first
        };
        // What cannot be read is not known to be this machine.
        verdict.unwrap_or(if self.refuse { Verdict::Fail(Errno::EACCES) } else { Verdict::Continue })
    }

    fn connect(&mut self, pid: Pid, socket: u64, address: u64, length: u64) -> Option<Verdict> {
        let address = read(pid, address, length.min(128))?;
        if self.refuse && is_name_service(&address) {
            return Some(Verdict::Fail(Errno::ECONNREFUSED));
        }
        if self.refuse && port(&address) == Some(DNS_PORT) {
            self.resolvers.insert(socket);
            if self.unheard.insert(socket) {
                (self.note)(Asked::unheard());
            }
            return Some(Verdict::Pretend);
        }
        Some(remote(&address).map_or(Verdict::Continue, |remote| self.refuse(remote)))
    }

    fn send(&mut self, pid: Pid, socket: u64, message: &Message) -> Option<Verdict> {
        if message.address.0 == 0 {
            if self.refuse && self.resolvers.contains(&socket) {
                if self.overhear(pid, message) && self.unheard.remove(&socket) {
                    (self.note)(Asked::heard());
                }
                return Some(Verdict::Fail(Errno::ECONNREFUSED));
            }
            return Some(Verdict::Continue);
        }
        let (address, length) = message.address;
        let address = read(pid, address, length.min(128))?;
        if self.refuse && port(&address) == Some(DNS_PORT) {
            self.overhear(pid, message);
            return Some(Verdict::Fail(Errno::ENETUNREACH));
        }
        Some(remote(&address).map_or(Verdict::Continue, |remote| self.refuse(remote)))
    }

    fn send_parts(&mut self, pid: Pid, socket: u64, header: u64) -> Option<Verdict> {
        let header = words(&read(pid, header, size_of::<libc::msghdr>() as u64)?);
        // A `msghdr` begins with the address, its length, the parts and their number.
        let (address, length, parts) = (*header.first()?, *header.get(1)? & 0xffff_ffff, *header.get(2)?);
        let part = if parts == 0 { vec![0, 0] } else { words(&read(pid, parts, size_of::<libc::iovec>() as u64)?) };
        self.send(pid, socket, &Message { address: (address, length), payload: (*part.first()?, *part.get(1)?) })
    }

    fn refuse(&self, remote: SocketAddr) -> Verdict {
        if !remote.ip().is_multicast() && !self.is_server(remote) {
            (self.note)(Asked { host: remote.to_string(), kind: CONNECTION });
        }
        // In a namespace the kernel itself finds no way there.
        if self.refuse {
            Verdict::Fail(Errno::ENETUNREACH)
        } else {
            Verdict::Continue
        }
    }

    /// Whether a question goes there, which is noted by what it asks for.
    fn is_server(&self, remote: SocketAddr) -> bool {
        remote.port() == DNS_PORT && matches!(remote.ip(), IpAddr::V4(ip) if self.servers.contains(&ip))
    }

    /// Whether the message could be read.
    fn overhear(&self, pid: Pid, message: &Message) -> bool {
        let bytes = read(pid, message.payload.0, message.payload.1.min(1500));
        bytes.is_some_and(|bytes| dns::overhear(&bytes, self.note))
    }
}

/// Where a message's address and its first part are, and how long they are.
struct Message {
    address: (u64, u64),
    payload: (u64, u64),
}

/// Reads from the tool's memory.
fn read(pid: Pid, address: u64, length: u64) -> Option<Vec<u8>> {
    let (base, len) = (usize::try_from(address).ok()?, usize::try_from(length).ok()?);
    let mut bytes = vec![0; len];
    let count = process_vm_readv(pid, &mut [IoSliceMut::new(&mut bytes)], &[RemoteIoVec { base, len }]).ok()?;
    bytes.truncate(count);
    Some(bytes)
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).filter_map(|word| word.try_into().ok()).map(u64::from_ne_bytes).collect()
}

/// The local services that look names up elsewhere.
const NAME_SERVICES: [&str; 4] = ["/run/nscd/", "/var/run/nscd/", "/run/systemd/resolve/", "/run/avahi-daemon/"];

/// Whether a `sockaddr` is a local service's that would look names up in the network.
fn is_name_service(address: &[u8]) -> bool {
    family(address) == Some(libc::AF_UNIX)
        && NAME_SERVICES.iter().any(|service| address[2..].starts_with(service.as_bytes()))
}

fn family(address: &[u8]) -> Option<i32> {
    Some(i32::from(u16::from_ne_bytes(address.get(..2)?.try_into().ok()?)))
}

/// The port in an internet `sockaddr`.
fn port(address: &[u8]) -> Option<u16> {
    let internet = matches!(family(address)?, libc::AF_INET | libc::AF_INET6);
    internet.then_some(u16::from_be_bytes(address.get(2..4)?.try_into().ok()?))
}

/// The address in a `sockaddr`, where it is another machine's.
fn remote(address: &[u8]) -> Option<SocketAddr> {
    let port = port(address)?;
    let ip: IpAddr = match family(address)? {
        libc::AF_INET => Ipv4Addr::from(<[u8; 4]>::try_from(address.get(4..8)?).ok()?).into(),
        libc::AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(address.get(8..24)?).ok()?).to_canonical(),
        _ => return None,
    };
    // To connect to "any address" is to connect to this machine.
    (!ip.is_loopback() && !ip.is_unspecified()).then(|| SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(ip: [u8; 4], port: u16) -> Vec<u8> {
        let family = u16::try_from(libc::AF_INET).unwrap().to_ne_bytes();
        [&family[..], &port.to_be_bytes(), &ip, &[0; 8]].concat()
    }

    #[test]
    fn this_machine_is_not_remote() {
        assert_eq!(remote(&v4([192, 0, 2, 1], 443)).unwrap().to_string(), "192.0.2.1:443");
        assert_eq!(remote(&v4([127, 0, 0, 53], 53)), None);
        assert_eq!(remote(&v4([0, 0, 0, 0], 80)), None);
        assert_eq!(remote(&[1, 0, b'/', b't']), None);
        let family = u16::try_from(libc::AF_INET6).unwrap().to_ne_bytes();
        let mapped = Ipv4Addr::LOCALHOST.to_ipv6_mapped().octets();
        assert_eq!(remote(&[&family[..], &[1, 187, 0, 0, 0, 0], &mapped, &[0; 4]].concat()), None);
    }
}
