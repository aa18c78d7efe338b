//! `go.mod`.

use super::Found;

/// Go's own version: the toolchain, else the `go` directive.
pub(super) fn toolchain(text: &str, _: &str) -> Result<Found, String> {
    let mut go = None;
    for words in lines(text) {
        match words[..] {
            ["toolchain", version] if version != "default" => {
                return Ok(Found::one(version.trim_start_matches("go")));
            }
            ["go", version] => go = Some(version),
            _ => {}
        }
    }
    let version = go.ok_or("it has neither a toolchain nor a go directive")?;
    Ok(Found::one(version))
}

/// A module's version. A `replace` by another version of the same module counts; by something else it is an error.
pub(super) fn module(text: &str, module: &str) -> Result<Found, String> {
    let mut found = Found::default();
    let mut block = String::new();
    let mut replaced = None;
    for mut words in lines(text) {
        if words[0] == ")" {
            block.clear();
            continue;
        }
        if words.len() == 2 && words[1] == "(" {
            words[0].clone_into(&mut block);
            continue;
        }
        let directive = if block.is_empty() { words.remove(0) } else { block.as_str() };
        match (directive, &words[..]) {
            ("require", [name, version, ..]) => {
                found.names.insert((*name).to_owned());
                if *name == module {
                    found.add(version, "");
                }
            }
            ("replace", [name, "=>", by @ ..] | [name, _, "=>", by @ ..]) if *name == module => {
                replaced = Some(by.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    match replaced.as_deref() {
        Some([name, version]) if name == module && !found.versions.is_empty() => Ok(Found::one(version)),
        Some(by) if !found.versions.is_empty() => Err(format!("it replaces {module} by {}", by.join(" "))),
        _ => Ok(found),
    }
}

/// The lines that say something, in words, without comments.
fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>())
        .filter(|words| !words.is_empty())
}
