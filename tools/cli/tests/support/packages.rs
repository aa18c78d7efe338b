//! What tests of package registries share: recipes of one artifact, declared registries, and stand-ins for clients.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Outcome, Server, Workspace};

/// A recipe whose one artifact is a package; `more` are further keys of it.
pub fn recipe(purl: &str, format: &str, more: &str) -> String {
    format!(
        "schema = 1\nname = \"thing\"\ndescription = \"A package.\"\nneeds_version = true\n\n[[artifacts]]\n\
         id = \"package\"\npurl = \"{purl}\"\nformat = \"{format}\"\n{more}\n\n[[layout]]\nstep = \"place\"\n\
         artifact = \"package\"\nto = \"package\"\n"
    )
}

/// A recipe of several packages: (id, purl, format).
pub fn recipe_of_all<'a>(packages: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    let mut lines = vec!["schema = 1\nname = \"thing\"\ndescription = \"All.\"\nneeds_version = true".to_owned()];
    for (id, purl, format) in packages {
        lines.push(format!("[[artifacts]]\nid = \"{id}\"\npurl = \"{purl}\"\nformat = \"{format}\""));
        lines.push(format!("[[layout]]\nstep = \"place\"\nartifact = \"{id}\"\nto = \"{id}\""));
    }
    lines.join("\n\n") + "\n"
}

impl Workspace {
    /// Declares base addresses as `lazy_tools.registry` does.
    pub fn declare(&self, registries: &[(&str, String)]) {
        let registries: Vec<String> = registries.iter().map(|(ty, url)| format!("\"{ty}\": \"{url}\"")).collect();
        let requests = self.read("requests.json");
        let (before, rest) = requests.split_once("\"registries\": {").unwrap();
        let (_, after) = rest.split_once('}').unwrap();
        self.write("requests.json", &format!("{before}\"registries\": {{{}}}{after}", registries.join(", ")));
    }

    /// A program of this name for [`Workspace::bare`]; the text is a shell script's.
    pub fn client(&self, name: &str, script: &str) {
        let folder = self.clients();
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    fn clients(&self) -> PathBuf {
        self.path().join("store/clients")
    }

    /// The command on a machine that knows no registry, and has no clients but those of the test.
    pub fn bare(&self, server: &Server) -> Command {
        let home = self.path().join("store/home");
        fs::create_dir_all(&home).unwrap();
        let mut command = self.command(server);
        for name in [
            "APT_CONFIG",
            "CARGO_HOME",
            "GITHUB_API_URL",
            "GITHUB_SERVER_URL",
            "GITHUB_TOKEN",
            "GONOPROXY",
            "GOPRIVATE",
            "GOPROXY",
            "M2_HOME",
            "MAVEN_HOME",
            "MVNW_REPOURL",
            "NETRC",
            "PIP_CONFIG_FILE",
            "PIP_INDEX_URL",
            "UV_DEFAULT_INDEX",
            "UV_INDEX_URL",
            "XDG_CONFIG_HOME",
        ] {
            command.env_remove(name);
        }
        command.env("HOME", &home).env("PATH", self.clients());
        command
    }

    /// A file in the bare command's HOME.
    pub fn at_home(&self, name: &str, text: &str) {
        let file = self.path().join("store/home").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Runs the bare command with these variables.
    pub fn pin_bare(&self, server: &Server, variables: &[(&str, String)]) -> Outcome {
        let mut command = self.bare(server);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        Outcome::of(&command.output().unwrap())
    }

    /// Throws the lock away, so that all is asked for again.
    pub fn forget(&self) {
        let _ = fs::remove_file(self.path().join("lazy_tools.lock.json"));
    }

    /// The pinned package's entry in the lock.
    pub fn pinned(&self) -> serde_json::Value {
        let lock: serde_json::Value = serde_json::from_str(&self.lock()).unwrap();
        lock["tools"]["thing"]["any"]["artifacts"]["package"].clone()
    }
}
