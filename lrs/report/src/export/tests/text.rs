use super::super::Format;
use super::{Language, nobody, sample, written};

#[test]
fn text_is_aligned_by_what_the_terminal_shows() {
    let mut table = sample();
    table.columns.truncate(8);
    table.rows.iter_mut().for_each(|row| row.truncate(8));
    let expected = "\
Hours ledger – Digital transition & <PA> (prog-2796), end of 2026-05-04, data until 2026-05-04 09:30:12 (Europe/Rome)
Learner                               Offices                    Attempts    Hours    Score  Progress  Born        Last seen
=Niccolò \"Nico\" D'Urso; Rossi, Maria  servizi sociali; anagrafe         3    12.50  -0.7500     33.3%  1980-01-31  2026-05-04 09:30
<b>李四</b>  [31m                     -                                <5  1234.00        -        <5  -           -
Groups below 5: <5.
";
    assert_eq!(written(&table, Format::Text, Language::En), expected);
}

#[test]
fn text_about_nobody_is_a_heading() {
    let expected = "\
Registro delle ore – Transizione digitale & <PA> (prog-2796), al momento dell'estrazione, ancora nessuno statement (Europe/Rome)
Persona  Uffici  Tentativi  Ore  Voto  Avanzamento  Nascita  Ultimo accesso  Stato  A rischio
";
    assert_eq!(written(&nobody(), Format::Text, Language::It), expected);
}

#[test]
fn a_row_that_does_not_fit_its_columns_is_no_report() {
    let mut table = sample();
    table.rows[0].pop();
    let error = super::super::write(&table, Format::Json, Language::En).unwrap_err();
    assert!(matches!(error, super::super::ExportError::Shape(1)), "{error}");
}

fn at_width(table: &crate::Table, width: usize, language: Language) -> String {
    let reader = super::super::Reader { language, width: Some(width) };
    String::from_utf8(super::super::write(table, Format::Text, reader).unwrap()).unwrap()
}

#[test]
fn text_is_no_wider_than_its_reader_and_names_what_is_left_out() {
    use unicode_width::UnicodeWidthStr;
    let expected = "\
Hours ledger – Digital transition & <PA> (prog-2796), end of
2026-05-04, data until 2026-05-04 09:30:12 (Europe/Rome)
Learner                   Offices                     Hours
=Niccolò \"Nico\" D'Urso;…  servizi sociali; anagra…    12.50
<b>李四</b>  [31m         -                         1234.00
Groups below 5: <5.
Columns that do not fit into 60 characters: Attempts, Score,
Progress, Born, Last seen, State, At risk. To see them: a
width of 153 (--width 153), or the format csv, xlsx or html.
";
    assert_eq!(at_width(&sample(), 60, Language::En), expected);
    for width in [40, 60, 80, 100, 152, 153, 200] {
        let text = at_width(&sample(), width, Language::It);
        let longest = text.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(longest <= width, "{longest} in {width}:\n{text}");
    }
    assert!(!at_width(&sample(), 200, Language::En).contains("do not fit"));
}

#[test]
fn text_has_the_totals_under_a_line() {
    let mut table = sample();
    table.columns.truncate(4);
    table.rows.iter_mut().for_each(|row| row.truncate(4));
    table.add_up([("hours", crate::Cell::Hours(1246.5))]);
    let text = at_width(&table, 80, Language::It);
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.starts_with("---")).unwrap();
    assert!(lines[at + 1].starts_with("Totale") && lines[at + 1].ends_with("1246,50"), "{text}");
}

#[test]
fn figures_of_a_person_outlast_where_the_person_works() {
    let mut table = sample();
    table.columns[1].key = "office".into();
    let text = at_width(&table, 80, Language::En);
    assert!(text.lines().nth(2).unwrap().contains("Hours"), "{text}");
    assert!(text.contains("do not fit into 80 characters: Offices, "), "{text}");
    table.columns[0].key = "region".into();
    let text = at_width(&table, 80, Language::En);
    assert!(text.lines().nth(2).unwrap().contains("Offices"), "groups stay told apart: {text}");
}
