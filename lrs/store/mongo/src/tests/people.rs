//! The first set-up by two processes, one of which is held at a call while the other goes on.

use tokio::time::timeout;

use super::gate::Gate;
use super::{END, unwatching};
use access::person::Invitation;
use store::PeopleStore as _;
use xapi::instant::Instant;

/// More calls than it takes to take a link.
const CALLS: usize = 8;

fn link(hash: &str) -> Invitation {
    Invitation { hash: hash.into(), expires: Instant::from_micros(i64::MAX) }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn one_of_two_processes_takes_the_first_set_up_wherever_the_other_is_held() {
    let (mut by_held, mut by_other, mut is_whole) = (0, 0, false);
    for calls in 0..CALLS {
        // Links of the first set-up, of a database that has had none.
        let uri = programs::fresh_database().await;
        let other = unwatching(&uri).await;
        for hash in ["one", "two"] {
            other.add_setup(link(hash)).await.unwrap();
        }
        let gate = Gate::to(&uri).await;
        let held = unwatching(gate.uri()).await;
        gate.shut_after(calls);
        let mut taking = tokio::spawn(async move { held.take_setup("one").await });
        let mut done = None;
        tokio::select! {
            () = gate.holds() => {}
            taken = &mut taking => done = Some(taken),
        }
        let others = other.take_setup("two").await.unwrap();
        gate.open();
        is_whole |= done.is_some();
        let taken = match done {
            Some(taken) => taken,
            None => timeout(END, taking).await.unwrap(),
        };
        let taken = taken.unwrap().unwrap();
        assert_ne!(taken, others, "held after {calls} calls: one of them has taken it");
        by_held += u32::from(taken);
        by_other += u32::from(others);
        assert!(other.setups().await.unwrap().is_empty(), "held after {calls} calls");
        if is_whole {
            break;
        }
    }
    assert!(is_whole && by_held > 1 && by_other > 0, "{is_whole} {by_held} {by_other}");
}
