//! Names of hosts, looked up at 127.0.0.1 alone. For a process with a mount namespace of its own.

use std::fs;
use std::io;
use std::path::Path;

use nix::mount::{mount, MsFlags};

const NONE: Option<&str> = None;

/// Has names looked up at 127.0.0.1 and nowhere else: other services on this machine would ask a real name server.
/// `folder` is for files that have to stay as long as the namespace does.
pub fn only_here(folder: &Path) -> io::Result<()> {
    let hidden = folder.join("hidden");
    fs::create_dir_all(&hidden)?;
    let resolver = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n";
    // Where /etc/resolv.conf is a link into systemd-resolved's folder, that folder is hidden below.
    for file in [folder.join("resolv.conf"), hidden.join("resolv.conf"), hidden.join("stub-resolv.conf")] {
        fs::write(file, resolver)?;
    }
    bind(&folder.join("resolv.conf"), "/etc/resolv.conf");
    if let Ok(switch) = fs::read_to_string("/etc/nsswitch.conf") {
        fs::write(folder.join("nsswitch.conf"), without_services(&switch))?;
        bind(&folder.join("nsswitch.conf"), "/etc/nsswitch.conf");
    }
    for service in ["/run/nscd", "/var/run/nscd", "/run/systemd/resolve", "/run/avahi-daemon"] {
        if Path::new(service).is_dir() {
            bind(&hidden, service);
        }
    }
    Ok(())
}

/// Has /etc/hosts know this machine's name, so that a program that asks for it needs no name server.
pub fn of_this_machine(folder: &Path) -> io::Result<()> {
    let Some(own) = nix::unistd::gethostname().ok().and_then(|own| own.into_string().ok()) else { return Ok(()) };
    let hosts = fs::read_to_string("/etc/hosts").unwrap_or_default();
    if !knows(&hosts, &own) {
        fs::write(folder.join("hosts"), format!("{hosts}\n127.0.0.1 localhost {own}\n"))?;
        bind(&folder.join("hosts"), "/etc/hosts");
    }
    Ok(())
}

fn knows(hosts: &str, name: &str) -> bool {
    let names = hosts.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split_whitespace().skip(1));
    names.into_iter().any(|one| one.eq_ignore_ascii_case(name))
}

fn bind(from: &Path, to: &str) {
    let _ = mount(Some(from), to, NONE, MsFlags::MS_BIND, NONE);
}

/// The name service switch with hosts looked up in files and by DNS alone.
fn without_services(switch: &str) -> String {
    let kept = switch.lines().filter(|line| !line.trim_start().starts_with("hosts:"));
    kept.chain(["hosts: files dns", ""]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_in_files_and_dns() {
        let switch = "passwd: files\nhosts: files mymachines resolve [!UNAVAIL=return] dns\n";
        assert_eq!(without_services(switch), "passwd: files\nhosts: files dns\n");
    }

    #[test]
    fn a_name_in_the_hosts_file() {
        let hosts = "127.0.0.1 localhost\n10.0.0.1\tBuild.example build # other\n";
        assert!(knows(hosts, "build") && knows(hosts, "build.example"));
        assert!(!knows(hosts, "other") && !knows(hosts, "10.0.0.1"));
    }
}
