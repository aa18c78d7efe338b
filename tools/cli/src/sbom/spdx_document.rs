//! SPDX 2.3 in JSON.

use std::collections::BTreeMap;
use std::time::SystemTime;

use lazytools_lock::{Algorithm, Source};
use serde_json::{json, Map, Value};

use super::bill::{Bill, PinnedArtifact, PinnedTool};
use super::licences::{reference, Declared};

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
/// What stands where nothing is known.
const UNKNOWN: &str = "NOASSERTION";

pub fn document(bill: &Bill, moment: Option<SystemTime>) -> Value {
    let created = humantime::format_rfc3339_seconds(moment.unwrap_or(SystemTime::UNIX_EPOCH)).to_string();
    let mut extracted = BTreeMap::new();
    let mut packages: Vec<Value> = bill.tools.iter().map(|(key, tool)| tool_package(key, tool)).collect();
    packages.extend(bill.artifacts.iter().map(|(key, artifact)| package(key, artifact, &mut extracted)));
    let mut relationships = Vec::new();
    let mut relate = |from: &str, kind: &str, to: &str| {
        relationships.push(json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to}));
    };
    for (key, tool) in &bill.tools {
        relate(DOCUMENT, "DESCRIBES", &tool_id(key));
        for artifact in &tool.artifacts {
            relate(&tool_id(key), "DEPENDS_ON", &artifact_id(artifact));
        }
    }
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": bill.name,
        // It has to differ for each document, and the same locks give the same one.
        "documentNamespace": format!("https://spdx.org/spdxdocs/lazytools-{}", bill.digest),
        "creationInfo": {"created": created, "creators": [concat!("Tool: lazytools-", env!("CARGO_PKG_VERSION"))]},
        "packages": packages,
        "relationships": relationships,
    });
    if !extracted.is_empty() {
        let texts: Vec<Value> = extracted
            .into_iter()
            .map(|(id, text)| json!({"licenseId": id, "extractedText": text, "name": text}))
            .collect();
        document["hasExtractedLicensingInfos"] = json!(texts);
    }
    document
}

/// An identifier holds letters, digits, dots and hyphens alone; a name that has others gets a digest, to stay different.
fn tool_id(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if key.chars().all(plain) {
        return format!("SPDXRef-tool-{key}");
    }
    let clean: String = key.chars().map(|c| if plain(c) { c } else { '-' }).collect();
    format!("SPDXRef-tool-{clean}-{}", &Algorithm::Sha256.digest(key.as_bytes()).hex()[..8])
}

fn artifact_id(key: &str) -> String {
    format!("SPDXRef-artifact-{key}")
}

fn tool_package(key: &str, tool: &PinnedTool) -> Value {
    let mut package = Map::new();
    package.insert("SPDXID".to_owned(), json!(tool_id(key)));
    package.insert("name".to_owned(), json!(tool.name));
    if !tool.version.is_empty() {
        package.insert("versionInfo".to_owned(), json!(tool.version));
    }
    package.insert("downloadLocation".to_owned(), json!(UNKNOWN));
    package.insert("filesAnalyzed".to_owned(), json!(false));
    package.insert("comment".to_owned(), json!(format!("laid out by recipe {}", tool.recipe)));
    Value::Object(package)
}

fn package(key: &str, pinned: &PinnedArtifact, extracted: &mut BTreeMap<String, String>) -> Value {
    let artifact = &pinned.artifact;
    let location = match &artifact.source {
        Source::Urls(urls) => urls.first().map_or(UNKNOWN, String::as_str),
        // Which registry it comes from is for the machine that fetches to say.
        Source::Purl(_) | Source::File(_) => UNKNOWN,
    };
    let declared = match artifact.licence.as_ref().map(Declared::of) {
        None => UNKNOWN.to_owned(),
        Some(Declared::Expression(expression)) => expression,
        Some(Declared::Name(name)) => {
            let id = reference(&name);
            extracted.insert(id.clone(), name);
            id
        }
    };
    let uses: Vec<&str> = pinned.uses.iter().map(String::as_str).collect();
    let size = artifact.size.map(|size| format!("size in bytes: {size}; ")).unwrap_or_default();
    let mut package = Map::new();
    package.insert("SPDXID".to_owned(), json!(artifact_id(key)));
    package.insert("name".to_owned(), json!(pinned.name));
    if !pinned.version.is_empty() {
        package.insert("versionInfo".to_owned(), json!(pinned.version));
    }
    package.insert("downloadLocation".to_owned(), json!(location));
    package.insert("filesAnalyzed".to_owned(), json!(false));
    let checksum = json!({
        "algorithm": algorithm(artifact.integrity.algorithm()),
        "checksumValue": artifact.integrity.hex(),
    });
    package.insert("checksums".to_owned(), json!([checksum]));
    package.insert("licenseConcluded".to_owned(), json!(UNKNOWN));
    package.insert("licenseDeclared".to_owned(), json!(declared));
    package.insert("copyrightText".to_owned(), json!(UNKNOWN));
    if let Some(purl) = &pinned.purl {
        package.insert(
            "externalRefs".to_owned(),
            json!([{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]),
        );
    }
    let file = match &artifact.source {
        Source::File(label) => format!("the file {label} of the workspace; "),
        Source::Purl(_) | Source::Urls(_) => String::new(),
    };
    package.insert("comment".to_owned(), json!(format!("{file}{size}pinned for {}", uses.join("; "))));
    Value::Object(package)
}

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha384 => "SHA384",
        Algorithm::Sha512 => "SHA512",
    }
}
