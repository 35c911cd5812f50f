//! Values as people read them: in their language, in the table's time zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::ExportError;
use crate::{Cell, Column, Kind, Table};
use course::Language;
use texts::Value;

/// What stands where a group is too small to show its figure.
pub(super) const SUPPRESSED: &str = "<5";

/// A table and how its reader wants to see it.
pub(super) struct Shown<'a> {
    pub(super) table: &'a Table,
    pub(super) language: Language,
    zone: TimeZone,
}

impl<'a> Shown<'a> {
    /// Only the zones built into the program count, as in course files.
    pub(super) fn new(table: &'a Table, language: Language) -> Result<Self, ExportError> {
        let zone = TimeZoneDatabase::bundled().get(&table.time_zone);
        let zone = zone.map_err(|_| ExportError::TimeZone(table.time_zone.clone()))?;
        Ok(Self { table, language, zone })
    }

    /// The message `table-ID` of the catalogue.
    pub(super) fn say(&self, id: &str) -> String {
        self.say_with(id, &[])
    }

    /// [`Shown::say`] with these values in it; the id where the catalogue lacks the message, which a
    /// test of the catalogue excludes.
    pub(super) fn say_with(&self, id: &str, values: &[(&'static str, Value)]) -> String {
        let id = format!("table-{id}");
        self.language.texts().say_with(&id, values).unwrap_or(id)
    }

    /// The report's name.
    pub(super) fn title(&self) -> &'a str {
        self.table.title.in_language(self.language)
    }

    /// The course's name.
    pub(super) fn course_title(&self) -> &'a str {
        self.table.course_title.in_language(self.language.tag())
    }

    /// A column's name.
    pub(super) fn heading(&self, column: &'a Column) -> &'a str {
        column.heading.in_language(self.language)
    }

    /// What a reader must know.
    pub(super) fn notes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let language = self.language;
        self.table.notes.iter().map(move |note| note.in_language(language))
    }

    /// Of what the table is true, each fact with its label: course, day, last statement, zone.
    pub(super) fn facts(&self) -> Result<[(String, String); 4], ExportError> {
        let course = format!("{} ({})", self.course_title(), self.table.course);
        Ok([
            (self.say("facts-course"), course),
            (self.say("facts-as-of"), self.as_of()),
            (self.say("facts-through"), self.through()?),
            (self.say("facts-time-zone"), self.table.time_zone.clone()),
        ])
    }

    /// The day at whose end the table is true.
    pub(super) fn as_of(&self) -> String {
        match self.table.at {
            Some(day) => self.say_with("as-of-end", &[("day", Value::Day(day))]),
            None => self.say("as-of-now"),
        }
    }

    /// When the last statement that counts was stored, to the second.
    pub(super) fn through(&self) -> Result<String, ExportError> {
        let Some(micros) = self.table.through else {
            return Ok(self.say("through-none"));
        };
        let local = self.local(micros)?;
        Ok(format!("{} {}", self.day(local.date()), local.strftime("%H:%M:%S")))
    }

    /// A value; nothing for an empty cell. Minutes are exact enough for an instant in a row.
    pub(super) fn cell(&self, cell: &Cell) -> Result<String, ExportError> {
        Ok(match cell {
            Cell::Empty => String::new(),
            Cell::Suppressed => SUPPRESSED.to_owned(),
            Cell::Text(text) => text.clone(),
            Cell::List(texts) => texts.join("; "),
            Cell::Names(names) => {
                let names = names.iter().map(|words| words.in_language(self.language));
                names.collect::<Vec<_>>().join("; ")
            }
            Cell::Bilingual(words) => words.in_language(self.language).to_owned(),
            Cell::Code(it) => it.1.in_language(self.language).to_owned(),
            Cell::Count(count) => count.to_string(),
            Cell::Hours(hours) => self.number(&format!("{hours:.2}")),
            Cell::Score(score) => self.number(&format!("{score:.4}")),
            Cell::Share(share) => self.percent(*share),
            Cell::Date(date) => self.day(*date),
            Cell::Instant(micros) => {
                let local = self.local(*micros)?;
                format!("{} {}", self.day(local.date()), local.strftime("%H:%M"))
            }
            Cell::State(state) => crate::words::state(*state).in_language(self.language).to_owned(),
            Cell::Flag(flag) => self.say(if *flag { "flag-yes" } else { "flag-no" }),
        })
    }

    /// A number written with a point, with the language's decimal sign.
    pub(super) fn number(&self, number: &str) -> String {
        self.language.texts().number(number)
    }

    /// An instant on the clocks of the table's time zone.
    pub(super) fn local(&self, micros: i64) -> Result<DateTime, ExportError> {
        let instant = Timestamp::from_microsecond(micros);
        let instant = instant.map_err(|_| ExportError::Instant(micros))?;
        Ok(self.zone.to_datetime(instant))
    }

    fn percent(&self, share: f64) -> String {
        let number = self.number(&format!("{:.1}", share * 100.0));
        self.say_with("percent", &[("number", Value::Text(number))])
    }

    /// A day as its reader writes it.
    pub(super) fn day(&self, day: Date) -> String {
        self.language.texts().day(day)
    }
}

/// A row of totals with its label in the first cell, where that has no figure.
pub(super) fn with_label(mut cells: Vec<String>, shown: &Shown) -> Vec<String> {
    if let Some(first) = cells.first_mut().filter(|cell| cell.is_empty()) {
        *first = shown.say("total");
    }
    cells
}

/// The cells of a row with their columns, those of signatures left out.
pub(super) fn unsigned<'a>(
    table: &'a Table,
    row: &'a [Cell],
) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
    let cells = row.iter().chain(std::iter::repeat(&Cell::Empty));
    table.columns.iter().zip(cells).filter(|(column, _)| column.kind != Kind::Signature)
}

/// The columns but those of signatures.
pub(super) fn unsigned_columns(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns.iter().filter(|column| column.kind != Kind::Signature)
}

impl Kind {
    /// Whether its cells are numbers, which stand to the right.
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Count | Self::Hours | Self::Score | Self::Share)
    }
}
