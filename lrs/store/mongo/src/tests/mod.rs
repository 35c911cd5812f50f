//! Several processes on one database, of which one stops at any of its calls: it dies, or it is
//! halted and goes on when other processes have held it for dead.

use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::{Collection, Database};
use tokio::time::{Instant as Moment, timeout};

use super::MongoStore;
use super::head::Claim;
use super::statements::{LOOKS, Observer};
use super::version_log::RETAINED;
use store::Store;
use store_testkit::clock::SystemClock;

mod commands;
mod damage;
mod deaths;
mod documents;
mod erasing;
mod gate;
mod groups;
mod heirs;
mod large;
mod lease;
mod orphans;
mod packages;
mod people;
mod progress;
mod promise;
mod restore;
mod rivals;
mod stuck;

/// Longer than anything takes that comes to an end.
const END: Duration = Duration::from_mins(1);

/// Changes of the head after which no version is left of those before.
const CHANGES: i64 = 72;

/// A store as a process of its own has it.
async fn open(uri: &str) -> MongoStore {
    MongoStore::open(uri, Arc::new(SystemClock)).await.unwrap()
}

/// [`open`] for a process that looks after no claims of others by itself, so that a test alone decides when they are
/// held for dead.
async fn unwatching(uri: &str) -> MongoStore {
    drop(open(uri).await);
    MongoStore::open_to_read(uri, Arc::new(SystemClock)).await.unwrap()
}

/// An observer that has seen all claims [`LOOKS`] times but one: at its next look it holds those for dead
/// that did not beat.
async fn observer(store: &MongoStore, now: Moment) -> Observer {
    let mut observer = store.0.statements.observer();
    for _ in 1..LOOKS {
        observer.look(now).await.unwrap();
    }
    observer
}

/// Waits until the process of a claim, or the one that took it over, has let the claim beat since it was `seen`; gives the
/// claim as it is then.
async fn beaten(store: &MongoStore, seen: Claim) -> Claim {
    let beating = async {
        loop {
            let claims = store.0.versions.head().await.unwrap().claims;
            let claim = claims.into_iter().find(|claim| claim.owner == seen.owner);
            let claim = claim.expect("the claim of a process that lives is there");
            if (claim.beat, claim.taken) != (seen.beat, seen.taken) {
                return claim;
            }
        }
    };
    timeout(END, beating).await.expect("it beats")
}

/// The store as the functions of the testkit take it.
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

/// Leaves the head as after [`CHANGES`] changes: all older versions are removed. That takes [`RETAINED`].
async fn change_much(store: &MongoStore) {
    let heads = database(store).collection::<Document>("head");
    let newest = heads.find_one(doc! {}).sort(doc! {"_id": -1}).await.unwrap();
    let Some(mut newest) = newest else { return };
    let version = newest.get_i64("_id").unwrap() + CHANGES;
    newest.insert("_id", version);
    heads.insert_one(newest).await.unwrap();
    tokio::time::sleep(RETAINED).await;
    heads.delete_many(doc! {"_id": {"$lt": version}}).await.unwrap();
}
