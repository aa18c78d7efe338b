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
fn deno_locks() {
    let fault = |text: &str| fault("deno", &[], "deno_lock", text);
    assert!(fault("{\n}").starts_with("input file deno_lock:2: this is no deno.lock with a version: "));
    assert_eq!(
        fault(r#"{"version": "4", "npm": {}}"#),
        "input file deno_lock:1: it has version \"4\", and only \"5\" says for which platforms a package is: make it anew \
         with deno 2.3 or newer, by `deno install` (LT270)"
    );
    let elsewhere = "is no npm package, and only these can be laid out: take it from npm, or keep it among the sources";
    assert_eq!(
        fault(r#"{"version": "5", "jsr": {"@std/path@1.0.8": {}}}"#),
        format!("input file deno_lock:1: jsr:@std/path@1.0.8 {elsewhere} (LT270)")
    );
    assert_eq!(
        fault(r#"{"version": "5", "remote": {"https://example.org/mod.ts?token=secret": "00"}}"#),
        format!("input file deno_lock:1: https://example.org/mod.ts {elsewhere} (LT270)")
    );
    assert_eq!(
        fault(r#"{"version": "5", "npm": {"a@1.0.0": {}}}"#),
        "input file deno_lock:1: a@1.0.0 has no \"integrity\" with SHA-256 or stronger: make the file anew by \
         `deno install` (LT270)"
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
fn addresses_of_repositories_in_the_cache_of_coursier() {
    for address in ["repository.example", "file:///a", "https://user@repository.example/maven2"] {
        let said = fault("coursier", &[("repository", address)], "maven_files", "");
        let expected = format!(
            "repository is {address:?}, and has to be the address of a Maven repository as the tool names it, without a \
             password, as in \"https://repository.example/maven2\" (LT201)"
        );
        assert!(said.ends_with(&expected), "{said}");
    }
}

#[test]
fn lines_of_sha256sum() {
    let params = [("repository", "acme/tiny"), ("commit", "0123")];
    let fault = |text: &str| fault("huggingface", &params, "sha256sums", text);
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        fault("# list\nconfig.json\n"),
        "input file sha256sums:2: \"config.json\" is not a SHA-256 and a path, as `sha256sum` prints them: make the list \
         anew, by `find -L . -type f | sort | xargs -d '\\n' sha256sum` in the folder that has the files (LT275)"
    );
    let other = digest.replace('e', "f");
    assert_eq!(
        fault(&format!("{digest}  a\n{other}  ./a\n")),
        "input file sha256sums:2: a is in the file twice, with different digests (LT275)"
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

#[test]
fn lists_of_files() {
    let conan = |text: &str| fault("conan_sources", &[], "sources", text);
    let form =
        "is no line of a list of files, which is SHA256 ADDRESS, then the path if it is not the address's last part, \
                then the platform if only one has the file (LT280)";
    assert_eq!(
        conan("# list\nhttps://files.example/a.zip\n"),
        format!("input file sources:2: \"https://files.example/a.zip\" {form}")
    );
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(conan(&format!("{digest} a.zip")), format!("input file sources:1: \"{digest} a.zip\" {form}"));
    let line = format!("{digest} pkg:npm/a@1");
    assert_eq!(
        fault("helm", &[], "charts", &line),
        format!("input file charts:1: {line:?} does not say what the file is called: add its path behind the address (LT280)")
    );
    assert_eq!(
        fault("cmake_fetchcontent", &[], "sources", &format!("\n{digest} https://files.example/a.jar a")),
        "input file sources:2: https://files.example/a.jar is no archive by its name, which ends in one of .tar, .tar.bz2, \
         .tar.gz, .tar.xz, .tar.zst, .tgz, .whl, .zip (LT280)"
    );
}

#[test]
fn pnpm_locks() {
    let fault = |text: &str| fault("pnpm_packages", &[], "pnpm_lock", text);
    assert_eq!(
        fault("lockfileVersion: 5.4\n"),
        "input file pnpm_lock:1: its lockfileVersion is \"5.4\", and 6 and newer can be read: pnpm 8 writes them (LT534)"
    );
    assert!(fault("a: [").contains("it is not YAML"));
    let with = |key: &str, resolution: &str| {
        format!("lockfileVersion: '9.0'\npackages:\n\n  {key}:\n    resolution: {{{resolution}}}\n")
    };
    let elsewhere =
        "does not come from a registry, or has the address of its tarball: pnpm would go there, and nowhere \
                     else. Only packages of a registry can be laid out; `lockfile-include-tarball-url` has to be off \
                     (LT534)";
    let sri =
        "integrity: sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
    assert_eq!(
        fault(&with("'@s/a@1.0.0'", &format!("{sri}, tarball: https://example.org/a.tgz"))),
        format!("input file pnpm_lock:4: @s/a@1.0.0 {elsewhere}")
    );
    let git = "a@git+https://example.org/a.git#0";
    assert_eq!(
        fault(&with(&format!("'{git}'"), "commit: '0', repo: https://example.org/a.git, type: git")),
        format!("input file pnpm_lock:4: {git} {elsewhere}")
    );
    assert_eq!(
        fault(&with("a@1.0.0", "integrity: sha1-Lve95gjOVATpfV8EL5X4nxwjKHE=")),
        "input file pnpm_lock:4: a@1.0.0 has no integrity of SHA-256 or stronger (LT534)"
    );
    assert!(fault("lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    dev: true\n")
        .contains(":3: a@1.0.0 has no resolution"));
}
