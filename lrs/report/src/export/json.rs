//! A table for programs.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ExportError;
use super::shown::{unsigned, unsigned_columns};
use crate::{Cell, Table};
use course::Language;

/// What stands between two rows.
pub(super) const BETWEEN: &[u8] = b",";

/// An object `{report, title, course, course_title, at, through, time_zone, notes, columns, rows}`,
/// `totals` where there are sums, and `found` where the rows are a page. A column is
/// `{key, heading, kind}`. Each row has every column's key; no value and a suppressed one are `null`, and a row with a
/// suppressed one has `"suppressed": true`. Instants are RFC 3339 in UTC, shares 0 to 1.
pub(super) fn write(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let mut text = head(table, language)?;
    rows(table, language, &mut text)?;
    tail(table, language, &mut text)?;
    Ok(text)
}

/// The text up to the first row.
pub(super) fn head(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let columns: Vec<Value> = unsigned_columns(table)
        .map(|column| {
            let heading = column.heading.in_language(language);
            json!({"key": column.key, "heading": heading, "kind": column.kind.as_str()})
        })
        .collect();
    let notes: Vec<&str> = table.notes.iter().map(|note| note.in_language(language)).collect();
    let head = json!({
        "report": table.report,
        "title": table.title.in_language(language),
        "course": table.course,
        "course_title": table.course_title.in_language(language.tag()),
        "at": table.at,
        "through": table.through.map(instant).transpose()?,
        "time_zone": table.time_zone,
        "notes": notes,
        "columns": columns,
    });
    let mut text = serde_json::to_vec(&head).map_err(std::io::Error::from)?;
    text.pop();
    text.extend_from_slice(b",\"rows\":[");
    Ok(text)
}

/// The rows, one by one: the values of all of them would take many times their text.
pub(super) fn rows(
    table: &Table,
    language: Language,
    text: &mut Vec<u8>,
) -> Result<(), ExportError> {
    for (n, cells) in table.rows.iter().enumerate() {
        if n > 0 {
            text.extend_from_slice(BETWEEN);
        }
        let row = row(table, cells, language)?;
        serde_json::to_writer(&mut *text, &row).map_err(std::io::Error::from)?;
    }
    Ok(())
}

/// The text after the last row.
pub(super) fn tail(
    table: &Table,
    language: Language,
    text: &mut Vec<u8>,
) -> Result<(), ExportError> {
    text.push(b']');
    if let Some(totals) = &table.totals {
        let mut totals = row(table, totals, language)?;
        if let Some(totals) = totals.as_object_mut() {
            totals.retain(|_, value| !value.is_null());
        }
        text.extend_from_slice(b",\"totals\":");
        serde_json::to_writer(&mut *text, &totals).map_err(std::io::Error::from)?;
    }
    if let Some(found) = table.found {
        text.extend_from_slice(b",\"found\":");
        serde_json::to_writer(&mut *text, &found).map_err(std::io::Error::from)?;
    }
    text.push(b'}');
    Ok(())
}

fn row(table: &Table, cells: &[Cell], language: Language) -> Result<Value, ExportError> {
    let mut row = Map::new();
    for (column, cell) in unsigned(table, cells) {
        row.insert(column.key.clone(), value(cell, language)?);
    }
    if cells.contains(&Cell::Suppressed) {
        row.insert("suppressed".into(), true.into());
    }
    Ok(Value::Object(row))
}

fn value(cell: &Cell, language: Language) -> Result<Value, ExportError> {
    Ok(match cell {
        Cell::Empty | Cell::Suppressed => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Bilingual(words) => words.in_language(language).into(),
        Cell::Code(it) => it.0.as_str().into(),
        Cell::List(texts) => texts.iter().map(String::as_str).collect(),
        Cell::Names(names) => {
            names.iter().map(|words| Value::from(words.in_language(language))).collect()
        }
        Cell::Count(count) => (*count).into(),
        Cell::Hours(number) | Cell::Score(number) | Cell::Share(number) => (*number).into(),
        Cell::Date(date) => date.to_string().into(),
        Cell::Instant(micros) => instant(*micros)?.into(),
        Cell::State(state) => serde_json::to_value(state).map_err(std::io::Error::from)?,
        Cell::Flag(flag) => (*flag).into(),
    })
}

fn instant(micros: i64) -> Result<String, ExportError> {
    let instant = Timestamp::from_microsecond(micros).map_err(|_| ExportError::Instant(micros))?;
    Ok(instant.to_string())
}
