//! A report as a table: what every report gives, and what `export` writes as JSON, CSV, XLSX,
//! HTML and text. It says for itself when and where it is true.

use course::{Bilingual, Names, State, Title};
use jiff::civil::Date;

use crate::words::words;

/// What the cells of a column are, and so how they are written and aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, or a list of texts.
    Text,
    /// A whole number.
    Count,
    /// Hours; two decimals.
    Hours,
    /// A score from -1 to 1; four decimals.
    Score,
    /// A share from 0 to 1, written in percent where people read it.
    Share,
    /// A day.
    Date,
    /// An instant, written in the table's time zone where people read it.
    Instant,
    /// A [`course::State`]: not started, in progress, completed.
    State,
    /// Yes or no.
    Flag,
    /// Room to write by hand, in print alone: the other formats leave the column out.
    Signature,
}

impl Kind {
    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Count => "count",
            Self::Hours => "hours",
            Self::Score => "score",
            Self::Share => "share",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::State => "state",
            Self::Flag => "flag",
            Self::Signature => "signature",
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs; unique in the table.
    pub key: String,
    /// Its heading for people.
    pub heading: Bilingual,
    /// What its cells are.
    pub kind: Kind,
}

/// One value. A cell has the kind of its column, or is [`Cell::Empty`] or [`Cell::Suppressed`].
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Empty,
    /// There is one, but the group is too small to show it.
    Suppressed,
    /// Of [`Kind::Text`].
    Text(String),
    /// Of [`Kind::Text`]: in the language of the reader.
    Bilingual(Box<Bilingual>),
    /// Of [`Kind::Text`]: several, in order.
    List(Box<[String]>),
    /// Of [`Kind::Text`]: several, in order, in the language of the reader.
    Names(Box<[Bilingual]>),
    /// Of [`Kind::Text`]: a word for programs, and what people read in its place.
    Code(Box<(String, Bilingual)>),
    /// Of [`Kind::Count`].
    Count(u64),
    /// Of [`Kind::Hours`], rounded to two decimals.
    Hours(f64),
    /// Of [`Kind::Score`], rounded to four decimals.
    Score(f64),
    /// Of [`Kind::Share`], rounded to four decimals.
    Share(f64),
    /// Of [`Kind::Date`].
    Date(Date),
    /// Of [`Kind::Instant`]: microseconds since 1970.
    Instant(i64),
    /// Of [`Kind::State`].
    State(State),
    /// Of [`Kind::Flag`].
    Flag(bool),
}

impl Cell {
    /// [`Cell::Bilingual`] of these.
    pub(crate) fn bilingual(words: Bilingual) -> Self {
        Self::Bilingual(Box::new(words))
    }

    /// [`Cell::Code`] of a word for programs, and of what people read in its place.
    pub fn code(code: impl Into<String>, words: Bilingual) -> Self {
        Self::Code(Box::new((code.into(), words)))
    }

    /// About how many bytes it takes beside itself.
    pub(crate) fn weight_of_texts(&self) -> usize {
        /// What the allocator takes beside each text.
        const OVERHEAD: usize = 16;
        let words = |words: &Bilingual| {
            size_of::<Bilingual>() + words.it.capacity() + words.en.capacity() + 2 * OVERHEAD
        };
        let text = |text: &String| size_of::<String>() + text.capacity() + OVERHEAD;
        match self {
            Self::Text(text) => text.capacity() + OVERHEAD,
            Self::Bilingual(it) => words(it) + OVERHEAD,
            Self::List(texts) => texts.iter().map(text).sum(),
            Self::Names(names) => names.iter().map(words).sum(),
            Self::Code(it) => text(&it.0) + words(&it.1),
            _ => 0,
        }
    }
}

/// A report on one course.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The report's name in addresses, such as `progress`.
    pub report: &'static str,
    /// The report's name for people.
    pub title: Bilingual,
    /// The course's id.
    pub course: String,
    /// The course's title.
    pub course_title: Title,
    /// The day at whose end it is true; at present where missing.
    pub at: Option<Date>,
    /// The `stored` of the last statement that is in it, in microseconds since 1970.
    pub through: Option<i64>,
    /// The IANA name of the time zone whose days and hours it means.
    pub time_zone: String,
    /// What a reader must know: the rule it follows, what is left out.
    pub notes: Vec<Bilingual>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The keys of the columns that a printed page has, where paper is too narrow for all.
    pub print: &'static [&'static str],
    /// The rows, each with a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// The sums over all rows, with a cell for each column: empty where a sum means nothing. None
    /// where no column has one. CSV leaves the sums out, so that a program adds up rows alone.
    pub totals: Option<Vec<Cell>>,
    /// How many rows there are in all, where `rows` is a page of them: see [`Table::page`].
    pub found: Option<usize>,
}

impl Table {
    /// Sets the totals: the figures by the keys of their columns, all other cells empty. A table
    /// of fewer than two rows gets none, for they would repeat the row.
    pub(crate) fn add_up<K: AsRef<str>>(&mut self, figures: impl IntoIterator<Item = (K, Cell)>) {
        if self.rows.len() < 2 {
            return;
        }
        let mut totals = vec![Cell::Empty; self.columns.len()];
        for (key, figure) in figures {
            let at = self.columns.iter().position(|column| column.key == key.as_ref());
            if let Some(cell) = at.and_then(|at| totals.get_mut(at)) {
                *cell = figure;
            }
        }
        if totals.iter().any(|cell| *cell != Cell::Empty) {
            self.totals = Some(totals);
        }
    }

    /// Writes values of the learner list as the course file names them: programs read the value, people its name.
    #[must_use]
    pub fn with_names(mut self, names: &Names) -> Self {
        for (at, column) in self.columns.iter().enumerate() {
            let key = column.key.strip_prefix("by:").unwrap_or(&column.key);
            for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(at)) {
                if let Cell::Text(value) = cell
                    && let Some(title) = names.of(key, value)
                {
                    *cell = Cell::code(std::mem::take(value), Bilingual::of_title(title));
                }
            }
        }
        self
    }

    /// Puts the column `key` with its cells to the position `to`, counted without that column.
    pub(crate) fn move_column(&mut self, key: &str, to: usize) {
        let Some(from) = self.columns.iter().position(|column| column.key == key) else { return };
        let column = self.columns.remove(from);
        self.columns.insert(to.min(self.columns.len()), column);
        for cells in self.rows.iter_mut().chain(&mut self.totals) {
            if from < cells.len() {
                let cell = cells.remove(from);
                cells.insert(to.min(cells.len()), cell);
            }
        }
    }
}

impl Column {
    /// A column under `key`. `column-KEY` in the catalogue is its heading.
    pub(crate) fn of(key: &str, kind: Kind) -> Self {
        Self::headed(key, kind, words(&format!("column-{key}")))
    }

    /// A column under `key` with a heading of its own.
    pub fn headed(key: impl Into<String>, kind: Kind, heading: Bilingual) -> Self {
        Self { key: key.into(), heading, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables have millions of cells, nearly all of which are numbers, days and states.
    #[test]
    fn a_cell_is_no_larger_than_a_text() {
        assert_eq!(size_of::<Cell>(), size_of::<String>());
    }
}
