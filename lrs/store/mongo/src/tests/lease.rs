//! Who follows the log.

use std::time::Duration;

use super::open;
use crate::lease::{BEAT, LEASE};
use store::{Lead, Store as _};

/// Lets time pass for a process, in which nothing happens.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn one_leads_until_another_one_insists() {
    let uri = programs::fresh_database().await;
    let (one, other) = (open(&uri).await, open(&uri).await);
    assert!(one.lead(Lead::WhereFree).await.unwrap());
    assert!(!other.lead(Lead::WhereFree).await.unwrap());
    assert!(!other.lead(Lead::Insist).await.unwrap(), "it says that it wants to");
    // A holder that is alive gives the lease up at its next beat, long before it could be held for dead.
    pass(BEAT).await;
    assert!(!other.lead(Lead::Insist).await.unwrap(), "it does not take it");
    assert!(!one.lead(Lead::WhereFree).await.unwrap(), "it is given up");
    assert!(other.lead(Lead::Insist).await.unwrap());
    assert!(!one.lead(Lead::WhereFree).await.unwrap());
    // A holder that does not renew it is held for dead.
    pass(LEASE).await;
    assert!(one.lead(Lead::WhereFree).await.unwrap());
    assert!(!other.lead(Lead::WhereFree).await.unwrap());
}
