//! A copy whose process stops at a call can go on, and nothing is there twice or by half.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mongodb::bson::{Document, doc};
use tokio::time::{Instant as Moment, timeout};

use super::gate::Gate;
use super::groups::{bury, forget_aborted};
use super::orphans::only_named_are_left;
use super::{as_any, beaten, change_much, database, observer, statements, unwatching};
use crate::statements::LOOKS;
use crate::{LEASE, MongoStore};
use store::{Result, Store, StoreError};
use store_testkit::sample::{attached, log, put, reference, stamped, statement, voiding};
use xapi::attachment::Attachment;
use xapi::stored::Stored;

/// More calls than a page takes.
const CALLS: u32 = 60;
/// How the command begins that removes statements.
const DELETE_STATEMENTS: &str = "delete\0\n\0\0\0statement\0";
const PATIENCE: Duration = Duration::from_secs(15);

/// What the other store has of a round.
fn elsewhere(round: u32) -> Vec<Stored> {
    let n = 10 * round;
    let values = [statement(n), reference(n + 1, n), voiding(n + 2, n), statement(n + 3)];
    let first = 1_000 * i64::from(round + 1);
    (first..).zip(&values).map(|(stored, value)| stamped(value, stored)).collect()
}

fn attachment(round: u32) -> Attachment {
    let body = Bytes::from(format!("of round {round}"));
    Attachment { sha2: format!("{round:064x}"), content_type: "text/plain".into(), body }
}

async fn restore(store: Arc<dyn Store>, round: u32, page: Vec<Stored>) -> Result<()> {
    store.restore(page, vec![attachment(round)]).await
}

/// The statements that are there.
async fn there(store: &Arc<dyn Store>) -> Vec<Stored> {
    log(store).await.into_iter().map(|kept| kept.statement).collect()
}

/// What becomes of a copy that is held at a call, and held for dead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The copy is killed.
    Dies,
    /// The copy goes on after another copy has gone on with pages of its own.
    GoesOn,
    /// So much later that it cannot tell that it is late.
    GoesOnLate,
}

/// Nothing is left of what was taken back.
async fn is_clean(store: &MongoStore) {
    let kept = statements(store).count_documents(doc! {}).await.unwrap();
    assert_eq!(kept, there(&as_any(store)).await.len() as u64);
    let dangling = doc! {"_id": {"$gt": store.0.versions.head().await.unwrap().last.micros()}};
    let references = database(store).collection::<Document>("reference");
    assert_eq!(references.find_one(dangling).await.unwrap(), None);
}

/// A round in which a copy is held after `n` calls and held for dead; another copy goes on with
/// pages of its own. Whether the first had come to its end before.
async fn round(uri: &str, store: &MongoStore, n: u32, fate: Fate) -> bool {
    let any = as_any(store);
    let before = there(&any).await;
    let all = [before.clone(), elsewhere(n)].concat();
    let gate = Gate::to(uri).await;
    let first = as_any(&unwatching(gate.uri()).await);
    gate.shut_after(n as usize);
    let mut copying = tokio::spawn(restore(first, n, elsewhere(n)));
    let ended = tokio::select! {
        () = gate.holds() => None,
        ended = &mut copying => Some(ended.unwrap()),
    };
    bury(store).await;
    any.ready_to_restore().await.unwrap();
    is_clean(store).await;
    let now = there(&any).await;
    assert!(now == before || now == all, "half a page: {now:?}");
    if let Some(ended) = ended {
        ended.unwrap();
        assert_eq!(now, all);
        return true;
    }
    if now == before {
        for page in elsewhere(n).chunks(3) {
            restore(Arc::clone(&any), n, page.to_vec()).await.unwrap();
        }
    }
    assert_eq!(there(&any).await, all, "held after {n} calls");
    if fate != Fate::Dies {
        if fate == Fate::GoesOnLate {
            change_much(store).await;
        }
        gate.open();
        let answer = timeout(PATIENCE, copying).await.expect("an answer").unwrap();
        let allowed =
            matches!(answer, Ok(()) | Err(StoreError::Unavailable(_) | StoreError::Refused(_)));
        assert!(allowed, "{answer:?}");
    }
    bury(store).await;
    forget_aborted(store).await;
    assert_eq!(there(&any).await, all, "held after {n} calls");
    assert_eq!(attached(&*any, &[attachment(n).sha2]).await, [attachment(n)]);
    false
}

