//! A table on a terminal: as wide as the terminal, or as wide as it gets where there is none.

use console::{measure_text_width, Style, Term};

/// The least columns that a cell of text is cut to.
const LEAST: usize = 12;

/// Rows with a number to sort by.
pub struct Table {
    /// With `>` before those of numbers.
    titles: &'static [&'static str],
    rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// A table without rows. Columns whose title begins with `>` stand at the right.
    pub fn new(titles: &'static [&'static str]) -> Self {
        Self { titles, rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub fn row(&mut self, size: u64, cells: Vec<String>) {
        let cells = cells.into_iter().map(|cell| cell.replace(char::is_control, "\u{fffd}")).collect();
        self.rows.push((size, cells));
    }

    /// The largest rows; all for 0. With colours only on a terminal that has them, and where `NO_COLOR` is not set.
    pub fn text(self, top: usize) -> String {
        let terminal = Term::stdout();
        let width = terminal.size_checked().filter(|_| terminal.is_term()).map(|(_, width)| usize::from(width));
        self.render(top, width, &Style::new().bold())
    }

    fn render(mut self, top: usize, width: Option<usize>, title: &Style) -> String {
        self.rows.sort_by(|(one, one_cells), (other, other_cells)| {
            other.cmp(one).then_with(|| one_cells[1..].cmp(&other_cells[1..]))
        });
        let all = self.rows.len();
        let shown = if top == 0 { all } else { top.min(all) };
        let rest: u64 = self.rows[shown..].iter().map(|(size, _)| size).sum();
        self.rows.truncate(shown);
        let widths = self.widths(width);
        let titles: Vec<String> = self.titles.iter().map(|one| one.trim_start_matches('>').to_owned()).collect();
        let mut lines = vec![title.apply_to(self.line(&titles, &widths)).to_string()];
        lines.extend(self.rows.iter().map(|(_, cells)| self.line(cells, &widths)));
        if shown < all {
            let more = all - shown;
            lines.push(format!("… and {more} more, of {} together; --top 0 shows all", indicatif::HumanBytes(rest)));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// What each column takes. Where that is more than there is, the widest columns of text are cut.
    fn widths(&self, width: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.titles.iter().map(|one| one.trim_start_matches('>').len()).collect();
        for (_, cells) in &self.rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(measure_text_width(cell));
            }
        }
        let Some(width) = width else { return widths };
        let between = 2 * (widths.len() - 1);
        while widths.iter().sum::<usize>() + between > width {
            let text = widths.iter_mut().zip(self.titles).filter(|(_, title)| !title.starts_with('>'));
            let Some(widest) = text.map(|(width, _)| width).max().filter(|width| **width > LEAST) else { break };
            *widest -= 1;
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let cells = cells.iter().zip(widths).zip(self.titles).map(|((cell, width), title)| {
            let cell = cut(cell, *width);
            let space = " ".repeat(width.saturating_sub(measure_text_width(&cell)));
            if title.starts_with('>') {
                format!("{space}{cell}")
            } else {
                format!("{cell}{space}")
            }
        });
        Vec::from_iter(cells).join("  ").trim_end().to_owned()
    }
}

/// Keeps the end of what is too long: there names differ.
fn cut(text: &str, width: usize) -> String {
    let mut taken = measure_text_width(text);
    if taken <= width {
        return text.to_owned();
    }
    let mut letters = text.chars();
    let mut letter = [0; 4];
    while taken > width.saturating_sub(1) {
        let Some(next) = letters.next() else { break };
        taken -= measure_text_width(next.encode_utf8(&mut letter));
    }
    format!("…{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[">SIZE", "NAME", "WHY"]);
        table.row(1, vec!["1 B".to_owned(), "@@a~a_long_name~which_ends_so".to_owned(), "//:x".to_owned()]);
        table.row(2048, vec!["2.00 KiB".to_owned(), "漢字".to_owned(), "//:y".to_owned()]);
        table.row(1, vec!["1 B".to_owned(), "@@\u{1b}[31mred".to_owned(), String::new()]);
        table
    }

    #[test]
    fn sorted_and_in_columns() {
        let text = table().render(0, None, &Style::new());
        let expected = [
            "    SIZE  NAME                           WHY",
            "2.00 KiB  漢字                           //:y",
            "     1 B  @@a~a_long_name~which_ends_so  //:x",
            "     1 B  @@\u{fffd}[31mred                    ",
            "",
        ];
        let trimmed: Vec<_> = expected.iter().map(|line| line.trim_end()).collect();
        assert_eq!(text, trimmed.join("\n"));
    }

    #[test]
    fn cut_to_the_terminal_and_to_the_largest() {
        let text = table().render(1, Some(30), &Style::new());
        assert!(text.ends_with("… and 2 more, of 2 B together; --top 0 shows all\n"), "{text}");
        let text = table().render(0, Some(30), &Style::new());
        assert!(text.contains("     1 B  …which_ends_so  //:x"), "{text}");
        assert!(text.lines().all(|line| measure_text_width(line) <= 30), "{text}");
    }
}
