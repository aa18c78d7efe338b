//! Lock files that cannot be laid out are told with their line and what mends it.

mod support;

use std::collections::BTreeMap;

use lazytools_lock::recipe::Recipe;
use lazytools_lock::{Name, Request, Role};
use support::read;

/// What is said of an input file for Linux.
fn fault(recipe: &str, params: &[(&str, &str)], key: &str, text: &str) -> String {
    let file = format!("recipes/{recipe}.toml");
    let recipe = Recipe::parse(&file, &read(&file)).unwrap_or_else(|error| panic!("{error}"));
    let request: Request = serde_json::from_value(serde_json::json!({
        "recipe": recipe.name.as_str(), "files": {key: "//:f"}, "platforms": ["linux_x86_64"],
        "params": params.iter().copied().collect::<BTreeMap<_, _>>(),
    }))
    .unwrap();
    let chosen = recipe.choose(&request).unwrap_or_else(|error| panic!("{error}"));
    let files = BTreeMap::from([(key.parse::<Name>().unwrap(), text.to_owned())]);
    let parts = [(Role::Any, None), (Role::Host, Some("linux_x86_64".parse().unwrap()))];
    let fault = parts.into_iter().find_map(|(role, platform)| chosen.wanted(role, platform, &files).err());
    fault.unwrap_or_else(|| panic!("nothing is wrong with {text}")).to_string()
}

#[test]
fn cargo_locks() {
    let fault = |text: &str| fault("cargo_vendor", &[], "cargo_lock", text);
    assert!(fault("version = 4\n[[package]\n").starts_with("input file cargo_lock:2: this is no Cargo.lock: "));
    let package = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = ";
    assert_eq!(
        fault(&format!("{package}\"git+https://example.org/a#0\"\n")),
        "input file cargo_lock:1: a 1.0.0 comes from git+https:…, and only crates of crates.io can be laid out: depend on \
         a release of it, or on a folder of your own (path = \"…\") (LT250)"
    );
    let public = format!("{package}\"registry+https://github.com/rust-lang/crates.io-index\"\n");
    assert_eq!(
        fault(&public),
        "input file cargo_lock:1: a 1.0.0 has no checksum of its own: make the file anew with cargo 1.53 or newer, by \
         `cargo generate-lockfile` (LT250)"
    );
}

#[test]
fn go_sums() {
    let fault = |text: &str| fault("go_modules", &[], "go_sum", text);
    assert_eq!(
        fault("a.example/m v1.0.0/go.mod h1:x=\n<<<<<<< HEAD\n"),
        "input file go_sum:2: this is no line of a go.sum, which has a module, a version and a sum: run `go mod tidy` \
         (LT251)"
    );
    assert_eq!(
        fault("a.example/m v1.0.0 h1:x=\n"),
        "input file go_sum:1: a.example/m v1.0.0 has no line for its go.mod: run `go mod tidy` (LT251)"
    );
}

#[test]
fn python_locks() {
    let fault = |python: &str, text: &str| fault("wheelhouse", &[("python", python)], "python_lock", text);
    assert!(fault("3.12", "a==1.0\n").contains("`uv pip compile --format pylock.toml requirements.txt"));
    assert!(fault("3", "").ends_with("python is \"3\", and has to be two numbers, as in \"3.12\" (LT201)"));
    let digest = "hashes = { sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }";
    let wheel = format!("[{{ name = 'a-1-cp312-cp312-win_amd64.whl', {digest} }}]");
    let text = format!("lock-version = '1.0'\n[[packages]]\nname = 'a'\nversion = '1'\nwheels = {wheel}\n");
    assert_eq!(
        fault("3.12", &text),
        "input file python_lock:1: a 1 has no wheel for Python 3.12 on linux_x86_64: take a version that has one, or \
         another Python (params = {\"python\": \"…\"}), or leave the platform out (LT252)"
    );
}

#[test]
fn yarn_locks_and_npms_cache() {
    assert_eq!(
        fault("yarn_mirror", &[], "yarn_lock", "__metadata:\n  version: 8\n"),
        "input file yarn_lock:1: this is no yarn.lock of yarn 1 (\"yarn lockfile v1\"): the caches of newer yarns cannot \
         be made from packages (LT253)"
    );
    let git = "# yarn lockfile v1\na@^1:\n  version \"1.0.0\"\n  resolved \"git+https://example.org/a.git#0\"\n";
    assert_eq!(
        fault("yarn_mirror", &[], "yarn_lock", git),
        "input file yarn_lock:2: a@^1: it comes from git+https://example.org/a.git, and only packages of a registry, or \
         with a digest (integrity), can be laid out (LT253)"
    );
    let bare = r#"{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}"#;
    assert_eq!(
        fault("npm_cache", &[], "package_lock", bare),
        "input file package_lock:1: node_modules/a has no \"resolved\" or no SHA-512 \"integrity\", by which npm finds a \
         package in its cache: run `npm install --package-lock-only --omit-lockfile-registry-resolved=false` (LT211)"
    );
}

#[test]
fn lists_of_files() {
    let params = [("repository", "acme/tiny"), ("commit", "0123")];
    let fault = |text: &str| fault("huggingface", &params, "file_list", text);
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        fault("# list\nconfig.json\n"),
        "input file file_list:2: \"config.json\" is not a SHA-256 and a path, as `sha256sum` prints them: make the list \
         anew, by `find -L . -type f | sort | xargs -d '\\n' sha256sum` in the folder that has the files (LT275)"
    );
    let other = digest.replace('e', "f");
    assert_eq!(
        fault(&format!("{digest}  a\n{other}  ./a\n")),
        "input file file_list:2: a is in the file twice, with different digests (LT275)"
    );
    assert!(fault(&format!("{digest}  ../a\n")).contains("../a"));
}

#[test]
fn lists_of_maven_files() {
    let fault = |text: &str| fault("maven_repo", &[], "maven_files", text);
    let remedy =
        "is no file of a Maven repository, as in org/example/lib/1.0/lib-1.0.jar, with or without its SHA-256 \
                  before it: make the list anew, by `find . -type f | sort | xargs sha256sum` in a local repository \
                  (LT254)";
    assert_eq!(fault("# list\nlib-1.0.jar\n"), format!("input file maven_files:2: \"lib-1.0.jar\" {remedy}"));
    assert_eq!(fault("00 a/b/1/b-1.jar"), format!("input file maven_files:1: \"00 a/b/1/b-1.jar\" {remedy}"));
}
