//! What a group owes its heirs: in tests, all that the first round does not give.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant as Moment, timeout};
use uuid::Uuid;

use super::gate::Gate;
use super::groups::bury;
use super::{END, as_any, database, open, statements, unwatching};
use crate::{MongoStore, field};
use store::turns::asked_by;
use store::{ErasedPart, ErasureStore as _, Rewrite, StatementStore as _, Store};
use store_testkit::sample::{
    batch, id, ids, ids_of, log, of_person, put, put_each, reference, statement, voiding,
};
use validator::ifi::Ifi;
use xapi::erase::Eraser;

/// More than the first round has.
const HEIRS: u32 = 40;
/// More than that by as much as one key may owe.
const MANY: u32 = 80;
/// How the command begins that strikes out what was owed.
const STRIKE_OUT: &str = "delete\0\u{5}\0\0\0heir\0";
/// How the command begins that asks whether it is owed still, before it is given.
const LOOK_FOR: &str = "find\0\u{5}\0\0\0heir\0";
/// Longer than what is owed is left to its process.
const LATER: Duration = Duration::from_mins(5);

async fn found(store: &Arc<dyn Store>, person: &str) -> Vec<Uuid> {
    let mut found = ids(store, of_person(person)).await;
    found.sort_unstable();
    found
}

fn sorted(numbers: impl IntoIterator<Item = u32>) -> Vec<Uuid> {
    let mut ids = ids_of(numbers);
    ids.sort_unstable();
    ids
}

async fn owed(store: &MongoStore) -> u64 {
    database(store).collection::<Document>("heir").count_documents(doc! {}).await.unwrap()
}

/// A store through a gate, where many statements void one that is not there, and the gate.
async fn voided_before(heirs: u32) -> (String, Gate, MongoStore) {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let store = unwatching(gate.uri()).await;
    let voids: Vec<Value> = (1..=heirs).map(|n| voiding(n, 0)).collect();
    put(&as_any(&store), &voids).await;
    (uri, gate, store)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn later_groups_do_not_wait_for_heirs_and_the_one_who_sends_the_target_does() {
    let (_, gate, store) = voided_before(HEIRS).await;
    let any = as_any(&store);
    gate.keep_back(STRIKE_OUT);
    let target = Arc::clone(&any);
    let sending = tokio::spawn(async move { put(&target, &[statement(0)]).await });
    timeout(END, gate.keeps_back())
        .await
        .expect("the group owes what its first round did not give");
    assert_eq!(owed(&store).await, 1);
    timeout(END, put_each(&any, &[statement(100), reference(101, 100)])).await.unwrap();
    assert_eq!(found(&any, "p100").await, sorted([100, 101]));
    assert!(!sending.is_finished(), "its heirs are not all there");
    gate.let_go();
    timeout(END, sending).await.unwrap().unwrap();
    // It is voided itself.
    assert_eq!(found(&any, "p0").await, sorted(1..=HEIRS));
    assert_eq!(owed(&store).await, 0);
    assert!(store.statement(id(0)).await.unwrap().unwrap().voided);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn what_a_dead_process_owes_is_given_by_another_one() {
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let any = as_any(&store);
    put_each(&any, &[statement(0), statement(1)]).await;
    let target = statements(&store).find_one(doc! {"_id": field::of_uuid(id(0))}).await.unwrap();
    let keys = target.unwrap().get_array("keys").unwrap().clone();
    // One of them is not there any more.
    let ids = [id(1), id(2)].map(field::of_uuid).to_vec();
    let debt = doc! {"_id": ObjectId::new(), "owed": [{"ids": ids, "keys": keys}]};
    database(&store).collection::<Document>("heir").insert_one(debt).await.unwrap();
    let (mut observer, now) = (store.0.statements.observer(), Moment::now());
    observer.look(now).await.unwrap();
    assert_eq!((owed(&store).await, found(&any, "p0").await), (1, sorted([0])), "it may live");
    observer.look(now + LATER).await.unwrap();
    assert_eq!((owed(&store).await, found(&any, "p0").await), (0, sorted([0, 1])));
}

/// What is given later would say of others what is erased.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_statement_is_removed_when_all_is_given_that_is_owed() {
    let (uri, gate, store) = voided_before(HEIRS).await;
    gate.keep_back(STRIKE_OUT);
    let target = as_any(&store);
    let sending = tokio::spawn(async move { put(&target, &[statement(0)]).await });
    timeout(END, gate.keeps_back()).await.unwrap();
    let way = Gate::to(&uri).await;
    let remover = open(way.uri()).await;
    let all = log(&as_any(&remover)).await.into_iter().map(|kept| kept.statement);
    let gone = all.filter(|kept| kept.id == id(0)).collect();
    let removing =
        tokio::spawn(async move { remover.remove_statements(gone, id(900)).await.unwrap() });
    let (mut looks, waiting) = (0, Moment::now());
    while looks < 5 {
        assert!(waiting.elapsed() < END, "it does not look for what is owed");
        looks += way.take_commands().iter().filter(|it| *it == "find heir").count();
        tokio::task::yield_now().await;
    }
    assert!(!removing.is_finished());
    gate.let_go();
    timeout(END, sending).await.unwrap().unwrap();
    assert_eq!(timeout(END, removing).await.unwrap().unwrap(), 0);
    assert_eq!(found(&as_any(&store), "p0").await, sorted([]));
    assert_eq!(log(&as_any(&store)).await.len(), HEIRS as usize);
    put(&as_any(&store), &[statement(100)]).await;
}

/// Sends a statement that many refer to, and holds the giving of what is owed to those at a command.
async fn send_and_hold(
    gate: &Gate,
    at: &'static str,
    store: &MongoStore,
    value: Value,
) -> JoinHandle<()> {
    gate.keep_back(at);
    let target = store.clone();
    let put = async move { target.put_statements(batch(&[value])).await.map(drop).unwrap() };
    let sending = tokio::spawn(asked_by("many", put));
    timeout(END, gate.keeps_back()).await.unwrap();
    sending
}

/// It waits before it claims: nobody waits for it. What others send, and what owes nothing, goes on.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_request_whose_key_owes_much_waits_outside_the_groups() {
    let (_, gate, store) = voided_before(MANY).await;
    let any = as_any(&store);
    put(&any, &[reference(301, 300)]).await;
    let sending = send_and_hold(&gate, LOOK_FOR, &store, statement(0)).await;
    let more = [reference(200, 0), statement(300)].map(|value| batch(&[value]));
    let [mut refers, mut is_referred] =
        more.map(|batch| Box::pin(asked_by("many", store.put_statements(batch))));
    for waits in [&mut refers, &mut is_referred] {
        assert!(waits.as_mut().now_or_never().is_none());
    }
    // They are queued behind.
    asked_by("many", timeout(END, put(&any, &[statement(201)]))).await.unwrap();
    let others = [statement(100), reference(101, 100), reference(102, 0)];
    asked_by("one", timeout(END, put_each(&any, &others))).await.unwrap();
    for (waits, n) in [(&mut refers, 200), (&mut is_referred, 300)] {
        assert!(waits.as_mut().now_or_never().is_none());
        assert_eq!(store.statement(id(n)).await.unwrap(), None);
    }
    assert_eq!(store.0.versions.head().await.unwrap().claims, []);
    assert!(!sending.is_finished());
    gate.let_go();
    timeout(END, sending).await.unwrap().unwrap();
    for waits in [refers, is_referred] {
        assert_eq!(timeout(END, waits).await.unwrap().unwrap().new, 1);
    }
    assert_eq!(found(&any, "p0").await, sorted((1..=MANY).chain([102, 200])));
    assert_eq!(found(&any, "p300").await, sorted([300, 301]));
}

