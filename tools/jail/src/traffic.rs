//! Which addresses are tried, as seen on the loopback: the beginnings of TCP connections, and datagrams.

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use nix::errno::Errno;
use nix::sys::socket::{recv, setsockopt, socket, sockopt, AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// As many pairs of addresses are told apart; what comes later is counted by the kernel all the same.
const MAX_PAIRS: usize = 100_000;
/// How much of a packet is looked at, in bytes: the headers.
const HEADERS: usize = 128;
const UDP: u8 = 17;
const TCP: u8 = 6;
/// In the flags of TCP.
const SYN: u8 = 2;
const ACK: u8 = 16;

/// What was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// TCP connections, by where they went.
    pub connections: BTreeMap<SocketAddr, Tried>,
    /// Datagrams, by where they went, without replies.
    pub datagrams: BTreeMap<SocketAddr, u64>,
}

/// Connections to an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// How often it was tried.
    pub times: u64,
    /// Whether somebody was there.
    pub answered: bool,
}

/// Watches the loopback of this process's network namespace until it is asked what it has seen.
pub struct Traffic {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

impl Traffic {
    /// Begins. Takes the right to see raw packets, which the maker of a network namespace has in it.
    pub fn watch() -> Result<Self, Errno> {
        let socket = socket(AddressFamily::Packet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)?;
        attach(&socket)?;
        setsockopt(&socket, sockopt::ReceiveTimeout, &TimeVal::milliseconds(50))?;
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        Ok(Self { over, thread: thread::spawn(move || look(&socket, &told)) })
    }

    /// Ends, and says what was seen. What was sent before is in it.
    pub fn finish(self) -> Seen {
        self.over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap_or_default()
    }
}

fn look(socket: &OwnedFd, over: &AtomicBool) -> Seen {
    let mut watcher = Watcher::default();
    let mut buffer = [0; HEADERS];
    loop {
        let last = over.load(Ordering::SeqCst);
        match recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
            Ok(length) => drop(watcher.packet(&buffer[..length.min(HEADERS)])),
            Err(Errno::EINTR) => {}
            // Nothing more is there.
            Err(_) if last => return watcher.seen,
            Err(_) => {}
        }
    }
}

#[derive(Default)]
struct Watcher {
    seen: Seen,
    pairs: HashSet<(SocketAddr, SocketAddr)>,
}

impl Watcher {
    /// Notes a packet, which begins with the header of IP. `None` where it is of no interest.
    fn packet(&mut self, packet: &[u8]) -> Option<()> {
        let (protocol, from, to, rest) = match packet.first()? >> 4 {
            4 => {
                let address = |at: usize| Some(IpAddr::from(<[u8; 4]>::try_from(packet.get(at..at + 4)?).ok()?));
                let length = usize::from(packet[0] & 15) * 4;
                (*packet.get(9)?, address(12)?, address(16)?, packet.get(length..)?)
            }
            6 => {
                let address = |at: usize| Some(IpAddr::from(<[u8; 16]>::try_from(packet.get(at..at + 16)?).ok()?));
                (*packet.get(6)?, address(8)?, address(24)?, packet.get(40..)?)
            }
            _ => return None,
        };
        let port = |at: usize| Some(u16::from_be_bytes(rest.get(at..at + 2)?.try_into().ok()?));
        let (from, to) = (SocketAddr::new(plain(from), port(0)?), SocketAddr::new(plain(to), port(2)?));
        match protocol {
            TCP => match rest.get(13)? & (SYN | ACK) {
                SYN => self.seen.connections.entry(to).or_default().times += 1,
                flags if flags == SYN | ACK => {
                    self.seen.connections.entry(from).and_modify(|tried| tried.answered = true);
                }
                _ => {}
            },
            UDP if !self.pairs.contains(&(to, from)) => {
                *self.seen.datagrams.entry(to).or_default() += 1;
                if self.pairs.len() < MAX_PAIRS {
                    self.pairs.insert((from, to));
                }
            }
            _ => {}
        }
        Some(())
    }
}

/// An address of IPv4 is one, also as IPv6 writes it.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Has the kernel pass on only what is looked at, so that a build that moves much over the loopback does not hide it.
fn attach(socket: &OwnedFd) -> Result<(), Errno> {
    let mut program = program();
    let filter =
        libc::sock_fprog { len: u16::try_from(program.len()).unwrap_or_default(), filter: program.as_mut_ptr() };
    let length = libc::socklen_t::try_from(size_of::<libc::sock_fprog>()).unwrap_or_default();
    let option = std::ptr::from_ref(&filter).cast();
    // SAFETY: the descriptor is open; the filter and its program outlive the call, and the kernel checks and copies them.
    Errno::result(unsafe {
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, option, length)
    })?;
    Ok(())
}

