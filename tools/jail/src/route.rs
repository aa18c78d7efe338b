//! A route by which every address is this machine, for a network namespace with only the loopback.

use std::os::fd::AsRawFd as _;

use nix::errno::Errno;
use nix::sys::socket::{recv, send, socket, AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType};

/// The loopback is the first interface of each network namespace.
const LOOPBACK: u32 = 1;

/// Leads whatever is sent to any address back to this machine, where it is counted, and refused at once if nobody listens.
/// Without it the kernel knows no way, and nothing of it is counted. `lo` has to be up.
pub fn all_to_this_machine() -> Result<(), Errno> {
    add(libc::AF_INET)?;
    // A kernel without it has no such addresses.
    let _ = add(libc::AF_INET6);
    Ok(())
}

fn add(family: i32) -> Result<(), Errno> {
    let socket = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute)?;
    send(socket.as_raw_fd(), &request(family), MsgFlags::empty())?;
    let mut reply = [0; 64];
    let length = recv(socket.as_raw_fd(), &mut reply, MsgFlags::empty())?;
    // A header of 16 bytes, then the error as a negative number, 0 for none.
    let error = reply[..length].get(16..20).and_then(|bytes| bytes.try_into().ok()).map(i32::from_ne_bytes);
    match error {
        Some(0) => Ok(()),
        Some(error) => Err(Errno::from_raw(-error)),
        None => Err(Errno::EBADMSG),
    }
}

/// `ip route add local default dev lo`, as rtnetlink(7) has it.
fn request(family: i32) -> Vec<u8> {
    let attribute = [&8u16.to_ne_bytes()[..], &libc::RTA_OIF.to_ne_bytes(), &LOOPBACK.to_ne_bytes()].concat();
    // family, lengths of destination and source, type of service, table, protocol, scope, type, flags
    let mut route = vec![u8::try_from(family).unwrap_or_default(), 0, 0, 0];
    route.extend([libc::RT_TABLE_LOCAL, libc::RTPROT_BOOT, libc::RT_SCOPE_HOST, libc::RTN_LOCAL]);
    route.extend(0u32.to_ne_bytes());
    let flags = libc::NLM_F_REQUEST | libc::NLM_F_ACK | libc::NLM_F_CREATE;
    let length = 16 + route.len() + attribute.len();
    let mut message = Vec::new();
    message.extend(u32::try_from(length).unwrap_or_default().to_ne_bytes());
    message.extend(libc::RTM_NEWROUTE.to_ne_bytes());
    message.extend(u16::try_from(flags).unwrap_or_default().to_ne_bytes());
    // Its number, and who it is from: the kernel fills that in.
    message.extend([0; 8]);
    message.extend(route);
    message.extend(attribute);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_as_long_as_it_says() {
        let message = request(libc::AF_INET6);
        assert_eq!(message.len(), 36);
        assert_eq!(u32::from_ne_bytes(message[..4].try_into().unwrap()), 36);
        assert_eq!(message[16], 10);
    }
}
