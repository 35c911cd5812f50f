//! What a process that dies leaves in files is removed in time, and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::documents::{FREE, document, key};
use super::gate::Gate;
use super::{as_any, database, open, unwatching};
use crate::MongoStore;
use crate::blob::Blobs;
use crate::housekeeping::House;
use crate::orphans::Orphans;
use store::DocumentStore as _;
use store_testkit::clock::SystemClock;
use xapi::clock::Clock as _;
use xapi::document::Change;
use xapi::instant::Instant;

/// More calls than a change takes.
const CALLS: usize = 20;
/// More than a document of the database holds itself, and than one chunk of a file.
const LARGE: usize = 300 << 10;
/// In microseconds.
const DAY: i64 = 86_400 * 1_000_000;
/// Later than all that a test writes.
pub(super) const LATER: Instant = Instant::from_micros(i64::MAX);

pub(super) fn orphans(store: &MongoStore) -> Orphans {
    let database = database(store);
    Orphans { blobs: Blobs::new(&database), versions: store.0.versions.clone(), database }
}

async fn ids(store: &MongoStore, collection: &str, field: &str) -> BTreeSet<ObjectId> {
    let found = database(store).collection::<Document>(collection).find(doc! {}).await.unwrap();
    let found: Vec<Document> = found.try_collect().await.unwrap();
    found.iter().filter_map(|it| it.get_object_id(field).ok()).collect()
}

async fn files(store: &MongoStore) -> BTreeSet<ObjectId> {
    ids(store, "blob.files", "_id").await
}

/// Removes the orphans of now; then all files, and chunks, are those that documents of `collection`
/// name in `field`.
pub(super) async fn only_named_are_left(store: &MongoStore, collection: &str, field: &str) {
    orphans(store).remove(LATER).await.unwrap();
    let named = ids(store, collection, field).await;
    assert_eq!(files(store).await, named);
    assert_eq!(ids(store, "blob.chunks", "files_id").await, named);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_writer_that_dies_at_any_call_leaves_no_file_that_is_not_removed() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let (mut orphaned, mut ended) = (0, false);
    for n in 0..CALLS {
        let [first, second] = [b'1', b'2'].map(|byte| document(Bytes::from(vec![byte; LARGE])));
        store.change_document(key(n), FREE, Change::Put(first)).await.unwrap();
        let gate = Gate::to(&uri).await;
        let dying = as_any(&unwatching(gate.uri()).await);
        gate.shut_after(n);
        let writing = async { dying.change_document(key(n), FREE, Change::Put(second)).await };
        tokio::select! {
            () = gate.holds() => {}
            done = writing => {
                done.unwrap();
                ended = true;
            }
        }
        drop(gate);
        let (before, written) = (store.document(&key(n)).await.unwrap(), files(&store).await);
        orphans(&store).remove(Instant::from_micros(1_000_000)).await.unwrap();
        assert_eq!(files(&store).await, written, "what is young may be on its way");
        only_named_are_left(&store, "document", "body").await;
        orphaned += usize::from(files(&store).await != written);
        assert_eq!(store.document(&key(n)).await.unwrap(), before, "held after {n} calls");
        if ended {
            break;
        }
    }
    assert!(ended && orphaned >= 2, "it died with a new file, and with an old one: {orphaned}");
}

fn house(store: &MongoStore) -> House {
    House {
        documents: store.0.documents.cells.clone(),
        orphans: orphans(store),
        packages: store.0.packages.clone(),
        settings: store.0.settings.clone(),
        clock: Arc::new(SystemClock),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_file_is_removed_a_day_after_it_was_left() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let cell = store.0.documents.cells.holder("no document's");
    Blobs::new(&database(&store)).field(&vec![0; LARGE], cell).await.unwrap();
    let written = SystemClock.now().micros();
    for (seconds, left) in [(-2, 1), (2, 0)] {
        let now = Instant::from_micros(written + DAY + seconds * 1_000_000);
        house(&store).clear_away(now).await.unwrap();
        assert_eq!(files(&store).await.len(), left, "a day and {seconds} s later");
        // Each time is a day of its own.
        store.0.settings.delete_many(doc! {}).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn one_process_looks_through_the_files_of_a_day() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let [one, other] = [house(&store), house(&store)];
    for day in [9, 10, 11] {
        assert!(one.has_the_day(day).await.unwrap());
        assert!(!other.has_the_day(day).await.unwrap());
    }
    let days = doc! {"_id": {"$gte": "files/", "$lt": "files0"}};
    assert_eq!(store.0.settings.count_documents(days).await.unwrap(), 1, "earlier days are over");
}
