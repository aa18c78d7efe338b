use super::*;

#[test]
fn canonical_forms() {
    for (text, canonical) in [
        ("pkg:cargo/rand_core@0.6.4", None),
        ("pkg:cargo/x@1.0.0%2Bbuild", None),
        (
            "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?distro=bookworm&arch=amd64",
            Some("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=bookworm"),
        ),
        ("pkg:deb/debian/x@1%3A2.0~rc1?arch=amd64&distro=bookworm&path=pool/main/x/x_2.0~rc1_amd64.deb", None),
        ("pkg:golang/github.com/BurntSushi/toml@v1.4.0?type=zip", Some("pkg:golang/github.com/BurntSushi/toml@v1.4.0")),
        ("pkg:golang/golang.org/x/text@v0.3.0?type=mod", None),
        ("pkg:golang/gopkg.in/yaml.v2@v2.0.0%2Bincompatible", None),
        ("pkg:maven/junit/junit@4.13.2", None),
        (
            "pkg:maven/org.example/a@1?type=zip&classifier=bin",
            Some("pkg:maven/org.example/a@1?classifier=bin&type=zip"),
        ),
        ("pkg:maven/org.example/a@1?type=jar", Some("pkg:maven/org.example/a@1")),
        ("pkg:npm/%40scope/name@1.2.3", None),
        (
            "pkg:pypi/Typing_Extensions@4.0?file_name=typing_extensions-4.0-py3-none-any.whl",
            Some("pkg:pypi/typing-extensions@4.0?file_name=typing_extensions-4.0-py3-none-any.whl"),
        ),
    ] {
        let purl = Purl::parse(text).unwrap();
        assert_eq!(purl.to_string(), canonical.unwrap_or(text));
        assert_eq!(Purl::parse(&purl.to_string()).unwrap(), purl, "the canonical form means the same");
        assert!(TYPES.contains(&purl.ty()));
    }
}

#[test]
fn what_cannot_be_fetched_is_no_purl() {
    for (text, reason) in [
        ("pkg:gem/rails@1", "is of type gem: this lazytools knows cargo, deb, golang, maven, npm, pypi (LT209)"),
        ("pkg:cargo/a@1", "names version \"1\", which is none"),
        ("pkg:cargo/a/b@1.0.0", "cannot be read"),
        ("pkg:cargo/a%2Fb@1.0.0", "which is no crate"),
        ("pkg:cargo/a@1.0.0?x=y", "has the qualifier \"x\": packages of type cargo have none"),
        ("pkg:deb/debian/a@1?distro=bookworm", "names no arch: add arch=…, the architecture, as in amd64"),
        ("pkg:deb/debian/a@1?arch=amd64", "names no distro"),
        ("pkg:deb/debian/a@1?arch=amd64&distro=b&path=pool/../x", "which is no file of an archive"),
        ("pkg:deb/debian/a@1?arch=amd64&distro=..", "which no Debian package has"),
        ("pkg:golang/golang.org/x/text@0.3.0", "is exact and begins with v"),
        ("pkg:golang/golang.org/x/text@latest", "is exact and begins with v"),
        ("pkg:golang/golang.org/x/text@v1.0.0?type=tar", "a Go module has zip, mod and info"),
        ("pkg:golang/golang.org/%2E%2Ex/text@v1.0.0", "which is no Go module"),
        ("pkg:maven/junit@4.13.2", "which no Maven artifact has"),
        ("pkg:maven/junit/junit@4-SNAPSHOT", "names a snapshot"),
        ("pkg:maven/junit/junit@4?type=a%2F..%2Fb", "which no Maven artifact has"),
        ("pkg:npm/a", "names no version"),
        ("pkg:pypi/six@1.0", "names no file_name: add file_name=…"),
        ("pkg:pypi/six@1.0?file_name=..%2Fsix-1.0.whl", "which is no file of six"),
        ("pkg:pypi/six@1.0?file_name=seven-1.0.whl", "which is no file of six"),
    ] {
        let message = Purl::parse(text).unwrap_err().to_string();
        assert!(message.contains(reason) && message.ends_with(" (LT209)"), "{text}: {message}");
    }
}

#[test]
fn paths() {
    let go = |text: &str| match Purl::parse(text).unwrap() {
        Purl::Golang(purl) => purl.path(purl.file()),
        other => panic!("{other}"),
    };
    assert_eq!(
        go("pkg:golang/github.com/BurntSushi/toml@v1.4.0-RC1"),
        "github.com/!burnt!sushi/toml/@v/v1.4.0-!r!c1.zip"
    );
    let maven = |text: &str| match Purl::parse(text).unwrap() {
        Purl::Maven(purl) => purl.path(),
        other => panic!("{other}"),
    };
    assert_eq!(maven("pkg:maven/org.example/a@1?classifier=bin&type=zip"), "org/example/a/1/a-1-bin.zip");
    let cargo = |text: &str| match Purl::parse(text).unwrap() {
        Purl::Cargo(purl) => purl.index_path(),
        other => panic!("{other}"),
    };
    for (name, path) in [("A", "1/a"), ("ab", "2/ab"), ("abc", "3/a/abc"), ("Abcde", "ab/cd/abcde")] {
        assert_eq!(cargo(&format!("pkg:cargo/{name}@1.0.0")), path);
    }
}
