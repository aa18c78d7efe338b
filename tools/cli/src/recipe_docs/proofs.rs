//! The `proof(…)` calls of BUILD files, read without Bazel: what the documentation says of a recipe's proof is what a test
//! carries. The reader is strict, because a call that it passed over would be missing without anyone noticing.

use std::collections::BTreeMap;

use anyhow::{bail, Result};

/// How much a proof shows, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Not even the tool can be had: the tree is held against a committed one.
    Golden,
    /// The real tool takes a stand-in artifact from the folder and nowhere else.
    StandIn,
    /// The real tool does its job in an action without a network on the real artifact.
    Real,
}

impl Grade {
    /// The words of `proof`, and the grades.
    const WORDS: &'static [(&'static str, Self)] =
        &[("golden", Self::Golden), ("real", Self::Real), ("stand-in", Self::StandIn)];

    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, grade)| *grade == self).map_or("", |(word, _)| word)
    }
}

/// What tests show of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub recipe: String,
    pub grade: Grade,
    /// What the tool does in the tests.
    pub does: String,
    /// The BUILD file, from the repository's root.
    pub file: String,
}

/// The calls of a BUILD file. `file` is its path from the repository's root.
pub fn read(file: &str, text: &str) -> Result<Vec<Proof>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut proofs = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at] == "proof(" {
            let length = lines[at..].iter().position(|line| *line == ")");
            let Some(length) = length else { bail!(fault(file, at, "this call does not end in a line with )")) };
            proofs.push(call(file, at, &lines[at + 1..at + length])?);
            at += length;
        } else if is_other_call(lines[at]) {
            bail!(fault(file, at, "a call of proof stands alone, formatted by buildifier, in no list and no macro"));
        }
        at += 1;
    }
    Ok(proofs)
}

fn fault(file: &str, index: usize, wrong: &str) -> String {
    format!("{file}:{}: {wrong}: the documentation of recipes is made from it (LT291)", index + 1)
}

/// Whether a line calls `proof` in a form that is not read.
fn is_other_call(line: &str) -> bool {
    let code = line.trim_start();
    !code.starts_with('#') && code.match_indices("proof(").any(|(at, _)| !code[..at].ends_with(is_name))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The call whose arguments are these lines; `start` is the index of its first line.
fn call(file: &str, start: usize, lines: &[&str]) -> Result<Proof> {
    let mut texts: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut test_count = 0;
    let mut in_tests = false;
    for (index, line) in lines.iter().enumerate() {
        let at = start + 1 + index;
        if in_tests {
            match line.trim() {
                "]," => in_tests = false,
                item if text(item).is_some() => test_count += 1,
                _ => bail!(fault(file, at, "tests is a list of labels in quotes")),
            }
            continue;
        }
        let argument = line.strip_prefix("    ").and_then(|line| line.split_once(" = "));
        match argument {
            Some(("tests", "[")) => in_tests = true,
            Some(("tests", list)) => {
                let items = list.strip_prefix('[').and_then(|list| list.strip_suffix("],"));
                if items.and_then(|item| text(&format!("{item},"))).is_none() {
                    bail!(fault(file, at, "tests is a list of labels in quotes"));
                }
                test_count += 1;
            }
            Some((key @ ("does" | "grade" | "name" | "recipe"), value)) => {
                let Some(value) = text(value) else {
                    bail!(fault(file, at, &format!("{key} is one text in quotes, and nothing that is worked out")));
                };
                texts.insert(key, (at, value));
            }
            _ => bail!(fault(file, at, "proof has does, grade, name, recipe and tests, each as KEY = VALUE")),
        }
    }
    let mut take = |key: &str| texts.remove(key).ok_or_else(|| anyhow::anyhow!(fault(file, start, &missing(key))));
    let (_, recipe) = take("recipe")?;
    let (_, does) = take("does")?;
    let (grade_at, grade) = take("grade")?;
    let Some((_, grade)) = Grade::WORDS.iter().find(|(word, _)| *word == grade) else {
        bail!(fault(file, grade_at, &format!("grade is {grade:?}, and has to be real, stand-in or golden")));
    };
    if test_count == 0 {
        bail!(fault(file, start, &missing("tests")));
    }
    Ok(Proof { recipe, grade: *grade, does, file: file.to_owned() })
}

fn missing(key: &str) -> String {
    format!("this proof has no {key}")
}

/// The text of `"text",`; Starlark and JSON write what can stand in one alike.
fn text(value: &str) -> Option<String> {
    serde_json::from_str(value.trim().strip_suffix(',')?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = r#"load("//tests/proofs:proof.bzl", "proof")

# A comment: proof(
not_a_proof(
    name = "x",
)

proof(
    name = "proof",
    does = "it \"does\" this",
    grade = "stand-in",
    recipe = "thing",
    tests = [":a_test"],
)

proof(
    name = "other",
    does = "that",
    grade = "real",
    recipe = "thing",
    tests = [
        ":a_test",
        ":b_test",
    ],
)
"#;

    #[test]
    fn calls_are_read() {
        let proofs = read("e2e/BUILD.bazel", CALL).unwrap();
        let said: Vec<_> = proofs.iter().map(|it| (it.recipe.as_str(), it.grade, it.does.as_str())).collect();
        assert_eq!(said, [("thing", Grade::StandIn, "it \"does\" this"), ("thing", Grade::Real, "that")]);
        assert!(Grade::Real > Grade::StandIn && Grade::StandIn > Grade::Golden);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (from, to, expected) in [
            ("\"stand-in\"", "GRADE", "b:11: grade is one text in quotes, and nothing that is worked out"),
            ("\"stand-in\"", "\"best\"", "b:11: grade is \"best\", and has to be real, stand-in or golden"),
            ("\"thing\",", "\"thing\" + \"s\",", "b:12: recipe is one text in quotes"),
            ("    recipe = \"thing\",\n", "", "b:8: this proof has no recipe"),
            ("    tests = [\":a_test\"],\n", "", "b:8: this proof has no tests"),
            ("[\":a_test\"]", "TESTS", "b:13: tests is a list of labels in quotes"),
            ("        \":a_test\",\n", "        A,\n", "b:22: tests is a list of labels in quotes"),
            ("    name = \"proof\",", "    size = \"small\",", "b:9: proof has does, grade, name, recipe and tests"),
            ("proof(\n    name = \"proof\"", "[proof(\n    name = \"proof\"", "b:8: a call of proof stands alone"),
            ("tests = [\":a_test\"],\n)", "tests = [\":a_test\"],\n) for x in y]", "(LT291)"),
        ] {
            assert!(CALL.contains(from), "{from}");
            let error = read("b", &CALL.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(expected) && error.ends_with(" (LT291)"), "{to}: {error}");
        }
    }
}
