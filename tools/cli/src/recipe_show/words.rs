//! Plain words for what a recipe says.

use lazytools_lock::recipe::WantedDigest;
use lazytools_lock::{Access, AccessMode, Source};

/// Where something is fetched from.
pub fn source(source: &Source) -> String {
    match source {
        Source::Purl(text) | Source::File(text) => text.clone(),
        Source::Urls(urls) => urls.join(" or "),
    }
}

/// How a digest is learnt.
pub fn digest(digest: &WantedDigest) -> String {
    match digest {
        WantedDigest::Known(integrity) => format!("{integrity}, from the input file"),
        WantedDigest::Download => "by downloading it".to_owned(),
        WantedDigest::Checksums { url, file: Some(file), algorithm } => {
            format!("{} from the line of {file} in {url}", algorithm.name())
        }
        WantedDigest::Checksums { url, file: None, algorithm } => format!("{} from {url}", algorithm.name()),
        WantedDigest::Json { lookup, pointer, algorithm, .. } => {
            format!("{} from {pointer} in {}", algorithm.name(), table(lookup))
        }
        WantedDigest::Text { lookup, after, algorithm, .. } => {
            format!("{} from what follows {after:?} in {}", algorithm.name(), table(lookup))
        }
        _ => "from the registry's metadata".to_owned(),
    }
}

fn table(lookup: &lazytools_lock::recipe::expand::WantedLookup) -> String {
    match &lookup.member {
        Some(member) => format!("{member} of {}", source(&lookup.source)),
        None => source(&lookup.source),
    }
}

/// What the tool may do to the folder.
pub fn access(access: &Access) -> String {
    let mode = match access.mode {
        AccessMode::Readonly => "read-only".to_owned(),
        AccessMode::Layered => "read-only, with an empty writable folder, {upper}, before it".to_owned(),
        AccessMode::Copy if access.paths.is_empty() => "a private writable copy".to_owned(),
        AccessMode::Copy => {
            let paths: Vec<&str> = access.paths.iter().map(lazytools_lock::CachePath::as_str).collect();
            format!("a private writable copy of {}", paths.join(", "))
        }
    };
    if access.exact {
        format!("{mode}; modes and links as laid out")
    } else {
        mode
    }
}

/// A text, each line set in.
pub fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
