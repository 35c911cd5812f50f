//! A batch whose writer stops at a call is there as a whole or not at all: at once, when others
//! have cleared away, and when the writer was only halted.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mongodb::bson::Document;
use serde_json::{Value, json};
use tokio::time::{Instant as Moment, timeout};
use uuid::Uuid;

use super::deaths::FIND_REFERENCES;
use super::gate::Gate;
use super::orphans::{LATER, only_named_are_left, orphans};
use super::{as_any, change_much, observer, open, statements, unwatching};
use crate::LEASE;
use crate::MongoStore;
use crate::statements::GRACE;
use store::{Batch, Result, StatementStore as _, Store, StoreError};
use store_testkit::sample::{
    batch, id, ids, ids_of, kept, log, of_person, person, put, put_each, reference, statement,
    voiding, with,
};
use xapi::attachment::Attachment;

/// More calls than a batch takes.
const CALLS: u32 = 60;
/// Numbers that one round's statements have for themselves.
const ROUND: u32 = 100;
/// How the text of a definition begins where it is learned.
const A_DEFINITION: &str = "\u{2}definition\0";
/// Much less than it takes to give up others.
const PATIENCE: Duration = Duration::from_secs(15);

fn activity(round: u32) -> Value {
    json!({
        "id": format!("https://a.example/of{round}"),
        "definition": {"name": {"en": "taught"}},
    })
}

fn attachment(round: u32) -> Attachment {
    let body = Bytes::from(format!("of round {round}"));
    Attachment { sha2: format!("{round:064x}"), content_type: "text/plain".into(), body }
}

/// What is there before: a statement that the batch voids, and one that refers to one of it.
async fn prepare(store: &Arc<dyn Store>, round: u32) {
    let n = round * ROUND;
    put_each(store, &[statement(n), reference(n + 1, n + 2)]).await;
}

/// A statement that teaches, one that refers to it, and one that voids an earlier one.
fn batch_of(round: u32) -> Batch {
    let n = round * ROUND;
    let mut somebody = person(&format!("p{}", n + 2));
    somebody["name"] = json!("Somebody");
    let first = with(with(statement(n + 2), "actor", somebody), "object", activity(round));
    let values = [first, reference(n + 3, n + 2), voiding(n + 4, n)];
    Batch { attachments: vec![attachment(round)], ..batch(&values) }
}

/// Whether the batch of a round is there; fails when it is neither there as a whole nor absent.
async fn is_there(store: &Arc<dyn Store>, round: u32) -> bool {
    let n = round * ROUND;
    let there = store.statement(id(n + 2)).await.unwrap().is_some();
    for other in [n + 3, n + 4] {
        let other = store.statement(id(other)).await.unwrap();
        assert_eq!(other.is_some(), there, "half of round {round}");
    }
    let read: Vec<Uuid> = log(store).await.iter().map(|kept| kept.statement.id).collect();
    for number in n..n + 5 {
        let times = read.iter().filter(|read| **read == id(number)).count();
        assert_eq!(times, usize::from(there || number < n + 2), "round {round} in the log");
    }
    let found = ids(store, of_person(&format!("p{}", n + 2))).await;
    let whole = [ids_of([n + 1, n + 2, n + 3])];
    // A statement that is there already may be found by the target that is about to come.
    let before = [Vec::new(), ids_of([n + 1])];
    let allowed = if there { &whole[..] } else { &before };
    assert!(allowed.contains(&found), "what round {round} is found by: {found:?}");
    assert_eq!(kept(store, n).await.voided, there, "round {round}");
    if there {
        assert_eq!(store.attachments(&[attachment(round).sha2]).await.unwrap().len(), 1);
        let name = format!("mbox::mailto:p{}@x.example", n + 2);
        assert_eq!(store.agent_names(&name).await.unwrap(), ["Somebody"]);
        assert_eq!(
            store.definitions(&[format!("https://a.example/of{round}")]).await.unwrap().found.len(),
            1
        );
    }
    there
}

/// Sees all claims that are open as those of dead processes.
pub(super) async fn bury(store: &MongoStore) {
    let now = Moment::now();
    let mut observer = observer(store, now).await;
    for _ in 0..5 {
        observer.look(now + LEASE).await.unwrap();
    }
    let head = store.0.versions.head().await.unwrap();
    assert_eq!(head.claims, [], "a dead process holds up the others");
}

