//! The engine in memory keeps the contract of the store.

#![allow(missing_docs, reason = "a test, not an interface")]

use std::sync::Arc;

use store::Store;
use store_testkit::clock::SystemClock;
use store_testkit::memory::MemoryStore;

store_testkit::store_contract!(crate::in_memory);

#[expect(clippy::unused_async, reason = "other engines connect first")]
async fn in_memory() -> ((), Arc<dyn Store>) {
    ((), Arc::new(MemoryStore::new(Arc::new(SystemClock))))
}
