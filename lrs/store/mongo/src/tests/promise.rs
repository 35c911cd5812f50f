//! What is promised of all that was stored.

use std::time::Duration;

use futures::future::try_join_all;
use mongodb::bson::{Document, doc};

use super::{as_any, database, open};
use crate::MongoStore;
use store::StatementStore as _;
use store_testkit::sample::{put, statement};

/// After which a promise is written anew.
const IDLE: Duration = Duration::from_millis(1_200);

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
    let store = open(&uri).await;
    put(&as_any(&store), &[statement(1)]).await;
    tokio::time::sleep(IDLE).await;
    let (before, last) = (version(&store).await, store.consistent_through().await.unwrap());
    tokio::time::sleep(IDLE).await;
    let all = try_join_all((0..64).map(|_| store.consistent_through())).await.unwrap();
    assert!(all.iter().all(|through| *through > last), "it was old: {last}, {all:?}");
    assert_eq!(version(&store).await, before + 2, "one for the first, and one for all others");
}