/// Removes what is left of aborted groups, as after a long time.
pub(super) async fn forget_aborted(store: &MongoStore) {
    let mut observer = store.0.statements.observer();
    let now = Moment::now();
    observer.look(now).await.unwrap();
    observer.look(now + GRACE).await.unwrap();
    let head = store.0.versions.head().await.unwrap();
    assert_eq!(head.aborted, []);
}

/// Rounds after the first writer that came to its end.
const AGAIN: u32 = 10;

/// What becomes of a writer that is held at a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The writer is killed.
    Dies,
    /// The writer goes on after others have held it for dead.
    GoesOn,
    /// The writer goes on after others have forgotten the stretch that they aborted.
    GoesOnLate,
    /// The writer goes on after others have changed the head often, too soon to be held for dead.
    Lags,
}

/// The `n`th round, in which a writer is held after `calls` calls. `None` when it has ended before them,
/// else whether its batch was there when it was held, and when it had been buried.
async fn round(uri: &str, store: &MongoStore, n: u32, calls: u32, fate: Fate) -> Option<[bool; 2]> {
    let any = as_any(store);
    prepare(&any, n).await;
    if fate == Fate::GoesOnLate {
        // Then every writer makes the same calls: it has no old heads to remove.
        change_much(store).await;
    }
    let gate = Gate::to(uri).await;
    let writer = unwatching(gate.uri()).await;
    gate.shut_after(calls as usize);
    let mut writing =
        tokio::spawn(async move { writer.put_statements(batch_of(n)).await.map(drop) });
    let ended: Option<Result<()>> = tokio::select! {
        () = gate.holds() => None,
        ended = &mut writing => Some(ended.unwrap()),
    };
    let at_first = is_there(&any, n).await;
    if let Some(ended) = ended {
        ended.unwrap();
        assert!(at_first, "answered and not there");
        return None;
    }
    if fate != Fate::Lags {
        bury(store).await;
    }
    if fate == Fate::GoesOnLate {
        forget_aborted(store).await;
    }
    let buried = is_there(&any, n).await;
    assert!(buried || !at_first, "it was there");
    if fate != Fate::Dies {
        change_much(store).await;
        gate.open();
        let answer = timeout(PATIENCE, &mut writing).await.expect("an answer").unwrap();
        bury(store).await;
        let there = is_there(&any, n).await;
        match answer {
            Ok(()) => assert!(there, "answered and not there"),
            Err(StoreError::Unavailable(_)) => assert!(there || !buried, "it was there"),
            Err(other) => panic!("{other}"),
        }
    }
    drop(gate);
    any.put_statements(batch_of(n)).await.unwrap();
    assert!(is_there(&any, n).await);
    Some([at_first, buried])
}

