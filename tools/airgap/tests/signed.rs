//! Signed bundles, with keys and signatures that minisign itself made; see data/minisign/README.md.

mod support;

use std::fs;
use std::path::Path;

use lazytools_airgap::signature::{check, public_key, trusted, Signed, Signer};
use lazytools_airgap::AirgapError;
use lazytools_lock::recipe::signature::MinisignKey;
use support::{exists, has, Lab, With};

const PLAIN: &str = include_str!("data/minisign/plain.key");
const ENCRYPTED: &str = include_str!("data/minisign/encrypted.key");
const PUBLIC: &str = include_str!("data/minisign/plain.pub");
const OTHER: &str = include_str!("data/minisign/other.pub");
const ID: &str = "0AA6D7651E510D62";

fn key(text: &str) -> MinisignKey {
    public_key(text.lines().nth(1).unwrap()).unwrap()
}

fn signer(lab: &Lab, text: &str, password: &str) -> Result<Signer, String> {
    let path = lab.out("secret.key");
    fs::write(&path, text).unwrap();
    Signer::read(&path, || Ok(password.to_owned())).map_err(|error| error.to_string())
}

#[test]
fn what_minisign_signed_is_believed() {
    let text = include_bytes!("data/minisign/text");
    let at = Path::new("bundle");
    for signature in [include_str!("data/minisign/text.minisig"), include_str!("data/minisign/text.legacy.minisig")] {
        assert_eq!(check(at, text, Some(signature), &[key(OTHER), key(PUBLIC)]).unwrap(), Signed::By(ID.to_owned()));
        assert_eq!(check(at, text, Some(signature), &[]).unwrap(), Signed::Unchecked(ID.to_owned()));
        let error = |text: &[u8], keys: &[MinisignKey]| check(at, text, Some(signature), keys).unwrap_err().to_string();
        has(
            &error(text, &[key(OTHER)]),
            &["bundle: it is signed by the key 0AA6D7651E510D62, and has to be by ", "(LT729)"],
        );
        has(
            &error(b"changed", &[key(PUBLIC)]),
            &["its manifest was changed after it was signed", "Nothing of it was used"],
        );
        // What is trusted of the comment is signed, too.
        let comment = signature.replace("\ntrusted comment: ", "\ntrusted comment: not ");
        assert!(check(at, text, Some(&comment), &[key(PUBLIC)]).is_err());
    }
    let other = include_str!("data/minisign/other.minisig");
    assert!(matches!(check(at, text, Some(other), &[key(OTHER)]).unwrap(), Signed::By(_)));
}

#[test]
fn a_signed_bundle_is_believed_or_refused_as_a_whole() {
    let lab = Lab::new();
    let signer = signer(&lab, PLAIN, "").unwrap();
    assert_eq!(signer.public(), &key(PUBLIC));
    lab.bundle_with("one", &With { signer: Some(&signer), ..With::default() }).unwrap();
    let keys = [key(PUBLIC)];
    assert_eq!(trusted(&lab.out("one"), &keys).unwrap().1, Signed::By(ID.to_owned()));
    assert_eq!(lab.problems("one"), "", "the signature is no stray file");

    // The same again: not even the signature is another.
    let before = lab.tree_of("one");
    lab.bundle_with("one", &With { signer: Some(&signer), ..With::default() }).unwrap();
    assert_eq!(lab.tree_of("one"), before);
    // Without a key the signature stays as long as it is over what there is.
    lab.bundle("one");
    assert_eq!(lab.tree_of("one"), before);
    let mut more = Lab::new();
    more.download(lazytools_airgap::digest::Algorithm::Sha256, b"more", &["https://h.example/more"]);
    more.write();
    more.bundle_with("one", &With { signer: Some(&signer), ..With::default() }).unwrap();
    more.items.pop();
    more.write();
    more.bundle("one");
    assert!(!exists(&more.out("one/manifest.json.minisig")), "it was over another manifest");

    // Whoever changes the manifest is found out before it is read at all.
    let manifest = lab.out("one/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("7.7.1", "6.6.6") + "{").unwrap();
    let error = trusted(&lab.out("one"), &keys).unwrap_err().to_string();
    has(&error, &["its manifest was changed after it was signed by the key 0AA6D7651E510D62", "(LT729)"]);
    fs::write(&manifest, &text).unwrap();
    fs::write(lab.out("one/manifest.json.minisig"), "\u{1b}[2Jno signature").unwrap();
    let (_, signed) = trusted(&lab.out("one"), &[]).unwrap();
    assert_eq!(signed.to_string(), "not signed: manifest.json.minisig is no signature of minisign");
    has(
        &trusted(&lab.out("one"), &keys).unwrap_err().to_string(),
        &["is no signature of minisign; it has to be one by"],
    );
    fs::remove_file(lab.out("one/manifest.json.minisig")).unwrap();
    assert_eq!(trusted(&lab.out("one"), &[]).unwrap().1, Signed::Not);
    has(
        &trusted(&lab.out("one"), &keys).unwrap_err().to_string(),
        &["it is not signed, and has to be by the key", "(LT729)"],
    );
}

#[test]
fn keys_and_passwords() {
    let lab = Lab::new();
    let encrypted = signer(&lab, ENCRYPTED, "open sesame").unwrap();
    assert_eq!(encrypted.public(), &key(PUBLIC));
    let signature = encrypted.sign(b"x", None).unwrap();
    assert_eq!(check(Path::new("b"), b"x", Some(&signature), &[key(PUBLIC)]).unwrap(), Signed::By(ID.to_owned()));
    has(&signature, &["trusted comment: file:manifest.json\n"]);
    let wrong = signer(&lab, ENCRYPTED, "open barley").err().unwrap();
    has(&wrong, &["secret.key", "Wrong password", "(LT730)"]);
    assert!(!wrong.contains("barley"));
    let never = || -> Result<String, AirgapError> { panic!("asked for the password of a key that has none") };
    fs::write(lab.out("plain.key"), PLAIN).unwrap();
    assert!(Signer::read(&lab.out("plain.key"), never).is_ok());
    for no_key in [PUBLIC, "", "x\ny\n"] {
        has(&signer(&lab, no_key, "").err().unwrap(), &["secret.key: ", "(LT730)"]);
    }
    // Damaged: the half that signs and the half that is public are no pair.
    let mut lines: Vec<String> = PLAIN.lines().map(str::to_owned).collect();
    let damaged = lines[1].replacen("CFhl7", "CFhl8", 1);
    lines[1] = damaged;
    let damaged = signer(&lab, &lines.join("\n"), "").unwrap();
    has(&damaged.sign(b"x", None).unwrap_err().to_string(), &["secret.key: it is damaged", "(LT730)"]);

    fs::write(lab.out("key.pub"), PUBLIC).unwrap();
    assert_eq!(public_key(lab.out("key.pub").to_str().unwrap()).unwrap(), key(PUBLIC));
    has(
        &public_key("RWnothing").unwrap_err().to_string(),
        &["RWnothing: it is neither a file nor a public key", "(LT730)"],
    );
    has(
        &public_key(lab.out("plain.key").to_str().unwrap()).unwrap_err().to_string(),
        &["it is no public key of minisign"],
    );
}
