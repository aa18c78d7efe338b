//! Where the links of a bundle lead, one by way of another.

use std::collections::BTreeMap;

use lazytools_lock::CachePath;

use crate::manifest::FileEntry;

/// How many links may lead to one another, as Linux has it.
const MAX_LINKS: usize = 40;

/// The file or link that stands where a folder of this path has to be.
pub(crate) fn above<'a>(path: &CachePath, files: &'a BTreeMap<CachePath, FileEntry>) -> Option<&'a CachePath> {
    let folders = std::iter::successors(path.parent(), CachePath::parent);
    folders.filter_map(|folder| files.get_key_value(&folder)).map(|(path, _)| path).next()
}

/// Whether a link leads out of the top folder that it is in, or nowhere at all because links go round in a circle.
///
/// A path is followed as the kernel does it: where a name on the way is itself a link, `..` after it is from where that
/// leads. To look at the text alone would not do.
pub(crate) fn leaves(link: &CachePath, files: &BTreeMap<CachePath, FileEntry>) -> bool {
    let target = |path: &str| {
        let path: CachePath = path.parse().ok()?;
        files.get(&path)?.link.as_ref().map(|link| link.as_str().to_owned())
    };
    let Some(text) = target(link.as_str()) else { return false };
    let mut at: Vec<String> = link.names().map(str::to_owned).collect();
    at.pop();
    let reversed = |text: &str| text.split('/').rev().map(str::to_owned).collect::<Vec<_>>();
    let (mut ahead, mut links) = (reversed(&text), 0);
    while let Some(name) = ahead.pop() {
        match name.as_str() {
            "." => {}
            // The first name is the top folder.
            ".." if at.len() <= 1 => return true,
            ".." => drop(at.pop()),
            _ => {
                at.push(name);
                if let Some(text) = target(&at.join("/")) {
                    links += 1;
                    if links > MAX_LINKS {
                        return true;
                    }
                    at.pop();
                    ahead.extend(reversed(&text));
                }
            }
        }
    }
    false
}
