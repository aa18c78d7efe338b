//! The `signature` of an artifact: what is right, and what would prove nothing.

mod support;

use std::collections::BTreeMap;

use lazytools_lock::recipe::expand::WantedSignature;
use lazytools_lock::recipe::{Recipe, Wanted};
use lazytools_lock::{Request, Role};
use support::{faults, read};

const NPM_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY6Ya7W++7aUPzvMTrezH6Ycx3c+HOKYCcNGybJZSCJq/fd7Qa8uuAKtdIkUQtQiEKERhAmE5lMMJhP8OkDOa2g==";
const MINISIGN_KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
const OPENPGP_KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdA0l5NvIZbXVUTf+D7yRJbBgWlEUlk9Q43vOpq
wsmEpbu0F2dvb2QgPGdvb2RAZXhhbXBsZS5vcmc+iJAEExYIADgWIQSwtWRXJUEQ
rl6K+1QleLIuQ7bBdQUCXgvhAAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRAleLIuQ7bBdWUEAQDBi5KjL4qiLtCrm2JXxApjvZY456pjN74oxfrJSGL6SQD+
NzSDVefmu80aVGxyQqZA3Fz5rPxr6vngKFNyz4erqwI=
=oD/y
-----END PGP PUBLIC KEY BLOCK-----
";
const SUMS: &str = r#"digest = { from = "checksums", url = "u", algorithm = "sha256" }"#;
const URL: &str = r#"url = "https://example.org/{version}""#;

/// A recipe with one artifact, which has these lines.
fn recipe(lines: &[&str]) -> String {
    format!(
        "schema = 1\nname = \"thing\"\ndescription = \"A thing.\"\nneeds_version = true\n\
         [params.signatures]\ndoc = \"x\"\ndefault = \"no\"\nchoices = [\"no\", \"yes\"]\n\
         [[artifacts]]\nid = \"base\"\nformat = \"tar.gz\"\n{}\n",
        lines.join("\n")
    )
}

fn wanted(text: &str, signatures: &str) -> Wanted {
    let recipe = Recipe::parse("r.toml", text).unwrap_or_else(|errors| panic!("{errors}"));
    let request: Request = serde_json::from_str(&format!(
        r#"{{"recipe": "r", "version": "1.0", "params": {{"signatures": "{signatures}"}}, "platforms": []}}"#
    ))
    .unwrap();
    let chosen = recipe.choose(&request).unwrap();
    chosen.wanted(Role::Any, None, &BTreeMap::new()).unwrap().remove(0)
}

#[test]
fn what_is_right_fits_the_schema_too() {
    let schema: serde_json::Value = serde_json::from_str(&read("docs/recipe.schema.json")).unwrap();
    let purl = r#"purl = "pkg:npm/thing@{version}""#;
    let minisign = |over: &str| {
        format!("signature = {{ from = \"minisign\", url = \"{{version}}.minisig\", over = \"{over}\", keys = [\"{MINISIGN_KEY}\"] }}")
    };
    let (sums, artifact) = (minisign("checksums"), minisign("artifact"));
    let openpgp = format!(
        "signature = {{ from = \"openpgp\", url = \"{{version}}.sig\", over = \"checksums\", keys = [\"\"\"{OPENPGP_KEY}\"\"\"] }}"
    );
    let keys = format!("signature = {{ from = \"npm\", keys = [\"{NPM_KEY}\"] }}");
    for lines in [
        &[purl, "signature = { from = \"npm\" }"][..],
        &[purl, &keys],
        &[URL, SUMS, &sums],
        &[URL, SUMS, &artifact],
        &[URL, SUMS, &openpgp],
        &[URL, "digest = { from = \"download\" }", &artifact],
    ] {
        let text = recipe(lines);
        let value: serde_json::Value = toml::from_str(&text).unwrap();
        assert_eq!(faults(&schema, &value), Vec::<String>::new(), "{text}");
        match wanted(&text, "no").signature.unwrap() {
            WantedSignature::Npm { keys } => assert!(keys.len() < 2),
            WantedSignature::Minisign { url, keys, .. } => {
                assert_eq!((url.as_str(), keys[0].id().as_str()), ("1.0.minisig", "E7620F1842B4E81F"));
            }
            WantedSignature::OpenPgp { url, keys, .. } => assert_eq!((url.as_str(), keys.len()), ("1.0.sig", 1)),
        }
    }
}

#[test]
fn a_parameter_decides() {
    let text = recipe(&[
        r#"purl = "pkg:npm/thing@{version}""#,
        r#"signature = { from = "npm", when = { signatures = "yes" } }"#,
    ]);
    assert!(wanted(&text, "no").signature.is_none() && wanted(&text, "yes").signature.is_some());
    let text = text.replace("= \"yes\" } }", "= \"perhaps\" } }");
    let message = Recipe::parse("r.toml", &text).unwrap_err().to_string();
    assert!(message.contains("\"perhaps\" is no choice of parameter signatures"), "{message}");
}

#[test]
fn what_proves_nothing_is_told() {
    for (lines, expected) in [
        (
            &[URL, SUMS, "signature = { from = \"npm\" }"],
            "r.toml:14: npm's signature is over the digest in npm's metadata: the artifact needs a purl of type npm, and \
             its digest from there (LT240)",
        ),
        (
            &[URL, "digest = { from = \"download\" }", "signature = { from = \"minisign\", url = \"u\", over = \"checksums\" }"],
            "r.toml:14: the signature is over = \"checksums\", and the digest is not from = \"checksums\" (LT240)",
        ),
        (
            &[URL, SUMS, "signature = { from = \"minisign\", url = \"u\", over = \"artifact\" }"],
            "r.toml:14: a minisign signature proves nothing without keys: add keys = [\"RW…\"], the second line of \
             upstream's minisign.pub (LT240)",
        ),
        (
            &[URL, SUMS, "signature = { from = \"minisign\", url = \"u\", over = \"artifact\", keys = [\"x\"] }"],
            "r.toml:14: \"x\" is no public key: it has to be the second line of a minisign.pub (LT240)",
        ),
        (&[URL, SUMS, "signature = { from = \"pgp\" }"], "from of signature cannot be \"pgp\": known: minisign, npm, openpgp (LT201)"),
        (&[URL, SUMS, "signature = { from = \"openpgp\", url = \"u\", over = \"artifact\" }"], "an OpenPGP signature proves nothing without keys"),
        (
            &[URL, SUMS, "signature = { from = \"openpgp\", url = \"u\", over = \"artifact\", keys = [\"x\"] }"],
            "\"x\" is no public key: it has to be what gpg --armor --export prints (LT240)",
        ),
        (&[URL, SUMS, "signature = { from = \"npm\", url = \"u\" }"], "signature has no key \"url\": "),
    ] {
        let message = Recipe::parse("r.toml", &recipe(lines)).unwrap_err().to_string();
        assert!(message.contains(expected), "no {expected:?} in:\n{message}");
    }
}
