//! `lazytools recipe docs`: the pages of the built-in recipes, from their files and from the tests that prove them.

mod index;
mod layout;
mod page;
mod proofs;
mod template;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail, Context as _, Result};
use lazytools_lock::recipe::error::suggestion;
use lazytools_lock::recipe::Recipe;
use lazytools_requests::{files, recipes};

pub use index::groups;
use proofs::Proof;

/// Where BUILD files with `proof(…)` calls are: in each folder of these.
const PROVED_IN: &[&str] = &["e2e/proofs", "examples"];
const PAGES: &str = "docs/recipes";
const INDEX: &str = "docs/recipes.md";
const PAGE_TEMPLATE: &str = "docs/private/recipe.md.tpl";
const INDEX_TEMPLATE: &str = "docs/private/recipes.md.tpl";
const MAX_BYTES: u64 = 4 << 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// The root of the repository.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Write nothing, and fail where a page is not current.
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments, start: &Path) -> Result<ExitCode> {
    let root = start.join(&arguments.root);
    let pages = pages(&root)?;
    if arguments.check {
        check(&root, &pages)?;
    } else {
        write(&root, &pages)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// All built-in recipes, sorted by name.
pub fn built_in() -> Result<Vec<Recipe>> {
    Ok(recipes::names().into_iter().map(recipes::built_in).collect::<Result<_, _>>()?)
}

/// The files by their paths from the root.
fn pages(root: &Path) -> Result<BTreeMap<String, String>> {
    let recipes = built_in()?;
    let proofs = proofs(root)?;
    let by_recipe = by_recipe(&recipes, &proofs)?;
    let template = read(root, PAGE_TEMPLATE)?;
    let mut pages = BTreeMap::new();
    for recipe in &recipes {
        let name = recipe.name.as_str();
        pages.insert(format!("{PAGES}/{name}.md"), page::page(&template, recipe, &by_recipe[name]));
    }
    pages.insert(INDEX.to_owned(), index::index(&read(root, INDEX_TEMPLATE)?, &recipes, &by_recipe));
    Ok(pages)
}

fn read(root: &Path, file: &str) -> Result<String> {
    files::read(&root.join(file), MAX_BYTES).map_err(|error| anyhow!("{file}: {error} (LT310)"))
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn proofs(root: &Path) -> Result<Vec<Proof>> {
    let mut proofs = Vec::new();
    for folder in PROVED_IN {
        for name in names(&root.join(folder))? {
            let file = format!("{folder}/{name}/BUILD.bazel");
            if root.join(&file).is_file() {
                proofs.extend(proofs::read(&file, &read(root, &file)?)?);
            }
        }
    }
    Ok(proofs)
}

/// The proofs of each recipe, the best first. A recipe without any, and a proof of nothing, is an error.
fn by_recipe<'a>(recipes: &'a [Recipe], proofs: &'a [Proof]) -> Result<BTreeMap<&'a str, Vec<&'a Proof>>> {
    let mut found: BTreeMap<&str, Vec<&Proof>> =
        recipes.iter().map(|recipe| (recipe.name.as_str(), Vec::new())).collect();
    for proof in proofs {
        let Some(of) = found.get_mut(proof.recipe.as_str()) else {
            let hint = suggestion(&proof.recipe, recipes.iter().map(|recipe| recipe.name.as_str()));
            bail!("{}: there is a proof of {:?}, and no such recipe: {hint} (LT292)", proof.file, proof.recipe);
        };
        of.push(proof);
    }
    let bare: Vec<&str> = found.iter().filter(|(_, of)| of.is_empty()).map(|(name, _)| *name).collect();
    if !bare.is_empty() {
        bail!(
            "nothing proves {}: add a package with a proof(…) call to e2e/proofs, see docs/write-a-recipe.md (LT292)",
            bare.join(", ")
        );
    }
    for of in found.values_mut() {
        // Those of one grade stay in the order of their files.
        of.sort_by_key(|proof| std::cmp::Reverse(proof.grade));
    }
    Ok(found)
}

fn check(root: &Path, pages: &BTreeMap<String, String>) -> Result<()> {
    let mut stale: Vec<&str> = Vec::new();
    for (file, text) in pages {
        if read(root, file).ok().as_ref() != Some(text) {
            stale.push(file);
        }
    }
    let left = left_over(root, pages)?;
    stale.extend(left.iter().map(String::as_str));
    stale.sort_unstable();
    if !stale.is_empty() {
        bail!("{} not current: run `bazel run //docs:update` (LT293)", stale.join(", "));
    }
    Ok(())
}

/// Pages of recipes that are gone.
fn left_over(root: &Path, pages: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let folder = root.join(PAGES);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = names(&folder)?.into_iter().map(|name| format!("{PAGES}/{name}"));
    Ok(files.filter(|file| !pages.contains_key(file)).collect())
}

fn write(root: &Path, pages: &BTreeMap<String, String>) -> Result<()> {
    std::fs::create_dir_all(root.join(PAGES)).context(PAGES)?;
    for (file, text) in pages {
        if read(root, file).ok().as_ref() != Some(text) {
            let new = root.join(format!("{file}.new"));
            std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, root.join(file))).context(file.clone())?;
            println!("wrote {file}");
        }
    }
    for file in left_over(root, pages)? {
        std::fs::remove_file(root.join(&file)).context(file.clone())?;
        println!("removed {file}");
    }
    Ok(())
}
