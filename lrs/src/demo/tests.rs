use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cohort;
use crate::course::{Course, Evidence, Grouping, LearnerList, LearnerProgress, ProgressReport};

fn course() -> Course {
    Course::parse(include_str!("../../courses/prog-2796.toml")).unwrap()
}

fn statements(seed: u64, learners: usize) -> Vec<Value> {
    cohort(&course(), seed, learners).1.collect()
}

#[test]
fn the_same_seed_gives_the_same_cohort_and_another_seed_another() {
    assert_eq!(cohort(&course(), 7, 40).0, cohort(&course(), 7, 40).0);
    assert_eq!(statements(7, 40), statements(7, 40));
    assert_ne!(statements(7, 40), statements(8, 40));
}

#[test]
fn a_larger_cohort_begins_with_the_smaller() {
    let (small, large) = (statements(7, 20), statements(7, 40));
    assert_eq!(small[..], large[..small.len()]);
}

#[test]
fn the_full_cohort_has_four_territories_and_at_most_six_thousand_statements() {
    let (list, statements) = cohort(&course(), 1, 520);
    let list = LearnerList::parse(list.as_bytes()).unwrap();
    assert_eq!(list.learners().len(), 520);
    let regions: BTreeSet<&str> = list.learners().iter().map(|who| who.region.as_str()).collect();
    assert_eq!(regions, BTreeSet::from(["Lombardia", "Roma Capitale", "Sicilia", "Umbria"]));
    let statements: Vec<Value> = statements.collect();
    assert!((4500..=6000).contains(&statements.len()), "{}", statements.len());
    let ids: BTreeSet<&str> = statements.iter().filter_map(|s| s["id"].as_str()).collect();
    assert_eq!(ids.len(), statements.len(), "ids are distinct");
    let times: Vec<&str> = statements.iter().filter_map(|s| s["timestamp"].as_str()).collect();
    assert!(times.iter().all(|time| ("2025-11-03".."2026-11-03").contains(time)));
    assert!(times.iter().any(|time| *time > "2026-10-01"));
}

#[test]
fn every_statement_counts_for_a_learner_and_the_states_are_mixed() {
    let course = course();
    let (list, statements) = cohort(&course, 1, 520);
    let list = LearnerList::parse(list.as_bytes()).unwrap();
    let mut progress: BTreeMap<&str, LearnerProgress> = BTreeMap::new();
    for (stored, statement) in (0..).zip(statements) {
        let id = statement["id"].as_str().unwrap();
        let evidence = Evidence::read(&statement, id, stored).unwrap();
        let learner = list.find(&evidence.actor).unwrap();
        progress.entry(&learner.id).or_default().apply(&course, &evidence);
        assert!(course.place_of(&evidence.object).is_some(), "{}", evidence.object);
    }
    let learners = list.learners().iter().map(|who| (who, progress.get(who.id.as_str())));
    let by: Grouping = "module,region".parse().unwrap();
    let report = ProgressReport::new(&course, by, None, learners);
    assert_eq!(report.rows.len(), 16);
    for row in &report.rows {
        let f = row.figures;
        assert!(f.not_started > 0 && f.in_progress > 0 && f.completed > 0, "{row:?}");
        assert!(f.passed > 0 && f.failed > 0 && f.hours > 10.0, "{row:?}");
    }
}
