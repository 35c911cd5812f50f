//! Who follows the log.

use std::time::Duration;

use tokio::time::{interval, timeout};

use super::open;
use store::{Lead, Store};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn one_leads_until_another_one_insists() {
    let uri = programs::fresh_database().await;
    let (one, other) = (open(&uri).await, open(&uri).await);
    assert!(one.lead(Lead::WhereFree).await.unwrap());
    assert!(!other.lead(Lead::WhereFree).await.unwrap());
    let handing_over = async {
        let mut tick = interval(Duration::from_millis(50));
        loop {
            tick.tick().await;
            let leads =
                [one.lead(Lead::WhereFree).await.unwrap(), other.lead(Lead::Insist).await.unwrap()];
            match leads {
                [false, true] => break,
                [true, true] => panic!("two lead at once"),
                _ => {}
            }
        }
    };
    // A holder that is alive gives the lease up before it could be held for dead.
    timeout(Duration::from_secs(5), handing_over).await.expect("the holder gives it up");
    assert!(!one.lead(Lead::WhereFree).await.unwrap());
}
