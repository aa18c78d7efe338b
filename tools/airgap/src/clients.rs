//! Clients of package registries, as a command line names them, and what to do where a build starts one.

/// A client that may download, and of which it is known how to do without, or where it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// Cargo, and what runs it for Bazel.
    Cargo,
    /// Go, and what runs it for Bazel.
    Go,
    /// npm and npx.
    Npm,
    /// pnpm.
    Pnpm,
    /// Yarn of any version.
    Yarn,
    /// pip.
    Pip,
    /// uv.
    Uv,
    /// Coursier.
    Coursier,
    /// Maven and its wrapper.
    Maven,
    /// curl and wget.
    Download,
    /// Clients of registries of container images.
    Images,
}

/// The programs by name, sorted.
const PROGRAMS: [(&str, Client); 28] = [
    ("cargo", Client::Cargo),
    ("cargo-bazel", Client::Cargo),
    ("coursier", Client::Coursier),
    ("coursier.jar", Client::Coursier),
    ("crane", Client::Images),
    ("cs", Client::Coursier),
    ("curl", Client::Download),
    ("docker", Client::Images),
    ("fetch_repo", Client::Go),
    ("gazelle", Client::Go),
    ("go", Client::Go),
    ("mvn", Client::Maven),
    ("mvnw", Client::Maven),
    ("npm", Client::Npm),
    ("npm.cmd", Client::Npm),
    ("npx", Client::Npm),
    ("pip", Client::Pip),
    ("pip3", Client::Pip),
    ("pnpm", Client::Pnpm),
    ("podman", Client::Images),
    ("regctl", Client::Images),
    ("rustup", Client::Cargo),
    ("skopeo", Client::Images),
    ("uv", Client::Uv),
    ("uvx", Client::Uv),
    ("wget", Client::Download),
    ("yarn", Client::Yarn),
    ("yarnpkg", Client::Yarn),
];

impl Client {
    fn named(name: &str) -> Option<Self> {
        let name = name.strip_suffix(".exe").unwrap_or(name);
        PROGRAMS.binary_search_by_key(&name, |(known, _)| known).ok().map(|at| PROGRAMS[at].1)
    }

    /// The client that a command line starts.
    pub fn started(command: &str) -> Option<Self> {
        Self::named(names(command).next()?)
    }

    /// The client that a command line starts or that a script in it, or its interpreter's arguments, name.
    pub fn of(command: &str) -> Option<Self> {
        names(command).find_map(Self::named)
    }

    /// What to do so that it needs no network on the other side: `collection.json` and the terminal say it.
    pub fn mend(self) -> &'static str {
        match self {
            Self::Cargo => {
                "cargo: have a CARGO_HOME there that `cargo fetch` has filled here, and name it with \
                 --repo_env=CARGO_HOME=DIR --repo_env=CARGO_NET_OFFLINE=true. An action takes its crates from the recipe \
                 cargo_vendor"
            }
            Self::Go => {
                "go: copy what `go env GOMODCACHE` names, as far as cache/download, and name it there with \
                 --repo_env=GOPROXY=file:///DIR --repo_env=GOSUMDB=off. An action takes its modules from the recipe go_modules"
            }
            Self::Npm => {
                "npm: name a mirror there with --repo_env=npm_config_registry=URL, or fill a cache here and name it with \
                 --repo_env=npm_config_cache=DIR --repo_env=npm_config_offline=true. An action takes its packages from the \
                 recipe npm_install or npm_cache, or from a populate target"
            }
            Self::Pnpm => {
                "pnpm: name a mirror there with --repo_env=npm_config_registry=URL, or fill a store here and name it with \
                 --repo_env=npm_config_store_dir=DIR --repo_env=npm_config_offline=true. An action takes its packages from \
                 the recipe pnpm_packages, or from a populate target"
            }
            Self::Yarn => {
                "yarn: name a mirror there with --repo_env=YARN_NPM_REGISTRY_SERVER=URL (before Yarn 2 \
                 --repo_env=YARN_REGISTRY=URL). An action takes its packages from the recipe yarn_mirror, or from a populate \
                 target"
            }
            Self::Pip => {
                "pip: name an index there with --repo_env=PIP_INDEX_URL=URL, or a folder of wheels with \
                 --repo_env=PIP_NO_INDEX=1 --repo_env=PIP_FIND_LINKS=DIR. An action takes its wheels from the recipe \
                 wheelhouse, or from a populate target"
            }
            Self::Uv => {
                "uv: name an index there with --repo_env=UV_DEFAULT_INDEX=URL, or a cache that was filled here with \
                 --repo_env=UV_CACHE_DIR=DIR --repo_env=UV_OFFLINE=1. An action takes its wheels from the recipe wheelhouse, \
                 or from a populate target"
            }
            Self::Coursier => {
                "coursier: name a mirror there with --repo_env=COURSIER_REPOSITORIES=URL, or a cache that was filled here \
                 with --repo_env=COURSIER_CACHE=DIR --repo_env=COURSIER_MODE=offline. Pin the artifacts, so that the rule \
                 downloads them with a checksum. An action takes its jars from the recipe coursier or maven_repo"
            }
            Self::Maven => {
                "maven: name a mirror there with --repo_env=MVNW_REPOURL=URL and a <mirror> in ~/.m2/settings.xml, or a \
                 repository that was filled here with --repo_env=MAVEN_ARGS='-o -Dmaven.repo.local=DIR'. An action takes \
                 its jars from the recipe maven_repo, or from a populate target"
            }
            Self::Download => {
                "curl or wget: let the rule download by itself, with rctx.download(url = …, sha256 = …), so that a bundle \
                 holds the file; or name it as an artifact of a recipe of your own"
            }
            Self::Images => {
                "a client of container images: take the image by its digest with a rule that downloads its parts with \
                 checksums (oci_pull of rules_oci), or have a registry with the image on the other side"
            }
        }
    }
}

