mod csv;
mod format;
mod html;
mod json;
mod page;
mod text;
mod xlsx;

use std::collections::BTreeMap;

use jiff::civil::date;

use super::{Format, InParts, PartWriter, write};
use crate::{Cell, Column, Kind, Table};
use course::{Bilingual, Language, State, Title};

/// 2026-05-04T07:30:12.5Z, half past nine in Rome.
const THROUGH: i64 = 1_777_879_812_500_000;

/// A column of every kind, and what people and machines could do to a text.
fn sample() -> Table {
    let columns = [
        ("learner", Kind::Text, "Persona", "Learner"),
        ("offices", Kind::Text, "Uffici", "Offices"),
        ("attempts", Kind::Count, "Tentativi", "Attempts"),
        ("hours", Kind::Hours, "Ore", "Hours"),
        ("score", Kind::Score, "Voto", "Score"),
        ("progress", Kind::Share, "Avanzamento", "Progress"),
        ("born", Kind::Date, "Nascita", "Born"),
        ("last_seen", Kind::Instant, "Ultimo accesso", "Last seen"),
        ("state", Kind::State, "Stato", "State"),
        ("at_risk", Kind::Flag, "A rischio", "At risk"),
        ("signature", Kind::Signature, "Firma", "Signature"),
    ];
    let text = |text: &str| Cell::Text(text.to_owned());
    Table {
        report: "ledger",
        title: Bilingual::new("Registro delle ore", "Hours ledger"),
        course: "prog-2796".into(),
        course_title: title("Transizione digitale & <PA>", "Digital transition & <PA>"),
        at: Some(date(2026, 5, 4)),
        through: Some(THROUGH),
        time_zone: "Europe/Rome".into(),
        notes: vec![Bilingual::new("Gruppi sotto 5: <5.", "Groups below 5: <5.")],
        columns: columns
            .map(|(key, kind, it, en)| Column::headed(key, kind, Bilingual::new(it, en)))
            .into(),
        print: &[],
        totals: None,
        found: None,
        rows: vec![
            vec![
                text("=Niccolò \"Nico\" D'Urso; Rossi, Maria"),
                Cell::List(["servizi sociali".into(), "anagrafe".into()].into()),
                Cell::Count(3),
                Cell::Hours(12.5),
                Cell::Score(-0.75),
                Cell::Share(0.3333),
                Cell::Date(date(1980, 1, 31)),
                Cell::Instant(THROUGH),
                Cell::State(State::InProgress),
                Cell::Flag(true),
                Cell::Empty,
            ],
            vec![
                text("<b>李四</b>\n\u{1b}[31m"),
                Cell::Empty,
                Cell::Suppressed,
                Cell::Hours(1234.0),
                Cell::Empty,
                Cell::Suppressed,
                Cell::Empty,
                Cell::Empty,
                Cell::State(State::Completed),
                Cell::Flag(false),
                Cell::Empty,
            ],
        ],
    }
}

fn title(it: &str, en: &str) -> Title {
    let titles = [("it", it), ("en", en)];
    Title(BTreeMap::from(titles.map(|(tag, text)| (tag.to_owned(), text.to_owned()))))
}

/// The sample without rows, at present, before any statement.
fn nobody() -> Table {
    Table { at: None, through: None, notes: Vec::new(), rows: Vec::new(), ..sample() }
}

fn written(table: &Table, format: Format, language: Language) -> String {
    String::from_utf8(write(table, format, language).unwrap()).unwrap()
}

#[test]
fn a_table_in_parts_is_written_as_the_whole_is() {
    let part = |rows: &[Vec<Cell>]| Table { rows: rows.to_vec(), ..sample() };
    let rows = sample().rows;
    for (format, in_parts) in [(Format::Csv, InParts::Csv), (Format::Json, InParts::Json)] {
        for language in [Language::It, Language::En] {
            for cuts in [vec![&rows[..0], &rows[..1], &rows[1..1], &rows[1..]], vec![&rows[..0]]] {
                let mut parts = PartWriter::new(in_parts, language);
                let mut text = Vec::new();
                for cut in &cuts {
                    text.extend(parts.write(&part(cut)).unwrap());
                }
                text.extend(parts.end(&part(&[])).unwrap());
                let whole = write(&part(&cuts.concat()), format, language).unwrap();
                assert_eq!(String::from_utf8(text), String::from_utf8(whole));
            }
        }
        assert_eq!(InParts::of(format), Some(in_parts));
    }
    assert_eq!(InParts::of(Format::Xlsx), None);
}
