//! Large statements are no work of groups: all later ones wait for those.

use futures::FutureExt as _;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{END, as_any, open};
use store::turns::asked_by;
use store::{StatementStore as _, StoreError};
use store_testkit::sample::{batch, id, kept, put, statement, with};

/// A statement whose text is in a file.
fn large(n: u32, letter: &str) -> Value {
    with(statement(n), "result", json!({"response": letter.repeat(1 << 20)}))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn large_statements_are_compared_beside_the_groups() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let any = as_any(&store);
    put(&any, &[large(0, "a")]).await;
    let turn = store.0.writer.comparison.turns().turn().await;
    let same = batch(&[statement(1), large(0, "a")]);
    let mut same = Box::pin(store.put_statements(same));
    let mut other = Box::pin(store.put_statements(batch(&[statement(2), large(0, "b")])));
    // A small one under the id of a large one.
    let mut small = Box::pin(store.put_statements(batch(&[statement(3), statement(0)])));
    for asked in [&mut same, &mut other, &mut small] {
        assert!(asked.as_mut().now_or_never().is_none());
    }
    // These are queued behind them.
    for n in 10..20 {
        put(&any, &[statement(n)]).await;
    }
    for asked in [&mut same, &mut other, &mut small] {
        assert!(asked.as_mut().now_or_never().is_none(), "compared while it was another's turn");
    }
    drop(turn);
    assert_eq!(same.await.unwrap().new, 1);
    for conflict in [other.await, small.await] {
        let Err(StoreError::Conflict { id: named, differences }) = conflict else {
            panic!("another statement under the id of a kept one is a conflict")
        };
        assert_eq!((named, differences.is_empty()), (id(0), false));
    }
    kept(&any, 1).await;
    for n in [2, 3] {
        assert_eq!(store.statement(id(n)).await.unwrap(), None, "all of a batch or nothing");
    }
}

/// One key sends many again, and another key comes last with one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn keys_take_turns_in_comparing_large_statements() {
    const MANY: u32 = 6;
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let any = as_any(&store);
    for n in 0..=MANY {
        put(&any, &[large(n, "a")]).await;
    }
    let turns = store.0.writer.comparison.turns();
    let turn = turns.turn().await;
    let again = |key, n| Box::pin(asked_by(key, store.put_statements(batch(&[large(n, "a")]))));
    let mut many: Vec<_> = (0..MANY).map(|n| again("many", n)).collect();
    let mut one = again("one", MANY);
    // Each is in the group of the next statement at the latest, and waits for its turn then.
    for (asked, n) in many.iter_mut().chain([&mut one]).zip(100..) {
        assert!(asked.as_mut().now_or_never().is_none());
        put(&any, &[statement(n)]).await;
        assert!(asked.as_mut().now_or_never().is_none(), "compared while it was another's turn");
    }
    let mut last = Box::pin(asked_by("last", turns.turn()));
    assert!(last.as_mut().now_or_never().is_none());
    drop(turn);
    let first = many.remove(0);
    let (one, first) = timeout(END, futures::future::join(one, first)).await.unwrap();
    assert_eq!((one.unwrap().new, first.unwrap().new), (0, 0));
    // It is the turn of the last key, and stays so.
    let turn = timeout(END, last).await.unwrap();
    put(&any, &[statement(200)]).await;
    for asked in &mut many {
        assert!(asked.as_mut().now_or_never().is_none(), "compared before the other keys");
    }
    drop(turn);
    for asked in many {
        assert_eq!(timeout(END, asked).await.unwrap().unwrap().new, 0);
    }
}

/// Whichever of them is first: no value of a large one is made within a group.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn of_large_statements_that_come_at_once_under_one_id_one_is_kept() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let first = store.put_statements(batch(&[large(0, "a")]));
    let same = store.put_statements(batch(&[large(0, "a")]));
    let other = store.put_statements(batch(&[large(0, "b")]));
    let (first, same, other) = tokio::join!(first, same, other);
    assert_eq!((first.unwrap().new, same.unwrap().new), (1, 0));
    assert!(matches!(other, Err(StoreError::Conflict { .. })), "{other:?}");
}

/// Each of them alone would be compared within its group.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn many_statements_are_compared_beside_the_groups_as_a_large_one_is() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let any = as_any(&store);
    let long = |n| with(statement(n), "result", json!({"response": "x".repeat(15_800)}));
    let values: Vec<Value> = (0..10).map(long).collect();
    put(&any, &values).await;
    let turn = store.0.writer.comparison.turns().turn().await;
    put(&any, &values[..2]).await;
    let mut again = Box::pin(store.put_statements(batch(&values)));
    assert!(again.as_mut().now_or_never().is_none());
    put(&any, &[statement(10)]).await;
    assert!(again.as_mut().now_or_never().is_none(), "compared while it was another's turn");
    drop(turn);
    assert_eq!(again.await.unwrap().new, 0);
}
