//! Whatever the history, progress kept up statement by statement, progress rebuilt from the log
//! in another order, and a slow reading of the rules' own words come to the same: for the fold
//! alone, and for the follower over a real store.
//!
//! `PROPTEST_CASES=10000 cargo test -p lrs --test progress_fold incremental` runs the fold on ten
//! thousand histories: some four minutes of one core in debug.
//! `PROPTEST_CASES=100 cargo test -p lrs --test progress_fold the_follower` does the same for the
//! server. Neither sleeps but to look again whether the follower has caught up.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a test: generated values fit, and a panic is a failure"
)]

mod compare;
mod naive;
mod server;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compare::{Naive, assert_same_standings, assert_same_views};
use course::{
    ActorProgress, Course, Enrolment, Evidence, Identifier, Learner, LearnerList, Replay, Unlisted,
};
use jiff::civil::Date;
use naive::{Enrolled, Logged, Plan};
use proptest::prelude::*;
use report::HoursRule;
use report::Member;
use serde_json::{Value, json};
use server::Server;
use world::{Step, World, course_file, forms, list_file, tell, world};

/// The follower, in small: keeps documents up as statements arrive. Beside it, who is enrolled by
/// the naive reading.
struct Follower<'a> {
    world: &'a World,
    course: Course,
    plan: &'a Plan,
    enrolment: Enrolment,
    enrolled: Enrolled,
    log: Vec<Logged>,
    stored: i64,
    voided: BTreeSet<String>,
    documents: BTreeMap<Identifier, ActorProgress>,
}

impl<'a> Follower<'a> {
    fn new(world: &'a World) -> Self {
        Self {
            world,
            course: course(&world.plans[0]),
            plan: &world.plans[0],
            enrolment: Enrolment::default(),
            enrolled: Enrolled::default(),
            log: Vec::new(),
            // A few seconds before midnight in Rome.
            stored: 1_774_738_795_000_000,
            voided: BTreeSet::new(),
            documents: BTreeMap::new(),
        }
    }

    fn run(&mut self) {
        for step in &self.world.steps {
            match step {
                Step::Edit(plan) => self.edit(&self.world.plans[*plan]),
                Step::Import { list, replace } => {
                    let parsed = LearnerList::parse(list_file(list).as_bytes());
                    let unlisted = if *replace { Unlisted::Leave } else { Unlisted::Stay };
                    let updated = parsed.and_then(|it| self.enrolment.updated_by(&it, unlisted));
                    let is_taken = self.enrolled.import(list, *replace, &forms);
                    assert_eq!(updated.is_ok(), is_taken, "{updated:?}");
                    self.enrolment = updated.unwrap_or_else(|_| self.enrolment.clone());
                }
                Step::Merge(id, into) => {
                    let merged = self.enrolment.merge(id, into);
                    assert_eq!(merged.is_ok(), self.enrolled.merge(id, into), "{merged:?}");
                }
                Step::Unmerge(id) => {
                    let unmerged = self.enrolment.unmerge(id);
                    assert_eq!(unmerged.is_ok(), self.enrolled.unmerge(id), "{unmerged:?}");
                }
                said => self.hear(said),
            }
        }
    }

    fn hear(&mut self, step: &Step) {
        let Some((statement, pause)) = said(step, &self.log) else { return };
        self.stored += pause;
        // Ids do not rise with time: where they decide, they must decide alike everywhere.
        let n = self.log.len() as u32 + 1;
        let id = format!("{:08x}", n.wrapping_mul(2_654_435_761));
        let logged = Logged { id, stored: self.stored, statement };
        self.log.push(logged.clone());
        match logged.statement["object"]["objectType"].as_str() {
            Some("StatementRef") => self.take_back(&logged),
            _ => self.apply(&logged),
        }
    }

    fn apply(&mut self, logged: &Logged) {
        if self.voided.contains(&logged.id) {
            return;
        }
        if let Some(evidence) = Evidence::read(&logged.statement, &logged.id, logged.stored) {
            let document = self.documents.entry(evidence.actor.clone()).or_default();
            let before = document.clone();
            let bears = document.apply(&self.course, &evidence);
            assert_eq!(bears, *document != before, "apply says whether it bears on the course");
        }
    }

    /// The actor of what is voided is computed anew.
    fn take_back(&mut self, voiding: &Logged) {
        let target = voiding.statement["object"]["id"].as_str().unwrap().to_owned();
        self.voided.insert(target.clone());
        let target = self.log.iter().find(|logged| logged.id == target).unwrap();
        if let Some(evidence) = Evidence::read(&target.statement, &target.id, target.stored) {
            let rebuilt = self.rebuilt(self.log.iter()).remove(&evidence.actor);
            self.documents.insert(evidence.actor, rebuilt.unwrap_or_default());
        }
    }

    fn edit(&mut self, plan: &'a Plan) {
        let edited = course(plan);
        let is_reread = !edited.reads_like(&self.course);
        (self.course, self.plan) = (edited, plan);
        if is_reread {
            self.documents = self.rebuilt(self.log.iter());
        }
    }

