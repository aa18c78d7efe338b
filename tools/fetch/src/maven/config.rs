//! Where the Maven repository is that everyone means.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use roxmltree::{Document, Node};
use zip::ZipArchive;

use crate::machine;

/// What Maven calls its own repository.
const CENTRAL: &str = "central";
/// The POM that every other one inherits from, in the jar of Maven's model builder.
const SUPER_POM: &str = "org/apache/maven/model/pom-4.0.0.xml";
/// The most that is read of it, in bytes.
const MAX_POM: u64 = 1 << 20;

pub(super) fn find(declared: Option<&str>) -> Option<String> {
    let home = maven_home();
    declared
        .and_then(machine::base)
        .or_else(|| machine::base(&machine::variable("MVNW_REPOURL")?))
        .or_else(|| settings(home.as_deref()).iter().find_map(|file| mirror(&machine::read(file)?)))
        .or_else(|| super_pom(&home?))
}

/// Maven's own folder: by its variables, else where the program is.
fn maven_home() -> Option<PathBuf> {
    if let Some(home) = machine::first_variable(&["MAVEN_HOME", "M2_HOME"]) {
        return Some(PathBuf::from(home));
    }
    let path = std::env::var_os("PATH")?;
    let program = std::env::split_paths(&path).map(|folder| folder.join("mvn")).find(|program| program.is_file())?;
    Some(std::fs::canonicalize(program).ok()?.parent()?.parent()?.to_owned())
}

/// The settings, the one that counts most first: the user's, then Maven's.
fn settings(maven: Option<&Path>) -> Vec<PathBuf> {
    let user = machine::home().map(|home| home.join(".m2/settings.xml"));
    [user, maven.map(|maven| maven.join("conf/settings.xml"))].into_iter().flatten().collect()
}

/// The mirror of central in a settings.xml.
fn mirror(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let mirrors = document.descendants().filter(|node| is(node, "mirror"));
    let child = |node: &Node<'_, '_>, name: &str| {
        let found = node.children().find(|child| is(child, name))?;
        Some(found.text()?.trim().to_owned())
    };
    let mut found = mirrors.filter(|mirror| child(mirror, "mirrorOf").is_some_and(|of| is_of_central(&of)));
    machine::base(&substitute(&child(&found.next()?, "url")?))
}

/// Whether a `mirrorOf` means central: by name, as any, or as any that is elsewhere; unless it is taken out.
fn is_of_central(mirror_of: &str) -> bool {
    let words: Vec<&str> = mirror_of.split(',').map(str::trim).collect();
    !words.contains(&"!central") && words.iter().any(|word| matches!(*word, CENTRAL | "*" | "external:*"))
}

/// `${env.NAME}` in a value.
fn substitute(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${env.") {
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&machine::variable(name).unwrap_or_default());
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The address of central in Maven's super POM.
fn super_pom(maven: &Path) -> Option<String> {
    let mut jars: Vec<PathBuf> =
        std::fs::read_dir(maven.join("lib")).ok()?.flatten().map(|entry| entry.path()).collect();
    jars.sort();
    let jar = jars.into_iter().find(|jar| {
        let name = jar.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("maven-model-builder-") && jar.extension().is_some_and(|extension| extension == "jar")
    })?;
    let mut archive = ZipArchive::new(BufReader::new(File::open(jar).ok()?)).ok()?;
    let mut text = String::new();
    archive.by_name(SUPER_POM).ok()?.take(MAX_POM).read_to_string(&mut text).ok()?;
    central(&text)
}

fn central(pom: &str) -> Option<String> {
    let document = Document::parse(pom).ok()?;
    let repository = document.descendants().find(|node| {
        is(node, "repository") && node.children().any(|child| is(&child, "id") && child.text() == Some(CENTRAL))
    })?;
    machine::base(repository.children().find(|child| is(child, "url"))?.text()?)
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors() {
        let settings = |of: &str| {
            format!(
                "<settings xmlns=\"http://maven.apache.org/SETTINGS/1.0.0\"><mirrors>\
                 <!-- <mirror><mirrorOf>*</mirrorOf><url>https://no</url></mirror> -->\
                 <mirror><mirrorOf>external:http:*</mirrorOf><url>http://0.0.0.0/</url></mirror>\
                 <mirror><id>m</id><mirrorOf>{of}</mirrorOf><url> https://example.org/m2/ </url></mirror></mirrors></settings>"
            )
        };
        for of in ["central", "*", "external:*", "other, central", "*,!other"] {
            assert_eq!(mirror(&settings(of)).as_deref(), Some("https://example.org/m2"), "{of}");
        }
        for of in ["other", "*,!central", "external:http:*"] {
            assert_eq!(mirror(&settings(of)), None, "{of}");
        }
        assert_eq!(mirror("<settings>"), None);
    }

    #[test]
    fn the_super_pom() {
        let pom = "<project><repositories><repository><id>other</id><url>https://no</url></repository>\
                   <repository><id>central</id><url>https://example.org/m2</url></repository></repositories></project>";
        assert_eq!(central(pom).as_deref(), Some("https://example.org/m2"));
    }
}
