//! The input files of the recipes that read some.

use std::collections::BTreeMap;

use lazytools_lock::Name;

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SHA512: &str = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
const OTHER_SHA512: &str =
    "sha512-8Uquag4FC3Tkt7mlsu8aYM7Mu8o5sTKuPov4jTqUbG2Gh/Mmb9K2JkGdi2fc8djXwP5y1JGdm9Be+9NwcM+0Gg==";
const H1: &str = "h1:W5quZX/G/csjUnuI8SUYlsHs9M38FC7znL0lIO+DvMg=";

/// The texts by the names that recipes have for the files.
pub fn texts() -> BTreeMap<Name, String> {
    let texts = [
        ("cargo_lock", cargo_lock()),
        ("file_list", file_list()),
        ("go_sum", go_sum()),
        ("maven_files", maven_files()),
        ("package_lock", package_lock()),
        ("python_lock", python_lock()),
        ("yarn_lock", yarn_lock()),
    ];
    texts.into_iter().map(|(name, text)| (name.parse().unwrap(), text)).collect()
}

fn cargo_lock() -> String {
    format!(
        r#"version = 4
[[package]]
name = "a"
version = "1.0.0+b"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "{SHA256}"
[[package]]
name = "mine"
version = "0.1.0"
"#
    )
}

fn go_sum() -> String {
    format!(
        "a.example/Big v1.0.0 {H1}\na.example/Big v1.0.0/go.mod {H1}\na.example/old v2.0.0+incompatible/go.mod {H1}\n\
         golang.org/toolchain v0.0.1-go1.26.8.linux-amd64 {H1}\n"
    )
}

fn file_list() -> String {
    format!("# a comment\n{SHA256}  ./config.json\n{SHA256} *1_Pooling/a file.json\n{SHA256}  corpora/words.zip\n")
}

fn maven_files() -> String {
    format!(
        "# a comment\n{SHA256}  ./org/example/lib/1.0/lib-1.0.jar\n./org/example/lib/1.0/lib-1.0.pom\n\
         {SHA256}  ./org/example/lib/1.0/_remote.repositories\n"
    )
}

fn package_lock() -> String {
    let resolved = |name: &str| format!("https://registry.example/{name}/-/{name}-1.0.0.tgz");
    format!(
        r#"{{"lockfileVersion": 3, "packages": {{
        "node_modules/a": {{"version": "1.0.0", "integrity": "{SHA512}", "bin": {{"a": "./a.js"}}, "resolved": "{}"}},
        "node_modules/m": {{"version": "1.0.0", "integrity": "{OTHER_SHA512}", "os": ["darwin"], "resolved": "{}"}}}}}}"#,
        resolved("a"),
        resolved("m"),
    )
}

fn python_lock() -> String {
    let wheel = |file: &str| format!("{{ name = '{file}', hashes = {{ sha256 = '{SHA256}' }} }}");
    format!(
        r"lock-version = '1.0'
[[packages]]
name = 'general'
version = '1.0'
wheels = [{}]
[[packages]]
name = 'for-windows'
version = '1.0'
MARKER
wheels = [{}]
[[packages]]
name = 'native'
version = '1.0'
wheels = [{}, {}, {}, {}]
",
        wheel("general-1.0-py3-none-any.whl"),
        wheel("for_windows-1.0-cp312-cp312-win_amd64.whl"),
        wheel("native-1.0-cp312-cp312-macosx_11_0_arm64.whl"),
        wheel("native-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        wheel("native-1.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
        wheel("native-1.0-py3-none-any.whl"),
    )
    .replace("MARKER", "marker = \"sys_platform == 'win32'\"")
}

fn yarn_lock() -> String {
    format!(
        "# yarn lockfile v1\n\n\"@s/b@^1.0.0\":\n  version \"1.0.0\"\n  \
         resolved \"https://registry.example/@s/b/-/b-1.0.0.tgz#0\"\n  integrity {SHA512}\n"
    )
}
