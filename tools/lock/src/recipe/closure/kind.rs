//! The kinds of files that a closure is read from.

/// What kind of file a closure is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosureKind {
    /// `Cargo.lock`.
    CargoLock,
    /// A list of files below one address, with their digests.
    FileList,
    /// `go.sum`.
    GoSum,
    /// A list of a Maven repository's files.
    MavenFiles,
    /// `package-lock.json`.
    NpmLock,
    /// `pylock.toml` or `uv.lock`.
    PythonLock,
    /// `yarn.lock` of yarn 1.
    YarnLock,
}

impl ClosureKind {
    /// The kinds with a recipe's words for them, sorted.
    pub(in crate::recipe) const WORDS: &'static [(&'static str, Self)] = &[
        ("cargo_lock", Self::CargoLock),
        ("file_list", Self::FileList),
        ("go_sum", Self::GoSum),
        ("maven_files", Self::MavenFiles),
        ("npm_lock", Self::NpmLock),
        ("python_lock", Self::PythonLock),
        ("yarn_lock", Self::YarnLock),
    ];

    /// The options that a recipe can give, each a template.
    pub(in crate::recipe) fn options(self) -> &'static [&'static str] {
        match self {
            Self::CargoLock | Self::MavenFiles | Self::YarnLock => &[],
            Self::FileList => &["base", "unpack"],
            Self::GoSum => &["form"],
            Self::NpmLock => &["bin_links", "dev", "form", "platform_packages_for"],
            Self::PythonLock => &["glibc", "macos", "musl", "platform_packages_for", "python"],
        }
    }

    /// What is laid out, in a few words.
    pub fn laid_out(self) -> &'static str {
        match self {
            Self::CargoLock => "each crate, unpacked as `cargo vendor` does it",
            Self::FileList => "each file, by its path in the list",
            Self::GoSum => "each Go module",
            Self::MavenFiles => "each file, as in a Maven repository",
            Self::NpmLock => "each npm package",
            Self::PythonLock => "the wheel of each project that fits the platform",
            Self::YarnLock => "each package's tarball",
        }
    }

    /// The code of what is wrong with such a file.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::CargoLock => "LT250",
            Self::FileList => "LT275",
            Self::GoSum => "LT251",
            Self::MavenFiles => "LT254",
            Self::NpmLock => super::super::error::PACKAGES,
            Self::PythonLock => "LT252",
            Self::YarnLock => "LT253",
        }
    }
}
