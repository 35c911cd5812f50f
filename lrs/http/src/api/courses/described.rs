//! How the answer of a report is described. `report::export` writes it; a test here reads what is
//! written there by these types.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

/// A report as data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportTable {
    /// The report's name in addresses.
    pub report: String,
    /// Its title, in the reader's language.
    pub title: String,
    /// The course's id.
    pub course: String,
    /// The course's title, in the reader's language.
    pub course_title: String,
    /// The day at whose end it is true; null at present.
    #[schema(required)]
    pub at: Option<String>,
    /// The `stored` of the last statement that is in it, RFC 3339 in UTC; null before any.
    #[schema(required)]
    pub through: Option<String>,
    /// The IANA name of the time zone whose days it means.
    pub time_zone: String,
    /// What a reader must know, in the reader's language.
    pub notes: Vec<String>,
    /// The columns, in order.
    pub columns: Vec<ReportColumn>,
    /// The rows: a value for the key of each column, and `suppressed` where one is hidden because
    /// the group is too small.
    pub rows: Vec<BTreeMap<String, ReportValue>>,
    /// The sums over all rows, by the keys of their columns; missing where none has one.
    #[serde(default)]
    #[schema(nullable = false)]
    pub totals: Option<BTreeMap<String, ReportValue>>,
    /// How many rows there are in all, where a part of them was asked for.
    #[serde(default)]
    #[schema(nullable = false)]
    pub found: Option<usize>,
}

/// A column of a report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportColumn {
    /// Its name in rows.
    pub key: String,
    /// Its heading, in the reader's language.
    pub heading: String,
    /// What its values are.
    pub kind: ReportKind,
}

/// What the values of a column are.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// A text, or a list of texts.
    Text,
    /// A whole number.
    Count,
    /// Hours, with two decimals.
    Hours,
    /// A score from -1 to 1.
    Score,
    /// A share from 0 to 1.
    Share,
    /// A day, such as 2026-05-04.
    Date,
    /// RFC 3339 in UTC.
    Instant,
    /// `not_started`, `in_progress` or `completed`.
    State,
    /// true or false.
    Flag,
}

/// A value of a report; by the kind of its column.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ReportValue {
    /// null: no value, or one that is hidden.
    Nothing,
    /// Of text, date, instant and state.
    Text(String),
    /// Of count, hours, score and share.
    Number(f64),
    /// Of flag.
    Flag(bool),
    /// Of text.
    List(Vec<String>),
}

#[cfg(test)]
mod tests {
    use course::{Bilingual, Language, State, Title};
    use report::export::{self, Format};
    use report::{Cell, Column, Kind, Table};

    use super::*;

    #[test]
    fn the_description_is_of_what_is_written() {
        let words = || Bilingual::new("uno", "one");
        let cells = [
            (Kind::Text, ReportKind::Text, Cell::Names([words()].into())),
            (Kind::Count, ReportKind::Count, Cell::Suppressed),
            (Kind::Hours, ReportKind::Hours, Cell::Hours(1.5)),
            (Kind::Score, ReportKind::Score, Cell::Score(-0.5)),
            (Kind::Share, ReportKind::Share, Cell::Share(0.5)),
            (Kind::Date, ReportKind::Date, Cell::Empty),
            (Kind::Instant, ReportKind::Instant, Cell::Instant(1)),
            (Kind::State, ReportKind::State, Cell::State(State::Completed)),
            (Kind::Flag, ReportKind::Flag, Cell::Flag(true)),
        ];
        let mut table = Table {
            report: "glance",
            title: words(),
            course: "c".into(),
            course_title: Title(BTreeMap::new()),
            at: None,
            through: None,
            time_zone: "Europe/Rome".into(),
            notes: vec![words()],
            columns: Vec::new(),
            print: &[],
            rows: vec![Vec::new()],
            totals: None,
            found: Some(1),
        };
        for (kind, _, cell) in &cells {
            table.columns.push(Column::headed(kind.as_str(), *kind, words()));
            table.rows[0].push(cell.clone());
        }
        table.totals = Some(table.rows[0].clone());
        let written = export::write(&table, Format::Json, Language::En).unwrap();
        let read: ReportTable = serde_json::from_slice(&written).unwrap();
        let kinds: Vec<ReportKind> = read.columns.into_iter().map(|column| column.kind).collect();
        assert_eq!(kinds, cells.map(|(_, kind, _)| kind));
    }
}
