//! Stores around a store: they fail, hold and count what they are told to, and nothing else.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: a panic is a failure")]

use std::sync::Arc;

use futures::FutureExt as _;
use store::{CourseStore as _, KeyStore as _, Selection, Store, StoreError};
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use store_testkit::sample::{put, statement, stored};
use store_testkit::slow::Slow;
use store_testkit::watched::{Call, Watched};
use xapi::instant::Instant;

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(Arc::new(TurnedClock::at(Instant::from_micros(1_000_000)))))
}

#[tokio::test]
async fn a_failing_store_fails_at_the_methods_named_until_it_is_told_otherwise() {
    let store = Failing::over(store());
    assert!(store.put_course("c", "", None, Selection::Changed).await.unwrap());
    store.fail(&["put_course"]);
    let error = store.put_course("d", "", None, Selection::Changed).await.unwrap_err();
    let StoreError::Unavailable(reason) = error else { panic!("{error}") };
    assert_eq!(reason, "put_course fails in this test");
    assert_eq!(store.courses().await.unwrap().len(), 1);
    store.fail(&[]);
    assert!(store.put_course("d", "", None, Selection::Changed).await.unwrap());
}

#[tokio::test]
async fn a_slow_store_holds_one_method_until_it_lets_go() {
    let store = Slow::at(store(), "keys");
    let mut keys = store.keys();
    assert!((&mut keys).now_or_never().is_none());
    store.arrived().await;
    assert!(store.key("k").await.unwrap().is_none(), "all others are as quick as ever");
    store.let_go();
    assert!(keys.await.unwrap().is_empty());
    assert!(store.keys().now_or_never().is_none(), "one call was let go");
}

#[tokio::test]
async fn a_watched_store_counts_calls_once() {
    let watched = Watched::watch(store());
    let store: Arc<dyn Store> = Arc::<Watched>::clone(&watched);
    put(&store, &[statement(0), statement(1)]).await;
    store.log(Instant::default(), 9).await.unwrap();
    assert_eq!(watched.calls(), [Call::PutStatements(2), Call::Log(2)]);
    assert_eq!(watched.calls(), []);
}

#[tokio::test]
async fn statements_are_stored_when_the_turned_clock_says() {
    let clock = TurnedClock::at(Instant::from_micros(5_000_000));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    put(&store, &[statement(0), statement(1)]).await;
    clock.pass(60);
    put(&store, &[statement(2)]).await;
    clock.set(Instant::from_micros(0));
    put(&store, &[statement(3)]).await;
    let mut times = Vec::new();
    for n in 0..4 {
        times.push(stored(&store, n).await.micros());
    }
    assert_eq!(times, [5_000_000, 5_000_001, 65_000_000, 65_000_001]);
}
