//! Several processes on one database, of which one stops at any of its calls: dies, or only sleeps
//! and goes on when others have held it for dead.

use std::sync::Arc;

use super::MongoStore;
use crate::clock::SystemClock;
use crate::store::Store;

mod gate;
mod groups;
mod lease;
mod progress;
mod rivals;

/// A store as a process of its own has it.
async fn open(uri: &str) -> MongoStore {
    MongoStore::open(uri, Arc::new(SystemClock)).await.unwrap()
}

/// The same for the functions of the contract.
fn as_any(store: &MongoStore) -> Arc<dyn Store> {
    Arc::new(store.clone())
}
