//! A page of a table: the rows that a reader searches for, in the order asked for, a part of them.

use std::cmp::Ordering;
use std::str::FromStr;

use course::{Language, State};

use crate::table::{Cell, Kind, Table};

/// Which rows of a table are wanted. The default is all of them, in the order of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TablePage {
    /// Only rows in which this stands in a text, whatever its case.
    pub search: Option<String>,
    /// Only rows that fulfil all of these.
    pub only: Vec<Condition>,
    /// By which column, instead of the order of the report.
    pub sort: Option<Sort>,
    /// How many rows are left out at the beginning.
    pub offset: usize,
    /// How many rows there are at most; all where missing.
    pub limit: Option<usize>,
}

/// A column to sort by, written `KEY` or `-KEY` for the largest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's key.
    pub key: String,
    /// Whether the largest stands first.
    pub descending: bool,
}

/// What a row must fulfil, written `KEY=VALUE`, `KEY!=VALUE`, `KEY>=VALUE` or `KEY<=VALUE`: the
/// value as JSON writes it, such as `state!=not_started` or `last_seen>=2026-05-04`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column's key.
    pub key: String,
    comparison: Comparison,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Is,
    IsNot,
    AtLeast,
    AtMost,
}

/// A text that is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no condition: write KEY=VALUE, KEY!=VALUE, KEY>=VALUE or KEY<=VALUE")]
pub struct NoCondition(pub String);

impl FromStr for Condition {
    type Err = NoCondition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let signs = [
            ("!=", Comparison::IsNot),
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            ("=", Comparison::Is),
        ];
        let found = signs.into_iter().find_map(|(sign, comparison)| {
            let (key, value) = text.split_once(sign).filter(|(key, _)| !key.is_empty())?;
            Some(Self { key: key.to_owned(), comparison, value: value.to_owned() })
        });
        found.ok_or_else(|| NoCondition(text.to_owned()))
    }
}

impl Condition {
    /// A cell without a value, or a suppressed one, is none of the values and neither more nor less.
    fn holds(&self, cell: Option<&Cell>) -> bool {
        let shown = cell.and_then(written);
        match self.comparison {
            Comparison::Is => shown.as_deref() == Some(&self.value),
            Comparison::IsNot => shown.as_deref().is_some_and(|it| it != self.value),
            Comparison::AtLeast => self.compared(shown.as_deref()).is_some_and(Ordering::is_ge),
            Comparison::AtMost => self.compared(shown.as_deref()).is_some_and(Ordering::is_le),
        }
    }

    fn compared(&self, shown: Option<&str>) -> Option<Ordering> {
        let shown = shown?;
        match (shown.parse::<f64>(), self.value.parse::<f64>()) {
            (Ok(shown), Ok(value)) => Some(shown.total_cmp(&value)),
            _ => Some(shown.cmp(&self.value)),
        }
    }
}

/// A cell as JSON writes it, where it has one value.
fn written(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Empty
        | Cell::Suppressed
        | Cell::Bilingual(_)
        | Cell::List(_)
        | Cell::Names(_)
        | Cell::Instant(_) => return None,
        Cell::Text(text) => text.clone(),
        Cell::Code(named) => named.0.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Hours(number) | Cell::Score(number) | Cell::Share(number) => number.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::State(state) => match state {
            State::NotStarted => "not_started",
            State::InProgress => "in_progress",
            State::Completed => "completed",
        }
        .to_owned(),
        Cell::Flag(flag) => flag.to_string(),
    })
}

impl FromStr for Sort {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let key = text.strip_prefix('-');
        Ok(Self { key: key.unwrap_or(text).to_owned(), descending: key.is_some() })
    }
}

/// Why a table has no such page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A column that the table does not have.
    #[error("no column `{key}`: it has {known}")]
    UnknownColumn {
        /// The key asked for.
        key: String,
        /// The keys that there are, with commas between them.
        known: String,
    },
    /// A condition on a column whose cells are instants, several values, in two languages, or written by hand.
    #[error("column `{key}` has no single values that a condition could be about")]
    NoSingleValues {
        /// The key of the condition.
        key: String,
    },
}

