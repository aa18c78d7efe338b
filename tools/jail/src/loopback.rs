//! The loopback interface of a new network namespace, which is down at first.

use std::net::Ipv4Addr;
use std::os::fd::AsRawFd as _;

use nix::errno::Errno;
use nix::sys::socket::{socket, AddressFamily, SockFlag, SockType};

/// Brings `lo` up.
pub fn bring_up() -> Result<(), Errno> {
    let mut request = request("lo");
    let up = libc::IFF_UP | libc::IFF_RUNNING;
    request.ifr_ifru.ifru_flags = libc::c_short::try_from(up).unwrap_or_default();
    ask(libc::SIOCSIFFLAGS, &request)
}

/// Gives `lo` one more address, its `number`th: what asks there asks this machine.
pub fn add_address(number: usize, address: Ipv4Addr) -> Result<(), Errno> {
    for (what, address) in [(libc::SIOCSIFADDR, address), (libc::SIOCSIFNETMASK, Ipv4Addr::BROADCAST)] {
        let mut request = request(&format!("lo:{number}"));
        request.ifr_ifru.ifru_addr = socket_address(address);
        ask(what, &request)?;
    }
    Ok(())
}

fn request(name: &str) -> libc::ifreq {
    // SAFETY: all bytes zero are a valid `ifreq`.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *to = libc::c_char::try_from(from).unwrap_or_default();
    }
    request
}

/// An internet `sockaddr`: its data are the port and the address.
fn socket_address(address: Ipv4Addr) -> libc::sockaddr {
    let family = libc::sa_family_t::try_from(libc::AF_INET).unwrap_or_default();
    let mut data = [0; 14];
    for (to, from) in data[2..].iter_mut().zip(address.octets()) {
        *to = libc::c_char::from_ne_bytes([from]);
    }
    libc::sockaddr { sa_family: family, sa_data: data }
}

fn ask(what: libc::Ioctl, request: &libc::ifreq) -> Result<(), Errno> {
    let socket = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // SAFETY: the descriptor is open, and the request is an `ifreq` that outlives the call.
    Errno::result(unsafe { libc::ioctl(socket.as_raw_fd(), what, std::ptr::from_ref(request)) })?;
    Ok(())
}
