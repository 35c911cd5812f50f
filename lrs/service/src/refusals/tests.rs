//! Refusals from the note to the reader.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use store::{RefusalFilter, Store};
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use store_testkit::slow::Slow;
use tokio::time::Instant as Moment;
use xapi::clock::Clock;
use xapi::instant::Instant;

use super::*;

const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);
const ALL: Sight = Sight { key: None, is_masked: false };

fn clock() -> Arc<dyn Clock> {
    Arc::new(TurnedClock::at(NOW))
}

fn over(store: Arc<dyn Store>) -> Refusals {
    Refusals::new(Arc::clone(&store), RefusalLog::start(store, clock()))
}

fn refused(key: &str, body: &str) -> RefusedRequest {
    let statements = Bytes::copy_from_slice(body.as_bytes());
    let asked = AskedRequest {
        method: "POST".into(),
        path: "/xapi/statements".into(),
        query: [("agent", "{}"), ("access_token", "s3cret")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..AskedRequest::default()
    };
    RefusedRequest {
        key: key.into(),
        asked,
        status: 400,
        rule: "iri".into(),
        weight: body.len(),
        found: Box::new(move || Found {
            index: Some(1),
            statements: Some(statements),
            ..Found::default()
        }),
    }
}

async fn seen(refusals: &Refusals, sight: &Sight) -> Vec<SeenRefusal> {
    refusals.page(RefusalFilter::default(), 50, sight).await.unwrap().0
}

#[tokio::test]
async fn a_reader_sees_what_was_noted_before_and_of_others_nothing() {
    let refusals = over(Arc::new(MemoryStore::new(clock())));
    refusals.log().note(refused("a", r#"{"actor":{"name":"Maria"}}"#));
    refusals.log().note(refused("b", "{}"));
    assert_eq!(seen(&refusals, &ALL).await.len(), 2);
    let own = Sight { key: Some("a".into()), is_masked: true };
    let page = seen(&refusals, &own).await;
    let [only] = page.as_slice() else { panic!("{page:?}") };
    assert_eq!(only.body.as_ref().unwrap().text, r#"{"actor":{"name":"***"}}"#);
    assert_eq!(only.asked.query["agent"], "***");
    assert_eq!(only.asked.query["access_token"], "***", "for everybody");
    let others = RefusalFilter { key: Some("b".into()), ..RefusalFilter::default() };
    assert!(refusals.page(others, 50, &own).await.unwrap().0.is_empty());
    let foreign = seen(&refusals, &ALL).await.into_iter().find(|it| it.key == "b").unwrap();
    assert_eq!(refusals.one(foreign.id, &own).await.unwrap(), None);
    assert_eq!(refusals.one(foreign.id, &ALL).await.unwrap(), Some(foreign));
}

#[tokio::test]
async fn of_a_long_body_the_statement_at_fault_is_kept() {
    let refusals = over(Arc::new(MemoryStore::new(clock())));
    let long = "x".repeat(LONGEST_BODY);
    let note = |body: String| refusals.log().note(refused("a", &body));
    note(format!(r#"[{{"n":"{long}"}}, {{"n": 1, "token": "t"}}]"#));
    note(format!(r#"[{{}}, {{"n":"{long}"}}]"#));
    note(format!(r#"[{{}}, {{"n":"{long}"#));
    let bodies: Vec<_> = seen(&refusals, &ALL).await.into_iter().map(|it| it.body).collect();
    assert_eq!(bodies.iter().flatten().count(), 1, "{bodies:?}");
    let kept = bodies.into_iter().flatten().next().unwrap();
    assert_eq!(
        kept,
        KeptBody { text: r#"{"n": 1, "token": "***"}"#.into(), is: BodyIs::Statement }
    );
}

#[tokio::test]
async fn a_store_that_is_away_or_stands_still_holds_no_request_up() {
    let failing = Failing::over(Arc::new(MemoryStore::new(clock())));
    let store: Arc<dyn Store> = Arc::clone(&failing) as _;
    let refusals = over(store);
    failing.fail(&["keep_refusals"]);
    refusals.log().note(refused("a", "{}"));
    refusals.log().flush().await;
    failing.fail(&[]);
    refusals.log().note(refused("b", "{}"));
    let page = seen(&refusals, &ALL).await;
    assert_eq!(page.len(), 1, "what failed is gone, and the next one is kept");

    let slow = Slow::at(Arc::new(MemoryStore::new(clock())), "keep_refusals");
    let refusals = over(Arc::clone(&slow) as _);
    for _ in 0..2_000 {
        // Returns at once, or this test would not end.
        refusals.log().note(refused("a", "{}"));
    }
    slow.let_go();
}

#[tokio::test]
async fn the_end_of_a_server_waits_for_the_last_refusals_as_long_as_it_may() {
    let slow = Slow::at(Arc::new(MemoryStore::new(clock())), "keep_refusals");
    let refusals = over(Arc::clone(&slow) as _);
    let within = Duration::from_secs(9);
    let ended =
        |log: RefusalLog| tokio::spawn(async move { log.end(Moment::now() + within).await });

    refusals.log().note(refused("a", "{}"));
    let first = ended(refusals.log().clone());
    slow.arrived().await;
    // The store has it: nothing but the clock goes on.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(8)).await;
    slow.let_go();
    assert!(first.await.unwrap(), "a store that is slow");
    tokio::time::resume();

    refusals.log().note(refused("a", "{}"));
    let begun = Moment::now();
    let second = ended(refusals.log().clone());
    slow.arrived().await;
    tokio::time::pause();
    let second = tokio::time::timeout(Duration::from_mins(1), second).await;
    assert!(!second.expect("it ends").unwrap(), "a store that stands still");
    assert_eq!(begun.elapsed().as_secs(), within.as_secs());
}

#[tokio::test]
async fn one_key_that_is_refused_all_the_time_leaves_room_for_others() {
    let refusals = over(Arc::new(MemoryStore::new(clock())));
    for _ in 0..150 {
        refusals.log().note(refused("loud", "{}"));
    }
    refusals.log().note(refused("quiet", "{}"));
    let page = seen(&refusals, &ALL).await;
    assert_eq!(page.iter().filter(|it| it.key == "loud").count(), 20);
    assert_eq!(page.iter().filter(|it| it.key == "quiet").count(), 1);
}

#[tokio::test]
async fn bodies_that_wait_are_bounded_together() {
    let refusals = over(Arc::new(MemoryStore::new(clock())));
    for number in 0..8 {
        let body = format!(r#"[{{"n":"{}"}}, {{}}]"#, "x".repeat(1 << 20));
        refusals.log().note(refused(&format!("k{number}"), &body));
    }
    let page = seen(&refusals, &ALL).await;
    assert_eq!((page.len(), page.iter().filter(|it| it.body.is_some()).count()), (8, 3));
}

#[test]
fn ids_are_in_the_order_of_time_to_the_microsecond() {
    let ids: Vec<_> = (0..3_000).map(|n| new_id(Instant::from_micros(NOW.micros() + n))).collect();
    assert!(ids.is_sorted() && ids.iter().all(|id| id.get_version_num() == 7));
}
