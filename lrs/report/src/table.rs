//! A report as a table: what every report gives, and what `export` writes as JSON, CSV, XLSX,
//! HTML and text. It says for itself when and where it is true.

use course::{State, Title, Words};
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
    pub heading: Words,
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
    Words(Words),
    /// Of [`Kind::Text`]: several, in order.
    List(Vec<String>),
    /// Of [`Kind::Text`]: several, in order, in the language of the reader.
    Names(Vec<Words>),
    /// Of [`Kind::Text`]: a word for programs, and what people read in its place.
    Code(String, Words),
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

/// A report on one course.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The report's name in addresses, such as `progress`.
    pub report: &'static str,
    /// The report's name for people.
    pub title: Words,
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
    pub notes: Vec<Words>,
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
    pub fn headed(key: impl Into<String>, kind: Kind, heading: Words) -> Self {
        Self { key: key.into(), heading, kind }
    }
}
