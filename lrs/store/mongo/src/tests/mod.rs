//! Several processes on one database, of which one stops at any of its calls: it dies, or it is
//! halted and goes on when other processes have held it for dead.

use std::sync::Arc;

use mongodb::bson::{Document, doc};
use mongodb::{Collection, Database};
use tokio::time::Instant as Moment;

use super::MongoStore;
use super::statements::{LOOKS, Observer};
use super::version_log::KEPT;
use store::Store;
use store_testkit::clock::SystemClock;

mod damage;
mod documents;
mod gate;
mod groups;
mod lease;
mod orphans;
mod progress;
mod promise;
mod restore;
mod rivals;

/// More changes of the head than versions of it are left.
const CHANGES: i64 = 9 * KEPT;

/// A store as a process of its own has it.
async fn open(uri: &str) -> MongoStore {
    MongoStore::open(uri, Arc::new(SystemClock)).await.unwrap()
}

/// An observer that has seen all claims so often that it holds those for dead, at its next look,
/// which are as they were.
async fn observer(store: &MongoStore, now: Moment) -> Observer {
    let mut observer = store.0.statements.observer();
    for _ in 1..LOOKS {
        observer.look(now).await.unwrap();
    }
    observer
}

/// The same for the functions of the contract.
fn as_any(store: &MongoStore) -> Arc<dyn Store> {
    Arc::new(store.clone())
}

/// The collection of statements.
fn statements(store: &MongoStore) -> Collection<Document> {
    database(store).collection("statement")
}

fn database(store: &MongoStore) -> Database {
    let settings = &store.0.settings;
    settings.client().database(&settings.namespace().db)
}

/// Leaves the head as after so many changes of it that all older versions were removed, just now.
async fn change_much(store: &MongoStore) {
    let heads = database(store).collection::<Document>("head");
    let newest = heads.find_one(doc! {}).sort(doc! {"_id": -1}).await.unwrap();
    let Some(mut newest) = newest else { return };
    let version = newest.get_i64("_id").unwrap() + CHANGES;
    let version = version - version % KEPT;
    newest.insert("_id", version);
    heads.insert_one(newest).await.unwrap();
    heads.delete_many(doc! {"_id": {"$lt": version}}).await.unwrap();
}
