//! What Bazel said of a build, from its build events.

use std::io::{self, BufRead};

use serde::Deserialize;

/// As much text is kept, from the end: what went wrong comes last.
const MAX_TEXT: usize = 8 << 20;

/// What Bazel said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What it wrote for people to read, without colours.
    pub text: String,
    /// Actions that were taken from a cache, and so not run.
    pub cached: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    progress: Option<Progress>,
    build_metrics: Option<Metrics>,
}

#[derive(Deserialize)]
struct Progress {
    #[serde(default)]
    stderr: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    action_summary: Option<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(default)]
    runner_count: Vec<Runner>,
}

#[derive(Deserialize)]
struct Runner {
    #[serde(default)]
    name: String,
    #[serde(default)]
    count: u64,
}

impl Said {
    /// Reads events. Bazel may have been ended while it wrote them.
    pub fn read(events: impl BufRead) -> io::Result<Self> {
        let mut said = Self::default();
        for line in events.lines() {
            let Ok(Line { progress, build_metrics }) = serde_json::from_str(&line?) else { continue };
            if let Some(Progress { stderr }) = progress {
                said.add(&stderr);
            }
            let runners = build_metrics.and_then(|metrics| metrics.action_summary).map(|summary| summary.runner_count);
            let hits = runners.into_iter().flatten().filter(|runner| runner.name.ends_with("cache hit"));
            said.cached += hits.map(|runner| runner.count).sum::<u64>();
        }
        Ok(said)
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(&without_colours(text));
        if self.text.len() > 2 * MAX_TEXT {
            let start = (self.text.len() - MAX_TEXT..).find(|at| self.text.is_char_boundary(*at)).unwrap_or_default();
            self.text.drain(..start);
        }
    }

    /// What went wrong first, on one line. Which repository fails stands behind a word of where it was made.
    pub fn first_error(&self) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix("ERROR: "))
    }
}

/// Text without the sequences by which terminals are told to colour and to move: ESC [ … letter.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| ('@'..='~').contains(&c)).map_or(part.len(), |at| at + 1);
        plain.push_str(&part[end..]);
    }
    plain.replace('\r', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_counts() {
        let events = concat!(
            r#"{"id":{"progress":{}},"progress":{"stderr":"\u001b[32mINFO: \u001b[0mx\r\n\u001b[1A\u001b[K\u001b[31m\u001b[1mERROR: \u001b[0mno "}}"#,
            "\n{\"progress\": 7}\n",
            r#"{"id":{"progress":{"opaqueCount":1}},"progress":{"stderr":"such package\n"}}"#,
            "\n",
            r#"{"id":{"buildMetrics":{}},"buildMetrics":{"actionSummary":{"runnerCount":[{"name":"total","count":9},{"name":"disk cache hit","count":3},{"name":"remote cache hit","count":2}]}}}"#,
            "\n{\"id\""
        );
        let said = Said::read(events.as_bytes()).unwrap();
        assert_eq!(said.text, "INFO: x\nERROR: no such package\n");
        assert_eq!((said.first_error(), said.cached), (Some("no such package"), 5));
    }

    #[test]
    fn the_end_of_a_long_text_is_kept() {
        let mut said = Said::default();
        for _ in 0..3 {
            said.add(&"ä".repeat(MAX_TEXT / 2));
        }
        said.add("end");
        assert!(said.text.len() <= 2 * MAX_TEXT && said.text.ends_with("end"));
    }
}
