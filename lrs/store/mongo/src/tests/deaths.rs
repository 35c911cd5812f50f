//! How long a process that dies holds up the others.

use std::time::Duration;

use tokio::time::{Instant as Moment, timeout};

use super::gate::Gate;
use super::groups::bury;
use super::{END, as_any, beaten, observer, open, unwatching};
use crate::head::{Claim, Owner};
use crate::statements::LOOKS;
use crate::{BEAT, LEASE, MongoStore};
use store::{StatementStore as _, StoreError};
use store_testkit::sample::{batch, id, put, reference, statement};

/// How the first command after a claim begins, and the first after the seal.
pub(super) const INSERT_STATEMENTS: &str = "insert\0\n\0\0\0statement\0";
pub(super) const FIND_REFERENCES: &str = "find\0\n\0\0\0reference\0";
/// A death holds others up for no longer.
const LONGEST: Duration = Duration::from_secs(3);

/// How far a group of a process has come when the process is halted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    Claimed,
    Sealed,
}

/// A halted process: none of its calls reaches the database, until the gate is opened. Time is that of an observer, which
/// looks once a beat: the last look before the halt is up to a beat earlier.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_is_halted_holds_others_up_for_less_than_three_seconds() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    for (n, reached) in [Reached::Claimed, Reached::Sealed].into_iter().enumerate() {
        let n = u32::try_from(n).unwrap() * 10;
        let gate = Gate::to(&uri).await;
        let halted = as_any(&unwatching(gate.uri()).await);
        gate.keep_back(match reached {
            Reached::Claimed => INSERT_STATEMENTS,
            Reached::Sealed => FIND_REFERENCES,
        });
        let writing =
            tokio::spawn(async move { halted.put_statements(batch(&[statement(n)])).await });
        gate.keeps_back().await;
        gate.shut_after(0);
        let claims = async || store.0.versions.head().await.unwrap().claims;
        let dead = claims().await.pop().expect("the claim of the halted one").owner;
        // One that has nothing to do with the first is completed beside it, and has no claim any more.
        let other = as_any(&store);
        let waiting =
            tokio::spawn(async move { other.put_statements(batch(&[reference(n + 1, n)])).await });
        let mut waits = other_claim(&store, dead).await;
        let (mut observer, begun) = (store.0.statements.observer(), Moment::now());
        let mut waited = BEAT;
        while claims().await.iter().any(|claim| claim.owner == dead) {
            assert!(!waiting.is_finished(), "{reached:?}: nothing is visible before the first");
            observer.look(begun + waited).await.unwrap();
            // A living process beats between two looks.
            if claims().await.iter().any(|claim| claim.owner == dead) {
                waits = beaten(&store, waits).await;
            }
            waited += BEAT;
        }
        assert!(waited < LONGEST, "{reached:?}: others waited for {waited:?}");
        timeout(END, waiting).await.unwrap().unwrap().unwrap();
        let is_kept = store.statement(id(n)).await.unwrap().is_some();
        assert_eq!(
            is_kept,
            reached == Reached::Sealed,
            "what was sealed is finished, the rest is not"
        );
        gate.let_go();
        gate.open();
        match timeout(END, writing).await.unwrap().unwrap() {
            Ok(_) => assert!(is_kept, "answered and not there"),
            Err(StoreError::Unavailable(_)) => assert!(!is_kept, "its statement is there"),
            Err(other) => panic!("{other}"),
        }
    }
}

/// Waits until another process than `owner` has claimed a stretch; gives its claim.
async fn other_claim(store: &MongoStore, owner: Owner) -> Claim {
    let claiming = async {
        loop {
            let claims = store.0.versions.head().await.unwrap().claims;
            if let Some(claim) = claims.into_iter().find(|claim| claim.owner != owner) {
                return claim;
            }
        }
    };
    timeout(END, claiming).await.expect("it claims a stretch")
}

/// Two processes see that a third has died. The one that takes its group over is slow, and the other leaves the group to it,
/// until that one has died as well.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn one_process_alone_finishes_what_a_dead_one_began() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let dead = Gate::to(&uri).await;
    let halted = as_any(&unwatching(dead.uri()).await);
    dead.keep_back(FIND_REFERENCES);
    let writing = tokio::spawn(async move { halted.put_statements(batch(&[statement(0)])).await });
    dead.keeps_back().await;
    dead.shut_after(0);
    writing.abort();
    let gate = Gate::to(&uri).await;
    let slow = unwatching(gate.uri()).await;
    let begun = Moment::now();
    let mut taker = observer(&slow, begun).await;
    gate.keep_back(FIND_REFERENCES);
    let taking = tokio::spawn(async move { taker.look(begun + LEASE).await });
    gate.keeps_back().await;
    let first = async || store.0.versions.head().await.unwrap().claims.first().copied();
    let mut seen = first().await.expect("it is not finished");
    let mut other = store.0.statements.observer();
    for looks in 1..=LOOKS {
        other.look(begun + LEASE * looks).await.unwrap();
        assert!(!taking.is_finished(), "finished by both");
        assert_eq!(
            first().await.map(|claim| claim.owner),
            Some(seen.owner),
            "finished by the other"
        );
        seen = beaten(&store, seen).await;
    }
    taking.abort();
    gate.shut_after(0);
    for looks in 1..=LOOKS {
        other.look(begun + LEASE * (LOOKS + looks)).await.unwrap();
    }
    assert_eq!(first().await, None, "left by both");
    assert!(store.statement(id(0)).await.unwrap().is_some(), "it was sealed");
}

/// What it was at is another process's work by then, and things may have happened to it since: an erasure, say.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_goes_on_after_its_group_was_finished_writes_nothing_more() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    // Two chains that inherit different keys: two calls give them.
    put(&as_any(&store), &[reference(0, 2), reference(1, 3)]).await;
    let gate = Gate::to(&uri).await;
    let halted = as_any(&open(gate.uri()).await);
    gate.shut_after(0);
    let values = [statement(2), statement(3), reference(4, 2)];
    let writing = tokio::spawn(async move { halted.put_statements(batch(&values)).await });
    gate.holds().await;
    while !gate.take_commands().iter().any(|command| command == "update statement") {
        gate.shut_after(1);
        gate.holds().await;
    }
    bury(&store).await;
    gate.open();
    timeout(END, writing).await.unwrap().unwrap().unwrap();
    // The call that was under way when the process was halted cannot be called back.
    let late = gate.take_commands();
    // A change of the head that comes too late is none.
    let names = ["insert ", "update ", "delete "];
    let is_write =
        |it: &&String| names.iter().any(|name| it.starts_with(name)) && !it.ends_with(" head");
    let writes: Vec<&String> = late.iter().filter(is_write).collect();
    assert_eq!(writes, Vec::<&String>::new(), "of {late:?}");
}
