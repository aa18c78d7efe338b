//! `lazytools airgap report`.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use indicatif::HumanBytes;
use lazytools_airgap::json;
use lazytools_airgap::report::{page, read, Filter, Report};

use super::table::Table;

/// A file counts once, whoever needs it: ALONE is what only one repository needs, and what leaving that one out would save.
/// A platform "by name" is a guess from the names of files and repositories.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  lazytools airgap report /media/bundle
  lazytools airgap report /media/bundle --by platform --platform linux_x86_64
  lazytools airgap report /media/bundle --html report.html")]
pub struct Arguments {
    /// A bundle, its manifest.json alone, or what `lazytools airgap collect -o` has written.
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Writes a page with a map, a table and a search: one file, which needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Prints the report in JSON.
    #[arg(long, conflicts_with_all = ["by", "top"])]
    json: bool,
    /// What the table has a row for.
    #[arg(long, value_enum, default_value_t = By::Repository)]
    by: By,
    /// Rows of the table, the largest first; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// Counts only what this platform needs, and says what that saves: a label that was collected for, or a name such as
    /// linux_x86_64, macos or aarch64. May be repeated.
    #[arg(long = "platform", value_name = "PLATFORM")]
    platforms: Vec<String>,
}

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// A repository or extension.
    Repository,
    /// A platform.
    Platform,
    /// What files are.
    Kind,
    /// A file.
    File,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut report = read(&arguments.bundle)?;
    if !arguments.platforms.is_empty() {
        let filter = Filter::new(&arguments.platforms, &report)?;
        report = report.keep(&filter);
    }
    let text = if arguments.json {
        json::text(&report)
    } else {
        let mut text = head(&report);
        text.push_str(&table(&report, arguments.by).text(arguments.top));
        text.push_str(&foot(&report));
        text.into_bytes()
    };
    if let Some(path) = &arguments.html {
        json::write(path, page(&report).as_bytes())?;
        eprintln!("lazytools: {} is written", path.display());
    }
    // With a page alone the table is only in the way.
    if arguments.html.is_none() || arguments.json {
        let written = io::stdout().lock().write_all(&text);
        match written {
            // `report … | head` is no mistake.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => other.context("writing to the standard output")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn head(report: &Report) -> String {
    let on: Vec<&str> = report.platforms.iter().map(String::as_str).collect();
    let on = if on.is_empty() { String::new() } else { format!(" on {}", on.join(", ")) };
    let targets: Vec<&str> = report.targets.iter().map(String::as_str).collect();
    format!("{} in {} files, for {}{on}\n\n", HumanBytes(report.total.bytes), report.total.files, targets.join(" "))
}

fn table(report: &Report, by: By) -> Table {
    let whole = report.total.bytes;
    match by {
        By::Repository => {
            let mut table = Table::new(&[">SIZE", ">ALONE", ">FILES", "NEEDED BY", "BECAUSE OF"]);
            for one in &report.repositories {
                let because = one.chain.first().map_or("", String::as_str);
                table.row(
                    one.amount.bytes,
                    vec![
                        HumanBytes(one.amount.bytes).to_string(),
                        HumanBytes(one.alone.bytes).to_string(),
                        one.amount.files.to_string(),
                        one.name.clone(),
                        because.to_owned(),
                    ],
                );
            }
            table
        }
        By::File => {
            let mut table = Table::new(&[">SIZE", "FILE", "PLATFORM", "NEEDED BY"]);
            for file in &report.files {
                let row =
                    [file.name.clone(), file.platform(&report.platforms), file.repository().to_owned()].into_iter();
                table.row(file.size, std::iter::once(HumanBytes(file.size).to_string()).chain(row).collect());
            }
            table
        }
        By::Platform => {
            let mut table = Table::new(&[">SIZE", ">SHARE", ">FILES", "PLATFORM"]);
            for (platform, amount) in report.by_platform() {
                table.row(amount.bytes, grouped(amount.bytes, amount.files, whole, platform));
            }
            table
        }
        By::Kind => {
            let mut table = Table::new(&[">SIZE", ">SHARE", ">FILES", "KIND"]);
            for one in &report.kinds {
                table.row(one.amount.bytes, grouped(one.amount.bytes, one.amount.files, whole, one.words.to_owned()));
            }
            table
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "it is shown with one digit")]
fn grouped(bytes: u64, files: usize, whole: u64, name: String) -> Vec<String> {
    let share = if whole == 0 { 0.0 } else { 100.0 * bytes as f64 / whole as f64 };
    vec![HumanBytes(bytes).to_string(), format!("{share:.1} %"), files.to_string(), name]
}

/// What a filter has saved or would save, and what is not there.
fn foot(report: &Report) -> String {
    let mut lines = Vec::new();
    if let Some(left_out) = &report.left_out {
        lines.push(format!(
            "Without what {} does not need: {} in {} files are left out",
            left_out.kept.join(" or "),
            HumanBytes(left_out.amount.bytes),
            left_out.amount.files
        ));
    }
    if report.platform_needs.len() > 1 {
        for one in &report.platform_needs {
            let saved = report.total.bytes - one.needed.bytes;
            lines.push(format!(
                "For {} alone: {}, which saves {}",
                one.platform,
                HumanBytes(one.needed.bytes),
                HumanBytes(saved)
            ));
        }
    }
    for named in report.named_for.iter().filter(|named| named.other) {
        lines.push(format!(
            "Named for {}, which was not collected for: {} in {} files (a guess; see --by file --platform)",
            named.platform,
            HumanBytes(named.amount.bytes),
            named.amount.files
        ));
    }
    if !report.not_included.is_empty() {
        lines.push(format!(
            "Not in it: {} things, each with what to do in --json and --html",
            report.not_included.len()
        ));
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("\n{}\n", lines.join("\n"))
}
