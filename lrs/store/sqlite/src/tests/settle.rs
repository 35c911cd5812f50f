//! The index moves into its tables, and readers and restarts find the same at every step.

use std::path::Path;

use rand::Rng as _;
use rusqlite::Connection;
use tempfile::TempDir;

use super::index::is_as_rebuilt;
use super::{Hand, SqliteStore, open, shared};
use crate::FILE;
use crate::recent::Recent;
use crate::settle::Settler;
use store::{Batch, StatementStore as _};
use store_testkit::generated::Maker;
use store_testkit::sample::{
    batch, found, id, ids, ids_of, log, of_activity, of_person, prepared_by, put, statement,
};
use xapi::query::Filter;

/// What some filters find, newest first and oldest first.
pub(super) async fn answers(store: &SqliteStore) -> Vec<Vec<uuid::Uuid>> {
    let store = shared(store);
    let mut all = Vec::new();
    for filter in [Filter::default(), of_person("ann"), of_activity("b")] {
        for ascending in [false, true] {
            let found = found(&store, Filter { ascending, ..filter.clone() }).await;
            all.push(found.into_iter().map(|kept| kept.id).collect());
        }
    }
    all
}

/// The folder as a process that is killed now would leave it.
pub(super) fn left(home: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for name in [FILE, "traccia.sqlite-wal"] {
        std::fs::copy(home.join(name), copy.path().join(name)).unwrap();
    }
    copy
}

fn count(home: &Path, table: &str) -> i64 {
    let database = Connection::open(home.join(FILE)).unwrap();
    let sql = format!("SELECT count(*) FROM {table}");
    database.query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// Several runs are moved, a slice with each commit, and the process ends after any of these commits.
#[tokio::test]
async fn a_process_that_ends_after_any_commit_leaves_a_whole_index() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let mut maker = Maker::new(3);
    let statements = maker.statements(600);
    let mut rest = statements.as_slice();
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(maker.0.random_range(1..=rest.len().min(30)));
        let statements = now.iter().map(|(key, value)| prepared_by(key, value)).collect();
        store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
        let copy = left(home.path());
        steps.push((count(copy.path(), "recent"), count(copy.path(), "statement_id")));
        let again = open(&copy, &clock);
        is_as_rebuilt(&again).await;
        assert_eq!(log(&shared(&again)).await, log(&shared(&store)).await);
        assert_eq!(answers(&again).await, answers(&store).await);
        rest = later;
    }
    let fewer = steps.windows(2).filter(|two| two[1].0 < two[0].0).count();
    assert!(fewer >= 2, "fewer than two runs were moved: {steps:?}");
    let halfway = steps.windows(2).filter(|two| two[1].1 > two[0].1 && two[1].0 > two[0].0).count();
    assert!(halfway > 0, "no process ended while a run was moved: {steps:?}");
}

#[tokio::test]
async fn a_clean_stop_leaves_nothing_to_be_moved() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &(0..40).map(statement).collect::<Vec<_>>()).await;
    let copy = left(home.path());
    assert_eq!((count(copy.path(), "recent"), count(copy.path(), "statement_id")), (1, 0));
    drop(store);
    assert!(!home.path().join("traccia.sqlite-wal").exists());
    assert_eq!((count(home.path(), "recent"), count(home.path(), "statement_id")), (0, 40));
    let store = open(&home, &clock);
    is_as_rebuilt(&store).await;
    assert_eq!(ids(&shared(&store), Filter::default()).await, ids_of(0..40));
}

/// However much is added with each commit, a run is moved before the next one is longer.
#[tokio::test]
async fn what_waits_to_be_moved_is_bounded_however_much_each_commit_adds() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let mut most = 0;
    for commit in 0..16 {
        let values: Vec<_> = (0..100).map(|n| statement(commit * 100 + n)).collect();
        put(&shared(&store), &values).await;
        most = most.max(store.0.recent.waiting());
    }
    assert!(most <= 800, "{most} rows wait");
    let moved = count(home.path(), "statement_id");
    assert!(moved > 800, "{moved} statements were moved");
    is_as_rebuilt(&store).await;
}

