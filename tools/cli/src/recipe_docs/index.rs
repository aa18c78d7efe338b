//! The list of recipes, by groups.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lazytools_lock::recipe::{Group, Recipe};

use super::proofs::{Grade, Proof};
use super::words::cell;

/// The recipes by group, each group by name: the order of every list of them.
pub fn groups(recipes: &[Recipe]) -> Vec<(Group, Vec<&Recipe>)> {
    let mut groups: BTreeMap<Group, Vec<&Recipe>> = BTreeMap::new();
    for recipe in recipes {
        groups.entry(recipe.documentation.group).or_default().push(recipe);
    }
    for members in groups.values_mut() {
        members.sort_by_key(|recipe| &recipe.name);
    }
    groups.into_iter().collect()
}

/// A recipe's description, in which `{root}/bin/x` is code.
pub fn description(recipe: &Recipe) -> String {
    let words = recipe.description.split(' ').map(|word| {
        let end = word.trim_end_matches(['.', ',', ':', ';', ')']).len();
        if word.starts_with("{root}") {
            format!("`{}`{}", &word[..end], &word[end..])
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The list. `proofs` gives a recipe's, the best one first.
pub fn index(template: &str, recipes: &[Recipe], proofs: &BTreeMap<&str, Vec<&Proof>>) -> String {
    let best = |recipe: &Recipe| proofs.get(recipe.name.as_str()).and_then(|proofs| Some(proofs.first()?.grade));
    let mut list = String::new();
    for (group, members) in groups(recipes) {
        let _ = write!(list, "## {}\n\n| recipe | what is laid out | proof |\n| --- | --- | --- |\n", group.title());
        for recipe in members {
            let name = &recipe.name;
            let grade = best(recipe).map_or("", Grade::name);
            let _ = writeln!(list, "| [`{name}`](recipes/{name}.md) | {} | {grade} |", cell(&description(recipe)));
        }
        list.push('\n');
    }
    let count = |grade: Grade| recipes.iter().filter(|recipe| best(recipe) == Some(grade)).count().to_string();
    let values = BTreeMap::from([
        ("recipes", recipes.len().to_string()),
        ("real", count(Grade::Real)),
        ("stand_in", count(Grade::StandIn)),
        ("golden", count(Grade::Golden)),
        ("list", list),
    ]);
    super::template::fill(template, &values)
}