impl Table {
    /// Keeps the rows of `page` alone, and notes in `found` how many there were before `offset` and
    /// `limit`. Rows that are equal in the column sorted by stay in the order of the report; those
    /// without a value there, and suppressed ones, stand last either way. What is there in two languages is
    /// sorted as it reads in `language`. The totals remain those
    /// of all rows, and go where rows are left out for what they are. An empty page changes nothing.
    ///
    /// # Errors
    /// [`PageError`] for a column to sort by, or of a condition, that is not there, and for a condition on a column
    /// without single values; the table is as before.
    pub fn page(&mut self, page: &TablePage, language: Language) -> Result<(), PageError> {
        if *page == TablePage::default() {
            return Ok(());
        }
        let conditions = page.only.iter().map(|it| Ok((self.place_of_values(&it.key)?, it)));
        let conditions = conditions.collect::<Result<Vec<_>, PageError>>()?;
        if let Some(sort) = &page.sort {
            self.sort(sort, language)?;
        }
        if !conditions.is_empty() {
            self.rows.retain(|row| conditions.iter().all(|(at, it)| it.holds(row.get(*at))));
            self.totals = None;
        }
        if let Some(search) = &page.search {
            let wanted = search.to_lowercase();
            self.rows.retain(|row| row.iter().any(|cell| says(cell, &wanted)));
            self.totals = None;
        }
        self.found = Some(self.rows.len());
        self.rows.drain(..page.offset.min(self.rows.len()));
        self.rows.truncate(page.limit.unwrap_or(usize::MAX));
        Ok(())
    }

    /// Where the column of a condition is.
    fn place_of_values(&self, key: &str) -> Result<usize, PageError> {
        let at = self.place(key)?;
        let kind = self.columns.get(at).map(|column| column.kind);
        let has_single_values = match kind {
            Some(Kind::Instant | Kind::Signature) => false,
            // Texts in two languages and lists are of the same kind as texts.
            Some(Kind::Text) => self.rows.iter().filter_map(|row| row.get(at)).all(|cell| {
                matches!(cell, Cell::Empty | Cell::Suppressed) || written(cell).is_some()
            }),
            _ => true,
        };
        if has_single_values {
            return Ok(at);
        }
        Err(PageError::NoSingleValues { key: key.to_owned() })
    }

    fn place(&self, key: &str) -> Result<usize, PageError> {
        self.columns.iter().position(|column| column.key == key).ok_or_else(|| {
            let known = self.columns.iter().map(|column| column.key.as_str());
            PageError::UnknownColumn {
                key: key.to_owned(),
                known: known.collect::<Vec<_>>().join(", "),
            }
        })
    }

    fn sort(
        &mut self,
        Sort { key, descending }: &Sort,
        language: Language,
    ) -> Result<(), PageError> {
        let at = self.place(key)?;
        let rank = |row: &[Cell]| rank(row.get(at), language);
        self.rows.sort_by(|a, b| match (rank(a), rank(b)) {
            (Some(a), Some(b)) if *descending => b.compare(&a),
            (Some(a), Some(b)) => a.compare(&b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        Ok(())
    }
}

/// Whether `wanted`, in lower case, stands in a text.
fn says(cell: &Cell, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    match cell {
        Cell::Text(text) => has(text),
        Cell::Bilingual(words) => has(&words.it) || has(&words.en),
        Cell::Code(named) => has(&named.1.it) || has(&named.1.en),
        Cell::List(texts) => texts.iter().any(|text| has(text)),
        Cell::Names(names) => names.iter().any(|words| has(&words.it) || has(&words.en)),
        _ => false,
    }
}

/// What a cell is sorted by.
enum Rank {
    Text(String),
    Number(f64),
}

impl Rank {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds are fewer than 2^52")]
fn rank(cell: Option<&Cell>, language: Language) -> Option<Rank> {
    Some(match cell? {
        Cell::Empty | Cell::Suppressed => return None,
        Cell::Text(text) => Rank::Text(text.to_lowercase()),
        Cell::Bilingual(words) => Rank::Text(words.in_language(language).to_lowercase()),
        Cell::Code(named) => Rank::Text(named.1.in_language(language).to_lowercase()),
        Cell::List(texts) => Rank::Text(texts.join(" ").to_lowercase()),
        Cell::Names(names) => Rank::Number(names.len() as f64),
        Cell::Count(count) => Rank::Number(*count as f64),
        Cell::Hours(number) | Cell::Score(number) | Cell::Share(number) => Rank::Number(*number),
        Cell::Date(date) => Rank::Text(date.to_string()),
        Cell::Instant(micros) => Rank::Number(*micros as f64),
        Cell::State(state) => Rank::Number(f64::from(*state as u8)),
        Cell::Flag(flag) => Rank::Number(f64::from(u8::from(*flag))),
    })
}
