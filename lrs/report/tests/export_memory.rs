//! What writing a table takes. Bytes are counted, never time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use course::{Bilingual, Language, State, Title};
use jiff::civil::date;
use peak_alloc::PeakAlloc;
use report::export::{Format, bytes_to_write, write};
use report::{Cell, Column, Kind, Table};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const ACTIVITIES: usize = 50;

/// As wide a matrix as a report has, in which something stands everywhere.
fn matrix(rows: usize) -> Table {
    let name = |n: usize| Bilingual::new(format!("Attività {n}"), format!("Activity {n}"));
    let mut columns: Vec<Column> = ["learner", "name", "region", "body"]
        .map(|key| Column::headed(key, Kind::Text, Bilingual::new(key, key)))
        .into();
    for n in 0..ACTIVITIES {
        let id = format!("https://formazione.example.it/mod/scorm/view.php?id={n}");
        columns.push(Column::headed(&id, Kind::State, name(n)));
        columns.push(Column::headed(format!("{id}/score"), Kind::Score, name(n)));
        columns.push(Column::headed(format!("{id}/since"), Kind::Date, name(n)));
    }
    let row = |number: usize| {
        let texts = [format!("u{number}"), format!("Nome Cognome {number}"), "Umbria".into()];
        let mut row: Vec<Cell> = texts.map(Cell::Text).into();
        row.push(Cell::Text("Comune di Città di Castello".into()));
        for n in 0..ACTIVITIES {
            row.push(Cell::State(State::Completed));
            row.push(Cell::Score(f64::from(u32::try_from(n).unwrap()) / 100.0 + 0.1234));
            row.push(Cell::Date(date(2026, 5, 4)));
        }
        row
    };
    Table {
        report: "matrix",
        title: Bilingual::new("Matrice", "Matrix"),
        course: "c".into(),
        course_title: Title(BTreeMap::from([("it".to_owned(), "C".to_owned())])),
        at: None,
        through: None,
        time_zone: "Europe/Rome".into(),
        notes: Vec::new(),
        columns,
        print: &[],
        rows: (0..rows).map(row).collect(),
        totals: None,
        found: None,
    }
}

#[test]
fn no_format_takes_more_than_it_says() {
    // The texts of a language are read once, and stay.
    write(&matrix(1), Format::Csv, Language::It).unwrap();
    let mut said = Vec::new();
    let short = Format::ALL.map(|format| (1_000, format));
    for (rows, format) in short.into_iter().chain([(4_000, Format::Xlsx)]) {
        let table = matrix(rows);
        let cells = rows * table.columns.len();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let text = write(&table, format, Language::It).unwrap();
        let taken = MEMORY.peak_usage().saturating_sub(before);
        let most = bytes_to_write(&table, 0, format);
        said.push((format, taken.div_ceil(cells), most / cells, text.len() / cells));
    }
    let is_kept = said.iter().all(|(_, taken, most, _)| taken <= most && taken * 3 > *most);
    assert!(is_kept, "format, bytes for a cell, what is said, bytes of its text: {said:?}");
}
