//! The trace from the standard to the cases and back, and the texts that are compiled in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use conformance::known::Known;
use conformance::{Version, catalogue, suite};

/// Numbers that ADL itself has dropped, never gave, or uses for what another number says.
const DROPPED: [u32; 16] =
    [95, 136, 137, 138, 140, 141, 152, 185, 186, 205, 223, 224, 225, 226, 228, 304];

#[test]
fn every_requirement_has_a_case_and_every_case_a_requirement() {
    let gaps = suite::gaps();
    assert!(gaps.is_empty(), "{gaps:#?}");
}

#[test]
fn every_number_of_adl_is_in_the_catalogue() {
    let missing: Vec<String> = (1..=336)
        .filter(|number| !DROPPED.contains(number))
        .map(|number| format!("XAPI-{number:05}"))
        .filter(|id| catalogue::find(id).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn requirements_are_sentences_with_a_clause_and_exist_once() {
    let mut seen = BTreeSet::new();
    for one in catalogue::requirements() {
        assert!(seen.insert(&one.id), "{} twice", one.id);
        assert!(one.says.ends_with('.') && one.says.len() > 15, "{}: {}", one.id, one.says);
        assert!(!one.clause.is_empty() && !one.versions.is_empty(), "{}", one.id);
    }
}

#[test]
fn both_versions_are_covered() {
    for version in Version::ALL {
        let count = suite::cases().iter().filter(|case| case.versions.contains(&version)).count();
        assert!(count > 700, "{count} cases in {version}");
    }
}

#[test]
fn a_selection_is_an_area_an_id_a_requirement_or_an_expression() {
    let areas = |text: &str| -> BTreeSet<&str> {
        suite::select(text).unwrap().iter().map(|case| case.area).collect()
    };
    assert_eq!(areas("voiding"), BTreeSet::from(["voiding"]));
    assert_eq!(suite::select("statement-put").unwrap().len(), 1);
    let scaled = suite::select("XAPI-00083").unwrap();
    assert!(scaled.iter().all(|case| case.id.starts_with("score-scaled-range@")), "by requirement");
    assert!(suite::select("^etag-.*@state$").unwrap().len() >= 2);
    assert!(suite::select("no such thing").is_err());
    assert!(suite::select("(").is_err());
}

#[test]
fn a_known_failure_needs_a_case_that_exists_and_a_reason() {
    let known =
        "[[known]]\ncase = \"statement-put\"\nversion = \"2.0.0\"\nreason = \"it is new\"\n";
    let read = Known::parse(known).unwrap();
    assert_eq!(read.reason("statement-put", Version::Two).as_deref(), Some("it is new"));
    assert_eq!(read.reason("statement-put", Version::One), None);
    assert!(Known::parse(&known.replace("statement-put", "nothing")).is_err());
    assert!(Known::parse(&known.replace("it is new", " ")).is_err());
    assert!(Known::parse("[[known]]\ncase = \"statement-put\"\n").is_err());
}
