//! What is promised of all that was stored.

use std::sync::Arc;

use futures::future::try_join_all;
use mongodb::bson::{Document, doc};

use super::{as_any, database};
use crate::MongoStore;
use store::StatementStore as _;
use store_testkit::clock::{SystemClock, TurnedClock};
use store_testkit::sample::{put, statement};
use xapi::clock::Clock as _;

/// Seconds after which a promise is written anew.
const IDLE: i64 = 2;

async fn version(store: &MongoStore) -> i64 {
    let heads = database(store).collection::<Document>("head");
    let newest = heads.find_one(doc! {}).sort(doc! {"_id": -1}).await.unwrap();
    newest.unwrap().get_i64("_id").unwrap()
}

/// Each change of the head is a race that one wins: many at once would take seconds.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn many_requests_at_once_after_a_pause_get_one_promise() {
    let uri = programs::fresh_database().await;
    let clock = TurnedClock::at(SystemClock.now());
    let store = MongoStore::open(&uri, Arc::new(clock.clone())).await.unwrap();
    put(&as_any(&store), &[statement(1)]).await;
    clock.pass(IDLE);
    let (before, last) = (version(&store).await, store.consistent_through().await.unwrap());
    clock.pass(IDLE);
    let all = try_join_all((0..64).map(|_| store.consistent_through())).await.unwrap();
    assert!(all.iter().all(|through| *through > last), "it was old: {last}, {all:?}");
    assert_eq!(version(&store).await, before + 2, "one for the first, and one for all others");
    let again = store.consistent_through().await.unwrap();
    assert_eq!((again, version(&store).await), (all[0], before + 2), "it is young still");
}
