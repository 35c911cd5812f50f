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
Registro delle ore – Transizione digitale & <PA> (prog-2796), al momento dell'estrazione, ancora nessuna registrazione (Europe/Rome)
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
