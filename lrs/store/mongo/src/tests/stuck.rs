//! A store on which one claim keeps all others waiting says so.

use std::time::Duration;

use tokio::time::Instant as Moment;

use super::open;
use crate::statements::{Pulse, STUCK};
use store::{Store as _, StoreError};
use xapi::instant::Instant;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_store_with_a_claim_that_does_not_move_on_is_not_ready() {
    let uri = programs::fresh_database().await;
    let [store, other] = [open(&uri).await, open(&uri).await];
    let (versions, owner) = (&other.0.versions, other.0.statements.claims.process.owner());
    let now = Moment::now();
    let claimed = versions.change(|head| head.claim(Instant::from_micros(10), 3, owner)).await;
    let stretch = claimed.unwrap().unwrap().given.stretch;
    // Its process lives, and does nothing.
    let _pulse = Pulse::of_own(versions, owner, now);
    store.ping().await.unwrap();
    let head = versions.head().await.unwrap();
    assert_eq!(head.claims[0].stretch, stretch);
    let long_ago = now.checked_sub(STUCK + Duration::from_secs(1)).unwrap();
    store.0.statements.watch.forget();
    store.0.statements.watch.note(&head, long_ago);
    let Err(StoreError::Refused(refusal)) = store.ping().await else {
        panic!("a claim that does not move on keeps the store from being ready")
    };
    assert_eq!(refusal.rule, "writing-stuck");
    let process = owner.process();
    assert!(refusal.detail.contains(&process) && refusal.remedy.contains(&process), "{refusal}");
    versions.change(|head| head.finish(owner)).await.unwrap().unwrap();
    store.ping().await.unwrap();
}
