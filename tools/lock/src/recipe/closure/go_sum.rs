//! Go modules from a `go.sum`, as go's module cache holds them or as a module proxy serves them.

use std::collections::BTreeMap;

use crate::{Format, Source, Step};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::super::functions::goescape;
use super::context::{artifact, encode, extract, place, write, Context};
use super::Closure;

/// Toolchains are modules too; they have a recipe of their own.
const TOOLCHAIN: &str = "golang.org/toolchain";

/// A module in a version, as go.sum has it.
#[derive(Default)]
struct Sums<'a> {
    zip: Option<&'a str>,
    go_mod: Option<&'a str>,
}

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() {
        return Ok(closure);
    }
    let is_cache = context.word("form", &["cache", "proxy"])? == "cache";
    for ((module, version), sums) in parse(context)? {
        if module == TOOLCHAIN {
            continue;
        }
        if sums.go_mod.is_none() {
            let message = format!("{module} {version} has no line for its go.mod: run `go mod tidy`");
            return Err(context.fail(1, message));
        }
        let mut wanted = |kind: &str, query: &str, format| -> Result<_, RecipeError> {
            let id = context.id(&format!("{}-{version}.{kind}", goescape(module)))?;
            let source = Source::Purl(format!("pkg:golang/{module}@{}{query}", encode(version)));
            let digest = WantedDigest::GoSum { file: context.file().clone(), text: context.text.to_owned() };
            closure.artifacts.push(artifact(id.clone(), source, format, digest));
            Ok(id)
        };
        let folder = if is_cache { "cache/download/" } else { "" };
        let path = format!("{folder}{}/@v/{}", goescape(module), goescape(version));
        let go_mod = wanted("mod", "?type=mod", Format::File)?;
        let zip = sums.zip.map(|sum| Ok::<_, RecipeError>((wanted("zip", "", Format::Zip)?, sum))).transpose()?;
        closure.steps.push(place(go_mod, context.below(&format!("{path}.mod"))?));
        match zip {
            Some((id, sum)) if is_cache => {
                let to = format!("{}@{}", goescape(module), goescape(version));
                let mut step = extract(id, context.below(&to)?, Format::Zip);
                step.strip_prefix = format!("{module}@{version}/");
                closure.steps.push(Step::Extract(step));
                closure.steps.push(write(context.below(&format!("{path}.ziphash"))?, sum.to_owned()));
            }
            Some((id, _)) => closure.steps.push(place(id, context.below(&format!("{path}.zip"))?)),
            None => {}
        }
    }
    Ok(closure)
}

fn parse<'a>(context: &Context<'a>) -> Result<BTreeMap<(&'a str, &'a str), Sums<'a>>, RecipeError> {
    let mut found: BTreeMap<(&str, &str), Sums<'_>> = BTreeMap::new();
    for (number, line) in context.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [module, version, sum] = words[..] else {
            let message = "this is no line of a go.sum, which has a module, a version and a sum: run `go mod tidy`";
            return Err(context.fail(number + 1, message));
        };
        // go leaves sums alone that it does not know, too.
        if !sum.starts_with("h1:") {
            continue;
        }
        match version.strip_suffix("/go.mod") {
            Some(version) => found.entry((module, version)).or_default().go_mod = Some(sum),
            None => found.entry((module, version)).or_default().zip = Some(sum),
        }
    }
    Ok(found)
}
