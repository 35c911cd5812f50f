//! A table for programs.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ExportError;
use super::shown::{unsigned, unsigned_columns};
use crate::{Cell, Table};
use course::Language;

/// An object `{report, title, course, course_title, at, through, time_zone, notes, columns, rows}`,
/// `totals` where there are sums, and `found` where the rows are a page. A column is
/// `{key, heading, kind}`. Each row has every column's key; no value and a suppressed one are `null`, and a row with a
/// suppressed one has `"suppressed": true`. Instants are RFC 3339 in UTC, shares 0 to 1.
pub(super) fn write(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let rows: Vec<Value> =
        table.rows.iter().map(|cells| row(table, cells, language)).collect::<Result<_, _>>()?;
    let columns: Vec<Value> = unsigned_columns(table)
        .map(|column| {
            let heading = column.heading.in_language(language);
            json!({"key": column.key, "heading": heading, "kind": column.kind.as_str()})
        })
        .collect();
    let notes: Vec<&str> = table.notes.iter().map(|note| note.in_language(language)).collect();
    let mut whole = json!({
        "report": table.report,
        "title": table.title.in_language(language),
        "course": table.course,
        "course_title": table.course_title.in_language(language.tag()),
        "at": table.at,
        "through": table.through.map(instant).transpose()?,
        "time_zone": table.time_zone,
        "notes": notes,
        "columns": columns,
        "rows": rows,
    });
    if let Some(totals) = &table.totals {
        let mut totals = row(table, totals, language)?;
        if let Some(totals) = totals.as_object_mut() {
            totals.retain(|_, value| !value.is_null());
        }
        if let Some(whole) = whole.as_object_mut() {
            whole.insert("totals".into(), totals);
        }
    }
    if let (Some(found), Some(whole)) = (table.found, whole.as_object_mut()) {
        whole.insert("found".into(), found.into());
    }
    Ok(serde_json::to_vec(&whole).map_err(std::io::Error::from)?)
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
        Cell::Words(words) => words.in_language(language).into(),
        Cell::Code(code, _) => code.as_str().into(),
        Cell::List(texts) => texts.as_slice().into(),
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
