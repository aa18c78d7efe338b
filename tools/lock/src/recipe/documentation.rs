//! What a recipe says to its readers: the prose of its page, the group that it is listed in, and the call that a user
//! would write, which has to be a request that the recipe accepts.

use crate::{Name, Platform, Request};

use super::error::{EXAMPLE, FORM, PLATFORM};
use super::parse::Reading;
use super::reader::Table;
use super::Recipe;

/// What is said of a recipe on its page, besides what the rest of the recipe says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// Paragraphs in Markdown, without headings; empty where there is nothing to say.
    pub doc: String,
    /// The group that it is listed in.
    pub group: Group,
    /// The call that a user would write.
    pub example: Option<Example>,
}

/// The group that a recipe is listed in, in the order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "their titles say it")]
pub enum Group {
    Browsers,
    Javascript,
    Python,
    Rust,
    Go,
    Jvm,
    Infrastructure,
    #[default]
    Other,
}

impl Group {
    /// The word in a recipe, and the group.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("browsers", Self::Browsers),
        ("javascript", Self::Javascript),
        ("python", Self::Python),
        ("rust", Self::Rust),
        ("go", Self::Go),
        ("jvm", Self::Jvm),
        ("infrastructure", Self::Infrastructure),
        ("other", Self::Other),
    ];

    /// What stands above the group.
    pub fn title(self) -> &'static str {
        match self {
            Self::Browsers => "Browsers and drivers",
            Self::Javascript => "JavaScript",
            Self::Python => "Python and models",
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::Jvm => "JVM",
            Self::Infrastructure => "Infrastructure",
            Self::Other => "Others",
        }
    }
}

/// A call of `lazy_tools.tool`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The tool's name.
    pub name: Name,
    /// What is asked for. Its files' labels may name files that are nowhere.
    pub request: Request,
    /// The recipe's line.
    pub line: usize,
}

pub(super) fn documentation(reading: &Reading<'_>, table: &mut Table<'_, '_>, recipe: &Name) -> Documentation {
    let doc = table.text("doc").map(|doc| {
        if doc.value.lines().any(|line| line.starts_with('#')) {
            let message = "doc has a heading: the page has headings of its own, so write paragraphs and lists";
            reading.source.error(doc.line, FORM, message);
        }
        doc.value.trim().to_owned()
    });
    let group = table.take("group").and_then(|group| reading.word(&group, Group::WORDS));
    Documentation {
        doc: doc.unwrap_or_default(),
        group: group.unwrap_or_default(),
        example: example(reading, table, recipe),
    }
}

fn example(reading: &Reading<'_>, table: &mut Table<'_, '_>, recipe: &Name) -> Option<Example> {
    let mut table = table.table("example")?;
    let line = table.line;
    let name = table.need("name");
    let name = reading.name(name);
    let [version, version_from, version_range] = ["version", "version_from", "version_range"]
        .map(|key| table.text(key).map(|text| text.value).unwrap_or_default());
    if [&version, &version_from, &version_range].into_iter().filter(|text| !text.is_empty()).count() > 1 {
        let message = "example has several of version, version_from and version_range: one says which version";
        reading.source.error(line, FORM, message);
    }
    let mut request = Request {
        recipe: recipe.to_string(),
        version,
        version_from,
        version_package: String::new(),
        version_range,
        params: std::collections::BTreeMap::new(),
        files: std::collections::BTreeMap::new(),
        artifact_files: std::collections::BTreeMap::new(),
        platforms: Vec::new(),
    };
    for (param, value) in table.table("params").map(|mut params| params.take_rest()).unwrap_or_default() {
        if let (Some(param), Some(value)) = (param.parse(reading.source, FORM), value.text()) {
            request.params.insert(param, value.value);
        }
    }
    for (label, param) in table.table("files").map(|mut files| files.take_rest()).unwrap_or_default() {
        if let Some(param) = reading.name(Some(param)) {
            request.files.insert(param, label.value);
        }
    }
    let platforms = table.need("platforms").map(|platforms| platforms.texts()).unwrap_or_default();
    request.platforms = platforms.iter().filter_map(|name| name.parse::<Platform>(reading.source, PLATFORM)).collect();
    request.platforms.sort_unstable();
    table.finish();
    Some(Example { name: name?, request, line })
}

/// The example has to be a request that the recipe accepts.
pub(super) fn check(recipe: &Recipe, reading: &Reading<'_>) {
    let Some(example) = &recipe.documentation.example else { return };
    let request = &example.request;
    let unknown = if !request.version_from.is_empty() && recipe.version_from.is_empty() {
        Some("version_from, and the recipe has no [version_from]")
    } else if !request.version_range.is_empty() && recipe.latest.is_none() && recipe.version_from.is_empty() {
        Some("version_range, and the recipe has neither [latest] nor [version_from]")
    } else {
        None
    };
    if let Some(unknown) = unknown {
        reading.source.error(example.line, EXAMPLE, format!("example has {unknown}"));
    }
    for fault in recipe.request_faults(request) {
        // The remedies are the request's; the example's place is what matters here.
        let fault = fault.rsplit_once(" (LT").map_or(fault.as_str(), |(fault, _)| fault);
        reading.source.error(example.line, EXAMPLE, format!("example: {fault}"));
    }
}