/// A stop does not wait until all is moved.
#[tokio::test]
async fn what_a_stop_has_no_time_for_is_moved_later() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &(0..90).map(statement).collect::<Vec<_>>()).await;
    let copy = left(home.path());
    let connection = Connection::open(copy.path().join(FILE)).unwrap();
    let (recent, _) = Recent::load(&connection).unwrap();
    let mut settler = Settler::load(&connection).unwrap();
    let looks = std::cell::Cell::new(0);
    let once = || looks.replace(looks.get() + 1) == 0;
    assert!(!settler.finish(&connection, &recent, once).unwrap());
    drop(connection);
    assert_eq!((looks.get(), count(copy.path(), "recent")), (2, 1), "one slice was moved");
    assert!(count(copy.path(), "statement_index") > 0);
    let again = open(&copy, &clock);
    is_as_rebuilt(&again).await;
    assert_eq!(ids(&shared(&again), Filter::default()).await, ids_of(0..90));
    drop(again);
    assert_eq!((count(copy.path(), "recent"), count(copy.path(), "statement_id")), (0, 90));
}

/// Others wait for what a commit moves, however much the commit adds itself.
#[tokio::test]
async fn a_large_commit_leaves_what_others_would_wait_for_to_be_moved_later() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &(0..200).map(statement).collect::<Vec<_>>()).await;
    let copy = left(home.path());
    let connection = Connection::open(copy.path().join(FILE)).unwrap();
    let (recent, _) = Recent::load(&connection).unwrap();
    let mut settler = Settler::load(&connection).unwrap();
    settler.keep(None, &recent);
    let moved = || count(copy.path(), "statement_index") + count(copy.path(), "statement_id");
    let commit = |settler: &mut Settler, added| {
        connection.execute_batch("BEGIN").unwrap();
        let slice = settler.slice(&connection, added).unwrap();
        connection.execute_batch("COMMIT").unwrap();
        settler.keep(slice, &recent);
    };
    commit(&mut settler, 210);
    assert_eq!((moved(), settler.owes()), (200, true), "of the 315 that are due");
    settler.move_slice(&connection, &recent).unwrap();
    assert_eq!((moved(), settler.owes()), (400, false));
    // What may be owed has an end: memory has it meanwhile.
    commit(&mut settler, 300);
    assert_eq!((moved(), settler.owes()), (725, true), "of the 450 that are due, 125 are owed");
    commit(&mut settler, 1_000);
    assert!(!settler.owes(), "the run is over");
}

/// A reader that has begun goes on with what it saw, although it is moved meanwhile.
#[tokio::test]
async fn a_view_keeps_what_is_moved_after_it_was_taken() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(0)]).await;
    let view = store.0.recent.view();
    let place = view.place(id(0)).unwrap();
    for n in 1..400 {
        put(&shared(&store), &[statement(n)]).await;
    }
    assert_eq!(store.0.recent.view().place(id(0)), None, "it was moved");
    assert_eq!((view.place(id(0)), view.newest()), (Some(place), place));
}

/// Readers beside the writer see every statement from its answer on, each once.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn readers_miss_nothing_while_runs_are_moved() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let (said, mut kept) = tokio::sync::watch::channel(0_u32);
    let of_reader = store.clone();
    let reading = tokio::spawn(async move {
        let store = shared(&of_reader);
        let mut rounds = 0;
        while kept.changed().await.is_ok() {
            let known = *kept.borrow_and_update();
            let found = ids(&store, of_activity("a")).await;
            assert_eq!(
                found.iter().take(known as usize).copied().collect::<Vec<_>>(),
                ids_of(0..known)
            );
            assert!(of_reader.statement(id(known - 1)).await.unwrap().is_some());
            rounds += 1;
        }
        rounds
    });
    for n in 0..600 {
        store.put_statements(batch(&[statement(n)])).await.unwrap();
        said.send_replace(n + 1);
    }
    drop(said);
    assert!(reading.await.unwrap() > 20);
}
