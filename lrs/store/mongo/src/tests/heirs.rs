//! What a group owes its heirs: in tests, all that the first round does not give.

use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use serde_json::Value;
use tokio::time::{Instant as Moment, timeout};
use uuid::Uuid;

use super::gate::Gate;
use super::{END, as_any, database, open, statements, unwatching};
use crate::{MongoStore, field};
use store::{ErasureStore as _, StatementStore as _, Store};
use store_testkit::sample::{
    batch, id, ids, ids_of, log, of_person, put, put_each, reference, statement, voiding,
};

/// More than the first round has.
const HEIRS: u32 = 40;
/// How the command begins that strikes out what was owed.
const STRIKE_OUT: &str = "delete\0\u{5}\0\0\0heir\0";
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
async fn voided_before() -> (String, Gate, MongoStore) {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let store = unwatching(gate.uri()).await;
    let voids: Vec<Value> = (1..=HEIRS).map(|n| voiding(n, 0)).collect();
    put(&as_any(&store), &voids).await;
    (uri, gate, store)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn later_groups_do_not_wait_for_heirs_and_the_one_who_sends_the_target_does() {
    let (_, gate, store) = voided_before().await;
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
    let (uri, gate, store) = voided_before().await;
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

/// However many void one, a page that passes it asks for it once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_page_is_told_once_that_a_statement_is_voided() {
    let (_, gate, store) = voided_before().await;
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
