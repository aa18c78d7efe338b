//! Names and passwords for servers: from the address itself, else from `.netrc`, as Bazel takes them.

use std::path::PathBuf;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

/// What `.netrc` says, and nothing that could be printed by accident.
#[derive(Clone, Default)]
pub(crate) struct Logins(Vec<Login>);

#[derive(Clone, Default)]
struct Login {
    /// The host; none for `default`.
    machine: Option<String>,
    name: String,
    password: String,
}

impl Logins {
    /// From `$NETRC`, else `.netrc` in HOME. A file that is missing or cannot be read says nothing.
    pub fn of_user() -> Self {
        let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
        let file = std::env::var_os("NETRC").map(PathBuf::from).or_else(|| Some(home()?.join(".netrc")));
        let text = file.and_then(|file| std::fs::read_to_string(file).ok());
        text.map(|text| Self::parse(&text)).unwrap_or_default()
    }

    fn parse(text: &str) -> Self {
        let lines = text.lines().map(|line| if line.trim_start().starts_with('#') { "" } else { line });
        let mut words = lines.flat_map(str::split_ascii_whitespace);
        let mut logins: Vec<Login> = Vec::new();
        while let Some(word) = words.next() {
            match word {
                "machine" => logins.push(Login { machine: words.next().map(str::to_owned), ..Login::default() }),
                "default" => logins.push(Login::default()),
                "login" | "password" | "account" => {
                    let value = words.next().unwrap_or_default().to_owned();
                    match (logins.last_mut(), word) {
                        (Some(login), "login") => login.name = value,
                        (Some(login), "password") => login.password = value,
                        _ => {}
                    }
                }
                // A macro is what follows, to the end of the file for our purposes.
                "macdef" => break,
                _ => {}
            }
        }
        Self(logins)
    }

    /// The address without a name and password, and the header that they make.
    pub fn apply(&self, address: &str) -> (String, Option<String>) {
        let Some((scheme, rest)) = address.split_once("://") else { return (address.to_owned(), None) };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if let Some((user, host)) = authority.rsplit_once('@') {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            return (format!("{scheme}://{host}{path}"), Some(basic(&decoded(name), &decoded(password))));
        }
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let of_host = self.0.iter().find(|login| login.machine.as_deref() == Some(host));
        // `default` is for every server there is; Bazel does not use it either.
        (address.to_owned(), of_host.map(|login| basic(&login.name, &login.password)))
    }
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

/// Percent-encoding undone, as it is in an address.
fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| *byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        if let Some(value) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            out.push(value);
            rest = &tail[2..];
        } else {
            out.push(*byte);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_address_or_the_file() {
        let text =
            "machine a.example.org login me password hush\n# machine b.example.org login x\ndefault login y password z";
        let logins = Logins::parse(text);
        let apply = |address: &str| logins.apply(address);
        let me = Some("Basic bWU6aHVzaA==".to_owned());
        assert_eq!(apply("https://a.example.org/x"), ("https://a.example.org/x".to_owned(), me.clone()));
        assert_eq!(apply("https://a.example.org:8443/x").1, me);
        assert_eq!(apply("https://b.example.org/@scope/x").1, None);
        assert_eq!(apply("https://me:hus%68@c.example.org/x"), ("https://c.example.org/x".to_owned(), me));
    }
}