/// What to do about programs of which nothing better is known.
const OTHERS: &str = "look at the commands: if one downloads, its own cache or mirror has to be there on the other side, \
                      named with --repo_env=VARIABLE=VALUE; an action takes what a program wants from a populate target";

/// What to do where commands are started that may download: by the first client that they name.
pub fn mend(commands: &[String]) -> &'static str {
    commands.iter().find_map(|command| Client::of(command)).map_or(OTHERS, Client::mend)
}

/// The last parts of all paths and words of a command line, in order.
fn names(command: &str) -> impl Iterator<Item = &str> {
    let between = |char: char| char.is_whitespace() || "'\"`;|&()<>=$".contains(char);
    // `<work>/` stands for a folder.
    let words = command.split(between).filter(|word| !word.is_empty() && *word != "work");
    words.map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word))
}

/// Whether a command line asks a program about itself or its settings, for which no client uses a network.
pub fn asks_only(arguments: &[String]) -> bool {
    let client = arguments.first().and_then(|program| Client::started(program));
    let arguments: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match arguments.as_slice() {
        ["--version" | "-version" | "-V" | "version" | "--help" | "help" | "-XshowSettings:properties"] => true,
        ["env" | "config", ..] => client.is_some(),
        [.., last] => *last == "--help",
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_sorted() {
        assert!(PROGRAMS.is_sorted_by_key(|(name, _)| name));
    }

    #[test]
    fn each_client_says_its_variable_and_our_own_way() {
        for (command, variable, way) in [
            ("<work>/base-0/modextwd/x/cargo-bazel splice --cargo /x/cargo", "CARGO_HOME", "cargo_vendor"),
            ("/usr/bin/go mod download", "GOPROXY", "go_modules"),
            ("<work>/external/tools/bin/fetch_repo -dest=x", "GOPROXY", "go_modules"),
            ("bash -c 'cd x && npm ci'", "npm_config_registry", "npm_install"),
            ("node /opt/pnpm", "npm_config_store_dir", "pnpm_packages"),
            ("yarn install", "YARN_NPM_REGISTRY_SERVER", "yarn_mirror"),
            ("python3.12 -m pip download x", "PIP_INDEX_URL", "wheelhouse"),
            ("uv.exe pip compile", "UV_DEFAULT_INDEX", "wheelhouse"),
            ("java -jar <work>/x/coursier.jar fetch", "COURSIER_CACHE", "maven_repo"),
            ("./mvnw -q package", "MVNW_REPOURL", "maven_repo"),
            ("curl -fsSL https://h.example/x", "rctx.download", "recipe of your own"),
            ("/usr/local/bin/crane pull x", "digest", "rules_oci"),
            ("perl x.pl", "--repo_env", "populate"),
        ] {
            let mend = mend(&[command.to_owned()]);
            assert!(mend.contains(variable) && mend.contains(way), "{command}: {mend}");
        }
    }

    #[test]
    fn what_is_started_is_told_from_what_is_named() {
        assert_eq!(Client::started("'<work>/a b/cargo' metadata"), None, "a path that is cut at its space");
        assert_eq!(Client::started("/usr/bin/cargo metadata"), Some(Client::Cargo));
        assert_eq!(Client::started("bash -c 'cargo fetch'"), None);
        assert_eq!(Client::of("bash -c 'cargo fetch'"), Some(Client::Cargo));
    }

    #[test]
    fn asking_is_no_download() {
        let asks = |text: &str| asks_only(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for text in ["npm config get registry", "go env GOPROXY", "java -XshowSettings:properties", "cargo --version"] {
            assert!(asks(text), "{text}");
        }
        for text in ["npm ci", "go mod download", "cargo", "python3 config x"] {
            assert!(!asks(text), "{text}");
        }
    }
}
