//! `pkg:deb/DISTRO/NAME@VERSION?arch=…&distro=…&path=…`

use crate::error::FetchError;

use super::{encode, Parts};

/// A Debian package, as a purl names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DebPurl {
    vendor: String,
    name: String,
    version: String,
    arch: String,
    suite: String,
    path: Option<String>,
}

impl DebPurl {
    pub(super) fn of(parts: &Parts) -> Result<Self, FetchError> {
        parts.only(&["arch", "distro", "path"])?;
        let word = |text: &str, more: &str| {
            let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+') || more.contains(c);
            text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(good)
        };
        let vendor = parts.namespace.clone().unwrap_or_default();
        let arch = parts.need("arch", "the architecture, as in amd64")?;
        let suite = parts.need("distro", "the suite of the archive, as in bookworm")?;
        let texts = [(&*vendor, ""), (&*parts.name, ""), (&*parts.version, "~:"), (arch, ""), (suite, "_/~")];
        if let Some((wrong, _)) = texts.into_iter().find(|(text, more)| !word(text, more)) {
            return Err(parts.fail(format!(
                "holds {wrong:?}, which no Debian package has: write it as \
                 pkg:deb/debian/NAME@VERSION?arch=amd64&distro=bookworm"
            )));
        }
        let path = parts.qualifiers.get("path").cloned();
        let good = |part: &str| word(part, "_~:");
        if let Some(wrong) = path.as_ref().filter(|path| !path.split('/').all(good)) {
            return Err(parts.fail(format!("has path {wrong:?}, which is no file of an archive")));
        }
        let (arch, suite) = (arch.to_owned(), suite.to_owned());
        Ok(Self { vendor, name: parts.name.clone(), version: parts.version.clone(), arch, suite, path })
    }

    /// The package's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, with its epoch where it has one.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The architecture that it is wanted for; the package may be for `all`.
    pub fn arch(&self) -> &str {
        &self.arch
    }

    /// The suite, as in `bookworm` or `bookworm-security`.
    pub fn suite(&self) -> &str {
        &self.suite
    }

    /// The file below the archive's base address, once that is known.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The same with the file that an index names.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self.clone() }
    }

    /// The purl, in its canonical form.
    pub fn purl(&self) -> String {
        let path = self.path.as_ref().map(|path| format!("&path={}", encode(path))).unwrap_or_default();
        let (vendor, name, version) = (&self.vendor, encode(&self.name), encode(&self.version));
        let (arch, suite) = (encode(&self.arch), encode(&self.suite));
        format!("pkg:deb/{vendor}/{name}@{version}?arch={arch}&distro={suite}{path}")
    }
}
