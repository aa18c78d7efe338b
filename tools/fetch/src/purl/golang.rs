//! `pkg:golang/NAMESPACE/NAME@VERSION?type=zip`

use semver::Version;

use crate::error::FetchError;

use super::{encode, Parts};

/// Which of the files that a Go module proxy has for a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum GoFile {
    /// The module's files.
    #[default]
    Zip,
    /// Its go.mod.
    Mod,
    /// What the proxy knows of the version, JSON. Its bytes may differ from proxy to proxy.
    Info,
}

impl GoFile {
    /// The name, which is also the file's extension: `zip`, `mod` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Mod => "mod",
            Self::Info => "info",
        }
    }
}

/// A file of a Go module, as a purl names it. The module's path keeps its case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GolangPurl {
    module: String,
    version: String,
    file: GoFile,
}

impl GolangPurl {
    pub(super) fn of(parts: &Parts) -> Result<Self, FetchError> {
        parts.only(&["type"])?;
        let module = match &parts.namespace {
            Some(namespace) => format!("{namespace}/{}", parts.name),
            None => parts.name.clone(),
        };
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
        if !module.split('/').all(|part| part.chars().all(good) && !part.starts_with('.') && !part.ends_with('.')) {
            return Err(parts.fail(format!("names {module:?}, which is no Go module")));
        }
        let version = parts.version.strip_prefix('v').and_then(|version| Version::parse(version).ok());
        if version.is_none() {
            return Err(parts.fail(format!(
                "names version {:?}: a Go module's is exact and begins with v, as in v1.2.3",
                parts.version
            )));
        }
        let file = match parts.qualifiers.get("type").map(String::as_str) {
            None | Some("zip") => GoFile::Zip,
            Some("mod") => GoFile::Mod,
            Some("info") => GoFile::Info,
            Some(other) => return Err(parts.fail(format!("has type {other:?}: a Go module has zip, mod and info"))),
        };
        Ok(Self { module, version: parts.version.clone(), file })
    }

    /// The module's path.
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The version, with its `v`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Which file.
    pub fn file(&self) -> GoFile {
        self.file
    }

    /// A file of the version below a proxy's base address.
    pub fn path(&self, file: GoFile) -> String {
        format!("{}/{}.{}", self.folder(), escape(&self.version), file.name())
    }

    /// The folder of the module's versions below a proxy's base address.
    pub fn folder(&self) -> String {
        format!("{}/@v", escape(&self.module))
    }

    /// The purl, in its canonical form; `type=zip` is left out.
    pub fn purl(&self) -> String {
        let file = if self.file == GoFile::Zip { String::new() } else { format!("?type={}", self.file.name()) };
        format!("pkg:golang/{}@{}{file}", self.module, encode(&self.version))
    }
}

/// Go's escape for upper case, `!x`, so that paths differ where case does not count.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