    /// The documents of a log in any order.
    fn rebuilt<'l>(
        &self,
        log: impl Iterator<Item = &'l Logged>,
    ) -> BTreeMap<Identifier, ActorProgress> {
        let mut history: BTreeMap<Identifier, Vec<Evidence>> = BTreeMap::new();
        for logged in log.filter(|logged| !self.voided.contains(&logged.id)) {
            if let Some(it) = Evidence::read(&logged.statement, &logged.id, logged.stored) {
                history.entry(it.actor.clone()).or_default().push(it);
            }
        }
        let rebuild = |(actor, history): (Identifier, Vec<Evidence>)| {
            (actor, ActorProgress::rebuild(&self.course, &history))
        };
        history.into_iter().map(rebuild).collect()
    }

    /// The log in another order.
    fn shuffled(&self) -> Vec<&Logged> {
        let mut log: Vec<(u64, &Logged)> = Vec::new();
        let mut state = self.world.shuffle | 1;
        for logged in &self.log {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040);
            log.push((state >> 20, logged));
        }
        log.sort_by_key(|(place, _)| *place);
        log.into_iter().map(|(_, logged)| logged).collect()
    }

    fn members(&self, people: &LearnerList, at: Option<Date>) -> Vec<Member> {
        let cut = at.map(|day| self.course.end_of(day).unwrap());
        let member = |learner: &Learner| {
            let known_as = learner.known_as();
            let documents = known_as.iter().filter_map(|actor| self.documents.get(actor));
            let (replay, track) = Replay::new(&self.course, learner, documents).tracked(cut);
            let standings = Arc::new(replay.standings());
            Member { learner: Arc::new(learner.clone()), standings, track }
        };
        people.learners().iter().map(member).collect()
    }
}

fn course(plan: &Plan) -> Course {
    Course::parse(&course_file(plan)).unwrap_or_else(|error| panic!("{error}"))
}

/// The statement that a step makes of those so far, and how long after the last it is stored.
fn said(step: &Step, log: &[Logged]) -> Option<(Value, i64)> {
    let earlier = |which: &usize| log.get(which % log.len().max(1));
    Some(match step {
        Step::Statement { value, pause } => (value.clone(), *pause),
        Step::Repeat(which) => (earlier(which)?.statement.clone(), 1),
        Step::Echo(which, actor) => {
            let mut value = earlier(which)?.statement.clone();
            value["actor"] = actor.clone();
            (value, 1)
        }
        Step::Resemble(which, other) => {
            let mut value = earlier(which)?.statement.clone();
            if let Some(other) = other {
                value["result"] = other.clone();
            }
            (value, 1)
        }
        Step::Turn { which, verb, moment } => {
            let mut value = earlier(which)?.statement.clone();
            // What voids has no more to say.
            if value["object"]["objectType"] != "StatementRef" {
                value["verb"]["id"] = json!(verb);
                value["timestamp"] = json!(moment);
                tell(&mut value);
            }
            (value, 1)
        }
        Step::Void(which) => (void(&earlier(which)?.id), 1),
        _ => return None,
    })
}

fn void(id: &str) -> Value {
    json!({
        "actor": {"mbox": "mailto:registrar@comune.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": id},
    })
}

/// The ledger's lines of each learner add up to the hours of each activity.
fn assert_ledgers_add_up(follower: &Follower<'_>, people: &LearnerList, at: Option<Date>) {
    let cut = at.map(|day| follower.course.end_of(day).unwrap());
    for learner in people.learners() {
        let known_as = learner.known_as();
        let documents = known_as.iter().filter_map(|actor| follower.documents.get(actor));
        let replay = Replay::new(&follower.course, learner, documents).until(cut);
        let standings = replay.standings();
        let lines = report::ledger_lines(&replay);
        for ((place, activity), standing) in follower.course.activities().zip(&standings.activities)
        {
            let here = lines.iter().filter(|line| line.place == place);
            let sum: u64 = here.clone().map(|line| line.counted).sum();
            assert_eq!(sum, standing.micros, "{}: {:?}", activity.key, here.collect::<Vec<_>>());
        }
        let sum: u64 = lines.iter().map(|line| line.counted).sum();
        assert_eq!(sum, standings.course.micros());
        let in_presence = lines.iter().filter(|line| line.in_presence);
        assert_eq!(in_presence.map(|line| line.counted).sum::<u64>(), standings.course.presence);
        for line in &lines {
            let known = |id: &String| follower.log.iter().any(|logged| logged.id == *id);
            assert!(line.statements.iter().all(known), "{line:?}");
            // Documents do not hold the ids of statements that only show that somebody was there.
            let (_, activity) = follower.course.at(line.place).unwrap();
            let is_by_presence_alone = line.rule == HoursRule::Nominal
                && format!("{:?}", activity.complete_when).contains("Experienced");
            assert!(is_by_presence_alone || !line.statements.is_empty(), "{line:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn incremental_and_rebuilt_and_naive_progress_agree(world in world()) {
        let mut follower = Follower::new(&world);
        follower.run();

        let rebuilt = follower.rebuilt(follower.shuffled().into_iter());
        for (actor, kept) in &follower.documents {
            let rebuilt = rebuilt.get(actor).cloned().unwrap_or_default();
            let text = |document| serde_json::to_string(document).unwrap();
            prop_assert_eq!(text(kept), text(&rebuilt));
            let read: ActorProgress = serde_json::from_str(&text(kept)).unwrap();
            prop_assert_eq!(&read, kept);
        }
        prop_assert!(rebuilt.keys().all(|actor| follower.documents.contains_key(actor)));

        let people = follower.enrolment.people().unwrap();
        let log = naive::live(&follower.log);
        let said_by = follower.enrolled.people(&forms);
        for at in std::iter::once(None).chain(world.days.iter().copied().map(Some)) {
            let naive = Naive::new(follower.plan, &log, &said_by, at);
            let members = follower.members(&people, at);
            assert_same_standings(&follower.course, &members, &naive)?;
            assert_same_views(&follower.course, &members, &naive)?;
            assert_ledgers_add_up(&follower, &people, at);
        }
    }
}

proptest! {
    // Each case opens a store and waits for its disk.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_follower_of_a_real_store_agrees_with_the_naive_reading(world in world()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut server = Server::start(&world).await;
            server.live_through().await;
            server.agrees().await
        })?;
    }
}