/// A chain that grows while what it owes is given.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn what_several_groups_owe_an_heir_is_given_at_once() {
    const LONGER: u32 = 5;
    let (uri, gate, store) = voided_before(HEIRS).await;
    let other = unwatching(&uri).await;
    let sending = send_and_hold(&gate, STRIKE_OUT, &store, reference(0, 1_001)).await;
    let mut all = vec![sending];
    for n in 1_001..=1_000 + LONGER {
        let target = as_any(&store);
        let put = async move { put(&target, &[reference(n, n + 1)]).await };
        all.push(tokio::spawn(asked_by("many", async move { drop(put.await) })));
        let is_owed = async { while owed(&other).await < u64::from(n - 1_000) + 1 {} };
        timeout(END, is_owed).await.expect("it owes something");
    }
    // The last group has ended, too.
    asked_by("one", put(&as_any(&store), &[statement(900)])).await;
    gate.take_commands();
    gate.let_go();
    for sent in all {
        timeout(END, sent).await.unwrap().unwrap();
    }
    let commands = gate.take_commands();
    let count = |command: &str| commands.iter().filter(|it| *it == command).count();
    assert_eq!((count("find statement"), count("delete heir")), (1, 1), "{commands:?}");
    assert_eq!(owed(&store).await, 0);
    for n in 1_001..=1_000 + LONGER {
        let by_n = found(&as_any(&store), &format!("p{n}")).await;
        assert_eq!(by_n, sorted((1..=HEIRS).chain(1_001..=n)), "{n}");
    }
}

