//! The trace from clause to rule to fixture to case, in both directions.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use conformance::{catalogue, suite};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").into()
}

/// The ids of the validator's rules, as its sources declare them.
fn rules() -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("validator/src/rules")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let declared = texts.flat_map(|text| {
        let ids = text.split("id: \"").skip(1).filter_map(|rest| rest.split('"').next());
        ids.map(str::to_owned).collect::<Vec<_>>()
    });
    let rules: BTreeSet<String> = declared.collect();
    assert!(rules.len() > 40, "{} rules are found", rules.len());
    rules
}

/// The rules that have a statement which breaks them.
fn broken_by_fixtures() -> BTreeSet<String> {
    let corpus = root().join("validator/tests/corpus/invalid");
    let folders = ["", "1.0.3", "2.0.0"].map(|version| corpus.join(version));
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| name.split_once("--").map(|(rule, _)| rule.to_owned()));
    // Only texts of several megabytes break this one: `validator/tests/memory.rs` makes them.
    names.chain(["json-size".to_owned()]).collect()
}

/// The rules that some requirement of the catalogue names.
fn named_by_requirements() -> BTreeSet<String> {
    catalogue::requirements().iter().flat_map(|one| one.rules.clone()).collect()
}

#[test]
fn every_rule_stands_for_a_requirement_and_has_a_fixture() {
    let rules = rules();
    let without_requirement: Vec<_> = rules.difference(&named_by_requirements()).cloned().collect();
    let without_fixture: Vec<_> = rules.difference(&broken_by_fixtures()).cloned().collect();
    assert!(without_requirement.is_empty(), "no requirement names {without_requirement:?}");
    assert!(without_fixture.is_empty(), "no fixture breaks {without_fixture:?}");
}

#[test]
fn every_rule_named_by_a_requirement_or_a_fixture_exists() {
    let rules = rules();
    let named: BTreeSet<String> = &named_by_requirements() | &broken_by_fixtures();
    let unknown: Vec<_> = named.difference(&rules).cloned().collect();
    assert!(unknown.is_empty(), "no such rule: {unknown:?}");
}

#[test]
fn every_requirement_leads_to_a_case_and_every_case_to_a_clause() {
    assert_eq!(suite::gaps(), Vec::<String>::new());
    for case in suite::cases() {
        assert!(case.demands().all(|demand| !demand.clause.is_empty()), "{}", case.id);
    }
}
