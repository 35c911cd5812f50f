//! What comes between the pages and the last look.

use std::sync::{Arc, mpsc};

use futures::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use validator::ifi::Ifi;

use super::scan::Table;
use super::{FEW, Search};
use crate::SqliteStore;
use crate::tests::group::gate;
use crate::tests::{Hand, open, shared};
use store::StatementStore as _;
use store_testkit::sample::{batch, person, put, statement, with};
use xapi::erase::Eraser;

fn eraser() -> Arc<Eraser> {
    Arc::new(Eraser::new([Ifi::Mbox("mailto:p0@x.example".into())], [], "erased-1"))
}

/// Statements that name the person in a name of the person `n`, which stays, in a definition, and as somebody new.
fn naming(n: u32, first: u32) -> [Value; 3] {
    let named = json!({"mbox": format!("mailto:p{n}@x.example"), "name": "knows p0@x.example"});
    let defined =
        json!({"id": "https://a.example/a", "definition": {"name": {"it": "P0@x.example"}}});
    [
        with(statement(first), "actor", named),
        with(statement(first + 1), "object", defined),
        with(statement(first + 2), "actor", person("p0")),
    ]
}

/// A store with some statements, and a search that has seen all pages of it.
async fn searched(store: &SqliteStore) -> Search<'_> {
    put(&shared(store), &(1..20).map(statement).collect::<Vec<_>>()).await;
    let mut search = Search::begin(store, &eraser()).await.unwrap();
    for table in [Table::Things, Table::Definitions] {
        search.through(table).await.unwrap();
    }
    assert_eq!(search.count, 0);
    search
}

/// How many things, names and definitions name the person.
async fn naming_rows(store: &SqliteStore) -> [u32; 3] {
    let read = store.read(|connection| {
        let sql = "SELECT (SELECT count(*) FROM entity WHERE text LIKE '%p0@x.example%'), \
            (SELECT count(*) FROM agent_name WHERE name LIKE '%p0@x.example%'), \
            (SELECT count(*) FROM definition WHERE body LIKE '%p0@x.example%')";
        Ok(connection.query_row(sql, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?)
    });
    read.await.unwrap()
}

#[tokio::test]
async fn what_comes_after_the_pages_were_read_is_erased() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let search = searched(&store).await;
    put(&shared(&store), &naming(1, 100)).await;
    assert_eq!(naming_rows(&store).await, [1, 1, 1]);
    assert_eq!(search.end().await.unwrap(), 2);
    assert_eq!(naming_rows(&store).await, [0, 1, 0]);
}

#[tokio::test]
async fn what_comes_in_the_transaction_of_the_last_look_is_erased() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let search = searched(&store).await;
    let ((began, beginning), (go, going)) = (mpsc::channel(), mpsc::channel());
    let mut held = Box::pin(store.write(gate(began, going)));
    assert!(held.as_mut().now_or_never().is_none());
    beginning.recv().unwrap();
    let mut others = Box::pin(store.put_statements(batch(&naming(1, 100))));
    assert!(others.as_mut().now_or_never().is_none());
    let mut end = Box::pin(search.end());
    assert!(end.as_mut().now_or_never().is_none());
    drop(go);
    let (held, others, end) = tokio::join!(held, others, end);
    held.unwrap();
    others.unwrap();
    assert_eq!(end.unwrap(), 2);
    assert_eq!(naming_rows(&store).await, [0, 1, 0]);
}

/// More than the writer is to look at.
#[tokio::test]
async fn much_that_comes_meanwhile_is_looked_at_beside_the_writer() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let mut search = searched(&store).await;
    let all: Vec<Value> = (1..19).flat_map(|n| naming(n, 100 + 3 * n)).collect();
    put(&shared(&store), &all).await;
    assert_eq!(naming_rows(&store).await, [1, 18, 1]);
    assert!(search.watch.len() > FEW);
    search.newer().await.unwrap();
    assert_eq!((search.watch.len(), search.count), (0, 2));
    assert_eq!(naming_rows(&store).await, [0, 18, 0]);
    assert_eq!(search.end().await.unwrap(), 2);
}

/// The writer does not take the thing for known by its old text.
#[tokio::test]
async fn what_is_said_again_after_an_erasure_is_learned_again() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    for round in 0..2 {
        put(&shared(&store), &naming(1, 100 + 3 * round)).await;
        assert_eq!(naming_rows(&store).await, [1, 1, 1]);
        assert_eq!(super::erase(&store, &eraser()).await.unwrap(), 2);
        assert_eq!(naming_rows(&store).await, [0, 1, 0]);
    }
}
