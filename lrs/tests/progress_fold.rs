//! Whatever the history, progress kept up statement by statement, progress rebuilt from the log
//! in another order, and a slow reading of the rules' own words come to the same: for the fold
//! alone, and for the follower over a real store.
//!
//! `PROPTEST_CASES=5000 cargo test -p lrs --test progress_fold` looks harder.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a test: generated values fit, and a panic is a failure"
)]

mod naive;
mod server;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use lrs::course::{Course, Evidence, Grouping, LearnerList, LearnerProgress, ProgressReport};
use naive::{Logged, Person};
use proptest::prelude::*;
use serde_json::{Value, json};
use server::Server;
use world::{Step, World, course_of, list_of, world};

/// The follower, in small: keeps documents up as statements arrive.
struct Follower<'a> {
    course: &'a Course,
    list: &'a LearnerList,
    log: Vec<Logged>,
    voided: BTreeSet<String>,
    documents: BTreeMap<String, LearnerProgress>,
}

impl Follower<'_> {
    fn run(&mut self, steps: &[Step]) {
        let mut stored = 1_780_000_000_000_000;
        for (n, step) in steps.iter().enumerate() {
            // Ids do not rise with time: where they decide, they must decide alike everywhere.
            let id = format!("{:08x}", (n as u32 + 1).wrapping_mul(2_654_435_761));
            let (value, pause) = match step {
                Step::Statement { value, pause } => (value.clone(), *pause),
                _ if self.log.is_empty() => continue,
                Step::Repeat(which) => (which.get(&self.log).statement.clone(), 1),
                Step::Resemble(which, other) => {
                    let mut value = which.get(&self.log).statement.clone();
                    if let Some(other) = other {
                        value["result"] = other.clone();
                    }
                    (value, 1)
                }
                Step::Redeliver(which) => {
                    let again = which.get(&self.log).clone();
                    self.apply(&again);
                    continue;
                }
                Step::Void(which) => (void(&which.get(&self.log).id), 1),
            };
            stored += pause;
            let logged = Logged { id, stored, statement: value };
            self.log.push(logged.clone());
            match logged.statement["object"]["objectType"].as_str() {
                Some("StatementRef") => self.take_back(&logged),
                _ => self.apply(&logged),
            }
        }
    }

    fn apply(&mut self, logged: &Logged) {
        let evidence = Evidence::read(&logged.statement, &logged.id, logged.stored);
        let Some(evidence) = evidence.filter(|_| !self.voided.contains(&logged.id)) else {
            return;
        };
        let Some(learner) = self.list.find(&evidence.actor) else {
            return;
        };
        let document = self.documents.entry(learner.id.clone()).or_default();
        let before = document.clone();
        let changed = document.apply(self.course, &evidence);
        assert_eq!(changed, *document != before, "apply says whether the document changed");
    }

    fn take_back(&mut self, voiding: &Logged) {
        let target = voiding.statement["object"]["id"].as_str().unwrap().to_owned();
        self.voided.insert(target.clone());
        let Some(target) = self.log.iter().find(|logged| logged.id == target) else {
            return;
        };
        let Some(evidence) = Evidence::read(&target.statement, &target.id, 0) else {
            return;
        };
        let Some(learner) = self.list.find(&evidence.actor) else {
            return;
        };
        let history = self.history(&learner.id, self.log.iter());
        self.documents.insert(learner.id.clone(), LearnerProgress::rebuild(self.course, &history));
    }

    fn history<'b>(&self, id: &str, log: impl Iterator<Item = &'b Logged>) -> Vec<Evidence> {
        log.filter(|logged| !self.voided.contains(&logged.id))
            .filter_map(|logged| Evidence::read(&logged.statement, &logged.id, logged.stored))
            .filter(|evidence| self.list.find(&evidence.actor).is_some_and(|who| who.id == id))
            .collect()
    }
}

fn void(id: &str) -> Value {
    json!({
        "actor": {"mbox": "mailto:registrar@comune.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": id},
    })
}