/// It would never end while somebody owes again and again.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn an_erasure_waits_for_what_is_owed_because_of_its_own_statements_alone() {
    let (uri, gate, store) = voided_before(HEIRS).await;
    let sending = send_and_hold(&gate, STRIKE_OUT, &store, statement(0)).await;
    let way = Gate::to(&uri).await;
    let eraser = open(way.uri()).await;
    let any = as_any(&eraser);
    put_each(&any, &[statement(500), reference(501, 500), statement(510), reference(511, 510)])
        .await;
    let read = async |n| eraser.statement(id(n)).await.unwrap().unwrap().statement;
    let of = |n: u32| {
        let identifier = Ifi::Mbox(format!("mailto:p{n}@x.example"));
        Arc::new(Eraser::new([identifier], [], &format!("erased-{n}")))
    };
    let rewrite = async |n: u32| {
        let read = read(n).await;
        let body = of(n).bytes(&read.body).unwrap();
        let rewritten = vec![Rewrite { read, body, everywhere: true }];
        assert_eq!(eraser.rewrite_statements(rewritten).await.unwrap(), 0);
        eraser.erase(ErasedPart::Index, &of(n), id(900)).await.unwrap();
    };
    let removed = eraser.remove_statements(vec![read(500).await], id(900));
    assert_eq!(timeout(END, removed).await.expect("it waits for none").unwrap(), 0);
    timeout(END, rewrite(510)).await.expect("it waits for none");
    assert_eq!((owed(&eraser).await, sending.is_finished()), (1, false));
    for person in ["p500", "p510"] {
        assert_eq!(found(&any, person).await, sorted([]), "{person}");
    }
    // Both concern the person whose statement they inherit from.
    let read = read(0).await;
    let body = of(0).bytes(&read.body).unwrap();
    let rewritten = vec![Rewrite { read, body, everywhere: true }];
    let mut rewriting = Box::pin(eraser.rewrite_statements(rewritten));
    looks_for_what_is_owed(&way, rewriting.as_mut()).await;
    let person = of(0);
    let mut renaming = Box::pin(eraser.erase(ErasedPart::Index, &person, id(900)));
    looks_for_what_is_owed(&way, renaming.as_mut()).await;
    gate.let_go();
    timeout(END, sending).await.unwrap().unwrap();
    assert_eq!(timeout(END, rewriting).await.unwrap().unwrap(), 0);
    timeout(END, renaming).await.unwrap().unwrap();
    assert_eq!(found(&any, "p0").await, sorted([]));
}

/// Waits until `work`, which does not end, has looked some times for what is owed.
async fn looks_for_what_is_owed<T>(way: &Gate, mut work: Pin<&mut impl Future<Output = T>>) {
    let (mut looks, begun) = (0, Moment::now());
    way.take_commands();
    while looks < 5 {
        assert!(begun.elapsed() < END, "it does not look for what is owed");
        assert!(work.as_mut().now_or_never().is_none(), "it waits for what is owed");
        looks += way.take_commands().iter().filter(|it| *it == "find heir").count();
        tokio::task::yield_now().await;
    }
}

/// Heirs were given what they inherit, or were not, or some of them were. Others give the rest, and take it all back when the
/// statement is removed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_dies_at_any_call_leaves_no_heir_without_what_it_inherits() {
    /// More than the first round has.
    const SOME: u32 = 18;
    let uri = programs::fresh_database().await;
    let store = unwatching(&uri).await;
    let any = as_any(&store);
    let (mut owed_at_death, mut kept_at_death) = (0, 0);
    for calls in 0..100 {
        let target = 1_000 * (calls + 1);
        let heirs = target + 1..=target + SOME;
        put(&any, &heirs.clone().map(|n| reference(n, target)).collect::<Vec<_>>()).await;
        let gate = Gate::to(&uri).await;
        let dying = unwatching(gate.uri()).await;
        gate.shut_after(calls as usize);
        let has_ended = tokio::select! {
            () = gate.holds() => false,
            put = dying.put_statements(batch(&[statement(target)])) => put.unwrap().new == 1,
        };
        drop((gate, dying));
        owed_at_death += owed(&store).await;
        bury(&store).await;
        let (mut observer, now) = (store.0.statements.observer(), Moment::now());
        observer.look(now).await.unwrap();
        while owed(&store).await > 0 {
            observer.look(now + LATER).await.unwrap();
        }
        let person = format!("p{target}");
        let kept = store.statement(id(target)).await.unwrap();
        kept_at_death += u32::from(kept.is_some() && !has_ended);
        let all = heirs.chain([target]).filter(|_| kept.is_some());
        assert_eq!(found(&any, &person).await, sorted(all), "held after {calls} calls");
        if let Some(kept) = kept {
            let gone = store.remove_statements(vec![kept.statement], id(900)).await;
            assert_eq!(gone.unwrap(), 0);
            assert_eq!(found(&any, &person).await, sorted([]), "held after {calls} calls");
        }
        if has_ended {
            assert!(owed_at_death > 0 && kept_at_death > 1, "it died while it owed nothing");
            return;
        }
    }
    panic!("it makes more than 100 calls");
}

/// However many void one, a page that passes it asks for it once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_page_is_told_once_that_a_statement_is_voided() {
    let (_, gate, store) = voided_before(HEIRS).await;
    put(&as_any(&store), &[statement(0), statement(100)]).await;
    gate.take_commands();
    assert_eq!(found(&as_any(&store), "p100").await, sorted([100]));
    let asked: Vec<String> =
        gate.take_commands().into_iter().filter(|it| it.ends_with(" reference")).collect();
    assert_eq!(asked, ["distinct reference"]);
    assert!(store.statement(id(0)).await.unwrap().unwrap().voided);
    assert!(!store.statement(id(100)).await.unwrap().unwrap().voided);
    let none = store.put_statements(batch(&[statement(0)])).await.unwrap();
    assert_eq!(none.new, 0, "a voided statement is the same one");
}
