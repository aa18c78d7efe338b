//! Addresses that stand in a page, relative to it or not.

/// The whole address of a link in a page; `None` where it is none of http.
pub(crate) fn join(page: &str, link: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    if link.contains("://") {
        return (link.starts_with("https://") || link.starts_with("http://")).then(|| link.to_owned());
    }
    let (scheme, rest) = page.split_once("://")?;
    if let Some(rest) = link.strip_prefix("//") {
        return Some(format!("{scheme}://{rest}"));
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    if link.starts_with('/') {
        folders.clear();
    }
    for part in link.trim_start_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                folders.pop();
            }
            other => folders.push(other),
        }
    }
    Some(format!("{scheme}://{host}/{}", folders.join("/")))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn relative_and_whole() {
        let page = "https://example.org/simple/six/?x=y";
        for (link, address) in [
            ("https://files.example.org/a#sha256=00", Some("https://files.example.org/a")),
            ("../../packages/a.whl#sha256=00", Some("https://example.org/packages/a.whl")),
            ("a.whl", Some("https://example.org/simple/six/a.whl")),
            ("/packages/a.whl", Some("https://example.org/packages/a.whl")),
            ("//other.example.org/a.whl", Some("https://other.example.org/a.whl")),
            ("../../../../a.whl", Some("https://example.org/a.whl")),
            ("file:///etc/passwd", None),
        ] {
            assert_eq!(join(page, link).as_deref(), address, "{link}");
        }
    }
}
