//! `pkg:maven/GROUP/ARTIFACT@VERSION?classifier=…&type=…`

use crate::error::FetchError;

use super::{encode, Parts};

/// A file of a Maven artifact, as a purl names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MavenPurl {
    group: String,
    artifact: String,
    version: String,
    classifier: Option<String>,
    /// The file's extension.
    ty: String,
}

impl MavenPurl {
    pub(super) fn of(parts: &Parts) -> Result<Self, FetchError> {
        parts.only(&["classifier", "type"])?;
        let word = |text: &str| {
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '+');
            !text.is_empty() && text.chars().all(good) && !text.starts_with('.') && !text.contains("..")
        };
        let group = parts.namespace.clone().unwrap_or_default();
        let classifier = parts.qualifiers.get("classifier").cloned();
        let ty = parts.qualifiers.get("type").cloned().unwrap_or_else(|| "jar".to_owned());
        let texts = [Some(&group), Some(&parts.name), Some(&parts.version), classifier.as_ref(), Some(&ty)];
        if let Some(wrong) = texts.into_iter().flatten().find(|text| !word(text)) {
            return Err(parts.fail(format!(
                "holds {wrong:?}, which no Maven artifact has: write it as pkg:maven/GROUP/ARTIFACT@VERSION"
            )));
        }
        if parts.version.ends_with("-SNAPSHOT") {
            return Err(parts.fail("names a snapshot, whose bytes change: name a release"));
        }
        Ok(Self { group, artifact: parts.name.clone(), version: parts.version.clone(), classifier, ty })
    }

    /// The version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The folder of the artifact below a repository's base address.
    pub fn folder(&self) -> String {
        format!("{}/{}", self.group.replace('.', "/"), self.artifact)
    }

    /// The file below a repository's base address.
    pub fn path(&self) -> String {
        let classifier = self.classifier.as_ref().map(|text| format!("-{text}")).unwrap_or_default();
        let (artifact, version) = (&self.artifact, &self.version);
        format!("{}/{version}/{artifact}-{version}{classifier}.{}", self.folder(), self.ty)
    }

    /// The POM of a version of the artifact, below a repository's base address.
    pub fn pom_path(&self, version: &str) -> String {
        format!("{}/{version}/{}-{version}.pom", self.folder(), self.artifact)
    }

    /// The purl, in its canonical form; `type=jar` is left out.
    pub fn purl(&self) -> String {
        let mut qualifiers = Vec::new();
        qualifiers.extend(self.classifier.as_ref().map(|text| format!("classifier={}", encode(text))));
        if self.ty != "jar" {
            qualifiers.push(format!("type={}", encode(&self.ty)));
        }
        let mark = if qualifiers.is_empty() { "" } else { "?" };
        let version = encode(&self.version);
        format!("pkg:maven/{}/{}@{version}{mark}{}", self.group, self.artifact, qualifiers.join("&"))
    }
}
