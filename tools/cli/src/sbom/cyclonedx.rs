//! `CycloneDX` 1.6 in JSON.

use std::time::SystemTime;

use lazytools_lock::{Algorithm, Source};
use serde_json::{json, Map, Value};

use super::bill::{Bill, PinnedArtifact, PinnedTool};
use super::licences::Declared;

const ROOT: &str = "locks";

pub fn document(bill: &Bill, moment: Option<SystemTime>) -> Value {
    let mut metadata = json!({
        "tools": {"components": [{"type": "application", "name": "lazytools", "version": env!("CARGO_PKG_VERSION")}]},
        "component": {"type": "application", "bom-ref": ROOT, "name": bill.name},
    });
    if let Some(moment) = moment {
        metadata["timestamp"] = json!(humantime::format_rfc3339_seconds(moment).to_string());
    }
    let mut components: Vec<Value> = bill.tools.iter().map(|(key, tool)| tool_component(key, tool)).collect();
    components.extend(bill.artifacts.iter().map(|(key, artifact)| component(key, artifact)));
    let mut dependencies =
        vec![json!({"ref": ROOT, "dependsOn": bill.tools.keys().map(|key| tool_ref(key)).collect::<Vec<_>>()})];
    for (key, tool) in &bill.tools {
        let artifacts: Vec<String> = tool.artifacts.iter().map(|key| artifact_ref(key)).collect();
        dependencies.push(json!({"ref": tool_ref(key), "dependsOn": artifacts}));
    }
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": dependencies,
    })
}

fn tool_ref(key: &str) -> String {
    format!("tool:{key}")
}

fn artifact_ref(key: &str) -> String {
    format!("artifact:{key}")
}

fn tool_component(key: &str, tool: &PinnedTool) -> Value {
    let mut component = Map::new();
    component.insert("type".to_owned(), json!("application"));
    component.insert("bom-ref".to_owned(), json!(tool_ref(key)));
    component.insert("name".to_owned(), json!(tool.name));
    if !tool.version.is_empty() {
        component.insert("version".to_owned(), json!(tool.version));
    }
    component.insert("properties".to_owned(), json!([{"name": "lazytools:recipe", "value": tool.recipe}]));
    Value::Object(component)
}

fn component(key: &str, pinned: &PinnedArtifact) -> Value {
    let artifact = &pinned.artifact;
    let hash = json!({"alg": algorithm(artifact.integrity.algorithm()), "content": artifact.integrity.hex()});
    let mut component = Map::new();
    let kind = if matches!(artifact.source, Source::Purl(_)) { "library" } else { "file" };
    component.insert("type".to_owned(), json!(kind));
    component.insert("bom-ref".to_owned(), json!(artifact_ref(key)));
    component.insert("name".to_owned(), json!(pinned.name));
    if !pinned.version.is_empty() {
        component.insert("version".to_owned(), json!(pinned.version));
    }
    component.insert("hashes".to_owned(), json!([hash]));
    if let Some(licence) = &artifact.licence {
        let licences = match Declared::of(licence) {
            Declared::Expression(expression) => json!([{"expression": expression}]),
            Declared::Name(name) => json!([{"license": {"name": name}}]),
        };
        component.insert("licenses".to_owned(), licences);
    }
    if let Some(purl) = &pinned.purl {
        component.insert("purl".to_owned(), json!(purl));
    }
    if let Source::Urls(urls) = &artifact.source {
        let references: Vec<Value> =
            urls.iter().map(|url| json!({"type": "distribution", "url": url, "hashes": [hash]})).collect();
        component.insert("externalReferences".to_owned(), json!(references));
    }
    let mut properties: Vec<Value> =
        pinned.uses.iter().map(|place| json!({"name": "lazytools:pinned-for", "value": place})).collect();
    if let Source::File(label) = &artifact.source {
        properties.push(json!({"name": "lazytools:file", "value": label}));
    }
    if let Some(size) = artifact.size {
        properties.push(json!({"name": "lazytools:size", "value": size.to_string()}));
    }
    component.insert("properties".to_owned(), json!(properties));
    Value::Object(component)
}

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha256 => "SHA-256",
        Algorithm::Sha384 => "SHA-384",
        Algorithm::Sha512 => "SHA-512",
    }
}
