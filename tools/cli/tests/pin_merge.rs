//! A lock merges line by line, by git's own merge; and where it cannot, what the message says mends it.

mod support;

use std::process::{Command, Output};

use support::{tar_gz, Answer, Server, Workspace, DOWNLOADED};

/// A repository with a lock for these tools, on the branch `main`.
struct Repository {
    server: Server,
    workspace: Workspace,
}

const FILES: &str = "lazy_tools.lock.json";

impl Repository {
    fn new(tools: &[(&str, &str)]) -> Self {
        let server = Server::new();
        for version in ["1.0", "2.0", "3.0"] {
            for word in ["x", "a"] {
                let bytes = tar_gz(&[("a.txt", &format!("{version} {word}"))]);
                server.on(&format!("/files/{version}/thing-{word}.tar.gz"), &[Answer::Bytes(bytes)]);
            }
        }
        let repository = Self { server, workspace: Workspace::new(DOWNLOADED) };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit(tools);
        repository
    }

    fn git_output(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        // Nothing of the user's own settings may matter.
        command
            .current_dir(self.workspace.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Test").env(format!("GIT_{role}_EMAIL"), "test@example.org");
        }
        command.args(arguments).output().expect("git is there")
    }

    fn git(&self, arguments: &[&str]) {
        let output = self.git_output(arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What MODULE.bazel asks for.
    fn ask(&self, tools: &[(&str, &str)]) {
        let entries: Vec<String> = tools
            .iter()
            .map(|(name, version)| {
                format!(
                    r#""{name}": {{"recipePath": "thing.toml", "request": {{"recipe": "//:thing.toml",
                    "version": "{version}", "platforms": ["linux_aarch64", "linux_x86_64"]}}}}"#
                )
            })
            .collect();
        let requests = format!(
            r#"{{"requestsVersion": 1, "hub": "lazy_tools", "lock": "{FILES}", "tools": {{{}}}}}"#,
            entries.join(", ")
        );
        self.workspace.write("requests.json", &requests);
    }

    /// Pins tools and commits the lock.
    fn commit(&self, tools: &[(&str, &str)]) {
        self.ask(tools);
        self.workspace.pin(&self.server, &[]).succeeded();
        self.git(&["add", FILES]);
        self.git(&["commit", "--quiet", "--message=pins"]);
    }

    /// Two branches from `main`, each with its own pins, merged; whether git could.
    fn merge(&self, ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> bool {
        self.git(&["checkout", "--quiet", "-b", "theirs", "main"]);
        self.commit(theirs);
        self.git(&["checkout", "--quiet", "-b", "ours", "main"]);
        self.commit(ours);
        self.git_output(&["merge", "--quiet", "--no-edit", "theirs"]).status.success()
    }

    /// The lock is the one that would be made from nothing.
    fn is_as_new(&self) {
        self.workspace.pin(&self.server, &["--check"]).succeeded();
        let merged = self.workspace.lock();
        std::fs::remove_file(self.workspace.path().join(FILES)).unwrap();
        self.workspace.pin(&self.server, &[]).succeeded();
        assert_eq!(merged, self.workspace.lock());
    }
}

#[test]
fn updates_of_different_tools_merge() {
    // Also of neighbours.
    let repository = Repository::new(&[("a", "1.0"), ("b", "1.0"), ("c", "1.0")]);
    assert!(repository.merge(&[("a", "2.0"), ("b", "1.0"), ("c", "1.0")], &[("a", "1.0"), ("b", "3.0"), ("c", "1.0")],));
    repository.ask(&[("a", "2.0"), ("b", "3.0"), ("c", "1.0")]);
    repository.is_as_new();
}

#[test]
fn new_tools_in_different_places_merge() {
    let repository = Repository::new(&[("b", "1.0"), ("d", "1.0")]);
    assert!(repository.merge(&[("a", "2.0"), ("b", "1.0"), ("d", "1.0")], &[("b", "1.0"), ("c", "1.0"), ("d", "1.0")],));
    repository.ask(&[("a", "2.0"), ("b", "1.0"), ("c", "1.0"), ("d", "1.0")]);
    repository.is_as_new();
}

#[test]
fn a_new_tool_and_the_removal_of_another_merge() {
    let repository = Repository::new(&[("a", "1.0"), ("b", "1.0"), ("c", "1.0")]);
    assert!(repository.merge(&[("b", "1.0"), ("c", "1.0")], &[("a", "1.0"), ("b", "1.0"), ("bb", "2.0"), ("c", "1.0")]));
    repository.ask(&[("b", "1.0"), ("bb", "2.0"), ("c", "1.0")]);
    repository.is_as_new();
}

#[test]
fn where_git_cannot_the_message_says_how_to_go_on_and_that_works() {
    for side in ["--ours", "--theirs"] {
        // One tool in two versions, and two new ones in one place.
        let repository = Repository::new(&[("a", "1.0"), ("z", "1.0")]);
        assert!(!repository
            .merge(&[("a", "2.0"), ("b", "1.0"), ("z", "1.0")], &[("a", "3.0"), ("c", "1.0"), ("z", "2.0")],));
        let wanted = [("a", "3.0"), ("b", "1.0"), ("c", "1.0"), ("z", "2.0")];
        repository.ask(&wanted);
        for arguments in [&[][..], &["--check"]] {
            repository.workspace.pin(&repository.server, arguments).failed_with(&[
                "lazy_tools.lock.json:",
                "git left conflict markers: take either side whole with `git checkout --ours lazy_tools.lock.json`",
                "(LT101)",
            ]);
        }
        repository.git(&["checkout", side, FILES]);
        repository.workspace.pin(&repository.server, &[]).succeeded();
        repository.git(&["add", FILES]);
        repository.git(&["commit", "--quiet", "--no-edit"]);
        repository.is_as_new();
    }
}
