//! Random courses, learners and histories, made so that the rules meet: few objects, few moments,
//! the same people under several names.

use std::fmt::Write as _;

use lrs::course::{Course, LearnerList};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};

use crate::naive::{Person, Plan, PlannedActivity, PlannedModule, PlannedRule};

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
const DURATIONS: [&str; 7] =
    ["PT0S", "PT18S", "PT1M", "PT60S", "PT1H30M", "P1DT2H0.25S", "PT45M7.5S"];
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
pub(crate) enum Step {
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
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) people: Vec<Person>,
    pub(crate) steps: Vec<Step>,
    pub(crate) shuffle: Vec<usize>,
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
                activities.chunks(size).zip(at_least).enumerate().map(|(m, (chunk, least))| {
                    PlannedModule {
                        id: format!("m{}", 9 - m),
                        at_least: least.map(|n| n.min(chunk.len())),
                        activities: chunk.to_vec(),
                    }
                });
            Plan { modules: modules.collect() }
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
    digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn result() -> impl Strategy<Value = Option<Value>> {
    let score =
        prop::option::of(select(vec![json!(-1), json!(-0.0), json!(0), json!(0.6), json!(1.0)]));
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

pub(crate) fn world() -> impl Strategy<Value = World> {
    (plan(), people(), prop::collection::vec(step(), 0..40)).prop_flat_map(
        |(plan, people, steps)| {
            let order = Just((0..steps.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(plan), Just(people), Just(steps), order)
                .prop_map(|(plan, people, steps, shuffle)| World { plan, people, steps, shuffle })
        },
    )
}

pub(crate) fn course_of(plan: &Plan) -> Course {
    Course::parse(&course_file(plan)).unwrap()
}

pub(crate) fn course_file(plan: &Plan) -> String {
    let mut text = String::from("id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'Europe/Rome'\n");
    for module in &plan.modules {
        let rule = match module.at_least {
            None => "'all'".to_owned(),
            Some(1) => "'any'".to_owned(),
            Some(n) => format!("{{ at_least = {n} }}"),
        };
        let id = &module.id;
        write!(text, "[[module]]\nid = '{id}'\ntitle = {{ it = 'M' }}\ncomplete_when = {rule}\n")
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
            write!(text, "[[module.activity]]\n{key} = '{iri}'\ncomplete_when = {rule}\n").unwrap();
            if let Some(millis) = activity.cap {
                writeln!(text, "hours = {:?}", millis as f64 / 3_600_000.0).unwrap();
            }
        }
    }
    text
}

pub(crate) fn list_of(people: &[Person]) -> LearnerList {
    LearnerList::parse(list_file(people).as_bytes()).unwrap()
}

pub(crate) fn list_file(people: &[Person]) -> String {
    let mut csv = String::from("identifiers,region,learner\n");
    for (n, person) in people.iter().enumerate() {
        let (mbox, region, id) = (mbox(n), &person.region, &person.id);
        writeln!(csv, "account:https://c.example|{n};{mbox},{region},{id}").unwrap();
    }
    csv
}
