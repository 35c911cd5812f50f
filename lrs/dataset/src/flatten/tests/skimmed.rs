//! What is skimmed of a statement has the rows of its whole value.

use course::{EVIDENCE, Evidence};
use proptest::prelude::*;
use serde_json::Map;
use validator::json::Skimmed;

use super::*;
use crate::UsedWords;

/// Names that stand at other places too: `name` of an actor is not that of a member.
const NAMES: [&str; 8] =
    ["id", "name", "objectType", "definition", "extensions", "agent", "type", "\u{e8} \"\\\n"];

const TEXTS: &[&str] = &[
    "Activity",
    "Agent",
    "Group",
    "StatementRef",
    "https://a.example/1",
    "mailto:anna@x.example",
    "PT1M2.5S",
    "2026-01-01T01:00:00+01:00",
    "choice",
    "fill-in",
    "a[,]b",
    "",
    "\u{e8}\n\"\\\u{1f600}",
    "http://adlnet.gov/expapi/activities/course",
    "http://adlnet.gov/expapi/activities/cmi.interaction",
    "http://adlnet.gov/expapi/verbs/answered",
    "http://adlnet.gov/expapi/verbs/passed",
    VOIDED,
    "AA97B177-9383-4934-8543-0F91A7A02836",
    "https://a.example/people/anna@x.example",
];

fn text() -> BoxedStrategy<Value> {
    prop::sample::select(TEXTS).prop_map(Value::from).boxed()
}

fn scalar() -> BoxedStrategy<Value> {
    prop_oneof![
        8 => text(),
        1 => Just(Value::Null),
        2 => any::<bool>().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => (-20i64..20).prop_map(Value::from),
        2 => prop::num::f64::NORMAL.prop_map(Value::from),
        1 => (-2.0..2.0f64).prop_map(Value::from),
    ]
    .boxed()
}

fn anything() -> BoxedStrategy<Value> {
    let name = prop_oneof![prop::sample::select(&NAMES[..]).prop_map(str::to_owned), "[a-z]{1,3}"];
    scalar()
        .prop_recursive(4, 24, 4, move |inner| {
            let members = prop::collection::vec((name.clone(), inner.clone()), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
        .boxed()
}

/// An object of some of these members, in any order, and now and then of others; or, seldom, anything.
fn object(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let member = |(name, value): (&'static str, BoxedStrategy<Value>)| {
        prop::option::weighted(0.8, value).prop_map(move |value| Some((name.to_owned(), value?)))
    };
    let others = prop::option::weighted(0.3, ("[a-z]{1,3}", anything()));
    let of = (members.into_iter().map(member).collect::<Vec<_>>(), others);
    let of = of.prop_map(|(members, others)| members.into_iter().flatten().chain(others).collect());
    let object = of.prop_flat_map(|members: Vec<(String, Value)>| Just(members).prop_shuffle());
    let object = object.prop_map(|members| members.into_iter().collect::<Map<_, _>>().into());
    prop_oneof![20 => object, 1 => anything()].boxed()
}

fn list(element: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let alone = element.clone();
    prop_oneof![3 => prop::collection::vec(element, 0..3).prop_map(Value::from), 1 => alone].boxed()
}

fn texts(names: &[&'static str], of: fn() -> BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    object(names.iter().map(|name| (*name, of())).collect())
}

fn agent() -> BoxedStrategy<Value> {
    let account = texts(&["homePage", "name"], text);
    let mut members: Vec<_> =
        ["objectType", "mbox", "openid", "mbox_sha1sum", "name"].map(|name| (name, text())).into();
    members.push(("account", account));
    // Most have one identifier.
    (object(members), 0..8usize)
        .prop_map(|(mut agent, without)| {
            for name in ["mbox", "openid", "mbox_sha1sum"].iter().take(without % 4) {
                if let Some(agent) = agent.as_object_mut() {
                    agent.remove(*name);
                }
            }
            agent
        })
        .boxed()
}

fn group() -> BoxedStrategy<Value> {
    let with = |(mut agent, members): (Value, Value)| {
        if let Some(agent) = agent.as_object_mut() {
            agent.insert("member".to_owned(), members);
        }
        agent
    };
    (agent(), list(agent())).prop_map(with).boxed()
}

fn extensions() -> BoxedStrategy<Value> {
    let mut members: Vec<_> = EXTENSION_KEYS.map(|key| (key, anything())).into();
    members.push((SESSION, anything()));
    object(members)
}

fn activity() -> BoxedStrategy<Value> {
    let names = texts(&["it", "en", "de"], scalar);
    let definition = object(vec![
        ("type", text()),
        ("interactionType", text()),
        ("name", names),
        ("choices", list(anything())),
        ("extensions", extensions()),
    ]);
    object(vec![("objectType", text()), ("id", text()), ("definition", definition)])
}

fn result() -> BoxedStrategy<Value> {
    let score = texts(&["scaled", "raw", "min", "max"], scalar);
    object(vec![
        ("score", score),
        ("success", scalar()),
        ("completion", scalar()),
        ("duration", text()),
        ("response", text()),
        ("extensions", extensions()),
    ])
}

fn context() -> BoxedStrategy<Value> {
    let relations = ["parent", "grouping", "category", "other"];
    let around = object(relations.map(|relation| (relation, list(activity()))).into());
    object(vec![
        ("registration", text()),
        ("platform", text()),
        ("language", text()),
        ("instructor", agent()),
        ("team", group()),
        ("contextAgents", list(object(vec![("agent", agent())]))),
        ("contextGroups", list(object(vec![("group", group())]))),
        ("contextActivities", around),
        ("extensions", extensions()),
    ])
}

fn statement() -> BoxedStrategy<Value> {
    let verb = object(vec![("id", text()), ("display", texts(&["it", "en-US", "fr"], scalar))]);
    object(vec![
        ("id", text()),
        ("version", text()),
        ("timestamp", text()),
        ("actor", prop_oneof![agent(), group()].boxed()),
        ("verb", verb),
        ("object", prop_oneof![3 => activity(), 1 => agent(), 1 => group()].boxed()),
        ("result", result()),
        ("context", context()),
        ("authority", group()),
        ("attachments", list(anything())),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_words_and_evidence_are_those_of_the_whole_value(said in statement()) {
        let stored = stored(&said);
        // As it reads back: some floats have another last bit.
        let whole: Value = serde_json::from_slice(&stored.body).unwrap();
        let flattener = flattener();
        let evidence = Evidence::read(&whole, "id", AT);
        let skimmed = Skimmed::read(&stored.body, &EVIDENCE).unwrap();
        prop_assert_eq!(&Evidence::read(&skimmed, "id", AT), &evidence);
        for dataset in Dataset::EVERY {
            let expected = flattener.rows(dataset, (&stored, None), &whole);
            for shape in [taken(&[dataset]), taken(&Dataset::SEALED)] {
                let skimmed = Skimmed::read(&stored.body, shape).unwrap();
                let rows = flattener.rows(dataset, (&stored, None), &skimmed);
                prop_assert_eq!(&rows, &expected, "{}", dataset);
                prop_assert_eq!(&Evidence::read(&skimmed, "id", AT), &evidence);
                let (mut spoken, mut of_whole) = (UsedWords::default(), UsedWords::default());
                spoken.add(&flattener, &StatementParts::of(&stored, None, &skimmed));
                of_whole.add(&flattener, &StatementParts::of(&stored, None, &whole));
                prop_assert_eq!(spoken, of_whole);
            }
        }
    }
}
