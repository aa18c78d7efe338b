//! npm's cache: each tarball under its own digest, as cacache stores it.

use crate::{Algorithm, Step};

use super::super::error::RecipeError;
use super::context::{place, Context};
use super::node_modules::{packages, wanted};
use super::npm_lock::Folders;
use super::Closure;

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    for package in packages(context, Folders::LeftOut)? {
        // Without an address npm asks the registry for the package's metadata first, which the cache does not have.
        let sha512 = package.integrity.as_ref().filter(|it| it.algorithm() == Algorithm::Sha512);
        let (Some(integrity), true) = (sha512, package.has_address()) else {
            let message = format!(
                "{} has no \"resolved\" or no SHA-512 \"integrity\", by which npm finds a package in its cache: run \
                 `npm install --package-lock-only --omit-lockfile-registry-resolved=false`",
                package.path
            );
            return Err(context.fail(1, message));
        };
        let hex = hex::encode(integrity.bytes());
        let wanted = wanted(context, &package)?;
        let step =
            place(wanted.id.clone(), context.below(&format!("sha512/{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..]))?);
        // One package may be installed in several folders.
        if !closure.steps.contains(&step) {
            closure.steps.push(step);
            closure.artifacts.push(wanted);
        }
    }
    closure.steps.sort_by_key(to);
    Ok(closure)
}

fn to(step: &Step) -> String {
    match step {
        Step::Place(place) => place.to.to_string(),
        _ => String::new(),
    }
}
