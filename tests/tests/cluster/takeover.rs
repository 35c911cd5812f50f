//! One node follows the log; when it is killed another one does.

use std::time::Duration;

use e2e::course::{self, FIRST, counts, learner};
use e2e::{Client, Statement, Traccia, eventually};
use serde_json::json;

use crate::two;

const TAKEOVER: Duration = Duration::from_secs(30);

/// A learner completes, which the progress report of the same node soon says.
async fn is_followed(node: &Client, who: u32) {
    let object = json!({"objectType": "Activity", "id": FIRST});
    node.store_one(&Statement::new().by(learner(who)).did("completed").to(object).json()).await;
    eventually("the report counts it", TAKEOVER, || async {
        let report = course::report(node).await;
        let completed = counts(&report, "m1", "Umbria")["completed"].clone();
        if completed == who { Ok(()) } else { Err(report.to_string()) }
    })
    .await;
}

/// Whichever of the two follows at first, the second kill hits the one that does.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn when_the_node_that_follows_is_killed_the_other_takes_over() {
    let [mut one, mut other] = two().await;
    course::load(&one.admin()).await;
    is_followed(&one.admin(), 1).await;
    one.kill();
    is_followed(&other.admin(), 2).await;
    let one = Traccia::restart(one).await;
    other.kill();
    is_followed(&one.admin(), 3).await;
}
