//! Whether an address holds what must not be written down.

/// Words in names of query parameters that hold credentials.
const WORDS: [&str; 10] = ["access", "auth", "credential", "jwt", "key", "passw", "secret", "session", "sig", "token"];

/// What in an address is, or may be, a secret; `None` where it can be written down.
pub fn of(url: &str) -> Option<&'static str> {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest = rest.split('#').next().unwrap_or_default();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split('/').next().unwrap_or_default();
    // A user without a password is no secret where keys are used, as in ssh://git@host.
    let user = authority.rsplit_once('@').map(|(user, _)| user);
    if user.is_some_and(|user| scheme.starts_with("http") || user.contains(':')) {
        return Some("a user name or password");
    }
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default().to_ascii_lowercase());
    let mut suspects = names.filter(|name| WORDS.iter().any(|word| name.contains(word)));
    suspects.next().map(|_| "a parameter that looks like a credential")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret() {
        for url in [
            "https://me:hush@h.example/x",
            "https://token@h.example/x",
            "ssh://git:hush@h.example/x",
            "https://h.example/x?mode=json&X-Amz-Signature=1",
            "https://h.example/x?access_token=1",
        ] {
            assert!(of(url).is_some(), "{url}");
        }
        for url in ["https://h.example/dl/?mode=json#token=x", "ssh://git@h.example/x", "git@h.example:x/y", "/srv/x@y"]
        {
            assert_eq!(of(url), None, "{url}");
        }
    }
}
