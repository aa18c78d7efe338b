//! Repositories that are left out, and the targets that could not be analysed for that, from Bazel's build events.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use serde::Deserialize;

use crate::collection::Item;

#[derive(Deserialize)]
struct Line {
    id: Id,
    #[serde(default)]
    children: Vec<Id>,
    aborted: Option<Aborted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Id {
    target_configured: Option<Label>,
    target_completed: Option<Label>,
    unconfigured_label: Option<Label>,
    configured_label: Option<Label>,
}

impl Id {
    fn label(self) -> Option<String> {
        let ids = [self.target_configured, self.target_completed, self.unconfigured_label, self.configured_label];
        ids.into_iter().flatten().next().map(|found| found.label)
    }
}

#[derive(Deserialize)]
struct Label {
    label: String,
}

#[derive(Deserialize)]
struct Aborted {
    #[serde(default)]
    description: String,
}

/// What was left out in the runs so far.
#[derive(Debug, Default)]
pub struct LeftOut {
    targets: BTreeMap<String, BTreeSet<String>>,
    /// What could not be analysed for another reason.
    broken: BTreeSet<String>,
}

impl LeftOut {
    pub fn new(repositories: impl IntoIterator<Item = String>) -> Self {
        let targets = repositories.into_iter().map(|name| (name, BTreeSet::new())).collect();
        Self { targets, broken: BTreeSet::new() }
    }

    pub fn repositories(&self) -> impl Iterator<Item = &String> {
        self.targets.keys()
    }

    /// Takes the events of a run in which some targets could not be analysed. The event of what is not there describes it,
    /// and the event of a target that was asked for leads to that one.
    pub fn read(&mut self, events: impl BufRead) -> io::Result<()> {
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut asked_for = Vec::new();
        for line in events.lines() {
            // Lines with other events may be of any form.
            let Ok(Line { id, children, aborted: Some(Aborted { description }) }) = serde_json::from_str(&line?) else {
                continue;
            };
            let is_asked_for = id.target_configured.is_some() || id.target_completed.is_some();
            let Some(label) = id.label() else { continue };
            if !description.is_empty() {
                let missing = self.named_in(&description);
                if missing.is_empty() {
                    self.broken.insert(format!("{label}: {description}"));
                }
                reasons.insert(label.clone(), missing);
            }
            if is_asked_for {
                let causes = children.into_iter().filter_map(Id::label).chain([label.clone()]).collect::<Vec<_>>();
                asked_for.push((label, causes));
            }
        }
        for (label, causes) in asked_for {
            for name in causes.iter().filter_map(|cause| reasons.get(cause)).flatten() {
                self.targets.entry(name.clone()).or_default().insert(label.clone());
            }
        }
        Ok(())
    }

    /// The repositories that a description names: a canonical name ends where a package or a sentence begins.
    fn named_in(&self, description: &str) -> Vec<String> {
        let ends = ["//", "'", " ", "."];
        let is_named = |name: &&String| ends.iter().any(|end| description.contains(&format!("@@{name}{end}")));
        self.targets.keys().filter(is_named).cloned().collect()
    }

    /// What could not be analysed for another reason than a repository that is left out.
    pub fn broken(&self) -> Option<&String> {
        self.broken.first()
    }

    pub fn items(self) -> impl Iterator<Item = Item> {
        self.targets
            .into_iter()
            .map(|(repository, targets)| Item::LeftOut { repository: format!("@@{repository}"), targets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_that_need_what_is_left_out() {
        // In the form of Bazel 7.7.1.
        let events = concat!(
            r#"{"id":{"pattern":{"pattern":["//..."]}},"children":[{"targetConfigured":{"label":"//:t"}}]}"#,
            "\n",
            r#"{"id":{"configuredLabel":{"label":"@@x~r//file:file","configuration":{"id":"98"}}},"aborted":{"reason":"ANALYSIS_FAILURE","description":"no such package '@@x~r//file': BUILD file not found in directory 'file' of external repository @@x~r. Add a BUILD file"}}"#,
            "\n",
            r#"{"id":{"targetConfigured":{"label":"//:t"}},"children":[{"configuredLabel":{"label":"@@x~r//file:file","configuration":{"id":"98"}}}],"aborted":{"reason":"ANALYSIS_FAILURE"}}"#,
            "\n"
        );
        let mut left_out = LeftOut::new(["x~r".to_owned(), "x~r2".to_owned()]);
        left_out.read(events.as_bytes()).unwrap();
        assert_eq!(left_out.broken(), None);
        let items: Vec<_> = left_out.items().collect();
        let item = |name: &str, targets: &[&str]| Item::LeftOut {
            repository: name.to_owned(),
            targets: targets.iter().map(|target| (*target).to_owned()).collect(),
        };
        assert_eq!(items, [item("@@x~r", &["//:t"]), item("@@x~r2", &[])]);

        let mut left_out = LeftOut::new(["x~r".to_owned()]);
        let other =
            r#"{"id":{"targetCompleted":{"label":"//:t"}},"aborted":{"description":"no such package '@@y//file'"}}"#;
        left_out.read(other.as_bytes()).unwrap();
        assert_eq!(left_out.broken().unwrap(), "//:t: no such package '@@y//file'");
    }
}