async fn at_every_call(fate: Fate) {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    for n in 0..CALLS {
        if round(&uri, &store, n, fate).await {
            assert!(n > 10);
            let last = there(&as_any(&store)).await.last().map(|kept| kept.stored);
            put(&as_any(&store), &[statement(9_999)]).await;
            assert!(there(&as_any(&store)).await.last().map(|kept| kept.stored) > last);
            only_named_are_left(&store, "attachment", "file").await;
            return;
        }
    }
    panic!("the copy never came to its end");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_copy_that_dies_at_any_call_goes_on() {
    at_every_call(Fate::Dies).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_copy_that_goes_on_after_another_one_has_gone_on_harms_nothing() {
    at_every_call(Fate::GoesOn).await;
    at_every_call(Fate::GoesOnLate).await;
}

/// A process that takes a copy back may take longer over it than a dead process is waited for.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_takes_a_copy_back_is_not_held_for_dead_meanwhile() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let dying = Gate::to(&uri).await;
    let first = as_any(&unwatching(dying.uri()).await);
    dying.shut_after(3);
    let _copying = tokio::spawn(restore(first, 0, elsewhere(0)));
    dying.holds().await;
    drop(dying);
    let claim = async || store.0.versions.head().await.unwrap().claims.pop();
    let owner = claim().await.map(|claim| claim.owner);
    let gate = Gate::to(&uri).await;
    let slow = unwatching(gate.uri()).await;
    gate.keep_back(DELETE_STATEMENTS);
    let now = Moment::now();
    let mut looking = observer(&slow, now).await;
    let looking = tokio::spawn(async move { looking.look(now + LEASE).await });
    gate.keeps_back().await;
    let mut adopted = claim().await.unwrap();
    assert_ne!(Some(adopted.owner), owner, "it is the slow one's now");
    let mut other = store.0.statements.observer();
    for look in 0..=LOOKS + 1 {
        other.look(now + LEASE * look).await.unwrap();
        adopted = beaten(&store, adopted).await;
    }
    gate.let_go();
    looking.await.unwrap().unwrap();
    assert_eq!(claim().await, None);
    restore(as_any(&store), 0, elsewhere(0)).await.unwrap();
}

/// The instants of a copy are free only when the process that frees them cannot remove anything any more.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_takes_a_copy_back_takes_nothing_from_the_next() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let any = as_any(&store);
    let gate = Gate::to(&uri).await;
    let asleep = unwatching(gate.uri()).await;
    let mut freed = 0;
    for n in 0..CALLS {
        let dying = Gate::to(&uri).await;
        let first = as_any(&unwatching(dying.uri()).await);
        dying.shut_after(0);
        let _copying = tokio::spawn(restore(first, n, elsewhere(n)));
        dying.holds().await;
        let all_inserted = doc! {"stored": elsewhere(n).last().unwrap().stored.micros()};
        while statements(&store).find_one(all_inserted.clone()).await.unwrap().is_none() {
            dying.shut_after(1);
            dying.holds().await;
        }
        drop(dying);
        let now = Moment::now();
        let mut observer = observer(&asleep, now).await;
        gate.shut_after(n as usize);
        let mut looking = tokio::spawn(async move { observer.look(now + LEASE).await });
        let ended = tokio::select! {
            () = gate.holds() => false,
            ended = &mut looking => { ended.unwrap().unwrap(); true },
        };
        let early = restore(Arc::clone(&any), n, elsewhere(n)).await;
        freed += usize::from(early.is_ok());
        gate.open();
        if !ended {
            looking.await.unwrap().unwrap();
        }
        if early.is_err() {
            bury(&store).await;
            restore(Arc::clone(&any), n, elsewhere(n)).await.unwrap();
        }
        assert!(there(&any).await.ends_with(&elsewhere(n)), "held after {n} calls");
        assert!(there(&any).await.len() >= 4 * (n as usize + 1));
        if ended {
            return assert!(n > 4 && freed >= 1, "held {n} times, in time {freed} times");
        }
    }
    panic!("the observer never came to its end");
}
