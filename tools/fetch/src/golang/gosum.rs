//! `go.sum`: what a Go project knows of its modules' files.

use crate::purl::{GoFile, GolangPurl};

use super::DirHash;

/// The sum of a purl's file in a go.sum; in words, why there is none.
pub fn find(text: &str, purl: &GolangPurl) -> Result<DirHash, String> {
    let version = match purl.file() {
        GoFile::Zip => purl.version().to_owned(),
        GoFile::Mod => format!("{}/go.mod", purl.version()),
        GoFile::Info => return Err("go.sum has no sums of .info files".to_owned()),
    };
    let mut lines = text.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        Some((words.next()?, words.next()?, words.next()?))
    });
    let found = lines.find(|(module, of, sum)| *module == purl.module() && *of == version && sum.starts_with("h1:"));
    let (_, _, sum) = found.ok_or_else(|| format!("it has no line for {} {version}", purl.module()))?;
    sum.parse().map_err(|()| format!("its sum of {} {version} is none", purl.module()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purl::Purl;

    #[test]
    fn lines() {
        let sum = |byte: &str| format!("h1:{}=", byte.repeat(43));
        let text = format!("a.example/m v1.0.0 {}\na.example/m v1.0.0/go.mod {}\n", sum("A"), sum("E"));
        let find = |purl: &str| match Purl::parse(purl).unwrap() {
            Purl::Golang(purl) => find(&text, &purl).map(|sum| sum.to_string()),
            other => panic!("{other}"),
        };
        assert_eq!(find("pkg:golang/a.example/m@v1.0.0"), Ok(sum("A")));
        assert_eq!(find("pkg:golang/a.example/m@v1.0.0?type=mod"), Ok(sum("E")));
        assert_eq!(find("pkg:golang/a.example/m@v1.0.1").unwrap_err(), "it has no line for a.example/m v1.0.1");
        assert!(find("pkg:golang/a.example/m@v1.0.0?type=info").is_err());
    }
}
