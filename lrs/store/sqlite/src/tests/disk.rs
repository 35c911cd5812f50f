//! A disk that is full, by a limit on the pages of the database.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::index::is_as_rebuilt;
use super::{Hand, SqliteStore, open, shared};
use store::{StatementStore as _, StoreError};
use store_testkit::sample::{batch, id, ids, ids_of, log, of_activity, put, statement, with};
use xapi::query::Filter;

/// Lets the database grow by at most `pages` pages from now on.
async fn leave_room(store: &SqliteStore, pages: i64) {
    let set = move |session: &mut super::super::session::Session<'_>| {
        let now: i64 = session.one("PRAGMA page_count", [], |row| row.get(0))?.unwrap_or(0);
        let sql = format!("PRAGMA max_page_count = {}", now + pages);
        session.one(&sql, [], |row| row.get::<_, i64>(0))?;
        Ok(())
    };
    store.write(set).await.unwrap();
}

/// The `n`th statement, with more text than ten pages hold.
fn large(n: u32) -> Value {
    with(statement(n), "result", json!({"response": "x".repeat(100_000)}))
}

fn is_unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable(_)))
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_half_stored_and_with_space_it_goes_on() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(0)]).await;
    leave_room(&store, 20).await;
    let before = log(&shared(&store)).await;
    let values = [statement(1), large(2), large(3), large(4)];
    for _ in 0..3 {
        assert!(is_unavailable(&store.put_statements(batch(&values)).await));
        assert_eq!(log(&shared(&store)).await, before);
        assert_eq!(ids(&shared(&store), of_activity("a")).await, ids_of([0]));
    }
    put(&shared(&store), &[statement(5)]).await;
    leave_room(&store, 10_000).await;
    put(&shared(&store), &values).await;
    assert_eq!(ids(&shared(&store), Filter::default()).await, ids_of([0, 5, 1, 2, 3, 4]));
    is_as_rebuilt(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_a_statement_is_kept_exactly_when_it_was_answered() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = Arc::new(open(&home, &clock));
    leave_room(&store, 150).await;
    let writing = (0..64).map(|n| {
        let store = Arc::clone(&store);
        let value = if n % 2 == 0 { large(n) } else { statement(n) };
        tokio::spawn(async move { (n, store.put_statements(batch(&[value])).await) })
    });
    let mut answered = BTreeSet::new();
    for result in join_all(writing).await {
        let (n, result) = result.unwrap();
        assert!(result.is_ok() || is_unavailable(&result), "{result:?}");
        if result.is_ok() {
            answered.insert(id(n));
        }
    }
    assert!(answered.len() < 64, "the disk was not full");
    let log = log(&shared(&store)).await;
    assert_eq!(log.iter().map(|kept| kept.statement.id).collect::<BTreeSet<_>>(), answered);
    let found = ids(&shared(&store), of_activity("a")).await;
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), answered);
    is_as_rebuilt(&store).await;
}
