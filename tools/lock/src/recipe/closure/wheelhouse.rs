//! A folder of wheels for pip and uv, from a Python lock file.

use std::collections::BTreeMap;

use crate::{Format, Source};

use super::super::error::RecipeError;
use super::super::expand::WantedDigest;
use super::context::{artifact, encode, place, Context};
use super::python_lock::{parse, Project, Wheel};
use super::wheel_tags::{is_for_any, two_numbers, Interpreter, TwoNumbers};
use super::Closure;

pub(super) fn closure(context: &Context<'_>) -> Result<Closure, RecipeError> {
    let mut closure = Closure::default();
    if context.platform.is_some() && !context.is_for_platforms()? {
        return Ok(closure);
    }
    let numbers = |key: &str, default: Option<TwoNumbers>| -> Result<TwoNumbers, RecipeError> {
        match (context.option(key)?, default) {
            (None, Some(default)) => Ok(default),
            (text, _) => {
                let text = text.unwrap_or_default();
                let message = format!("{key} is {text:?}, and has to be two numbers, as in \"3.12\"");
                two_numbers(&text, '.').ok_or_else(|| context.bad_option(key, message))
            }
        }
    };
    let python = numbers("python", None)?;
    let (glibc, musl) = (numbers("glibc", Some((2, 28)))?, numbers("musl", Some((1, 2)))?);
    let macos = numbers("macos", Some((14, 0)))?;
    let mut files = BTreeMap::new();
    let projects = parse(context.text).map_err(|(line, message)| context.fail(line, message))?;
    for project in &projects {
        // What has wheels for platforms is decided for each platform, also where the general wheel is the best.
        let general = project.wheels.iter().all(|wheel| is_for_any(&wheel.file)) && !project.wheels.is_empty();
        if general != context.platform.is_none() {
            // A project without any wheel is told of where a platform is asked for.
            continue;
        }
        // Any platform will do for wheels that are for all.
        let Ok(platform) = context.platform.map_or_else(|| "linux_x86_64".parse(), Ok) else { continue };
        let interpreter = Interpreter { platform, python, glibc, musl, macos };
        match best(&interpreter, project) {
            Some(wheel) => drop(files.insert(wheel.file.as_str(), (project, wheel))),
            // pip asks for it only where it is needed.
            None if project.conditional => {}
            None => {
                let Project { name, version, .. } = project;
                let place = context.platform.map(|platform| format!(" on {platform}")).unwrap_or_default();
                let message = format!(
                    "{name} {version} has no wheel for Python {}.{}{place}: take a version that has one, or another \
                     Python (params = {{\"python\": \"…\"}}), or leave the platform out",
                    python.0, python.1
                );
                return Err(context.fail(1, message));
            }
        }
    }
    for (file, (project, wheel)) in files {
        let id = context.id(file.strip_suffix(".whl").unwrap_or(file))?;
        let source = match &wheel.url {
            Some(url) => Source::Urls(vec![url.clone()]),
            None => Source::Purl(format!(
                "pkg:pypi/{}@{}?file_name={}",
                project.name,
                encode(&project.version),
                encode(file)
            )),
        };
        let digest = WantedDigest::Known(wheel.sha256.clone());
        closure.artifacts.push(artifact(id.clone(), source, Format::Zip, digest));
        closure.steps.push(place(id, context.below(file)?));
    }
    Ok(closure)
}

/// The wheel that fits best: by its tags, then by its build number.
fn best<'a>(interpreter: &Interpreter, project: &'a Project) -> Option<&'a Wheel> {
    let ranked = project.wheels.iter().filter_map(|wheel| Some((interpreter.rank(&wheel.file)?, wheel)));
    ranked
        .min_by(|(rank, wheel), (other_rank, other)| {
            rank.cmp(other_rank)
                .then_with(|| build(&other.file).cmp(&build(&wheel.file)))
                .then(wheel.file.cmp(&other.file))
        })
        .map(|(_, wheel)| wheel)
}

/// A wheel's build number; most have none.
fn build(file: &str) -> (u64, &str) {
    let parts: Vec<&str> = file.split('-').collect();
    let text = if parts.len() == 6 { parts[2] } else { "" };
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].parse().unwrap_or(0), &text[end..])
}
