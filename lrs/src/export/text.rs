//! A table for terminals.

use unicode_width::UnicodeWidthStr;

use super::ExportError;
use super::shown::{Shown, unsigned, unsigned_columns};
use crate::course::{Language, Table};

/// Columns aligned with spaces, text to the left and numbers to the right, under a line that says
/// of what and when the table is true; the notes below. `-` stands for no value. Characters that
/// would steer the terminal become spaces. Ends with a line feed.
pub(super) fn write(table: &Table, language: Language) -> Result<String, ExportError> {
    let shown = Shown::new(table, language)?;
    let headings: Vec<String> =
        unsigned_columns(table).map(|column| one_line(shown.heading(column))).collect();
    let mut lines = vec![headings];
    for row in &table.rows {
        let cells = unsigned(table, row).map(|(_, cell)| shown.cell(cell));
        let cells: Vec<String> = cells.collect::<Result<_, ExportError>>()?;
        lines.push(cells.iter().map(|cell| or_dash(one_line(cell))).collect());
    }
    let mut text = heading(&shown)?;
    text.push('\n');
    let widths = widths(&lines);
    let to_right: Vec<bool> = unsigned_columns(table).map(|c| c.kind.is_number()).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).zip(&to_right);
        let padded = cells.map(|((cell, width), to_right)| pad(cell, *width, *to_right));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    for note in shown.notes() {
        text.push_str(&one_line(note));
        text.push('\n');
    }
    Ok(text)
}

fn heading(shown: &Shown) -> Result<String, ExportError> {
    let course = one_line(shown.course_title());
    let (id, zone) = (&shown.table.course, &shown.table.time_zone);
    let (title, as_of, through) = (one_line(shown.title()), shown.as_of(), shown.through()?);
    let until = shown.table.through.map_or("", |_| shown.say("dati fino a ", "data until "));
    Ok(format!("{title} – {course} ({id}), {as_of}, {until}{through} ({zone})"))
}

fn widths(lines: &[Vec<String>]) -> Vec<usize> {
    let columns = lines.first().map_or(0, Vec::len);
    (0..columns)
        .map(|at| lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.width()).max())
        .map(Option::unwrap_or_default)
        .collect()
}

/// Filled with spaces by the columns of the terminal that it takes, not by its characters.
fn pad(cell: &str, width: usize, to_right: bool) -> String {
    let space = " ".repeat(width.saturating_sub(cell.width()));
    if to_right { space + cell } else { cell.to_owned() + &space }
}

fn or_dash(cell: String) -> String {
    if cell.is_empty() { "-".to_owned() } else { cell }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
