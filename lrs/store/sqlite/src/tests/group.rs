//! Jobs that share a transaction.

use std::sync::mpsc;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::index::is_as_rebuilt;
use super::{HOUR, Hand, SqliteStore, open, shared};
use crate::failure::{Failure, Result};
use crate::session::Session;
use crate::statements::put::{Put, put_unless_large};
use crate::statements::ready::ReadyBatch;
use store::turns::asked_by;
use store::{StatementStore as _, StoreError};
use store_testkit::sample::{
    batch, id, ids, ids_of, log, put, reference, statement, stored, verb, with,
};
use xapi::query::Filter;

/// A job that keeps the writer until `go` says so or is gone, and says that it began.
pub(crate) fn gate(
    began: mpsc::Sender<()>,
    go: mpsc::Receiver<()>,
) -> impl FnOnce(&mut Session<'_>) -> Result<()> + Send {
    move |_| {
        let _ = began.send(());
        let _ = go.recv();
        Ok(())
    }
}

fn broken(what: &str) -> Failure {
    StoreError::Corrupt(what.into()).into()
}

/// Puts statements 1 and 2 in one transaction, and `job` between them.
async fn between(
    store: &SqliteStore,
    job: impl FnOnce(&mut Session<'_>) -> Result<()> + Send + 'static,
) -> [store::Result<()>; 3] {
    let ((began, beginning), (go, going)) = (mpsc::channel(), mpsc::channel());
    let mut first = Box::pin(store.write(gate(began, going)));
    assert!(first.as_mut().now_or_never().is_none());
    beginning.recv().unwrap();
    let mut one = Box::pin(store.put_statements(batch(&[statement(1)])));
    let mut job = Box::pin(store.write(job));
    let mut two = Box::pin(store.put_statements(batch(&[reference(2, 1)])));
    assert!(one.as_mut().now_or_never().is_none());
    assert!(job.as_mut().now_or_never().is_none());
    assert!(two.as_mut().now_or_never().is_none());
    drop(go);
    first.await.unwrap();
    let (one, job, two) = tokio::join!(one, job, two);
    [one.map(drop), job, two.map(drop)]
}

#[tokio::test]
async fn a_job_that_fails_leaves_those_it_shares_a_transaction_with() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(0)]).await;
    let doomed = batch(&[statement(3), with(statement(0), "verb", verb("undid"))]);
    let doomed = ReadyBatch::made_of(doomed).unwrap();
    let job =
        |session: &mut Session<'_>| super::super::statements::put::put(session, doomed).map(drop);
    let [one, job, two] = between(&store, job).await;
    assert!(one.is_ok() && two.is_ok());
    assert!(matches!(job, Err(StoreError::Conflict { .. })));
    assert_eq!(ids(&shared(&store), Filter::default()).await, ids_of([0, 1, 2]));
    is_as_rebuilt(&store).await;
}

#[tokio::test]
async fn when_a_transaction_is_lost_all_its_jobs_are_told_and_the_next_one_works() {
    let ends: [fn(&mut Session<'_>) -> Result<()>; 2] = [
        // As SQLite itself does when the disk is full.
        |session| {
            session.run("ROLLBACK", [])?;
            Err(broken("rolled back"))
        },
        // A savepoint that is gone: what the job did cannot be undone by itself.
        |session| {
            session.run("INSERT INTO setting (name, value) VALUES ('half', x'00')", [])?;
            session.run("RELEASE job", [])?;
            Err(broken("half done"))
        },
    ];
    for end in ends {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let store = open(&home, &clock);
        put(&shared(&store), &[statement(0)]).await;
        let before = log(&shared(&store)).await;
        let [one, job, two] = between(&store, end).await;
        assert!(matches!(one, Err(StoreError::Unavailable(_))), "{one:?}");
        assert!(matches!(job, Err(StoreError::Corrupt(_))), "{job:?}");
        assert!(matches!(two, Err(StoreError::Unavailable(_))), "{two:?}");
        assert_eq!(log(&shared(&store)).await, before);
        let half = |session: &mut Session<'_>| {
            Ok(session.one("SELECT 1 FROM setting WHERE name = 'half'", [], |_| Ok(()))?)
        };
        assert_eq!(store.write(half).await.unwrap(), None, "half a job is kept");
        put(&shared(&store), &[reference(2, 1), statement(1)]).await;
        assert_eq!(ids(&shared(&store), Filter::default()).await, ids_of([0, 2, 1]));
        is_as_rebuilt(&store).await;
    }
}

