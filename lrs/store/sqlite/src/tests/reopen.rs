//! Closing and opening, and who may open.

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt as _;
use tempfile::TempDir;

use super::{HOUR, Hand, SqliteStore, open, shared};
use crate::FILE;
use store::{
    CourseStore as _, DocumentStore as _, Followed, JournalStore as _, JournalVersion,
    ProgressDocument, Reading, Revision, Selection, StatementStore as _, Store as _, Unnamed,
};
use store_testkit::sample::{
    attached, batch, id, ids, ids_of, kept, log, of_person, put, reference, statement, stored,
    voiding,
};
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};
use xapi::instant::Instant;
use xapi::query::Filter;

fn attachment() -> Attachment {
    Attachment {
        sha2: "ab".repeat(32),
        content_type: "text/plain".into(),
        body: Bytes::from_static(b"x"),
    }
}

fn document() -> (DocumentKey, Document) {
    let shelf = Shelf {
        resource: Resource::ActivityProfile,
        activity: "https://a.example/a".into(),
        agent: String::new(),
        registration: None,
    };
    let body = Bytes::from_static(b"\0");
    let content_type = "image/png".to_owned();
    let document = Document { content_type, body, updated: Instant::from_micros(7) };
    (DocumentKey { shelf, id: "x".into() }, document)
}

#[tokio::test]
async fn what_was_kept_is_there_when_the_store_is_opened_again() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let mut first = batch(&[statement(0), reference(1, 0), voiding(2, 5)]);
    first.attachments.push(attachment());
    store.put_statements(first).await.unwrap();
    let free = Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    let (key, document) = document();
    store.change_document(key.clone(), free, Change::Put(document.clone())).await.unwrap();
    assert!(store.put_course("c", "file", None, Selection::Changed).await.unwrap());
    let followed =
        Followed { through: Instant::from_micros(9), reading: Reading::since(Revision::FIRST) };
    let progress = vec![ProgressDocument { actor: "a".into(), body: Bytes::from_static(b"{}") }];
    store
        .put_progress("c", JournalVersion::NONE, followed, progress.clone(), Unnamed::Go)
        .await
        .unwrap();
    let known = store.watermark("c").await.unwrap();
    assert_eq!(known.followed, followed);
    assert_eq!(store.progress("c", "", 9).await.unwrap(), progress);
    let secret = store.secret().await.unwrap();
    let before = log(&shared(&store)).await;
    drop(store);

    let store = open(&home, &clock);
    assert_eq!(log(&shared(&store)).await, before);
    assert_eq!(ids(&shared(&store), of_person("p0")).await, ids_of([0, 1]));
    assert_eq!(attached(&store, &[attachment().sha2]).await, [attachment()]);
    assert_eq!(store.document(&key).await.unwrap(), Some(document));
    assert_eq!(store.watermark("c").await.unwrap(), known);
    assert_eq!(store.progress("c", "", 9).await.unwrap(), progress);
    assert_eq!(store.secret().await.unwrap(), secret);
    put(&shared(&store), &[statement(5)]).await;
    assert!(kept(&shared(&store), 5).await.voided, "the voiding statement still waits for it");
}

#[tokio::test]
async fn what_waits_when_the_store_is_closed_is_written() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let mut putting = Box::pin(store.put_statements(batch(&[statement(0)])));
    let _ = putting.as_mut().now_or_never();
    drop(putting);
    drop(store);
    assert!(open(&home, &clock).statement(id(0)).await.unwrap().is_some());
}

#[tokio::test]
async fn stored_goes_on_growing_when_the_clock_steps_back_by_a_day() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(0)]).await;
    clock.turn(-24 * HOUR);
    put(&shared(&store), &[statement(1), statement(2)]).await;
    drop(store);
    clock.turn(-24 * HOUR);
    let store = shared(&open(&home, &clock));
    put(&store, &[statement(3)]).await;
    assert_eq!(ids(&store, Filter::default()).await, ids_of(0..4));
    let first = stored(&store, 0).await;
    assert_eq!(stored(&store, 3).await.micros(), first.micros() + 3);
}

#[tokio::test]
async fn what_was_promised_stands_when_the_clock_steps_back() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = shared(&open(&home, &clock));
    let promised = store.consistent_through().await.unwrap();
    clock.turn(-HOUR);
    put(&store, &[statement(0)]).await;
    let first = stored(&store, 0).await;
    assert!(first > promised, "a statement came under an instant that was given away");
    assert!(store.consistent_through().await.unwrap() >= first, "what is kept is promised");
    drop(store);
    let store = shared(&open(&home, &clock));
    assert!(store.consistent_through().await.unwrap() >= first, "and after opening again");
}

