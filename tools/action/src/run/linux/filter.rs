//! A seccomp filter that asks this program about each connection that the tool wants to make.
//! <https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html>
//!
//! The crate seccompiler has no way to ask, so the few instructions are written out.

use std::mem::offset_of;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};

use nix::errno::Errno;

/// The end at which this program is asked.
#[derive(Debug)]
pub struct Listener(pub OwnedFd);

impl Listener {
    /// Its number.
    pub fn raw(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Which calls mean what is told by the processor's numbers for them.
/// <https://github.com/torvalds/linux/blob/master/include/uapi/linux/audit.h>
const AUDIT_ARCH: u32 = if cfg!(target_arch = "x86_64") {
    0xC000_003E
} else if cfg!(target_arch = "aarch64") {
    0xC000_00B7
} else if cfg!(target_arch = "riscv64") {
    0xC000_00F3
} else if cfg!(all(target_arch = "powerpc64", target_endian = "little")) {
    0xC000_0015
} else if cfg!(target_arch = "s390x") {
    0x8000_0016
} else {
    0
};

/// Installs the filter for this thread, all that it starts, and the tool. With `all`, because it is the only guard or has
/// to count all, it also asks about messages whose address it cannot see, and closes the way around it that `io_uring` is.
pub fn install(all: bool) -> Result<Listener, Errno> {
    if AUDIT_ARCH == 0 {
        return Err(Errno::ENOSYS);
    }
    let program = program(all);
    let length = u16::try_from(program.len()).map_err(|_| Errno::E2BIG)?;
    let program = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut() };
    match load(&program) {
        // Who may not administer the machine has to give up set-user-id programs first.
        Err(Errno::EACCES) => {
            nix::sys::prctl::set_no_new_privs()?;
            load(&program)
        }
        other => other,
    }
}

fn load(program: &libc::sock_fprog) -> Result<Listener, Errno> {
    // SAFETY: `program` points to a filter that outlives the call; the kernel copies it.
    let listener = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::c_ulong::from(libc::SECCOMP_SET_MODE_FILTER),
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            std::ptr::from_ref(program),
        )
    };
    let listener = RawFd::try_from(Errno::result(listener)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: the call has just opened this descriptor, and nothing else knows it.
    Ok(Listener(unsafe { OwnedFd::from_raw_fd(listener) }))
}

const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const JUMP_IF: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

/// One instruction; `yes` and `no` are how many of the next ones are skipped.
fn op(code: u32, k: u32, yes: u8, no: u8) -> libc::sock_filter {
    libc::sock_filter { code: u16::try_from(code).unwrap_or_default(), jt: yes, jf: no, k }
}

fn field(offset: usize) -> libc::sock_filter {
    op(LOAD, u32::try_from(offset).unwrap_or_default(), 0, 0)
}

fn program(all: bool) -> Vec<libc::sock_filter> {
    let ask = op(RETURN, libc::SECCOMP_RET_USER_NOTIF, 0, 0);
    let allow = op(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0);
    // Another processor's calls (32-bit programs) have other numbers.
    let mut program = vec![
        field(offset_of!(libc::seccomp_data, arch)),
        op(JUMP_IF, AUDIT_ARCH, 1, 0),
        allow,
        field(offset_of!(libc::seccomp_data, nr)),
    ];
    let mut when = |call: libc::c_long, result: libc::sock_filter| {
        program.push(op(JUMP_IF, u32::try_from(call).unwrap_or(u32::MAX), 0, 1));
        program.push(result);
    };
    when(libc::SYS_connect, ask);
    if all {
        for call in [libc::SYS_sendto, libc::SYS_sendmsg, libc::SYS_sendmmsg] {
            when(call, ask);
        }
        let missing = u32::try_from(libc::ENOSYS).unwrap_or_default();
        when(libc::SYS_io_uring_setup, op(RETURN, libc::SECCOMP_RET_ERRNO | missing, 0, 0));
    } else {
        // Only a message with an address is of interest; the pointer to it is two words.
        let address = offset_of!(libc::seccomp_data, args) + 4 * size_of::<u64>();
        program.extend([
            op(JUMP_IF, u32::try_from(libc::SYS_sendto).unwrap_or(u32::MAX), 0, 5),
            field(address),
            op(JUMP_IF, 0, 0, 2),
            field(address + size_of::<u32>()),
            op(JUMP_IF, 0, 1, 0),
            ask,
        ]);
    }
    program.push(allow);
    program
}
