//! Signatures that recipes ask for.

mod support;

use std::process::Command;
use std::sync::{Arc, Mutex};

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use base64::Engine as _;
use lazytools_lock::Algorithm;
use ring::rand::SystemRandom;
use ring::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, ECDSA_P256_SHA256_ASN1_SIGNING};
use support::{files, openpgp, tar_gz, Outcome, Reply, Upstream, Workspace, DOWNLOADED};

fn archive() -> Vec<u8> {
    tar_gz(&[("package/a.txt", "some text")])
}

/// A key as npm's registry has one: the pair, its base64, its fingerprint.
struct NpmKey {
    pair: EcdsaKeyPair,
    base64: String,
    fingerprint: String,
}

impl NpmKey {
    fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let prefix = STANDARD.decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=").unwrap();
        let der = [&prefix[..], pair.public_key().as_ref()].concat();
        let fingerprint = format!("SHA256:{}", STANDARD_NO_PAD.encode(Algorithm::Sha256.digest(&der).bytes()));
        Self { pair, base64: STANDARD.encode(der), fingerprint }
    }

    fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap())
    }

    /// The key in `/-/npm/v1/keys`.
    fn published(&self, id: &str, expires: &str) -> String {
        format!(
            r#"{{"keyid": "{id}", "keytype": "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256", "expires": {expires},
            "key": "{}"}}"#,
            self.base64
        )
    }
}

/// What the registry says; a test changes it.
#[derive(Clone, Default)]
struct Said {
    signatures: String,
    keys: Option<String>,
    published: String,
}

struct Registry {
    upstream: Upstream,
    said: Arc<Mutex<Said>>,
    integrity: String,
}

