//! Two processes that write the same statement, one of which is held at a call while the other
//! goes on.

use std::time::Duration;

use mongodb::bson::doc;
use tokio::task::JoinHandle;
use tokio::time::{Instant as Moment, timeout};

use super::deaths::FIND_REFERENCES;
use super::gate::Gate;
use super::{END, as_any, change_much, observer, open, statements, unwatching};
use crate::LEASE;
use crate::{MongoStore, field};
use serde_json::Value;
use store::{Result, StatementStore as _, StoreError};
use store_testkit::sample::{
    activity, batch, id, ids, ids_of, log, of_person, person, put, reference, statement, with,
};

/// More calls than it takes one to find out about the other.
const CALLS: u32 = 20;
/// More calls than it takes one to abort what another has begun.
const OBSERVED: u32 = 6;
/// Within which a process that does not wait would answer.
const SOON: Duration = Duration::from_millis(150);

/// Puts the statement `n`, together with a different one under the id of the statement `doom`,
/// where there is one; says at once whether it can be read.
fn put_and_read(store: &MongoStore, n: u32, doom: Option<u32>) -> JoinHandle<(Result<()>, bool)> {
    let store = as_any(store);
    let doomed = doom.map(|doom| with(statement(doom), "object", activity("different")));
    let values: Vec<_> = std::iter::once(statement(n)).chain(doomed).collect();
    tokio::spawn(async move {
        let answer = store.put_statements(batch(&values)).await.map(drop);
        let there = store.statement(id(n)).await.unwrap().is_some();
        (answer, there)
    })
}

async fn is_inserted(store: &MongoStore, n: u32) -> bool {
    let by_id = doc! {"_id": field::of_uuid(id(n))};
    statements(store).find_one(by_id).await.unwrap().is_some()
}

/// One inserts a statement and takes it back, for another in its batch is a conflict. Whatever the
/// other one sees of it, its answer is true.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_statement_that_its_first_writer_takes_back_is_kept_for_the_second() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let gates = [Gate::to(&uri).await, Gate::to(&uri).await];
    let [first, second] = [unwatching(gates[0].uri()).await, unwatching(gates[1].uri()).await];
    put(&as_any(&store), &[statement(0)]).await;
    for calls in 1..=CALLS {
        gates[0].shut_after(0);
        let doomed = put_and_read(&first, calls, Some(0));
        gates[0].holds().await;
        while !is_inserted(&store, calls).await {
            gates[0].shut_after(1);
            gates[0].holds().await;
        }
        gates[1].shut_after(calls as usize);
        let other = put_and_read(&second, calls, None);
        gates[1].holds().await;
        gates[0].open();
        let (refused, _) = timeout(END, doomed).await.unwrap().unwrap();
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        gates[1].open();
        let (answer, there) = timeout(END, other).await.unwrap().unwrap();
        answer.unwrap();
        assert!(there, "held after {calls} calls: answered, and not there");
    }
}

/// Also when another process is still writing the statement.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn an_equal_statement_is_answered_when_it_can_be_read() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let gate = Gate::to(&uri).await;
    let first = open(gate.uri()).await;
    let mut waited = false;
    for calls in 0..CALLS {
        gate.shut_after(calls as usize);
        let held = put_and_read(&first, calls, None);
        gate.holds().await;
        let inserted = is_inserted(&store, calls).await;
        let mut equal = put_and_read(&store, calls, None);
        let soon = timeout(SOON, &mut equal).await;
        waited |= inserted && soon.is_err();
        gate.open();
        let answers = match soon {
            Ok(answer) => [answer.unwrap(), timeout(END, held).await.unwrap().unwrap()],
            Err(_) => timeout(END, futures::future::join(equal, held))
                .await
                .map(|(equal, held)| [equal.unwrap(), held.unwrap()])
                .unwrap(),
        };
        for (answer, there) in answers {
            answer.unwrap();
            assert!(there, "held after {calls} calls: answered, and not there");
        }
    }
    assert!(waited, "nobody had to wait for anybody");
    assert_eq!(log(&as_any(&store)).await.len(), CALLS as usize);
}

/// Holds a writer when it has claimed a stretch.
async fn hold_with_a_claim(store: &MongoStore, gate: &Gate) {
    gate.holds().await;
    while store.0.versions.head().await.unwrap().claims.is_empty() {
        gate.shut_after(1);
        gate.holds().await;
    }
}

/// The observer held a slow writer for dead, which has come to its end meanwhile.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn an_observer_that_goes_on_too_late_takes_nothing_back() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let gates = [Gate::to(&uri).await, Gate::to(&uri).await];
    let [slow, asleep] = [unwatching(gates[0].uri()).await, unwatching(gates[1].uri()).await];
    for calls in 0..OBSERVED {
        gates[0].shut_after(0);
        let slow = put_and_read(&slow, calls, None);
        hold_with_a_claim(&store, &gates[0]).await;
        let now = Moment::now();
        let mut observer = observer(&asleep, now).await;
        gates[1].shut_after(calls as usize);
        let looking = tokio::spawn(async move { observer.look(now + LEASE).await });
        gates[1].holds().await;
        gates[0].open();
        let (answer, there) = timeout(END, slow).await.unwrap().unwrap();
        assert_eq!(answer.is_ok(), there, "{answer:?}");
        change_much(&store).await;
        gates[1].open();
        timeout(END, looking).await.unwrap().unwrap().unwrap();
        let still = store.statement(id(calls)).await.unwrap().is_some();
        assert_eq!(still, there, "held after {calls} calls");
    }
}

/// Waits until the head has these numbers of sealed claims and of claims.
async fn claims_are(store: &MongoStore, sealed: usize, all: usize) {
    let waiting = async {
        loop {
            let head = store.0.versions.head().await.unwrap();
            let claims = &head.claims;
            if (claims.iter().filter(|claim| claim.sealed).count(), claims.len()) == (sealed, all) {
                return;
            }
        }
    };
    timeout(END, waiting).await.expect("the claims come to that");
}

/// Groups are linked one after another only where one has to do with another.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_group_that_has_nothing_to_do_with_others_is_completed_beside_them() {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let [first, refers, apart] =
        [unwatching(gate.uri()).await, unwatching(&uri).await, unwatching(&uri).await];
    gate.keep_back(FIND_REFERENCES);
    let writing = |store: &MongoStore, value: Value| {
        let store = as_any(store);
        tokio::spawn(async move { store.put_statements(batch(&[value])).await.map(drop) })
    };
    let first = writing(&first, with(statement(0), "actor", person("somebody")));
    gate.keeps_back().await;
    let waits = writing(&refers, reference(1, 0));
    claims_are(&apart, 2, 2).await;
    let goes_on = writing(&apart, statement(2));
    while !is_inserted(&apart, 2).await {}
    claims_are(&apart, 2, 2).await;
    assert!(!goes_on.is_finished() && !waits.is_finished(), "nothing is visible before the first");
    gate.let_go();
    for answer in [first, waits, goes_on] {
        timeout(END, answer).await.unwrap().unwrap().unwrap();
    }
    let found = ids(&as_any(&apart), of_person("somebody")).await;
    assert_eq!(found, ids_of([0, 1]), "one that refers to an earlier group is linked after it");
}
