//! A table for terminals.

use textwrap::WordSplitter;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

use super::ExportError;
use super::shown::{Shown, unsigned, unsigned_columns};
use super::{Reader, shown};
use crate::{Column, Table};
use texts::Value;

/// Between two columns.
const GAP: &str = "  ";
/// The most characters of a text in a cell where the table is too wide.
const SHORT: usize = 24;
/// The columns that are left out first where a table is too wide, from the first to the last: who
/// reads the figures of a row can do without them. After them go the columns from the right.
const SECONDARY: [&str; 4] = ["module_title", "istat", "target_year", "rule_words"];
/// The same in a table with a row for each person or for their parts: there these columns do not
/// tell the rows apart.
const SECONDARY_OF_PEOPLE: [&str; 20] = [
    "statements",
    "object",
    "rule",
    "edition",
    "office",
    "population_class",
    "province",
    "role",
    "kind",
    "event",
    "in_presence",
    "hours_measured",
    "region",
    "place",
    "body",
    "note",
    "attempts",
    "activity",
    "session",
    "contact",
];

/// Columns aligned with spaces, text to the left and numbers to the right, under a line that says
/// of what and when the table is true; the totals and the notes below. `-` stands for no value.
/// Characters that would steer the terminal become spaces. Ends with a line feed.
///
/// A reader with a width gets no longer lines, unless the first column alone is wider: headings
/// take several lines, then text in cells is cut, then columns are left out. The last line names
/// the columns that are left out, and how to see them.
pub(super) fn write(table: &Table, reader: Reader) -> Result<String, ExportError> {
    let shown = Shown::new(table, reader.language)?;
    let grid = Grid::new(&shown)?;
    let layout = grid.layout(reader.width);
    let mut text = String::new();
    for line in wrapped(&heading(&shown)?, reader.width) {
        text.push_str(&line);
        text.push('\n');
    }
    grid.write(&layout, &mut text);
    let left_out = layout.left_out(&grid, &shown, reader.width);
    for note in shown.notes().map(one_line).chain(left_out) {
        for line in wrapped(&note, reader.width) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

fn heading(shown: &Shown) -> Result<String, ExportError> {
    let course = one_line(shown.course_title());
    let (id, zone) = (&shown.table.course, &shown.table.time_zone);
    let (title, as_of, through) = (one_line(shown.title()), shown.as_of(), shown.through()?);
    let through = match shown.table.through {
        Some(_) => shown.say_with("until", &[("through", Value::Text(through))]),
        None => through,
    };
    Ok(format!("{title} – {course} ({id}), {as_of}, {through} ({zone})"))
}

fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_owned()] };
    let options = textwrap::Options::new(width).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// All that is written of a table, as text.
struct Grid<'t> {
    columns: Vec<&'t Column>,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    totals: Option<Vec<String>>,
}

/// Which columns are written, how wide, and their headings line by line.
struct Layout {
    /// Positions in the grid, each with its width.
    columns: Vec<(usize, usize)>,
    /// Whether headings take several lines.
    wraps: bool,
    /// Positions of the columns that are left out although they have values.
    left_out: Vec<usize>,
}

impl<'t> Grid<'t> {
    fn new(shown: &Shown<'t>) -> Result<Self, ExportError> {
        let columns: Vec<&Column> = unsigned_columns(shown.table).collect();
        let headings = columns.iter().map(|column| one_line(shown.heading(column))).collect();
        let cells = |row| -> Result<Vec<String>, ExportError> {
            unsigned(shown.table, row).map(|(_, cell)| Ok(one_line(&shown.cell(cell)?))).collect()
        };
        let rows = shown.table.rows.iter().map(|row| cells(row)).collect::<Result<_, _>>()?;
        let totals = shown.table.totals.as_deref().map(cells).transpose()?;
        let totals = totals.map(|cells| shown::with_label(cells, shown));
        Ok(Self { columns, headings, rows, totals })
    }

    /// Every column in full, with its heading on one line.
    fn whole(&self) -> Layout {
        let columns = (0..self.columns.len()).map(|at| {
            let heading = self.headings.get(at).map_or(0, |heading| heading.width());
            (at, heading.max(self.cell_width(at)))
        });
        Layout { columns: columns.collect(), wraps: false, left_out: Vec::new() }
    }

    fn layout(&self, width: Option<usize>) -> Layout {
        let whole = self.whole();
        let Some(width) = width.filter(|width| whole.width() > *width) else { return whole };
        let has_values = |at: &usize| self.cell_width(*at) > 0 || self.rows.is_empty();
        let mut kept: Vec<usize> = (0..self.columns.len()).filter(has_values).collect();
        let narrow = |kept: &[usize], most: usize, left_out: &[usize]| Layout {
            columns: kept.iter().map(|at| (*at, self.narrow(*at, most))).collect(),
            wraps: true,
            left_out: left_out.to_vec(),
        };
        let full = narrow(&kept, usize::MAX, &[]);
        if full.width() <= width {
            return full;
        }
        let mut left_out = Vec::new();
        loop {
            let layout = narrow(&kept, SHORT, &left_out);
            match self.next_to_go(&kept).filter(|_| layout.width() > width) {
                Some(at) => {
                    kept.retain(|other| *other != at);
                    left_out.push(at);
                }
                None => return layout,
            }
        }
    }

