mod hours;
mod json;
mod who;

use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::super::{LearnerList, Presence, PresenceSheet, SessionDay};
use super::said::of_sheet;

const MINUTE: u64 = 60_000_000;

fn learners() -> LearnerList {
    let list = "learner,name,identifiers,region,body,office\n\
         u1,Maria Rossi,account:https://m.example.it|1042;mailto:rossi@example.it,Umbria,Comune di Perugia,tributi\n\
         u2,Maria Rossi,mailto:rossi2@example.it,Umbria,Comune di Spello,tributi\n\
         u3,Nicolò D'Urso,mailto:durso@example.it,Sicilia,Comune di Noto,anagrafe\n\
         u4,,mailto:nobody@example.it,Sicilia,,\n";
    LearnerList::parse(list.as_bytes()).unwrap()
}

fn rome() -> TimeZone {
    TimeZoneDatabase::bundled().get("Europe/Rome").unwrap()
}

fn session(day: Date, hours: Option<u64>) -> SessionDay {
    SessionDay { date: day, time_zone: rome(), length: hours.map(|hours| hours * 60 * MINUTE) }
}

/// Of a session of four hours on an ordinary day.
fn read(text: &str) -> Result<PresenceSheet, Vec<String>> {
    read_of(text, &session(date(2026, 3, 5), Some(4)))
}

fn read_of(text: &str, session: &SessionDay) -> Result<PresenceSheet, Vec<String>> {
    let register = PresenceSheet::from_csv(text.as_bytes(), &learners(), session);
    register.map_err(|errors| of_sheet(&errors))
}

fn entry(learner: &str, minutes: u64, note: &str) -> Presence {
    Presence { learner: learner.into(), micros: minutes * MINUTE, note: note.into() }
}

#[test]
fn a_register_from_excel_in_italy_says_who_was_there_for_how_long() {
    let text = "Matricola;Nome e cognome;Ore;Dalle;Alle;Note\r\n\
         u1;Maria Rossi;2,5;;;uscita anticipata\r\n\
         u2;;;9.00;12:45;\r\n\
         ;d'urso nicolo;;;;\r\n\
         u4;;assente;;;malattia\r\n";
    let expected = PresenceSheet {
        entries: vec![
            entry("u1", 150, "uscita anticipata"),
            entry("u2", 225, ""),
            entry("u3", 240, ""),
        ],
        absent: vec!["u4".into()],
        ..PresenceSheet::default()
    };
    assert_eq!(read(text), Ok(expected));
}

#[test]
fn every_fault_of_a_register_has_its_line_and_heading() {
    let text = "Id,Ore,Dalle,Alle\n\
         u1,25,,\n\
         u9,due,,\n\
         u2,,9:00\n\
         u3,,9:00,\n\
         u4,,12:00,9:00\n";
    let faults = read(text).unwrap_err();
    let places: Vec<&str> = faults.iter().filter_map(|fault| fault.split(": ").next()).collect();
    let expected =
        ["line 2, Ore", "line 3, Id", "line 3, Ore", "line 4", "line 5, Alle", "line 6, Alle"];
    assert_eq!(places, expected, "{faults:#?}");
}

#[test]
fn a_register_that_names_nobody_is_refused() {
    let faults = read("Ore,Note\n2,\n").unwrap_err();
    assert!(faults[0].starts_with("line 1: there is no column `learner` or "), "{}", faults[0]);
    assert!(faults[0].ends_with("such as learner,name,hours,from,to,note"), "{}", faults[0]);
    assert_eq!(
        read("id,ore\n,2\n").unwrap_err(),
        ["line 2: nobody is named: write an id, an identifier or a name"]
    );
}
