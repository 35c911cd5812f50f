//! The embedded engine keeps the contract of the store.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::expect_used, reason = "a test: a panic is a failure")]

use std::sync::Arc;

use store::Store;
use store_sqlite::SqliteStore;
use store_testkit::clock::SystemClock;
use tempfile::TempDir;

store_testkit::store_contract!(crate::in_a_folder);

#[expect(clippy::unused_async, reason = "other engines connect first")]
async fn in_a_folder() -> (TempDir, Arc<dyn Store>) {
    let home = TempDir::new().expect("a folder for the store");
    let store = SqliteStore::open(home.path(), Arc::new(SystemClock)).expect("a fresh store");
    (home, Arc::new(store))
}
