//! Crates as `cargo vendor` lays them out, from a `Cargo.lock`.

use serde::Deserialize;

use crate::{Algorithm, Format, Integrity, Source, Step};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::context::{artifact, encode, extract, write, Context};
use super::Closure;

/// How the public registry is named in a lock file, whichever mirror is in use: the end of the address.
const PUBLIC: &str = "/crates.io-index";

#[derive(Deserialize)]
struct RawLock {
    #[serde(default)]
    package: Vec<RawPackage>,
}

#[derive(Deserialize)]
struct RawPackage {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() {
        return Ok(closure);
    }
    let lock: RawLock = toml::from_str(context.text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + context.text[..start.min(context.text.len())].matches('\n').count();
        context.fail(line, format!("this is no Cargo.lock: {}", error.message()))
    })?;
    for package in lock.package {
        // The workspace's own crates and those of folders have no source.
        let Some(source) = &package.source else { continue };
        let RawPackage { name, version, .. } = &package;
        if !(source.starts_with("registry+") || source.starts_with("sparse+"))
            || !source.trim_end_matches('/').ends_with(PUBLIC)
        {
            let scheme = source.split(':').next().unwrap_or_default();
            let message = format!(
                "{name} {version} comes from {scheme}:…, and only crates of crates.io can be laid out: depend on a \
                 release of it, or on a folder of your own (path = \"…\")"
            );
            return Err(context.fail(1, message));
        }
        let checksum = package.checksum.as_deref().unwrap_or_default();
        let integrity = Integrity::from_hex(Algorithm::Sha256, checksum).ok_or_else(|| {
            let message = format!(
                "{name} {version} has no checksum of its own: make the file anew with cargo 1.53 or newer, by `cargo \
                 generate-lockfile`"
            );
            context.fail(1, message)
        })?;
        let folder = format!("{name}-{version}");
        let id = context.id(&folder)?;
        let source = Source::Purl(format!("pkg:cargo/{name}@{}", encode(version)));
        closure.artifacts.push(artifact(id.clone(), source, Format::TarGz, WantedDigest::Known(integrity)));
        let mut step = extract(id, context.below(&folder)?, Format::TarGz);
        step.strip = 1;
        closure.steps.push(Step::Extract(step));
        // No digests of files: the crate's own digest has been checked when it was fetched.
        let text = format!("{{\"files\":{{}},\"package\":\"{checksum}\"}}");
        closure.steps.push(write(context.below(&format!("{folder}/.cargo-checksum.json"))?, text));
    }
    Ok(closure)
}