/// Accepts what comes in (what goes out comes in again) and is a datagram, or a segment of TCP with SYN.
/// <https://docs.kernel.org/networking/filter.html>
fn program() -> Vec<libc::sock_filter> {
    const BYTE: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_ABS;
    const WORD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    const HEADER: u32 = libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH;
    const BEHIND: u32 = libc::BPF_LD | libc::BPF_B | libc::BPF_IND;
    const EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    const JUMP: u32 = libc::BPF_JMP | libc::BPF_JA;
    const HAS: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
    const RETURN: u32 = libc::BPF_RET | libc::BPF_K;
    // What is not of the packet itself is at negative offsets: its way, its protocol.
    let (way, protocol) = (0xffff_f004, 0xffff_f000);
    let outgoing = 4;
    let lines: [(u32, u8, u8, u32); 17] = [
        (WORD, 0, 0, way),
        (EQUAL, 14, 0, outgoing),
        (WORD, 0, 0, protocol),
        (EQUAL, 0, 6, 0x0800),
        (BYTE, 0, 0, 9),
        (EQUAL, 9, 0, u32::from(UDP)),
        (EQUAL, 0, 9, u32::from(TCP)),
        (HEADER, 0, 0, 0),
        (BEHIND, 0, 0, 13),
        (JUMP, 0, 0, 4),
        // IPv6
        (BYTE, 0, 0, 6),
        (EQUAL, 3, 0, u32::from(UDP)),
        (EQUAL, 0, 3, u32::from(TCP)),
        (BYTE, 0, 0, 53),
        (HAS, 0, 1, u32::from(SYN)),
        (RETURN, 0, 0, u32::try_from(HEADERS).unwrap_or_default()),
        (RETURN, 0, 0, 0),
    ];
    let code = |code: u32| u16::try_from(code).unwrap_or_default();
    lines.into_iter().map(|(op, jt, jf, k)| libc::sock_filter { code: code(op), jt, jf, k }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of IPv4.
    fn packet(protocol: u8, from: [u8; 4], to: [u8; 4], ports: [u16; 2], flags: u8) -> Vec<u8> {
        let mut packet = vec![0; 40];
        (packet[0], packet[9], packet[33]) = (0x45, protocol, flags);
        packet[12..16].copy_from_slice(&from);
        packet[16..20].copy_from_slice(&to);
        packet[20..22].copy_from_slice(&ports[0].to_be_bytes());
        packet[22..24].copy_from_slice(&ports[1].to_be_bytes());
        packet
    }

    #[test]
    fn connections_and_datagrams_without_replies() {
        let mut watcher = Watcher::default();
        let (here, there) = ([127, 0, 0, 1], [10, 1, 2, 3]);
        watcher.packet(&packet(TCP, here, here, [4000, 80], SYN));
        watcher.packet(&packet(TCP, here, here, [80, 4000], SYN | ACK));
        watcher.packet(&packet(TCP, here, here, [4000, 80], ACK));
        watcher.packet(&packet(TCP, there, there, [4001, 443], SYN));
        watcher.packet(&packet(TCP, there, there, [4001, 443], SYN));
        watcher.packet(&packet(UDP, here, there, [5000, 53], 0));
        watcher.packet(&packet(UDP, there, here, [53, 5000], 0));
        let mut six = vec![0; 60];
        (six[0], six[6], six[39], six[43]) = (0x60, UDP, 1, 9);
        watcher.packet(&six);
        let seen = watcher.seen;
        let connections: Vec<_> = seen.connections.iter().map(|(to, tried)| (to.to_string(), *tried)).collect();
        assert_eq!(
            connections,
            [
                ("10.1.2.3:443".to_owned(), Tried { times: 2, answered: false }),
                ("127.0.0.1:80".to_owned(), Tried { times: 1, answered: true })
            ]
        );
        let datagrams: Vec<_> = seen.datagrams.iter().map(|(to, times)| (to.to_string(), *times)).collect();
        assert_eq!(datagrams, [("10.1.2.3:53".to_owned(), 1), ("[::1]:9".to_owned(), 1)]);
    }

    #[test]
    fn what_is_no_packet() {
        let mut watcher = Watcher::default();
        let whole = packet(TCP, [1; 4], [2; 4], [3, 4], SYN);
        for length in 0..34 {
            watcher.packet(&whole[..length]);
        }
        watcher.packet(&[0xff; 60]);
        assert_eq!(watcher.seen, Seen::default());
    }

    #[test]
    fn jumps_stay_in_the_program() {
        let program = program();
        let last = program.len() - 1;
        for (at, line) in program.iter().enumerate().filter(|(at, _)| *at < last - 1) {
            assert!(at + 1 + usize::from(line.jt.max(line.jf)) <= last, "line {at}");
        }
    }
}
