//! Which statements a filter finds: as many as a slow reading of the standard does.

use std::sync::Arc;

use rand::Rng as _;
use serde_json::json;

use super::generated::{ACTIVITIES, Maker, VERBS, people, registrations};
use super::naive::{Condition, Naive};
use super::sample::{
    ALL, activity, id, ids, ids_of, log, of_activity, prepared_by, put, statement, verb, with,
};
use store::{Batch, Store};
use xapi::prepare::VOIDED;
use xapi::query::{Filter, Match};

/// Keeps random statements in batches of random sizes.
async fn keep(store: &Arc<dyn Store>, maker: &mut Maker, count: u32) -> Naive {
    let statements = maker.statements(count);
    let mut rest = statements.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(maker.0.random_range(1..=rest.len().min(9)));
        let statements = now.iter().map(|(key, value)| prepared_by(key, value)).collect();
        store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
        rest = later;
    }
    let log = log(store).await;
    assert_eq!(log.len(), statements.len());
    Naive::of(&log)
}

/// Every condition that the random statements could meet, and some that none does.
fn conditions() -> Vec<Condition> {
    let iri = |thing: &serde_json::Value| thing["id"].as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for related in [false, true] {
        let keys = ["one", "two"].map(|key| super::sample::authority(key).agent().clone());
        let agents = people().into_iter().chain(keys);
        all.extend(agents.map(|agent| Condition::Agent(agent, related)));
        let activities = ACTIVITIES.map(|name| iri(&activity(name)));
        all.extend(activities.map(|id| Condition::Activity(id, related)));
        // A verb's IRI is no activity's.
        all.push(Condition::Activity(iri(&verb("did")), related));
    }
    all.extend(VERBS.map(|name| Condition::Verb(iri(&verb(name)))));
    all.push(Condition::Verb(VOIDED.into()));
    all.extend(registrations().map(Condition::Registration));
    all.extend(["one", "two"].map(Condition::Key));
    all
}

async fn check(store: &Arc<dyn Store>, naive: &Naive, conditions: &[Condition], window: Filter) {
    let mut filter = window;
    for condition in conditions {
        condition.ask(&mut filter);
    }
    let page = store.statements(&filter).await.unwrap();
    let given: Vec<_> = page.statements.iter().map(|statement| statement.id).collect();
    assert_eq!((given, page.more), naive.find(conditions, &filter), "{filter:?}");
}

fn everything() -> Filter {
    Filter { limit: ALL, ascending: true, ..Filter::default() }
}

/// In both orders.
pub async fn every_filter_alone_finds_what_a_slow_reading_finds(store: &Arc<dyn Store>) {
    let naive = keep(store, &mut Maker::new(1), 250).await;
    check(store, &naive, &[], everything()).await;
    let mut met = 0;
    for condition in conditions() {
        let window = Filter { ascending: false, ..everything() };
        check(store, &naive, std::slice::from_ref(&condition), window).await;
        met += usize::from(!naive.find(&[condition], &everything()).0.is_empty());
    }
    assert!(met > 20, "the statements meet only {met} conditions: this proves too little");
}

/// All pairs of parameters with all pairs of values.
pub async fn every_two_filters_find_what_a_slow_reading_finds(store: &Arc<dyn Store>) {
    let naive = keep(store, &mut Maker::new(2), 150).await;
    let conditions = conditions();
    for (n, one) in conditions.iter().enumerate() {
        for other in conditions[n + 1..].iter().filter(|other| !one.excludes(other)) {
            check(store, &naive, &[one.clone(), other.clone()], everything()).await;
        }
    }
}

/// Any number of parameters with `since`, `until`, `limit` and both orders.
pub async fn many_filters_find_what_a_slow_reading_finds(store: &Arc<dyn Store>) {
    let mut maker = Maker::new(3);
    let naive = keep(store, &mut maker, 200).await;
    let instants: Vec<_> = log(store).await.iter().map(|kept| kept.statement.stored).collect();
    let conditions = conditions();
    for _ in 0..400 {
        let mut asked: Vec<Condition> = Vec::new();
        for _ in 0..maker.0.random_range(0..5) {
            let condition = maker.one_of(&conditions);
            if !asked.iter().any(|other| other.excludes(&condition)) {
                asked.push(condition);
            }
        }
        let window = Filter {
            since: maker.chance(40).then(|| maker.one_of(&instants)),
            until: maker.chance(40).then(|| maker.one_of(&instants)),
            ascending: maker.chance(50),
            limit: maker.0.random_range(1..30),
            ..Filter::default()
        };
        check(store, &naive, &asked, window).await;
    }
}

/// Alone and beside a condition that statements meet.
pub async fn a_thing_never_heard_of_is_met_by_nothing(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let nobody = || Some(Match { text: "mbox::mailto:nobody@x.example".into(), related: true });
    let known = of_activity("a");
    assert_eq!(ids(store, known.clone()).await, ids_of([0]));
    for filter in [
        Filter { agent: nobody(), ..Filter::default() },
        Filter { agent: nobody(), ..known.clone() },
        Filter { verb: Some("https://v.example/never".into()), ..known.clone() },
        Filter { registration: Some(id(9)), ..known.clone() },
        Filter { authority: Some("mbox::mailto:nobody@x.example".into()), ..known },
        of_activity("never"),
    ] {
        assert!(ids(store, filter.clone()).await.is_empty(), "{filter:?}");
    }
}

/// One text may be a verb's, an activity's and an agent's; letter case tells IRIs apart.
pub async fn identifiers_are_told_apart_by_their_kind(store: &Arc<dyn Store>) {
    let iri = "https://a.example/a";
    let as_verb = with(with(statement(0), "verb", json!({"id": iri})), "object", activity("A"));
    let as_agent =
        with(with(statement(1), "actor", json!({"openid": iri})), "object", activity("b"));
    put(store, &[as_verb, as_agent, statement(2)]).await;

    assert_eq!(ids(store, of_activity("a")).await, ids_of([2]));
    assert_eq!(ids(store, of_activity("A")).await, ids_of([0]));
    let verb = Filter { verb: Some(iri.into()), ..Filter::default() };
    assert_eq!(ids(store, verb).await, ids_of([0]));
    let agent = Some(Match { text: format!("openid::{iri}"), related: false });
    assert_eq!(ids(store, Filter { agent, ..Filter::default() }).await, ids_of([1]));
}
