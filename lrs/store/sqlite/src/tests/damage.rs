//! Bits that flip in the database's file.

use std::fs;
use std::path::PathBuf;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::index::is_as_rebuilt;
use super::{Hand, SqliteStore, open, shared};
use crate::{FILE, PAGE};
use store::{
    Batch, DocumentStore as _, Kept, LogPage, Result, StatementLog as _, StatementStore as _,
    Store as _, StoreError, TransferStore as _,
};
use store_testkit::damage::{
    pages_end_before_the_second_of_three, pages_read_no_text_of_voided_statements,
};
use store_testkit::generated::Maker;
use store_testkit::sample::{
    batch, id, log, prepared_by, put, put_each, reference, stamped, statement, voiding, with,
};
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};
use xapi::instant::Instant;
use xapi::query::Filter;

/// The `n`th statement, with a text that stands nowhere else.
fn marked(n: u32) -> Value {
    with(statement(n), "result", json!({"response": format!("needle-{n}")}))
}

fn file(home: &TempDir) -> PathBuf {
    home.path().join(FILE)
}

/// A closed store with the statements 0, 1 and 2.
async fn three(home: &TempDir) -> Vec<Kept> {
    let store = open(home, &Hand::new());
    put_each(&shared(&store), &[marked(0), marked(1), marked(2)]).await;
    log(&shared(&store)).await
}

/// The text of the `n`th statement as it lies in the file.
fn packed(home: &TempDir, n: u32) -> Vec<u8> {
    let database = Connection::open(file(home)).unwrap();
    let sql = "SELECT packed FROM statement WHERE id = ?1";
    database.query_row(sql, [id(n).as_bytes()], |row| row.get(0)).unwrap()
}

/// Flips a bit in the middle of bytes that are in the file once.
fn flip(home: &TempDir, text: &[u8]) {
    let mut bytes = fs::read(file(home)).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - text.len()).filter(|at| bytes[*at..].starts_with(text)).collect();
    let [at] = places.as_slice() else { panic!("{text:?} is there {} times", places.len()) };
    bytes[at + text.len() / 2] ^= 4;
    fs::write(file(home), bytes).unwrap();
}

fn names<T: std::fmt::Debug>(result: Result<T>, n: u32) {
    match result.unwrap_err() {
        StoreError::Unreadable { id: named, .. } => assert_eq!(named, Some(id(n))),
        other => panic!("{other}"),
    }
}

/// Whether the store says that it is damaged.
async fn is_damaged(store: &SqliteStore) -> bool {
    matches!(store.ping().await, Err(StoreError::Corrupt(_)))
}

#[tokio::test]
async fn a_flipped_bit_in_a_statement_is_an_error_that_names_it() {
    let home = TempDir::new().unwrap();
    let kept = three(&home).await;
    flip(&home, &packed(&home, 1));
    let store = open(&home, &Hand::new());
    names(store.statement(id(1)).await, 1);
    pages_end_before_the_second_of_three(&shared(&store)).await;
    names(store.put_statements(batch(&[marked(1)])).await, 1);
    for n in [0, 2] {
        assert_eq!(store.statement(id(n)).await.unwrap().as_ref(), Some(&kept[n as usize]));
    }
    let first = store.log(Instant::default(), 10).await.unwrap();
    assert_eq!(first, LogPage { statements: vec![kept[0].clone()], more: true });
    let refused = store.log(kept[0].statement.stored, 10).await.unwrap_err();
    let StoreError::Unreadable { stored, .. } = refused else { panic!("{refused}") };
    assert_eq!(stored, kept[1].statement.stored, "where to go on");
    let rest = store.log(stored, 10).await.unwrap();
    assert_eq!(rest, LogPage { statements: vec![kept[2].clone()], more: false });
    assert!(is_damaged(&store).await, "and /readyz says so from now on");
}

#[tokio::test]
async fn a_flipped_bit_in_a_voided_statement_is_in_the_way_of_no_page() {
    let home = TempDir::new().unwrap();
    put(&shared(&open(&home, &Hand::new())), &[voiding(9, 1)]).await;
    three(&home).await;
    flip(&home, &packed(&home, 1));
    let store = open(&home, &Hand::new());
    pages_read_no_text_of_voided_statements(&shared(&store), &[0, 2, 9]).await;
    names(store.statement(id(1)).await, 1);
}

