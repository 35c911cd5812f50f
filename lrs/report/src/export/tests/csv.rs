use super::super::Format;
use super::{Cell, Language, nobody, sample, written};

#[test]
fn csv_in_english_is_rfc_4180_with_points() {
    let expected = "Learner,Offices,Attempts,Hours,Score,Progress,Born,Last seen,State,At risk\r\n\
         \"'=Niccolò \"\"Nico\"\" D'Urso; Rossi, Maria\",servizi sociali; anagrafe,3,12.50,-0.75,\
         0.3333,1980-01-31,2026-05-04 09:30:12,in progress,yes\r\n\
         \"<b>李四</b>\n\u{1b}[31m\",,<5,1234.00,,<5,,,completed,no\r\n";
    assert_eq!(written(&sample(), Format::Csv, Language::En), expected);
}

#[test]
fn csv_in_italian_is_what_excel_opens_there() {
    let expected = "\u{feff}Persona;Uffici;Tentativi;Ore;Voto;Avanzamento;Nascita;Ultimo accesso;\
         Stato;A rischio\r\n\
         \"'=Niccolò \"\"Nico\"\" D'Urso; Rossi, Maria\";\"servizi sociali; anagrafe\";3;12,50;\
         -0,75;0,3333;31/01/1980;04/05/2026 09:30:12;in corso;sì\r\n\
         \"<b>李四</b>\n\u{1b}[31m\";;<5;1234,00;;<5;;;completato;no\r\n";
    assert_eq!(written(&sample(), Format::Csv, Language::It), expected);
}

#[test]
fn csv_about_nobody_is_its_headings() {
    let text = written(&nobody(), Format::Csv, Language::En);
    assert_eq!(
        text,
        "Learner,Offices,Attempts,Hours,Score,Progress,Born,Last seen,State,At risk\r\n"
    );
}

#[test]
fn no_text_or_heading_is_a_formula() {
    for beginning in ["=", "+", "-", "@", "\t", "\r"] {
        let mut table = sample();
        table.rows.truncate(1);
        table.rows[0][0] = Cell::Text(format!("{beginning}1"));
        table.rows[0][1] = Cell::List([format!("{beginning}2"), "x".into()].into());
        table.columns[0].heading.en = format!("{beginning}3");
        let text = written(&table, Format::Csv, Language::En);
        for guarded in ["1", "2; x", "3"] {
            assert!(text.contains(&format!("'{beginning}{guarded}")), "{text}");
        }
    }
}
