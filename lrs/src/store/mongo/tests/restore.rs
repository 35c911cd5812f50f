//! A copy whose process stops at a call can go on, and nothing is there twice or by half.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::gate::Gate;
use super::groups::{bury, settle};
use super::{as_any, change_much, open};
use crate::store::contract::sample::{log, put, reference, stamped, statement, voiding};
use crate::store::mongo::MongoStore;
use crate::store::{Result, Store, StoreError};
use crate::xapi::attachment::Attachment;
use crate::xapi::stored::Stored;

/// More calls than a page takes.
const CALLS: u32 = 60;
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

/// A round in which a copy is held after so many calls and held for dead; another one goes on with
/// pages of its own. Whether the first had come to its end before.
async fn round(uri: &str, store: &MongoStore, n: u32, wakes: bool) -> bool {
    let any = as_any(store);
    let before = there(&any).await;
    let all = [before.clone(), elsewhere(n)].concat();
    let gate = Gate::to(uri).await;
    let first = as_any(&open(gate.uri()).await);
    gate.shut_after(n as usize);
    let mut copying = tokio::spawn(restore(first, n, elsewhere(n)));
    let ended = tokio::select! {
        () = gate.holds() => None,
        ended = &mut copying => Some(ended.unwrap()),
    };
    bury(store).await;
    any.ready_to_restore().await.unwrap();
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
    if wakes {
        change_much(store).await;
        gate.open();
        let answer = timeout(PATIENCE, copying).await.expect("an answer").unwrap();
        let allowed =
            matches!(answer, Ok(()) | Err(StoreError::Unavailable(_) | StoreError::Refused(_)));
        assert!(allowed, "{answer:?}");
    }
    bury(store).await;
    settle(store).await;
    assert_eq!(there(&any).await, all, "held after {n} calls");
    assert_eq!(any.attachments(&[attachment(n).sha2]).await.unwrap(), [attachment(n)]);
    false
}

async fn at_every_call(wakes: bool) {
    let Some(uri) = programs::fresh_database().await else { return };
    let store = open(&uri).await;
    for n in 0..CALLS {
        if round(&uri, &store, n, wakes).await {
            assert!(n > 10);
            let last = there(&as_any(&store)).await.last().map(|kept| kept.stored);
            put(&as_any(&store), &[statement(9_999)]).await;
            assert!(there(&as_any(&store)).await.last().map(|kept| kept.stored) > last);
            return;
        }
    }
    panic!("the copy never came to its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_dies_at_any_call_goes_on() {
    at_every_call(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_wakes_after_another_one_has_gone_on_harms_nothing() {
    at_every_call(true).await;
}