/// An instant that was given is given to no other statement, whatever became of the first. Who waits for news is told of
/// what is kept alone.
#[tokio::test]
async fn after_a_removed_statement_everything_is_later_when_the_store_is_opened_again() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = shared(&open(&home, &clock));
    put(&store, &[statement(0)]).await;
    clock.turn(HOUR);
    put(&store, &[statement(1)]).await;
    let (first, last) = (stored(&store, 0).await, kept(&store, 1).await.statement);
    let removed = last.stored;
    assert_eq!(store.remove_statements(vec![last], uuid::Uuid::from_u128(7)).await.unwrap(), 0);
    drop(store);
    clock.turn(-24 * HOUR);

    let read = shared(&SqliteStore::open_to_read(home.path()).unwrap());
    assert_eq!(read.latest().await.unwrap(), removed, "also for who reads alone");
    assert_eq!(read.consistent_through().await.unwrap(), removed);
    drop(read);
    let store = shared(&open(&home, &clock));
    assert_eq!(store.latest().await.unwrap(), removed);
    assert_eq!(store.consistent_through().await.unwrap(), removed);
    let news = store.wait_for_news(first, std::time::Duration::from_hours(1));
    assert!(news.now_or_never().is_none(), "the removed one is no news");
    put(&store, &[statement(2)]).await;
    assert_eq!(stored(&store, 2).await.micros(), removed.micros() + 1);
    assert_eq!(ids(&store, Filter::default()).await, ids_of([0, 2]));
}

#[tokio::test]
async fn a_folder_is_open_in_one_store_at_a_time() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let error = SqliteStore::open(home.path(), Arc::new(clock.clone())).err().unwrap().to_string();
    assert!(error.contains("another Traccia has it open"), "{error}");
    assert!(error.contains(&home.path().display().to_string()), "{error}");
    put(&shared(&store), &[statement(0)]).await;
    drop(store);
    assert!(open(&home, &clock).statement(id(0)).await.unwrap().is_some());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let home = TempDir::new().unwrap();
    let missing = home.path().join("missing");
    let error = SqliteStore::open(&missing, Arc::new(Hand::new())).err().unwrap().to_string();
    assert!(error.contains(&missing.display().to_string()), "{error}");
}

#[test]
fn a_newer_layout_is_refused_and_left_as_it_is() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    drop(open(&home, &clock));
    let version = |set: Option<u32>| {
        let file = rusqlite::Connection::open(home.path().join(FILE)).unwrap();
        if let Some(version) = set {
            file.pragma_update(None, "user_version", version).unwrap();
        }
        file.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap()
    };
    let own = version(None);
    version(Some(own + 1));
    let error = SqliteStore::open(home.path(), Arc::new(clock.clone())).err().unwrap().to_string();
    assert!(error.contains(&format!("layout {}", own + 1)), "{error}");
    assert!(error.contains("newer Traccia"), "{error}");
    assert_eq!(version(None), own + 1);
    version(Some(own));
    drop(open(&home, &clock));
}

/// What a test cannot do is cut the power: it can hold the setting that survives it.
#[test]
fn every_commit_reaches_the_disk() {
    let home = TempDir::new().unwrap();
    let connection = rusqlite::Connection::open(home.path().join(FILE)).unwrap();
    crate::prepare(&connection).unwrap();
    let setting = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    assert_eq!(setting("synchronous"), Ok(2), "FULL");
    let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
    assert_eq!(mode.as_deref(), Ok("wal"));
}

/// Those of every release, and those between two of them.
#[tokio::test]
async fn a_database_of_every_layout_there_was_opens_with_what_it_held() {
    use access::key::KeyLife;
    use rusqlite::Connection;

    use crate::migrations::STEPS;
    use store::{KeyStore as _, StatementLog as _};

    for layout in 1..=STEPS.len() {
        let home = TempDir::new().unwrap();
        let connection = Connection::open(home.path().join(FILE)).unwrap();
        for step in &STEPS[..layout] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", u32::try_from(layout).unwrap()).unwrap();
        let id = uuid::Uuid::from_u128(7);
        let (text, agent) = (format!(r#"{{"id":"{id}"}}"#), r#"{"mbox":"mailto:a@x.example"}"#);
        let sql = "INSERT INTO statement (seq, id, flags, body) VALUES (7, ?1, 0, ?2)";
        connection.execute(sql, (id.as_bytes(), &text)).unwrap();
        let sql = "INSERT INTO api_key (name, label, scopes, authority, created, secret_hash) \
                   VALUES ('k', 'l', 'all', ?1, 5, 'h')";
        connection.execute(sql, [agent]).unwrap();
        drop(connection);

        let store = open(&home, &Hand::new());
        let log = store.log(Instant::default(), 9).await.unwrap().statements;
        assert_eq!(log.len(), 1, "layout {layout}");
        assert_eq!(log[0].statement.body, text.as_bytes(), "layout {layout}");
        let keys = store.keys().await.unwrap();
        assert_eq!(keys.len(), 1, "layout {layout}");
        assert_eq!((&*keys[0].secret_hash, &keys[0].life), ("h", &KeyLife::default()));
    }
}