#[tokio::test]
async fn a_flipped_bit_in_a_document_is_an_error_that_names_it() {
    let home = TempDir::new().unwrap();
    let shelf = Shelf {
        resource: Resource::State,
        activity: "https://a.example/a".into(),
        agent: "mbox::mailto:p@x.example".into(),
        registration: None,
    };
    let key = |id: &str| DocumentKey { shelf: shelf.clone(), id: id.into() };
    let free =
        || Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    let document = |text: &str| Document {
        content_type: "text/plain".into(),
        body: text.to_owned().into(),
        updated: Instant::from_micros(5),
    };
    let store = open(&home, &Hand::new());
    for (id, text) in [("one", "needle-one"), ("two", "needle-two")] {
        store.change_document(key(id), free(), Change::Put(document(text))).await.unwrap();
    }
    drop(store);
    flip(&home, b"needle-one");
    let store = open(&home, &Hand::new());
    let error = store.document(&key("one")).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt(what) if what.contains("`one`")), "{error}");
    assert_eq!(store.document(&key("two")).await.unwrap(), Some(document("needle-two")));
    assert!(is_damaged(&store).await);
    let seen = Precondition { if_none_match: Some(Tags::Any), ..free() };
    store.change_document(key("one"), seen, Change::Delete).await.unwrap_err();
    let again = document("needle-again");
    store.change_document(key("one"), free(), Change::Put(again.clone())).await.unwrap();
    assert_eq!(store.document(&key("one")).await.unwrap(), Some(again), "it can be replaced");
}

/// What no request has hit yet: a statement's text, and the page of a table that is empty.
#[tokio::test]
async fn damage_that_nobody_asks_for_is_found_after_the_start() {
    let home = TempDir::new().unwrap();
    three(&home).await;
    let sound = fs::read(file(&home)).unwrap();
    let store = open(&home, &Hand::new());
    store.0.scrub.as_ref().unwrap().join();
    store.ping().await.unwrap();
    drop(store);

    flip(&home, &packed(&home, 2));
    let store = open(&home, &Hand::new());
    store.0.scrub.as_ref().unwrap().join();
    assert!(is_damaged(&store).await);
    drop(store);

    fs::write(file(&home), &sound).unwrap();
    let database = Connection::open(file(&home)).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'certificate_list'";
    let page: u32 = database.query_row(sql, [], |row| row.get(0)).unwrap();
    drop(database);
    let mut broken = sound.clone();
    broken[(page as usize - 1) * usize::try_from(PAGE).unwrap()] = 0xff;
    fs::write(file(&home), &broken).unwrap();
    let store = open(&home, &Hand::new());
    store.0.scrub.as_ref().unwrap().join();
    assert!(is_damaged(&store).await);
}

/// An index that is hit may hide a statement; but none is ever given otherwise than it was written.
#[tokio::test]
async fn wherever_a_bit_flips_no_statement_is_given_otherwise_than_it_was_written() {
    let home = TempDir::new().unwrap();
    let kept = three(&home).await;
    let sound = fs::read(file(&home)).unwrap();
    let first = packed(&home, 0);
    let place = sound.windows(first.len()).position(|window| window == first).unwrap();
    let place = place.saturating_sub(1024);
    let mut chance = ChaCha8Rng::seed_from_u64(11);
    let mut noticed = 0;
    for _ in 0..150 {
        let mut broken = sound.clone();
        // Statements are few: most flips would hit nothing that is used.
        let at = chance.random_range(0..broken.len());
        let at = if at % 2 == 0 { at } else { place + at % 2048 };
        broken[at] ^= 1 << chance.random_range(0..8);
        fs::write(file(&home), &broken).unwrap();
        let clock = std::sync::Arc::new(Hand::new());
        let Ok(store) = SqliteStore::open(home.path(), clock) else {
            noticed += 1;
            continue;
        };
        for whole in &kept {
            match store.statement(whole.statement.id).await {
                Ok(Some(given)) => assert_eq!(given.statement, whole.statement, "bit at {at}"),
                Ok(None) => {}
                Err(_) => noticed += 1,
            }
        }
        if let Ok(page) = store.log(Instant::default(), 10).await {
            for given in page.statements {
                assert!(kept.iter().any(|kept| kept.statement == given.statement), "bit at {at}");
            }
        }
    }
    assert!(noticed > 10, "the flips hit something: {noticed}");
}

#[tokio::test]
async fn a_store_of_the_version_before_opens_and_its_statements_are_read() {
    let home = TempDir::new().unwrap();
    let old = Connection::open(file(&home)).unwrap();
    for step in [include_str!("../0001_core.sql"), include_str!("../0002_journals.sql")] {
        old.execute_batch(step).unwrap();
    }
    old.pragma_update(None, "user_version", 2).unwrap();
    for (n, is_whole) in [(0, true), (1, false)] {
        let kept = stamped(&marked(n), 1_700_000_000_000_000 + i64::from(n));
        let body = std::str::from_utf8(&kept.body).unwrap();
        let body = if is_whole { body } else { &body[..body.len() / 2] };
        let seq = kept.stored.micros();
        let sql = "INSERT INTO statement (seq, id, flags, body) VALUES (?1, ?2, 0, ?3)";
        old.execute(sql, rusqlite::params![seq, kept.id.as_bytes(), body]).unwrap();
        let sql = "INSERT INTO statement_id (id, seq) VALUES (?1, ?2)";
        old.execute(sql, rusqlite::params![kept.id.as_bytes(), seq]).unwrap();
    }
    drop(old);
    let store = open(&home, &Hand::new());
    let whole = store.statement(id(0)).await.unwrap().unwrap().statement;
    assert_eq!(whole.value().unwrap()["result"], marked(0)["result"]);
    names(store.statement(id(1)).await, 1);
    put(&shared(&store), &[marked(2)]).await;
    let counted = |database: &Connection| {
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        Ok(database.query_row("SELECT count(*), count(checksum) FROM statement", [], pair)?)
    };
    let sums = store.read(counted).await.unwrap();
    assert_eq!(sums, (3, 1));
}

