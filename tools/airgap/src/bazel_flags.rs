//! The flags that were in force in a run of Bazel, bazelrc files included, from its build events (`--build_event_json_file`).
//!
//! These events hold the variables of whoever ran Bazel, and so may hold secrets: nothing else of them is kept.

use std::io::{self, BufRead};

use serde::Deserialize;

/// The flags that matter to a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The values of `--registry`, in order; none where Bazel's own registry is asked.
    pub registries: Vec<String>,
    /// The value of `--lockfile_mode`, where it was given.
    pub lockfile_mode: Option<String>,
    /// The value of `--repository_cache`, where it was given; relative to the workspace, or absolute.
    pub repository_cache: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    structured_command_line: Option<CommandLine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommandLine {
    #[serde(default)]
    command_line_label: String,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Section {
    option_list: Option<OptionList>,
}

#[derive(Deserialize)]
struct OptionList {
    #[serde(default)]
    option: Vec<Flag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flag {
    #[serde(default)]
    option_name: String,
    #[serde(default)]
    option_value: String,
}

/// Reads events; `None` where they do not say which flags were in force.
pub fn read(events: impl BufRead) -> io::Result<Option<Flags>> {
    for line in events.lines() {
        // Lines with other events may be of any form.
        let Ok(Line { structured_command_line: Some(line) }) = serde_json::from_str(&line?) else { continue };
        if line.command_line_label != "canonical" {
            continue;
        }
        let mut flags = Flags::default();
        let lists = line.sections.into_iter().filter_map(|section| section.option_list);
        for flag in lists.flat_map(|list| list.option) {
            match flag.option_name.as_str() {
                "registry" => flags.registries.push(flag.option_value),
                "lockfile_mode" => flags.lockfile_mode = Some(flag.option_value),
                "repository_cache" => flags.repository_cache = Some(flag.option_value),
                _ => {}
            }
        }
        return Ok(Some(flags));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_all_bazelrc_files() {
        // In the form of Bazel 7.7.1.
        let events = concat!(
            r#"{"id":{"started":{}},"started":{"uuid":"x"}}"#,
            "\n",
            r#"{"id":{},"structuredCommandLine":{"commandLineLabel":"original","sections":[{"sectionLabel":"executable","chunkList":{"chunk":["bazel"]}}]}}"#,
            "\n",
            r#"{"id":{},"structuredCommandLine":{"commandLineLabel":"canonical","sections":[{"sectionLabel":"executable","chunkList":{"chunk":["bazel"]}},{"sectionLabel":"command options","optionList":{"option":[{"combinedForm":"--registry=http://a","optionName":"registry","optionValue":"http://a"},{"optionName":"lockfile_mode","optionValue":"off"},{"optionName":"default_override","optionValue":"2:common=--registry=http://no"},{"optionName":"registry","optionValue":"file:///b"}]}}]}}"#,
            "\n"
        );
        let flags = Flags {
            registries: vec!["http://a".to_owned(), "file:///b".to_owned()],
            lockfile_mode: Some("off".to_owned()),
            repository_cache: None,
        };
        assert_eq!(read(events.as_bytes()).unwrap(), Some(flags));
        assert_eq!(read(&b"{}\n"[..]).unwrap(), None);
    }
}
