//! The engine on MongoDB keeps the contract of the store.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::expect_used, reason = "a test: a panic is a failure")]

use std::sync::Arc;

use store::Store;
use store_mongo::MongoStore;
use store_testkit::clock::SystemClock;

store_testkit::store_contract!(
    #[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
    crate::in_a_database
);

async fn in_a_database() -> ((), Arc<dyn Store>) {
    let uri = programs::fresh_database().await;
    let store = MongoStore::open(&uri, Arc::new(SystemClock)).await.expect("a fresh database");
    ((), Arc::new(store))
}
