//! What the kernel counts in this process's network namespace.

use std::fs;
use std::io;

/// What was sent and opened since the namespace was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets on all interfaces, the loopback's among them.
    pub packets: u64,
    /// TCP connections that were opened, whether they came about or not.
    pub opened: u64,
}

impl Counters {
    /// Reads them. A datagram to an address that cannot be reached is counted nowhere; a name that is looked up is, for
    /// it is asked on the loopback.
    pub fn read() -> io::Result<Self> {
        let (devices, protocols) =
            (fs::read_to_string("/proc/thread-self/net/dev")?, fs::read_to_string("/proc/thread-self/net/snmp")?);
        let missing =
            || io::Error::new(io::ErrorKind::InvalidData, "/proc/thread-self/net has another form than is known");
        Ok(Self { packets: packets(&devices).ok_or_else(missing)?, opened: opened(&protocols).ok_or_else(missing)? })
    }
}

/// The packets that were sent, by interface in /proc/net/dev.
fn packets(devices: &str) -> Option<u64> {
    let interfaces = devices.lines().filter_map(|line| line.split_once(':'));
    // Eight numbers of what came in, then bytes and packets of what went out.
    let sent = interfaces.map(|(_, numbers)| numbers.split_ascii_whitespace().nth(9)?.parse::<u64>().ok());
    sent.sum()
}

/// `ActiveOpens` in /proc/net/snmp, where a line with names is followed by one with numbers.
fn opened(protocols: &str) -> Option<u64> {
    let mut lines = protocols.lines().filter_map(|line| line.strip_prefix("Tcp:"));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let index = names.split_ascii_whitespace().position(|name| name == "ActiveOpens")?;
    numbers.split_ascii_whitespace().nth(index)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_prints() {
        let devices = "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs\n    \
                       lo:     100       3    0    0    0     0          0         0      120       4    0    0    0     0       0          0\n  \
                       eth0: 1 1 0 0 0 0 0 0 2 5 0 0 0 0 0 0\n";
        assert_eq!(packets(devices), Some(9));
        let protocols = "Ip: Forwarding\nIp: 1\nTcp: RtoAlgorithm RtoMin ActiveOpens PassiveOpens\nTcp: 1 200 15 2\n";
        assert_eq!(opened(protocols), Some(15));
        assert_eq!((packets("lo: 1"), opened("Tcp: ActiveOpens")), (None, None));
    }
}
