//! Whatever the history, progress kept up statement by statement, progress rebuilt from the log
//! in another order, and a slow reading of the rules' own words come to the same.
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

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use lrs::course::{Course, Evidence, Grouping, LearnerList, LearnerProgress, ProgressReport};
use naive::{Logged, Person, Plan, PlannedActivity, PlannedModule, PlannedRule};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

const IRIS: [&str; 7] = [
    "https://c.example/a",
    "https://c.example/a/1",
    "https://c.example/a/2",
    "https://c.example/b/1",
    "https://c.example/b/1?x=1",
    "https://d.example/1",
    "https://d.example/elsewhere",
];
const SELECTORS: [(bool, &str); 8] = [
    (false, "https://c.example/a/1"),
    (false, "https://c.example/a/2"),
    (false, "https://d.example/1"),
    (false, "https://c.example/b/1"),
    (true, "https://c.example/"),
    (true, "https://c.example/a"),
    (true, "https://c.example/a/"),
    (true, "https://c.example/b/1"),
];
const VERBS: [&str; 13] = [
    "http://adlnet.gov/expapi/verbs/completed",
    "http://adlnet.gov/expapi/verbs/passed",
    "http://adlnet.gov/expapi/verbs/failed",
    "http://adlnet.gov/expapi/verbs/terminated",
    "http://adlnet.gov/expapi/verbs/terminated",
    "http://adlnet.gov/expapi/verbs/suspended",
    "http://adlnet.gov/expapi/verbs/exited",
    "https://w3id.org/xapi/adl/verbs/abandoned",
    "https://w3id.org/xapi/adl/verbs/satisfied",
    "https://w3id.org/xapi/adl/verbs/waived",
    "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted",
    "http://adlnet.gov/expapi/verbs/initialized",
    "http://id.tincanapi.com/verb/viewed",
];
const DURATIONS: [&str; 7] = [
    "PT0S",
    "PT18S",
    "PT1M",
    "PT60S",
    "PT1H30M",
    "P1DT2H0.25S",
    "PT45M7.5S",
];
/// Few, so that statements often happen at the same moment; two texts mean the same moment.
const MOMENTS: [&str; 6] = [
    "2026-03-29T02:30:00+01:00",
    "2026-03-29T01:30:00Z",
    "2026-03-29T03:30:00.001+02:00",
    "2025-12-31T23:59:59.999Z",
    "2026-06-01T08:00:00Z",
    "1969-07-20T20:17:00Z",
];

/// What happens to the store, in this order.
#[derive(Clone, Debug)]
enum Step {
    /// A new statement, `stored` some microseconds after the last.
    Statement { value: Value, pause: i64 },
    /// An earlier statement, sent again without its id.
    Repeat(Index),
    /// A statement like an earlier one but for its result.
    Resemble(Index, Option<Value>),
    /// An earlier statement reaches the follower again, as after a crash.
    Redeliver(Index),
    /// An earlier statement is voided.
    Void(Index),
}

#[derive(Clone, Debug)]
struct World {
    plan: Plan,
    people: Vec<Person>,
    steps: Vec<Step>,
    shuffle: Vec<usize>,
}

