//! Secrets in addresses. An artifact's address gets into the lock, and the lock into the repository.

use lazytools_fetch::redact::redact;
use lazytools_lock::recipe::Wanted;
use lazytools_lock::Source;

/// Names of what in a query lets in whoever has it.
const WORDS: [&str; 12] = [
    "access_token",
    "apikey",
    "api_key",
    "auth",
    "credential",
    "password",
    "passwd",
    "private_token",
    "secret",
    "sig",
    "signature",
    "token",
];

/// Refuses an artifact with an address that holds a secret: one to fetch it from, or the tool's own, of which names in
/// the layout may be made.
pub fn refuse(wanted: &Wanted) -> Result<(), String> {
    let urls: &[String] = match &wanted.source {
        Source::Urls(urls) => urls,
        Source::Purl(_) | Source::File(_) => &[],
    };
    urls.iter().chain([&wanted.tool_url]).find_map(|url| in_address(url)).map_or(Ok(()), Err)
}

/// What is wrong with an address that holds a secret.
fn in_address(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A purl's scope is no name.
    let what = if url.contains("://") && authority.contains('@') {
        "a name or password".to_owned()
    } else {
        let query = rest.split('#').next().unwrap_or_default().split_once('?').map_or("", |(_, query)| query);
        let secret = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| is_secret(name))?;
        format!("a secret, {}=…,", secret.0)
    };
    Some(format!(
        "{}: the address holds {what} and would get into the lock: leave it out of the recipe, and give it by .netrc, a \
         credential helper or --rewrite (LT341)",
        redact(url)
    ))
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    WORDS.iter().any(|word| name == *word || name.ends_with(&format!("_{word}")))
}

#[cfg(test)]
mod tests {
    use super::in_address;

    #[test]
    fn what_is_a_secret() {
        for url in [
            "https://me:hush@a.org/x",
            "https://hush@a.org",
            "https://a.org/x?a=b&token=hush",
            "https://a.org/x?X-Amz-Signature=hush#y",
            "https://a.org/x?private_token=hush",
        ] {
            let message = in_address(url).unwrap();
            assert!(!message.contains("hush") && message.ends_with("(LT341)"), "{message}");
        }
        for url in ["https://a.org/@scope/x", "https://a.org/x?tokens=1&file=token", "https://a.org/x#token=1"] {
            assert_eq!(in_address(url), None, "{url}");
        }
    }
}
