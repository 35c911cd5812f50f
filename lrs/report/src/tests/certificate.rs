use jiff::civil::date;
use serde_json::json;

use super::report::{learner, made, members, view};
use super::scene::{Said, activity, course, lasting, module};
use course::Bilingual;

const AT: &str = "2026-05-04T10:00:00Z";

/// What a learner who said this reads of their certificate, under this rule.
fn note(rule: &str, said: Said) -> Bilingual {
    let course = course(
        &format!("hours = 4\n[certificate]\n{rule}"),
        &(module("m1", "'all'", &activity("1", "")) + &module("m2", "'all'", &activity("2", ""))),
    );
    let members = members(&course, &[(learner("u1", "Umbria", "a", ""), said)], None);
    let table = made("learner", &view(&course, &members), "");
    table.notes.last().cloned().unwrap()
}

fn completed(object: &str) -> Said {
    Said::default().and("completed", object, AT, json!({"score": {"scaled": 0.55}}))
}

#[test]
fn who_has_no_certificate_reads_what_is_missing_and_by_how_much() {
    let rule = "modules = ['m1', 'm2']\nhours = 2\nhours_presence = 1\nscore = 0.6";
    let said = completed("1").and("terminated", "1", AT, lasting("PT1H15M1S"));
    let Bilingual { it, en } = note(rule, said);
    assert_eq!(
        en,
        "Certificate: not earned. Missing: modules to complete: m2 (M); hours: 1.25 of 2, 0.75 \
         missing; hours in presence: 0 of 1, 1 missing; mean score: 0.55 of 0.6, 0.05 missing."
    );
    assert_eq!(
        it,
        "Attestato: requisiti non raggiunti. Mancano: moduli da completare: m2 (M); ore: 1,25 di \
         2, ne mancano 0,75; ore in presenza: 0 di 1, ne mancano 1; punteggio medio: 0,55 di 0,6, \
         manca 0,05."
    );
}

#[test]
fn hours_that_lack_a_second_are_not_told_to_be_enough() {
    let said = completed("1").and("terminated", "1", AT, lasting("PT1H59M59S"));
    let words = note("modules = ['m1']\nhours = 2", said);
    assert!(words.en.ends_with("Missing: hours: 1.99 of 2, 0.01 missing."), "{words:?}");
}

#[test]
fn a_score_that_nobody_gave_is_missing_as_a_whole() {
    let words =
        note("modules = ['m1']\nscore = 0.6", Said::default().and("completed", "1", AT, json!({})));
    assert!(words.en.ends_with("mean score: none yet, at least 0.6 is required."), "{words:?}");
}

#[test]
fn what_was_reached_too_late_names_the_last_day() {
    let words = note("modules = ['m1']\nby = 2026-05-03", completed("1"));
    assert!(words.it.ends_with("Mancano: l'ultimo giorno valido era il 03/05/2026."), "{words:?}");
    let words = note("modules = ['m1']\nby = 2026-05-04", completed("1"));
    assert_eq!(words.en, format!("Certificate: earned on {}.", date(2026, 5, 4)));
}