#[tokio::test]
async fn nothing_is_promised_past_a_transaction_under_way() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let ((began, beginning), (go, going)) = (mpsc::channel(), mpsc::channel());
    let ((late_began, late_beginning), (late_go, late_going)) = (mpsc::channel(), mpsc::channel());
    let mut first = Box::pin(store.write(gate(began, going)));
    assert!(first.as_mut().now_or_never().is_none());
    beginning.recv().unwrap();
    let mut put = Box::pin(store.put_statements(batch(&[statement(0)])));
    let mut late = Box::pin(store.write(gate(late_began, late_going)));
    assert!(put.as_mut().now_or_never().is_none());
    assert!(late.as_mut().now_or_never().is_none());
    drop(go);
    first.await.unwrap();
    // The statement is written and not committed.
    late_beginning.recv().unwrap();
    clock.turn(HOUR);
    let promised = store.consistent_through().await.unwrap();
    assert!(log(&shared(&store)).await.is_empty());
    drop(late_go);
    tokio::try_join!(put, late).unwrap();
    assert!(stored(&shared(&store), 0).await > promised);
    assert!(store.consistent_through().await.unwrap() > promised);
}

#[tokio::test]
async fn work_that_panics_outside_of_a_transaction_leaves_the_writer_at_work() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let writer = store.0.writer.as_ref().unwrap();
    let broken = writer.alone(|_| -> Result<()> { panic!("as a test wants it") }).await;
    assert!(matches!(broken, Err(StoreError::Unavailable(_))), "{broken:?}");
    put(&shared(&store), &[statement(0)]).await;
    assert_eq!(ids(&shared(&store), Filter::default()).await, ids_of([0]));
}

/// While the turn to compare is another's, a large statement that is kept, or that came, waits; and others write.
#[tokio::test]
async fn large_statements_are_compared_beside_the_writer() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let long = |number, length: usize| {
        with(statement(number), "result", json!({"response": "x".repeat(length)}))
    };
    let (large, other, small_id) = (long(1, 70_000), long(1, 70_001), long(2, 70_000));
    put(&shared(&store), std::slice::from_ref(&large)).await;
    put(&shared(&store), &[statement(2)]).await;
    let mut new = 10;
    for (sent, is_same) in
        [(large.clone(), true), (other, false), (statement(1), false), (small_id, false)]
    {
        let turn = store.0.comparing.turn().await;
        let values = [sent, statement(new)];
        let mut waiting = Box::pin(store.put_statements(batch(&values)));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("it was not its turn"),
            small = store.put_statements(batch(&[statement(new + 1)])) => small.map(drop).unwrap(),
        };
        drop(turn);
        match waiting.await {
            Ok(kept) => assert_eq!((is_same, kept.new), (true, 1)),
            Err(StoreError::Conflict { differences, .. }) => {
                assert!(!is_same);
                assert_eq!(differences.len(), 1, "{differences:?}");
            }
            Err(other) => panic!("{other}"),
        }
        assert_eq!(store.statement(id(new)).await.unwrap().is_some(), is_same, "all or nothing");
        new += 2;
    }
    is_as_rebuilt(&store).await;
}

/// However small the batch is: what is kept under its ids may be large.
#[tokio::test]
async fn other_keys_have_their_turn_between_two_comparisons_of_a_batch() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let long = |n| with(statement(n), "result", json!({"response": "x".repeat(70_000)}));
    let values: Vec<Value> = (0..3).map(long).collect();
    put(&shared(&store), &values).await;
    let turn = store.0.comparing.turn().await;
    let mut many = Box::pin(asked_by("many", store.put_statements(batch(&values))));
    tokio::select! {
        biased;
        _ = &mut many => panic!("it was not its turn"),
        kept = store.put_statements(batch(&[statement(10)])) => kept.map(drop).unwrap(),
    }
    let mut other = Box::pin(asked_by("other", store.0.comparing.turn()));
    assert!(other.as_mut().now_or_never().is_none());
    drop(turn);
    let turn = tokio::select! {
        biased;
        _ = &mut many => panic!("compared in one turn"),
        turn = other => turn,
    };
    // What has nothing left to compare is kept meanwhile.
    for n in 11..15 {
        tokio::select! {
            biased;
            _ = &mut many => panic!("compared in one turn"),
            kept = store.put_statements(batch(&[statement(n)])) => kept.map(drop).unwrap(),
        }
    }
    drop(turn);
    assert_eq!(many.await.unwrap().new, 0);
}

/// Each of them alone would be compared by the writer.
#[tokio::test]
async fn of_many_statements_that_are_kept_the_writer_compares_those_that_it_has_room_for() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let long = |n| with(statement(n), "result", json!({"response": "x".repeat(15_800)}));
    let values: Vec<Value> = (0..10).map(long).collect();
    put(&shared(&store), &values).await;
    let again = async |values: &[Value]| {
        let again = ReadyBatch::made_of(batch(values)).unwrap();
        store.write(move |session| put_unless_large(session, again)).await.unwrap()
    };
    let Put::Kept(kept) = again(&values[..8]).await else { panic!("there is room for eight") };
    assert_eq!(kept.new, 0);
    let Put::ToCompare(_, left) = again(&values).await else { panic!("there is room for eight") };
    assert_eq!(left.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [8, 9]);
    assert_eq!(store.put_statements(batch(&values)).await.unwrap().new, 0);
}