async fn at_every_call(fate: Fate) {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let (mut fates, mut last) = (Vec::new(), None);
    for n in 0..CALLS {
        // A writer that removes old heads makes a call more: the last calls are tried often.
        let calls = last.map_or(n, |last: u32| last.saturating_sub(n % 4));
        match round(&uri, &store, n, calls, fate).await {
            Some(fate) => fates.push(fate),
            None if last.is_none() => last = Some(calls),
            None => {}
        }
        let again = if fate == Fate::GoesOnLate { 0 } else { AGAIN };
        if last.is_some_and(|last| n >= last + again) {
            break;
        }
    }
    assert!(last.is_some(), "the writer never came to its end");
    // The call that makes a batch visible is the last one: none is held after it.
    let finished = [false, fate != Fate::Lags];
    for seen in [[false, false], finished] {
        assert!(fates.contains(&seen), "not taken back, and finished: {fates:?}");
    }
    let before = log(&as_any(&store)).await;
    forget_aborted(&store).await;
    assert_eq!(log(&as_any(&store)).await, before);
    let kept = statements(&store).count_documents(Document::new()).await.unwrap();
    assert_eq!(kept, before.len() as u64, "nothing is left of what was taken back");
    only_named_are_left(&store, "attachment", "file").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_dies_at_any_call_leaves_all_of_a_batch_or_nothing() {
    at_every_call(Fate::Dies).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_goes_on_after_others_buried_it_harms_nothing() {
    at_every_call(Fate::GoesOn).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_goes_on_after_others_forgot_it_leaves_nothing() {
    at_every_call(Fate::GoesOnLate).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_lags_behind_others_harms_nothing() {
    at_every_call(Fate::Lags).await;
}

/// By itself, whatever the dead process was at.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_dead_process_holds_others_up_for_seconds_only() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let gate = Gate::to(&uri).await;
    let writer = open(gate.uri()).await;
    gate.shut_after(3);
    let dying = tokio::spawn(async move { writer.put_statements(batch_of(0)).await.map(drop) });
    gate.holds().await;
    drop(gate);
    let (any, later) = (as_any(&store), [statement(1)]);
    timeout(Duration::from_secs(25), put(&any, &later)).await.expect("somebody clears away");
    assert!(dying.await.unwrap().is_err());
}

/// Leaves a sealed claim, as a writer does that dies before it is finished.
async fn die_sealed(uri: &str, round: u32) {
    let gate = Gate::to(uri).await;
    let writer = unwatching(gate.uri()).await;
    gate.keep_back(FIND_REFERENCES);
    let _dying =
        tokio::spawn(async move { writer.put_statements(batch_of(round)).await.map(drop) });
    gate.keeps_back().await;
}

/// The request fails alone, whatever group it is in, and nothing is left of it right after.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_request_that_the_database_does_not_take_fails_no_other() {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let store = open(gate.uri()).await;
    let any = as_any(&store);
    let bad = with(statement(5), "object", activity(5));
    gate.reject("https://a.example/of5");
    // The first request is held, the others gather behind it.
    gate.shut_after(0);
    let all = (0..20).map(|n| {
        let value = if n == 5 { bad.clone() } else { statement(n) };
        let store = Arc::clone(&any);
        tokio::spawn(async move { store.put_statements(batch(&[value])).await.map(drop) })
    });
    let all: Vec<_> = all.collect();
    gate.holds().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    gate.open();
    for (n, answer) in all.into_iter().enumerate() {
        match timeout(PATIENCE, answer).await.expect("an answer").unwrap() {
            Ok(()) => assert_ne!(n, 5),
            Err(StoreError::Rejected(_)) => assert_eq!(n, 5),
            Err(other) => panic!("{n}: {other}"),
        }
    }
    let read: BTreeSet<Uuid> = log(&any).await.iter().map(|kept| kept.statement.id).collect();
    assert_eq!(read, ids_of((0..20).filter(|n| *n != 5)).into_iter().collect());
    let head = store.0.versions.head().await.unwrap();
    assert_eq!((head.claims, head.aborted), (Vec::new(), Vec::new()));
}

/// What is sealed is finished, whatever its statements say: all that come later wait for it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn what_the_database_does_not_learn_holds_no_writer_up() {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let store = as_any(&open(gate.uri()).await);
    gate.reject(A_DEFINITION);
    prepare(&store, 0).await;
    timeout(PATIENCE, store.put_statements(batch_of(0))).await.expect("an answer").unwrap();
    put(&store, &[statement(1_000)]).await;
    let all: Vec<Uuid> = log(&store).await.iter().map(|kept| kept.statement.id).collect();
    assert_eq!(all, ids_of([0, 1, 2, 3, 4, 1_000]));
    let learned = store.definitions(&["https://a.example/of0".to_owned()]).await.unwrap();
    assert_eq!(learned.found, []);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_finishes_for_a_dead_one_shows_nothing_before_all_of_it_is_done() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let any = as_any(&store);
    let gate = Gate::to(&uri).await;
    let other = unwatching(gate.uri()).await;
    for calls in 0..CALLS {
        prepare(&any, calls).await;
        die_sealed(&uri, calls).await;
        orphans(&store).remove(LATER).await.unwrap();
        let now = Moment::now();
        let mut observer = observer(&other, now).await;
        gate.shut_after(calls as usize);
        let mut looking = tokio::spawn(async move { observer.look(now + LEASE).await });
        let held = tokio::select! {
            () = gate.holds() => true,
            _ = &mut looking => false,
        };
        let at_first = is_there(&any, calls).await;
        bury(&store).await;
        assert!(is_there(&any, calls).await, "what is sealed is kept");
        gate.open();
        if !held {
            return assert!(at_first && calls > 3);
        }
        looking.await.unwrap().unwrap();
        assert!(is_there(&any, calls).await);
    }
    panic!("the observer never came to its end");
}