fn rule() -> impl Strategy<Value = PlannedRule> {
    prop_oneof![
        2 => Just(PlannedRule::Completed),
        2 => Just(PlannedRule::Passed),
        1 => select(vec![-0.5, 0.0, 0.6, 1.0]).prop_map(PlannedRule::Score),
        1 => Just(PlannedRule::Experienced),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let activity = (rule(), prop::option::of(select(vec![0, 30, 90, 1500])));
    let selectors = subsequence(SELECTORS.to_vec(), 1..=SELECTORS.len()).prop_shuffle();
    let details = prop::collection::vec(activity, SELECTORS.len());
    let at_least = prop::collection::vec(prop::option::of(1_usize..=3), 3);
    (selectors, details, at_least, 1_usize..=3).prop_map(
        |(selectors, details, at_least, wanted)| {
            let activities: Vec<PlannedActivity> = (selectors.into_iter().zip(details))
                .map(|((is_prefix, iri), (rule, cap_minutes))| PlannedActivity {
                    is_prefix,
                    iri: iri.to_owned(),
                    rule,
                    cap: cap_minutes.map(|minutes: i128| minutes * 60_000),
                })
                .collect();
            let size = activities.len().div_ceil(wanted);
            let modules =
                activities
                    .chunks(size)
                    .zip(at_least)
                    .enumerate()
                    .map(|(m, (chunk, least))| PlannedModule {
                        id: format!("m{}", 9 - m),
                        at_least: least.map(|n| n.min(chunk.len())),
                        activities: chunk.to_vec(),
                    });
            Plan {
                modules: modules.collect(),
            }
        },
    )
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(select(vec!["Umbria", "Lombardia", ""]), 1..=4).prop_map(|regions| {
        let person = |(n, region): (usize, &str)| Person {
            id: format!("u{n}"),
            region: region.to_owned(),
            actors: vec![
                json!({"account": {"homePage": "https://c.example", "name": n.to_string()}}),
                json!({"mbox": mbox(n)}),
                json!({"mbox_sha1sum": hex_sha1(&mbox(n))}),
            ],
        };
        regions.into_iter().enumerate().map(person).collect()
    })
}

fn mbox(n: usize) -> String {
    format!("mailto:u{n}@comune.example")
}

fn hex_sha1(text: &str) -> String {
    let digest = Sha1::digest(text.as_bytes());
    digest
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn result() -> impl Strategy<Value = Option<Value>> {
    let score = prop::option::of(select(vec![
        json!(-1),
        json!(-0.0),
        json!(0),
        json!(0.6),
        json!(1.0),
    ]));
    let parts = (
        prop::option::weighted(0.3, any::<bool>()),
        prop::option::weighted(0.3, any::<bool>()),
        score,
        prop::option::weighted(0.6, select(DURATIONS.to_vec())),
    );
    prop::option::weighted(0.8, parts).prop_map(|parts| {
        let (completion, success, score, duration) = parts?;
        let mut result = Map::new();
        completion.map(|value| result.insert("completion".into(), json!(value)));
        success.map(|value| result.insert("success".into(), json!(value)));
        score.map(|value| result.insert("score".into(), json!({"scaled": value, "raw": 3})));
        duration.map(|value| result.insert("duration".into(), json!(value)));
        Some(Value::Object(result))
    })
}

fn statement() -> impl Strategy<Value = Value> {
    // The last two actors are nobody's: an unknown agent, and a group that holds a learner's name.
    let actor = (0_usize..4, 0_usize..6).prop_map(|(n, form)| match form {
        0 | 1 => json!({"account": {"name": n.to_string(), "homePage": "https://c.example"}}),
        2 => json!({"objectType": "Agent", "name": "N", "mbox": mbox(n)}),
        3 => json!({"mbox_sha1sum": hex_sha1(&mbox(n))}),
        4 => json!({"mbox": "mailto:nobody@comune.example"}),
        _ => json!({"objectType": "Group", "mbox": mbox(n)}),
    });
    let object = (select(IRIS.to_vec()), 0_u8..10).prop_map(|(iri, form)| match form {
        0 => json!({"objectType": "SubStatement", "id": iri}),
        1..5 => json!({"objectType": "Activity", "id": iri}),
        _ => json!({"id": iri}),
    });
    let moment = prop::option::weighted(0.9, select(MOMENTS.to_vec()));
    (actor, select(VERBS.to_vec()), object, moment, result()).prop_map(
        |(actor, verb, object, moment, result)| {
            let mut value = json!({"actor": actor, "verb": {"id": verb}, "object": object});
            if let Some(moment) = moment {
                value["timestamp"] = json!(moment);
            }
            if let Some(result) = result {
                value["result"] = result;
            }
            value
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (statement(), 0_i64..2).prop_map(|(value, pause)| Step::Statement { value, pause }),
        2 => any::<Index>().prop_map(Step::Repeat),
        2 => (any::<Index>(), result()).prop_map(|(which, other)| Step::Resemble(which, other)),
        1 => any::<Index>().prop_map(Step::Redeliver),
        1 => any::<Index>().prop_map(Step::Void),
    ]
}

fn world() -> impl Strategy<Value = World> {
    (plan(), people(), prop::collection::vec(step(), 0..40)).prop_flat_map(
        |(plan, people, steps)| {
            let order = Just((0..steps.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(plan), Just(people), Just(steps), order).prop_map(
                |(plan, people, steps, shuffle)| World {
                    plan,
                    people,
                    steps,
                    shuffle,
                },
            )
        },
    )
}

fn course_of(plan: &Plan) -> Course {
    let mut text = String::from("id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'Europe/Rome'\n");
    for module in &plan.modules {
        let rule = match module.at_least {
            None => "'all'".to_owned(),
            Some(1) => "'any'".to_owned(),
            Some(n) => format!("{{ at_least = {n} }}"),
        };
        let id = &module.id;
        write!(
            text,
            "[[module]]\nid = '{id}'\ntitle = {{ it = 'M' }}\ncomplete_when = {rule}\n"
        )
        .unwrap();
        for activity in &module.activities {
            let key = if activity.is_prefix { "prefix" } else { "id" };
            let rule = match activity.rule {
                PlannedRule::Completed => "'completed'".to_owned(),
                PlannedRule::Passed => "'passed'".to_owned(),
                PlannedRule::Score(least) => format!("{{ score = {least:?} }}"),
                PlannedRule::Experienced => "'experienced'".to_owned(),
            };
            let iri = &activity.iri;
            write!(
                text,
                "[[module.activity]]\n{key} = '{iri}'\ncomplete_when = {rule}\n"
            )
            .unwrap();
            if let Some(millis) = activity.cap {
                writeln!(text, "hours = {:?}", millis as f64 / 3_600_000.0).unwrap();
            }
        }
    }
    Course::parse(&text).unwrap()
}

fn list_of(people: &[Person]) -> LearnerList {
    let mut csv = String::from("identifiers,region,learner\n");
    for (n, person) in people.iter().enumerate() {
        let (mbox, region, id) = (mbox(n), &person.region, &person.id);
        writeln!(csv, "account:https://c.example|{n};{mbox},{region},{id}").unwrap();
    }
    LearnerList::parse(csv.as_bytes()).unwrap()
}

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
            let logged = Logged {
                id,
                stored,
                statement: value,
            };
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
        assert_eq!(
            changed,
            *document != before,
            "apply says whether the document changed"
        );
    }

    fn take_back(&mut self, voiding: &Logged) {
        let target = voiding.statement["object"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
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
        self.documents.insert(
            learner.id.clone(),
            LearnerProgress::rebuild(self.course, &history),
        );
    }

    fn history<'b>(&self, id: &str, log: impl Iterator<Item = &'b Logged>) -> Vec<Evidence> {
        log.filter(|logged| !self.voided.contains(&logged.id))
            .filter_map(|logged| Evidence::read(&logged.statement, &logged.id, logged.stored))
            .filter(|evidence| {
                self.list
                    .find(&evidence.actor)
                    .is_some_and(|who| who.id == id)
            })
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
        regions = world
            .people
            .iter()
            .map(|person| Some(person.region.as_str()))
            .collect();
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