impl Registry {
    fn new() -> Self {
        let integrity = Algorithm::Sha512.digest(&archive()).to_string();
        let said: Arc<Mutex<Said>> = Arc::default();
        let (of_server, digest) = (Arc::clone(&said), integrity.clone());
        let upstream = Upstream::new(move |request| {
            let said = of_server.lock().unwrap().clone();
            let version = format!(r#"{{"dist": {{"integrity": "{digest}", "signatures": [{}]}}}}"#, said.signatures);
            match request.path.as_str() {
                "/@scope%2Fthing/1.0" => Reply::ok(version),
                "/@scope%2Fthing" => {
                    Reply::ok(format!(r#"{{"versions": {{"1.0": {version}}}, "time": {{{}}}}}"#, said.published))
                }
                "/-/npm/v1/keys" => {
                    said.keys.map_or_else(|| Reply::status(404), |keys| Reply::ok(format!(r#"{{"keys": [{keys}]}}"#)))
                }
                _ => Reply::ok(archive()),
            }
        });
        Self { upstream, said, integrity }
    }

    /// What a registry signs of this version.
    fn message(&self) -> String {
        format!("@scope/thing@1.0:{}", self.integrity)
    }

    fn say(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.said.lock().unwrap());
    }

    fn signed(&self, id: &str, signature: &str) {
        self.say(|said| said.signatures = format!(r#"{{"keyid": "{id}", "sig": "{signature}"}}"#));
    }

    fn pin(&self, workspace: &Workspace) -> Outcome {
        let mut command = workspace.alone();
        command.env("npm_config_registry", self.upstream.address("/")).args(["--pause", "1", "--refresh"]);
        Outcome::of(&command.output().unwrap())
    }
}

fn npm_recipe(signature: &str) -> String {
    DOWNLOADED
        .replace(
            "url = \"https://files.example.org/{version}/thing-{platform.word}.tar.gz\"",
            "purl = \"pkg:npm/%40scope/thing@{version}\"",
        )
        .replace("digest = { from = \"download\" }", &format!("signature = {{ {signature} }}"))
}

#[test]
fn the_registrys_signature_is_checked_by_the_keys_of_the_recipe() {
    let (registry, key, other) = (Registry::new(), NpmKey::new(), NpmKey::new());
    let workspace =
        Workspace::new(&npm_recipe(&format!("from = \"npm\", keys = [\"{}\", \"{}\"]", other.base64, key.base64)));
    registry.pin(&workspace).failed_with(&[
        "thing-1.0.tgz: the registry has no signature of @scope/thing@1.0, and the recipe says that there is one",
        "(LT338)",
    ]);
    registry.signed("any", &key.sign(&registry.message()));
    registry.pin(&workspace).succeeded();
    let lock: serde_json::Value = serde_json::from_str(&workspace.lock()).unwrap();
    let found = &lock["tools"]["thing"]["target"]["linux_x86_64"]["artifacts"]["thing"]["provenance"];
    assert_eq!(*found, serde_json::json!({"from": "npm", "over": "digest", "key": key.fingerprint}));
    assert!(
        !registry.upstream.lines().iter().any(|line| line.starts_with("GET /@scope/thing/-/")),
        "nothing is downloaded"
    );
    assert!(
        !registry.upstream.lines().contains(&"GET /-/npm/v1/keys".to_owned()),
        "the registry's own word is not asked"
    );
    // By another key, whatever the registry says of it.
    let before = workspace.lock();
    let stranger = NpmKey::new();
    registry.signed("any", &stranger.sign(&registry.message()));
    registry.say(|said| said.keys = Some(stranger.published("any", "null")));
    let by_another =
        ["no signature of @scope/thing@1.0 is by a key that the recipe names: someone else signed it", "(LT339)"];
    registry.pin(&workspace).failed_with(&by_another);
    // Over another version.
    registry.signed("any", &key.sign(&registry.message().replace("@1.0:", "@0.9:")));
    registry.pin(&workspace).failed_with(&by_another);
    registry.signed("any", "nonsense");
    registry.pin(&workspace).failed_with(&by_another);
    assert_eq!(workspace.lock(), before);
}

#[test]
fn without_keys_the_registrys_own_are_believed_until_they_expire() {
    let (registry, key) = (Registry::new(), NpmKey::new());
    let workspace = Workspace::new(&npm_recipe("from = \"npm\""));
    registry.signed("SHA256:name", &key.sign(&registry.message()));
    registry.pin(&workspace).failed_with(&[
        "/-/npm/v1/keys: the registry publishes no keys",
        "name the ones you believe in",
        "(LT338)",
    ]);
    let keys = |id: &str, expires: &str| registry.say(|said| said.keys = Some(key.published(id, expires)));
    keys("SHA256:name", "null");
    registry.pin(&workspace).succeeded();
    assert!(workspace.lock().contains(&key.fingerprint));
    keys("SHA256:other", "null");
    registry.pin(&workspace).failed_with(&["is by a key that the registry publishes", "(LT339)"]);
    // What a key signed while it was good stays good.
    keys("SHA256:name", "\"2025-01-29T00:00:00.000Z\"");
    registry.say(|said| said.published = r#""1.0": "2024-06-01T12:00:00.000Z""#.to_owned());
    registry.pin(&workspace).succeeded();
    registry.say(|said| said.published = r#""1.0": "2025-06-01T12:00:00.000Z""#.to_owned());
    let expired = ["is by a key that expired on 2025-01-29T00:00:00.000Z, before the version was published", "(LT339)"];
    registry.pin(&workspace).failed_with(&expired);
    registry.say(|said| said.published = String::new());
    registry.pin(&workspace).failed_with(&expired);
}

/// A key of minisign: the pair and the line of its `minisign.pub`.
struct MinisignKey {
    pair: Ed25519KeyPair,
    id: [u8; 8],
}

impl MinisignKey {
    fn new(id: [u8; 8]) -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self { pair: Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap(), id }
    }

    fn line(&self) -> String {
        STANDARD.encode([b"Ed", &self.id[..], self.pair.public_key().as_ref()].concat())
    }

    /// A signature of minisign's first kind, which is over the bytes themselves.
    fn sign(&self, bytes: &[u8]) -> String {
        let signature = self.pair.sign(bytes);
        let comment = "timestamp:0";
        let global = self.pair.sign(&[signature.as_ref(), comment.as_bytes()].concat());
        let first = STANDARD.encode([b"Ed", &self.id[..], signature.as_ref()].concat());
        let second = STANDARD.encode(global.as_ref());
        format!("untrusted comment: x\n{first}\ntrusted comment: {comment}\n{second}\n")
    }
}

fn pin_command(workspace: &Workspace, upstream: &Upstream) -> Command {
    let mut command = workspace.alone();
    command
        .args(["--pause", "1", "--refresh", "--rewrite"])
        .arg(format!("https://files.example.org={}", upstream.address("")));
    command
}

fn pin(workspace: &Workspace, upstream: &Upstream) -> Outcome {
    Outcome::of(&pin_command(workspace, upstream).output().unwrap())
}

fn has_gpgv() -> bool {
    Command::new("gpgv").arg("--version").output().is_ok()
}

#[test]
fn a_checksum_file_is_signed_by_minisign() {
    let (upstream, files) = files();
    let key = MinisignKey::new([1, 2, 3, 4, 5, 6, 7, 8]);
    let put = |path: &str, bytes: &[u8]| files.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
    let sums = format!("{}  thing-x.tar.gz\n", Algorithm::Sha256.digest(&archive()).hex());
    put("/SUMS", sums.as_bytes());
    put("/1.0/thing-x.tar.gz", &archive());
    let recipe = DOWNLOADED.replace(
        "digest = { from = \"download\" }",
        &format!(
            "digest = {{ from = \"checksums\", url = \"https://files.example.org/SUMS\", file = \"thing-x.tar.gz\", \
             algorithm = \"sha256\" }}\nsignature = {{ from = \"minisign\", url = \"https://files.example.org/SUMS.minisig\", \
             over = \"checksums\", keys = [\"{}\"] }}",
            key.line()
        ),
    );
    let workspace = Workspace::new(&recipe);
    pin(&workspace, &upstream).failed_with(&[
        "SUMS.minisig: the server answered 404, and the recipe says that there is a signature",
        "(LT338)",
    ]);
    put("/SUMS.minisig", key.sign(sums.as_bytes()).as_bytes());
    pin(&workspace, &upstream).succeeded();
    let lock = workspace.lock();
    for text in ["\"from\": \"minisign\"", "\"over\": \"checksums\"", "\"key\": \"0807060504030201\""] {
        assert!(lock.contains(text), "{lock}");
    }
    assert!(!upstream.lines().contains(&"GET /1.0/thing-x.tar.gz".to_owned()), "nothing is downloaded");
    // Someone changes the file and its checksum, and cannot sign.
    let other = Algorithm::Sha256.digest(b"other").hex();
    put("/SUMS", format!("{other}  thing-x.tar.gz\n").as_bytes());
    let not_by_key = ["SUMS.minisig: the signature is not by key 0807060504030201, which the recipe names, or what it signs was changed", "(LT339)"];
    pin(&workspace, &upstream).failed_with(&not_by_key);
    // Someone signs it with a key of their own under the same id.
    let stranger = MinisignKey::new(key.id);
    put("/SUMS.minisig", stranger.sign(format!("{other}  thing-x.tar.gz\n").as_bytes()).as_bytes());
    pin(&workspace, &upstream).failed_with(&not_by_key);
    put("/SUMS.minisig", b"<!DOCTYPE html>");
    pin(&workspace, &upstream).failed_with(&["what came is no minisign signature", "(LT338)"]);
    assert_eq!(workspace.lock(), lock);
}

#[test]
fn an_artifact_is_signed_by_minisign() {
    let (upstream, files) = files();
    let key = MinisignKey::new([0; 8]);
    let put = |path: &str, bytes: &[u8]| files.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
    put("/1.0/thing-x.tar.gz", &archive());
    put("/1.0/thing-x.tar.gz.minisig", key.sign(&archive()).as_bytes());
    let recipe = DOWNLOADED.replace(
        "digest = { from = \"download\" }",
        &format!(
            "digest = {{ from = \"download\" }}\nsignature = {{ from = \"minisign\", keys = [\"{}\"], over = \"artifact\", \
             url = \"https://files.example.org/{{version}}/thing-{{platform.word}}.tar.gz.minisig\" }}",
            key.line()
        ),
    );
    let workspace = Workspace::new(&recipe);
    pin(&workspace, &upstream).succeeded();
    assert!(workspace.lock().contains("\"over\": \"artifact\""));
    put("/1.0/thing-x.tar.gz", &tar_gz(&[("a.txt", "another text")]));
    pin(&workspace, &upstream).failed_with(&["the signature is not by key 0000000000000000", "(LT339)"]);
}

#[test]
fn a_checksum_file_is_signed_by_openpgp() {
    let (upstream, files) = files();
    let put = |path: &str, text: &str| files.lock().unwrap().insert(path.to_owned(), text.as_bytes().to_vec());
    put("/SUMS", openpgp::SIGNED);
    put("/1.0/notes.txt", "some text\n");
    let recipe = DOWNLOADED
        .replace("thing-{platform.word}.tar.gz", "notes.txt")
        .replace("\"tar.gz\"", "\"file\"")
        .replace("step = \"extract\"", "step = \"place\"")
        .replace(
            "digest = { from = \"download\" }",
            &format!(
                "digest = {{ from = \"checksums\", url = \"https://files.example.org/SUMS\", file = \"notes.txt\", algorithm \
                 = \"sha256\" }}\nsignature = {{ from = \"openpgp\", url = \"https://files.example.org/SUMS.asc\", over = \
                 \"checksums\", keys = [\"\"\"{}\"\"\"] }}",
                openpgp::KEY
            ),
        );
    let workspace = Workspace::new(&recipe);
    pin(&workspace, &upstream).failed_with(&["SUMS.asc: the server answered 404", "there is a signature", "(LT338)"]);
    put("/SUMS.asc", openpgp::BY_KEY);
    let mut command = pin_command(&workspace, &upstream);
    command.env("PATH", workspace.path());
    Outcome::of(&command.output().unwrap()).failed_with(&[
        "SUMS.asc: OpenPGP signatures are checked by gpgv",
        "apt-get install gpgv",
        "(LT342)",
    ]);
    if !has_gpgv() {
        eprintln!("there is no gpgv here, so nothing more can be tried");
        return;
    }
    pin(&workspace, &upstream).succeeded();
    let lock = workspace.lock();
    for text in
        ["\"from\": \"openpgp\"", "\"over\": \"checksums\"", "\"key\": \"B0B56457254110AE5E8AFB542578B22E43B6C175\""]
    {
        assert!(lock.contains(text), "{lock}");
    }
    put("/SUMS.asc", openpgp::BY_STRANGER);
    let stranger = "not by a key that the recipe names (it is by 87A5BF4C39A7BF8E51E63504C7DB2799D6F4D944)";
    pin(&workspace, &upstream).failed_with(&[stranger, "(LT339)"]);
    assert_eq!(workspace.lock(), lock);
}

#[test]
fn a_signature_may_depend_on_a_parameter() {
    let registry = Registry::new();
    let key = NpmKey::new();
    let recipe =
        npm_recipe(&format!("from = \"npm\", keys = [\"{}\"], when = {{ signatures = \"required\" }}", key.base64));
    let workspace = Workspace::new(&format!(
        "{recipe}\n[params.signatures]\ndoc = \"x\"\ndefault = \"unchecked\"\nchoices = [\"required\", \"unchecked\"]\n"
    ));
    registry.pin(&workspace).succeeded();
    assert!(!workspace.lock().contains("provenance"));
    let requests =
        workspace.read("requests.json").replace("\"params\": {}", "\"params\": {\"signatures\": \"required\"}");
    workspace.write("requests.json", &requests);
    registry.pin(&workspace).failed_with(&["(LT338)"]);
    registry.signed("x", &key.sign(&registry.message()));
    registry.pin(&workspace).succeeded();
    assert!(workspace.lock().contains(&key.fingerprint));
}
