//! What a server is sent so that it knows who asks: from the address itself, else from a credential helper, else from
//! `.npmrc`, else from `.netrc`. Each is for the host it names: every step of a redirect is looked up anew.

use std::path::{Path, PathBuf};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;

use crate::address::Address;
use crate::error::Reason;
use crate::helper::Helpers;
use crate::machine;
use crate::npmrc::Npmrc;

/// Headers with their values. Nothing here can be printed by accident.
pub(crate) type Headers = Vec<(String, String)>;

/// Where credentials come from.
#[derive(Default)]
pub(crate) struct Credentials {
    helpers: Helpers,
    npmrc: Vec<Npmrc>,
    logins: Logins,
}

impl Credentials {
    /// The user's own, beside the credential helpers that are configured.
    pub fn of_user(helpers: Helpers, workspace: Option<&Path>) -> Self {
        let npmrc = workspace.map(crate::npmrc::files).unwrap_or_default();
        Self { helpers, npmrc, logins: Logins::of_user() }
    }

    /// What is sent to an address.
    pub fn headers(&self, address: &Address) -> Result<Headers, Reason> {
        let authorization = |value: String| vec![("authorization".to_owned(), value)];
        if let Some((name, password)) = address.login() {
            return Ok(authorization(basic(name, password)));
        }
        if let Some(headers) = self.helpers.headers(address)? {
            return Ok(headers);
        }
        let token = self.npmrc.iter().find_map(|file| file.authorization(address));
        Ok(token.or_else(|| self.logins.of_host(address.host())).map(authorization).unwrap_or_default())
    }
}

/// What `.netrc` says.
#[derive(Default)]
struct Logins(Vec<Login>);

#[derive(Default)]
struct Login {
    /// The host; none for `default`.
    machine: Option<String>,
    name: String,
    password: String,
}

impl Logins {
    /// From `$NETRC`, else `.netrc` in HOME. A file that is missing or cannot be read says nothing.
    fn of_user() -> Self {
        let file = std::env::var_os("NETRC").map(PathBuf::from).or_else(|| Some(machine::home()?.join(".netrc")));
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

    fn of_host(&self, host: &str) -> Option<String> {
        // `default` is for every server there is; Bazel does not use it either.
        let login = self.0.iter().find(|login| login.machine.as_deref() == Some(host))?;
        Some(basic(&login.name, &login.password))
    }
}

pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_address_or_the_file() {
        let text =
            "machine a.example.org login me password hush\n# machine b.example.org login x\ndefault login y password z";
        let credentials = Credentials { logins: Logins::parse(text), ..Credentials::default() };
        let sent = |address: &str| credentials.headers(&Address::parse(address).unwrap()).unwrap();
        let me = vec![("authorization".to_owned(), "Basic bWU6aHVzaA==".to_owned())];
        assert_eq!(sent("https://a.example.org/x"), me);
        assert_eq!(sent("https://a.example.org:8443/x"), me);
        assert_eq!(sent("https://b.example.org/@scope/x"), vec![]);
        assert_eq!(sent("https://me:hus%68@c.example.org/x"), me);
    }
}
