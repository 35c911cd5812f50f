use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};

use super::super::{Format, write};
use super::{Cell, Language, Table, nobody, sample};

fn workbook(table: &Table, language: Language) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(write(table, Format::Xlsx, language).unwrap())).unwrap()
}

fn rows(table: &Table, language: Language, sheet: &str) -> Vec<Vec<Data>> {
    let range = workbook(table, language).worksheet_range(sheet).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// A part of the package as text.
fn part(table: &Table, name: &str) -> String {
    let bytes = write(table, Format::Xlsx, Language::It).unwrap();
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn a_workbook_has_numbers_days_and_texts_as_such() {
    let rows = rows(&sample(), Language::It, "Dati");
    let headings = [
        "Persona",
        "Uffici",
        "Tentativi",
        "Ore",
        "Voto",
        "Avanzamento",
        "Nascita",
        "Ultimo accesso",
        "Stato",
        "A rischio",
    ];
    assert_eq!(rows[0], headings.map(text));
    assert_eq!(rows.len(), 3);
    let first = &rows[1];
    // A formula would be read as one: this is text that begins with `=`.
    assert_eq!(first[0], text("=Niccolò \"Nico\" D'Urso; Rossi, Maria"));
    assert_eq!(first[1], text("servizi sociali; anagrafe"));
    let numbers = [3.0, 12.5, -0.75, 0.3333].map(Data::Float);
    assert_eq!(first[2..6], numbers);
    let Data::DateTime(born) = &first[6] else { panic!("{:?}", first[6]) };
    assert_eq!(born.to_ymd_hms_milli(), (1980, 1, 31, 0, 0, 0, 0));
    let Data::DateTime(seen) = &first[7] else { panic!("{:?}", first[7]) };
    assert_eq!(seen.to_ymd_hms_milli(), (2026, 5, 4, 9, 30, 12, 0));
    assert_eq!(first[8..], [text("in corso"), Data::Bool(true)]);
    let second = &rows[2];
    assert_eq!(second[1..4], [Data::Empty, text("<5"), Data::Float(1234.0)]);
    assert_eq!(second[4..8], [Data::Empty, text("<5"), Data::Empty, Data::Empty]);
}

#[test]
fn a_second_sheet_says_of_what_and_when_it_is_true() {
    let notes = rows(&sample(), Language::En, "Notes");
    let expected = [
        ["Report", "Hours ledger"],
        ["Course", "Digital transition & <PA> (prog-2796)"],
        ["As of", "end of 2026-05-04"],
        ["Data until", "2026-05-04 09:30:12"],
        ["Time zone", "Europe/Rome"],
        ["Note", "Groups below 5: <5."],
    ];
    assert_eq!(notes, expected.map(|row| row.map(text).to_vec()));
    assert_eq!(workbook(&sample(), Language::It).sheet_names(), ["Dati", "Note"]);
}

#[test]
fn headings_stay_in_sight_and_filter() {
    let sheet = part(&sample(), "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<pane ySplit=\"1\" topLeftCell=\"A2\""), "{sheet}");
    assert!(sheet.contains("<autoFilter ref=\"A1:J3\"/>"), "{sheet}");
    assert!(
        sheet.contains("paperSize=\"9\" fitToHeight=\"0\" orientation=\"landscape\""),
        "{sheet}"
    );
    let styles = part(&sample(), "xl/styles.xml");
    for code in ["0.00", "0.0000", "0.0%", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"] {
        assert!(styles.contains(&format!("formatCode=\"{code}\"")), "{code}: {styles}");
    }
}

#[test]
fn a_workbook_is_as_old_as_its_last_statement() {
    let core = part(&sample(), "docProps/core.xml");
    assert!(core.contains(">2026-05-04T07:30:12Z</dcterms:created>"), "{core}");
    let core = part(&nobody(), "docProps/core.xml");
    assert!(core.contains(">2000-01-01T00:00:00Z</dcterms:created>"), "{core}");
}

#[test]
fn what_excel_cannot_date_is_text_and_of_a_text_it_cannot_hold_the_beginning() {
    let mut table = sample();
    table.rows[0][6] = Cell::Date(jiff::civil::date(1861, 3, 17));
    assert_eq!(rows(&table, Language::It, "Dati")[1][6], text("17/03/1861"));
    table.rows[0][0] = Cell::Text("è".repeat(32_768));
    let kept = "è".repeat(32_766) + "…";
    assert_eq!(rows(&table, Language::It, "Dati")[1][0], text(&kept));
}

#[test]
fn a_workbook_about_nobody_has_its_headings() {
    assert_eq!(rows(&nobody(), Language::It, "Dati").len(), 1);
}
