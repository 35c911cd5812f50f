//! A batch that names much is kept as a whole, and what is done for it before comes in small jobs.

use std::sync::mpsc;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::erasing::{number, with_others};
use super::group::gate;
use super::index::is_as_rebuilt;
use super::{Hand, open, shared};
use crate::settle::AT_ONCE;
use store::{StatementStore as _, StoreError};
use store_testkit::sample::{batch, id, put, statement, with};

const STATEMENTS: &str = "SELECT count(*) FROM statement";
const THINGS: &str = "SELECT count(*) FROM entity";
const INDEXED: &str = "SELECT count(*) FROM statement_index";

/// A statement of a group that nobody else names.
fn wide(n: u32) -> Value {
    let member = |at| json!({"mbox": format!("mailto:{n}-{at}@x.example")});
    let group = json!({"objectType": "Group", "member": (0..50).map(member).collect::<Vec<_>>()});
    with(statement(n), "actor", group)
}

/// By how much the numbers have grown at most from one to the next.
fn largest_step(numbers: &[usize]) -> usize {
    numbers.windows(2).map(|two| two[1] - two[0]).max().unwrap()
}

/// Two jobs come between two of what others keep, each of which names a person and what all name.
#[tokio::test]
async fn others_write_while_things_are_added_that_a_batch_names() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    // Before, a long run into the tables has begun, which the commit of the batch would go on with: all of it is kept in one
    // transaction, since each moves a part of what is there before.
    let ((began, beginning), (go, going)) = (mpsc::channel(), mpsc::channel());
    let mut held = Box::pin(store.write(gate(began, going)));
    assert!(held.as_mut().now_or_never().is_none());
    beginning.recv().unwrap();
    let put = |part: u32| {
        let all: Vec<Value> = (0..7).map(|n| wide(1_000 + 7 * part + n)).collect();
        store.put_statements(batch(&all))
    };
    let mut before: Vec<_> = (0..20).map(put).collect();
    for waits in &mut before {
        assert!(waits.as_mut().now_or_never().is_none());
    }
    drop(go);
    held.await.unwrap();
    for kept in futures::future::join_all(before).await {
        assert_eq!(kept.unwrap().new, 7);
    }
    assert!(store.0.recent.is_settling() && store.0.recent.unsettled() > 7_000);
    let (mut statements, mut things) = (Vec::new(), Vec::new());
    let mut indexed = vec![number(&store, INDEXED).await];
    let all: Vec<Value> = (0..40).map(wide).collect();
    let seen = async || {
        statements.push(number(&store, STATEMENTS).await);
        things.push(number(&store, THINGS).await);
        indexed.push(number(&store, INDEXED).await);
    };
    let put = store.put_statements(batch(&all));
    let (kept, turns) = with_others(&store, statement, put, seen).await;
    assert_eq!(kept.new, 40);
    assert!(turns >= 12, "{turns} statements were kept meanwhile");
    assert!(largest_step(&things) <= 2 * (100 + 53) + 2, "{things:?}");
    indexed.push(number(&store, INDEXED).await);
    assert!(largest_step(&indexed) <= 2 * AT_ONCE + 150, "{indexed:?}");
    let steps = statements.windows(2).map(|two| two[1] - two[0]);
    assert!(steps.clone().all(|step| step == 1 || step == 41), "all or nothing: {statements:?}");
    is_as_rebuilt(&store).await;
}

#[tokio::test]
async fn of_a_wide_batch_that_is_refused_no_statement_is_kept_and_its_things_serve_the_next() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(39)]).await;
    let all: Vec<Value> = (0..40).map(wide).collect();
    let refused = store.put_statements(batch(&all)).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(number(&store, STATEMENTS).await, 1);
    assert!(store.statement(id(0)).await.unwrap().is_none());
    let things = number(&store, THINGS).await;
    assert!(things > 40 * 50);
    assert_eq!(store.put_statements(batch(&all[..39])).await.unwrap().new, 39);
    assert_eq!(number(&store, THINGS).await, things);
    is_as_rebuilt(&store).await;
}
