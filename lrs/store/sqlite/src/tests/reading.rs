//! A store that is opened to be read: nothing of its folder changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Hand, SqliteStore, open, shared};
use crate::migrations::KNOWN;
use crate::{FILE, LOCK};
use store::{Store, StoreError};
use store_testkit::sample::{batch, id, ids_of, log, put, statement, stored};
use xapi::instant::Instant;

/// Names, bytes and times of change of what lies in a folder.
fn files(home: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let entries = fs::read_dir(home).unwrap().map(Result::unwrap);
    let file =
        |path: &Path| (fs::read(path).unwrap(), fs::metadata(path).unwrap().modified().unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), file(&entry.path()))).collect()
}

/// A folder with a store of one statement, closed.
async fn closed() -> TempDir {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[statement(0)]).await;
    store.secret().await.unwrap();
    home
}

fn read(home: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open_to_read(home).unwrap())
}

fn refused(home: &Path) -> String {
    let error = SqliteStore::open_to_read(home).err().expect("refused");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn reading_changes_no_file_and_makes_none() {
    let home = closed().await;
    for lock_file in [true, false] {
        if !lock_file {
            fs::remove_file(home.path().join(LOCK)).unwrap();
        }
        let before = files(home.path());
        let store = read(home.path());
        assert_eq!(store.statement(id(0)).await.unwrap().unwrap().statement.id, id(0));
        assert_eq!(store.extent().await.unwrap().statements, 1);
        let last = stored(&store, 0).await;
        assert_eq!(store.latest().await.unwrap(), last);
        assert_eq!(store.consistent_through().await.unwrap(), last);
        store.secret().await.unwrap();
        assert!(store.keys().await.unwrap().is_empty());
        assert_eq!(files(home.path()), before, "while it is open");
        drop(store);
        assert_eq!(files(home.path()), before, "once it is closed");
    }
}

#[tokio::test]
async fn what_a_killed_process_left_in_the_journal_is_read_and_stays_there() {
    let (home, left) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[statement(0)]).await;
    let names = [FILE, "traccia.sqlite-wal"];
    for name in names {
        fs::copy(home.path().join(name), left.path().join(name)).unwrap();
    }
    let before = files(left.path());
    assert!(!before[names[1]].0.is_empty(), "the statement is in the journal");
    let store = read(left.path());
    assert_eq!(log(&store).await.len(), 1);
    drop(store);
    let after = files(left.path());
    for name in names {
        assert_eq!(after.get(name), before.get(name), "{name}");
    }
}

#[tokio::test]
async fn a_store_of_another_layout_is_refused_and_not_migrated() {
    let home = closed().await;
    let older = format!(
        "layout 3 of {KNOWN}, and reading changes nothing: start `traccia serve` on it once"
    );
    let newer = format!("layout 99, this program knows up to {KNOWN}: use the newer Traccia");
    let none = "there is no Traccia store in the database".to_owned();
    for (layout, said) in [(3, older), (0, none), (99, newer)] {
        let database = Connection::open(home.path().join(FILE)).unwrap();
        database.pragma_update(None, "user_version", layout).unwrap();
        drop(database);
        let before = files(home.path());
        let refusal = refused(home.path());
        assert!(refusal.contains(&said), "{refusal}");
        assert_eq!(files(home.path()), before);
    }
}

#[tokio::test]
async fn readers_share_a_store_and_no_writer_is_beside_them() {
    let home = closed().await;
    let (one, other) = (read(home.path()), read(home.path()));
    let clock = Arc::new(Hand::new());
    let error = SqliteStore::open(home.path(), Arc::<Hand>::clone(&clock)).err().expect("refused");
    assert!(error.to_string().contains("another Traccia has it open"), "{error}");
    drop((one, other));
    let writer = SqliteStore::open(home.path(), clock).unwrap();
    assert!(refused(home.path()).contains("another Traccia has it open"));
    drop(writer);
    assert_eq!(log(&read(home.path())).await.len(), 1);
}

#[tokio::test]
async fn a_store_that_is_read_takes_nothing() {
    let home = closed().await;
    let store = read(home.path());
    let error = store.put_statements(batch(&[statement(1)])).await.unwrap_err();
    assert!(matches!(error, StoreError::Rejected(_)), "{error}");
    assert!(matches!(store.mark_used().await, Err(StoreError::Rejected(_))));
    assert!(matches!(store.ping().await, Err(StoreError::Rejected(_))));
    let kept: Vec<_> = log(&store).await.iter().map(|kept| kept.statement.id).collect();
    assert_eq!(kept, ids_of([0]));
}

#[tokio::test]
async fn a_folder_without_a_store_is_left_as_it_is() {
    let home = TempDir::new().unwrap();
    assert!(refused(home.path()).contains("there is no store in the folder"));
    assert!(refused(&home.path().join("missing")).contains("there is no store in the folder"));
    fs::write(home.path().join(FILE), "").unwrap();
    assert!(refused(home.path()).contains("there is no store in the folder"));
    assert_eq!(files(home.path()).len(), 1);
}

/// In KiB: all connections together have less than a third of what a server may take.
const MOST_CACHED: i64 = 64_000;

#[tokio::test]
async fn connections_hold_few_pages_in_memory_and_map_none() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    let held = |connection: &Connection| {
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        Ok((-number("cache_size")?, number("mmap_size")?))
    };
    let reader = store.read(held).await.unwrap();
    let writer = store.0.writer.as_ref().unwrap().alone(held).await.unwrap();
    assert!(reader.0 > 0 && writer.0 > 0, "in KiB, not in pages");
    assert!(writer.0 + 8 * reader.0 <= MOST_CACHED, "{writer:?} and {reader:?}");
    assert_eq!((reader.1, writer.1), (0, 0), "mapped");
}

#[tokio::test]
async fn the_newest_statement_of_a_store_that_is_read_is_that_of_its_log() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    drop(store);
    assert_eq!(read(home.path()).latest().await.unwrap(), Instant::default());
    put(&shared(&open(&home, &clock)), &(0..9).map(statement).collect::<Vec<_>>()).await;
    let store = read(home.path());
    let last = log(&store).await.last().unwrap().statement.stored;
    assert_eq!(store.latest().await.unwrap(), last);
    assert_eq!(store.consistent_through().await.unwrap(), last);
}