/// The rows the slow way: each group of people, each group of modules.
fn naive_rows(world: &World, log: &[Logged], by: &str) -> Vec<Value> {
    let modules: Vec<usize> = (0..world.plan.modules.len()).collect();
    let columns: Vec<Vec<usize>> = if by.contains("module") {
        modules.iter().map(|m| vec![*m]).collect()
    } else {
        vec![modules]
    };
    let mut regions: Vec<Option<&str>> = vec![None];
    if by.contains("region") {
        regions = world.people.iter().map(|person| Some(person.region.as_str())).collect();
        regions.sort_unstable();
        regions.dedup();
    }
    let log = naive::live(log);
    let mut rows = Vec::new();
    for column in &columns {
        for region in &regions {
            let lives_here = |person: &&Person| region.is_none_or(|region| person.region == region);
            let people: Vec<&Person> = world.people.iter().filter(lives_here).collect();
            let mut row = naive::figures(&world.plan, &log, &people, column);
            if by.contains("module") {
                row["module"] = json!(world.plan.modules[column[0]].id);
            }
            if let Some(region) = region {
                row["region"] = json!(region);
            }
            rows.push(row);
        }
    }
    rows
}

/// Equal but for the score's rounding, which the naive rows leave out.
fn assert_same_rows(mut actual: Vec<Value>, mut naive: Vec<Value>) -> Result<(), TestCaseError> {
    prop_assert_eq!(actual.len(), naive.len());
    for (actual, naive) in actual.iter_mut().zip(&mut naive) {
        let (score, other) = (actual["score_mean"].take(), naive["score_mean"].take());
        if let (Some(score), Some(other)) = (score.as_f64(), other.as_f64()) {
            prop_assert!((score - other).abs() <= 5.0001e-5);
        } else {
            prop_assert_eq!(score, other);
        }
    }
    prop_assert_eq!(actual, naive);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn incremental_and_rebuilt_and_naive_progress_agree(world in world()) {
        let (course, list) = (course_of(&world.plan), list_of(&world.people));
        let mut follower = Follower {
            course: &course,
            list: &list,
            log: Vec::new(),
            voided: BTreeSet::new(),
            documents: BTreeMap::new(),
        };
        follower.run(&world.steps);

        let shuffled = || world.shuffle.iter().filter_map(|at| follower.log.get(*at));
        for learner in list.learners() {
            let history = follower.history(&learner.id, shuffled());
            let rebuilt = serde_json::to_string(&LearnerProgress::rebuild(&course, &history));
            let kept = follower.documents.get(&learner.id).cloned().unwrap_or_default();
            prop_assert_eq!(serde_json::to_string(&kept).unwrap(), rebuilt.unwrap());
        }

        for by in ["module,region", "module", "region", ""] {
            let people = list.learners().iter();
            let progress = people.map(|learner| (learner, follower.documents.get(&learner.id)));
            let grouping: Grouping = by.parse().unwrap();
            let report = ProgressReport::new(&course, grouping, None, progress);
            let rows = serde_json::to_value(&report).unwrap()["rows"].take();
            let naive = naive_rows(&world, &follower.log, by);
            assert_same_rows(rows.as_array().unwrap().clone(), naive)?;
        }
    }
}

proptest! {
    // Each case opens a store and waits for its disk.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_follower_of_a_real_store_agrees_with_the_naive_reading(world in world()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (followed, rebuilt, changed, log) = runtime.block_on(async {
            let server = Server::start();
            server.live_through(&world).await;
            let followed = server.rows("module,region").await;
            let changed = server.progress.rebuild("c").await.unwrap().changed;
            (followed, server.rows("module,region").await, changed, server.log().await)
        });
        prop_assert_eq!(changed, 0, "a rebuild gives the same documents");
        prop_assert_eq!(&followed, &rebuilt);
        assert_same_rows(followed, naive_rows(&world, &log, "module,region"))?;
    }
}