    /// The column that can best be done without; the first one stays.
    fn next_to_go(&self, kept: &[usize]) -> Option<usize> {
        let rest = kept.get(1..).unwrap_or_default();
        let key = |at: &usize| self.columns.get(*at).map_or("", |column| column.key.as_str());
        let is_of_people = self.columns.iter().any(|column| column.key == "learner");
        let of_people = SECONDARY_OF_PEOPLE.iter().filter(|_| is_of_people);
        let mut names = SECONDARY.iter().chain(of_people);
        let secondary = names.find_map(|name| rest.iter().find(|at| key(at) == *name));
        secondary.or_else(|| rest.last()).copied()
    }

    fn cell_width(&self, at: usize) -> usize {
        let cells = self.rows.iter().chain(&self.totals).filter_map(|row| row.get(at));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    }

    /// The width of a column whose heading takes several lines and whose text is cut.
    fn narrow(&self, at: usize, most: usize) -> usize {
        let is_text = self.columns.get(at).is_some_and(|column| !column.kind.is_number());
        let cells = self.cell_width(at);
        let cells = if is_text { cells.min(most) } else { cells };
        let words = self.headings.get(at).map_or("", String::as_str).split(' ');
        cells.max(words.map(UnicodeWidthStr::width).max().unwrap_or(0)).max(1)
    }

    fn write(&self, layout: &Layout, text: &mut String) {
        let headings: Vec<Vec<String>> = layout
            .columns
            .iter()
            .map(|(at, width)| {
                let heading = self.headings.get(*at).map_or("", String::as_str);
                wrapped(heading, layout.wraps.then_some(*width))
            })
            .collect();
        let lines = headings.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..lines {
            // Headings stand on the values: short ones begin further down.
            let of = |heading: &Vec<String>| {
                (line + heading.len()).checked_sub(lines).and_then(|at| heading.get(at)).cloned()
            };
            let cells = headings.iter().map(|heading| of(heading).unwrap_or_default());
            self.line(layout, cells.collect(), text);
        }
        for row in &self.rows {
            self.line(layout, values(layout, row), text);
        }
        if let Some(totals) = &self.totals {
            text.push_str(&"-".repeat(layout.width()));
            text.push('\n');
            let cells = layout.columns.iter().map(|(at, _)| totals.get(*at).cloned());
            self.line(layout, cells.map(Option::unwrap_or_default).collect(), text);
        }
    }

    fn line(&self, layout: &Layout, cells: Vec<String>, text: &mut String) {
        let padded = layout.columns.iter().zip(cells).map(|((at, width), cell)| {
            let to_right = self.columns.get(*at).is_some_and(|column| column.kind.is_number());
            pad(&cut(&cell, *width), *width, to_right)
        });
        text.push_str(padded.collect::<Vec<_>>().join(GAP).trim_end());
        text.push('\n');
    }
}

fn values(layout: &Layout, row: &[String]) -> Vec<String> {
    let value = |(at, _): &(usize, usize)| row.get(*at).map_or("", String::as_str);
    layout.columns.iter().map(value).map(|cell| or_dash(cell).to_owned()).collect()
}

impl Layout {
    fn width(&self) -> usize {
        let columns: usize = self.columns.iter().map(|(_, width)| width).sum();
        columns + GAP.len() * self.columns.len().saturating_sub(1)
    }

    /// Which columns are left out, and how to see them.
    fn left_out(&self, grid: &Grid<'_>, shown: &Shown, width: Option<usize>) -> Option<String> {
        let width = width.filter(|_| !self.left_out.is_empty())?;
        let mut positions = self.left_out.clone();
        positions.sort_unstable();
        let names: Vec<&str> =
            positions.iter().filter_map(|at| grid.headings.get(*at)).map(String::as_str).collect();
        let values = [
            ("width", Value::Text(width.to_string())),
            ("names", Value::Text(names.join(", "))),
            ("whole", Value::Text(grid.whole().width().to_string())),
        ];
        Some(shown.say_with("left-out", &values))
    }
}

/// At most `width` columns of the terminal; the last character is `…` where there were more.
fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    let mut taken = 0;
    let fits = cell.chars().take_while(|c| {
        taken += c.width().unwrap_or(0);
        taken < width
    });
    fits.chain(['…']).collect()
}

/// Filled with spaces by the columns of the terminal that it takes, not by its characters.
fn pad(cell: &str, width: usize, to_right: bool) -> String {
    let space = " ".repeat(width.saturating_sub(cell.width()));
    if to_right { space + cell } else { cell.to_owned() + &space }
}

fn or_dash(cell: &str) -> &str {
    if cell.is_empty() { "-" } else { cell }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