/// Of a release that wrote no checksums: nothing but the columns themselves tells that they are wrong.
#[tokio::test]
async fn a_document_on_a_shelf_that_is_not_known_is_an_error() {
    let home = TempDir::new().unwrap();
    let free = Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    let (activity, agent) = ("https://a.example/a".into(), "mbox::mailto:p@x.example".into());
    let shelf = Shelf { resource: Resource::State, activity, agent, registration: None };
    let document = Document {
        content_type: "text/plain".into(),
        updated: Instant::from_micros(1),
        body: "page 7".into(),
    };
    let key = DocumentKey { shelf, id: "d".into() };
    let store = open(&home, &Hand::new());
    store.change_document(key, free, Change::Put(document)).await.unwrap();
    drop(store);
    let change = |sql: &str| Connection::open(file(&home)).unwrap().execute(sql, []).unwrap();
    for (column, other, good) in [("resource", "9", "0"), ("registration", "'other'", "''")] {
        assert_eq!(change(&format!("UPDATE document SET {column} = {other}, checksum = NULL")), 1);
        let error = open(&home, &Hand::new()).documents_beyond(None, 1).await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt(_)), "{column}: {error}");
        assert_eq!(change(&format!("UPDATE document SET {column} = {good}")), 1);
    }
    let store = open(&home, &Hand::new());
    assert_eq!(store.documents_beyond(None, 1).await.unwrap().len(), 1);
}

/// Otherwise a page would be short of a statement that it was asked for, and say nothing.
#[tokio::test]
async fn a_statement_that_the_index_names_and_that_is_gone_is_an_error() {
    let home = TempDir::new().unwrap();
    let kept = three(&home).await;
    let gone = kept[1].statement.stored;
    let connection = Connection::open(file(&home)).unwrap();
    connection.execute("DELETE FROM statement WHERE seq = ?1", [gone.micros()]).unwrap();
    drop(connection);
    let store = open(&home, &Hand::new());
    let by_verb = Filter {
        verb: Some("https://v.example/did".into()),
        ascending: true,
        limit: 10,
        ..Filter::default()
    };
    let page = store.statements(&by_verb).await.unwrap();
    assert_eq!((page.statements.len(), page.more), (1, true), "up to the one that is gone");
    let beyond = Filter { beyond: Some(kept[0].statement.stored), ..by_verb.clone() };
    let error = store.statements(&beyond).await.unwrap_err();
    let StoreError::Unreadable { stored, .. } = error else { panic!("{error}") };
    assert_eq!(stored, gone, "where to go on");
    let rest = Filter { beyond: Some(gone), ..by_verb };
    assert_eq!(store.statements(&rest).await.unwrap().statements.len(), 1);
}

/// The damage is another statement's.
#[tokio::test]
async fn a_reference_to_a_damaged_statement_is_kept() {
    let home = TempDir::new().unwrap();
    three(&home).await;
    flip(&home, &packed(&home, 1));
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[reference(7, 1)]).await;
    assert!(store.statement(id(7)).await.unwrap().is_some());
}

/// What the newest statements are found by lies in rows of their own; an id that was forgotten would be given again.
#[tokio::test]
async fn a_damaged_row_of_the_newest_index_is_computed_anew() {
    for chosen in ["min(number)", "max(number)", "max(number) - 4"] {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let store = open(&home, &clock);
        let mut maker = Maker::new(20);
        let statements = maker.statements(90);
        for some in statements.chunks(6) {
            let statements = some.iter().map(|(key, value)| prepared_by(key, value)).collect();
            store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
        }
        put(&shared(&store), &[statement(900)]).await;
        let kept = log(&shared(&store)).await;
        // As a process that is killed now would leave the folder.
        let left = TempDir::new().unwrap();
        for name in [FILE, "traccia.sqlite-wal"] {
            fs::copy(home.path().join(name), left.path().join(name)).unwrap();
        }
        let sql = format!(
            "UPDATE recent SET added = zeroblob(length(added)) \
             WHERE number = (SELECT {chosen} FROM recent) RETURNING number"
        );
        let database = Connection::open(file(&left)).unwrap();
        let row: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        drop(database);

        let refused = SqliteStore::open_to_read(left.path()).err().unwrap().to_string();
        assert!(refused.contains(&format!("row {row} ")) && refused.contains("serve"), "{refused}");
        let again = open(&left, &clock);
        is_as_rebuilt(&again).await;
        put(&shared(&again), &[statement(900)]).await;
        assert_eq!(log(&shared(&again)).await, kept, "nothing is lost, and nothing kept twice");
        again.ping().await.unwrap();
        drop(again);
        assert!(SqliteStore::open_to_read(left.path()).is_ok(), "it is mended for good");
    }
}
