//! Which program a socket belongs to.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// The longest command line that is read, in bytes.
const MAX_LINE: usize = 64 << 10;

/// A program that runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Program {
    /// Its command line.
    pub arguments: Vec<String>,
    /// The folder that it is in.
    pub folder: PathBuf,
}

/// Who sent a datagram from an address of this machine. `None` where it is not to be found any more.
pub fn sender(from: SocketAddr) -> Option<Program> {
    let tables = ["/proc/self/net/udp", "/proc/self/net/udp6"];
    let inode = tables.iter().find_map(|table| inode(&fs::read_to_string(table).ok()?, from.port()))?;
    let wanted = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.flatten().filter(|entry| is_number(entry.file_name().as_bytes()));
    processes.map(|entry| entry.path()).find(|process| has(process, &wanted)).and_then(|process| {
        let line = fs::read(process.join("cmdline")).ok()?;
        let line = &line[..line.len().min(MAX_LINE)];
        let words = line.strip_suffix(&[0]).unwrap_or(line).split(|byte| *byte == 0);
        let arguments = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        Some(Program { arguments, folder: fs::read_link(process.join("cwd")).unwrap_or_default() })
    })
}

fn is_number(name: &[u8]) -> bool {
    name.iter().all(u8::is_ascii_digit)
}

fn has(process: &std::path::Path, wanted: &str) -> bool {
    let open = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    open.into_iter().any(|one| fs::read_link(one.path()).is_ok_and(|link| link.as_os_str() == wanted))
}

/// The inode of the socket with a local port in a table of proc_net(5): the address is the second field of a line, the
/// inode the tenth.
fn inode(table: &str, port: u16) -> Option<u64> {
    let ending = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        fields.nth(1).filter(|local| local.ends_with(&ending))?;
        fields.nth(7)?.parse().ok().filter(|inode| *inode != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;

    #[test]
    fn this_program_is_found_by_its_socket() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let found = sender(socket.local_addr().unwrap()).unwrap();
        assert_eq!(found.arguments, std::env::args().collect::<Vec<_>>());
        assert_eq!(found.folder, std::env::current_dir().unwrap());
    }

    #[test]
    fn tables_without_the_port() {
        assert_eq!(inode("header\n 1: 0100007F:0035 00000000:0000 07 0:0 0:0 0 0 0 77 2 x 0\n", 54), None);
        assert_eq!(inode("header\n 1: 0100007F:0035 00000000:0000 07 0:0 0:0 0 0 0 77 2 x 0\n", 53), Some(77));
        assert_eq!(inode("", 53), None);
    }
}
