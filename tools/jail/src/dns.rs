//! A name server that knows only this machine, and notes what it is asked for.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use simple_dns::rdata::{RData, A, AAAA};
use simple_dns::{Packet, PacketFlag, Question, ResourceRecord, CLASS, QTYPE, RCODE, TYPE};

/// A question about a host that is not this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The host; empty where a name server was to be asked, and it is not known for what.
    pub host: String,
    /// The kind of record.
    pub kind: u16,
}

/// Kinds that DNS has no records of.
const NOTHING_HEARD: u16 = 0;
const HEARD: u16 = u16::MAX;

impl Asked {
    /// A name server is to be asked, and it is not known for what.
    pub fn unheard() -> Self {
        Self { host: String::new(), kind: NOTHING_HEARD }
    }

    /// What such a server is asked for was overheard.
    pub fn heard() -> Self {
        Self { host: String::new(), kind: HEARD }
    }

    /// How many more there are of which nothing was heard, where this says no host.
    pub fn change(&self) -> Option<i32> {
        self.host.is_empty().then_some(if self.kind == HEARD { -1 } else { 1 })
    }
}

const PORT: u16 = 53;
/// As long as DNS over UDP gets with all extensions.
const MAX_MESSAGE: usize = 65_535;

/// The name servers that resolvers are told to ask, with the one that they take by default.
pub fn configured() -> BTreeSet<Ipv4Addr> {
    let text = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let named = text.lines().filter_map(|line| line.strip_prefix("nameserver")?.trim().parse().ok());
    named.chain([Ipv4Addr::LOCALHOST]).collect()
}

/// Answers at these addresses.
pub fn serve(addresses: &BTreeSet<Ipv4Addr>, note: &(impl Fn(Asked) + Clone + Send + 'static)) -> io::Result<()> {
    let note = note.clone();
    addresses.iter().try_for_each(|address| serve_at(*address, without_asker(note.clone())))
}

fn without_asker(note: impl Fn(Asked) + Clone + Send + 'static) -> impl Fn(Asked, SocketAddr) + Clone + Send + 'static {
    move |asked, _| note(asked)
}

/// Answers at an address. What is noted comes with where the question came from; it is not answered before that returns.
pub fn serve_at(address: Ipv4Addr, note: impl Fn(Asked, SocketAddr) + Clone + Send + 'static) -> io::Result<()> {
    let udp = UdpSocket::bind((address, PORT))?;
    let tcp = TcpListener::bind((address, PORT))?;
    let noted = note.clone();
    thread::spawn(move || {
        let mut buffer = vec![0; MAX_MESSAGE];
        loop {
            let Ok((length, from)) = udp.recv_from(&mut buffer) else { continue };
            if let Some(reply) = answer(&buffer[..length], &|asked| noted(asked, from)) {
                let _ = udp.send_to(&reply, from);
            }
        }
    });
    thread::spawn(move || {
        for stream in tcp.incoming().flatten() {
            let note = note.clone();
            thread::spawn(move || serve_stream(stream, note));
        }
    });
    Ok(())
}

/// Over TCP each message has its length before it.
fn serve_stream(mut stream: TcpStream, note: impl Fn(Asked, SocketAddr)) -> Option<()> {
    let from = stream.peer_addr().ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length).ok()?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut message).ok()?;
        let reply = answer(&message, &|asked| note(asked, from))?;
        stream.write_all(&u16::try_from(reply.len()).ok()?.to_be_bytes()).ok()?;
        stream.write_all(&reply).ok()?;
    }
}

/// The reply to a message: this machine's addresses, or that there is no such name, so that tools give up at once.
fn answer(message: &[u8], note: &impl Fn(Asked)) -> Option<Vec<u8>> {
    let query = Packet::parse(message).ok().filter(|packet| !packet.has_flags(PacketFlag::RESPONSE))?;
    let question = query.questions.first()?.clone();
    let name = question.qname.to_string();
    let mut reply = Packet::new_reply(query.id());
    reply.set_flags(PacketFlag::RECURSION_AVAILABLE | PacketFlag::AUTHORITATIVE_ANSWER);
    if query.has_flags(PacketFlag::RECURSION_DESIRED) {
        reply.set_flags(PacketFlag::RECURSION_DESIRED);
    }
    if is_this_machine(&name) {
        let data = match question.qtype {
            QTYPE::TYPE(TYPE::A) => Some(RData::A(A::from(Ipv4Addr::LOCALHOST))),
            QTYPE::TYPE(TYPE::AAAA) => Some(RData::AAAA(AAAA::from(Ipv6Addr::LOCALHOST))),
            _ => None,
        };
        reply.answers.extend(data.map(|data| ResourceRecord::new(question.qname.clone(), CLASS::IN, 60, data)));
    } else {
        *reply.rcode_mut() = RCODE::NameError;
        note_question(&question, note);
    }
    reply.questions.push(question);
    reply.build_bytes_vec().ok()
}

/// Notes what a message that goes to some name server asks for. Gives whether that could be told.
pub fn overhear(message: &[u8], note: &impl Fn(Asked)) -> bool {
    let Ok(query) = Packet::parse(message) else { return false };
    for question in &query.questions {
        if !is_this_machine(&question.qname.to_string()) {
            note_question(question, note);
        }
    }
    true
}

fn note_question(question: &Question<'_>, note: &impl Fn(Asked)) {
    // The name of an address says nothing about what a tool wants.
    if question.qtype == QTYPE::TYPE(TYPE::PTR) {
        return;
    }
    let name = question.qname.to_string().to_ascii_lowercase();
    let mut host = name.trim_end_matches('.');
    // `_https._tcp.example.com` asks for a service of example.com.
    while let Some((_, rest)) = host.split_once('.').filter(|(first, _)| first.starts_with('_')) {
        host = rest;
    }
    if !host.is_empty() {
        note(Asked { host: host.to_owned(), kind: question.qtype.into() });
    }
}

fn is_this_machine(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let own = nix::unistd::gethostname().ok().and_then(|own| own.into_string().ok());
    name == "localhost" || name.ends_with(".localhost") || own.is_some_and(|own| own.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use simple_dns::{Name, QCLASS};
    use std::cell::RefCell;

    fn ask(name: &str, kind: TYPE) -> (Vec<Asked>, Vec<u8>) {
        let mut query = Packet::new_query(7);
        let name = Name::new(name).unwrap();
        query.questions.push(Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
        let asked = RefCell::new(Vec::new());
        let reply = answer(&query.build_bytes_vec().unwrap(), &|one| asked.borrow_mut().push(one)).unwrap();
        (asked.into_inner(), reply)
    }

    #[test]
    fn unknown_names_are_noted_and_do_not_exist() {
        let (asked, reply) = ask("_https._tcp.Example.com", TYPE::SRV);
        assert_eq!(asked, [Asked { host: "example.com".to_owned(), kind: 33 }]);
        assert_eq!(Packet::parse(&reply).unwrap().rcode(), RCODE::NameError);
        assert_eq!(ask("1.0.0.127.in-addr.arpa", TYPE::PTR).0, []);
    }

    #[test]
    fn localhost_is_this_machine() {
        let (asked, reply) = ask("localhost", TYPE::A);
        assert_eq!(asked, []);
        let reply = Packet::parse(&reply).unwrap();
        assert_eq!((reply.rcode(), reply.answers.len(), reply.id()), (RCODE::NoError, 1, 7));
    }
}
