//! npm's configuration files, as far as they say where the registry is.

/// The `registry` of an `.npmrc`; `${NAME}` stands for a variable.
pub fn registry(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut found = None;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with(['#', ';', '[']) {
            continue;
        }
        if let Some((key, value)) = line.split_once('=') {
            if key.trim() == "registry" {
                let value = value.trim().trim_matches(['"', '\'']);
                found = Some(substitute(value, variable)).filter(|value| !value.is_empty());
            }
        }
    }
    found
}

fn substitute(value: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&variable(name).unwrap_or_default());
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::registry;

    #[test]
    fn the_last_registry_counts() {
        let none = |_: &str| None;
        let text = "# registry=https://comment\n@scope:registry=https://scope\nregistry = \"https://one\"\nregistry=https://two/\n";
        assert_eq!(registry(text, &none).as_deref(), Some("https://two/"));
        assert_eq!(registry("save=true\n", &none), None);
        let host = |name: &str| (name == "HOST").then(|| "example.org".to_owned());
        assert_eq!(registry("registry=https://${HOST}/npm", &host).as_deref(), Some("https://example.org/npm"));
    }
}
