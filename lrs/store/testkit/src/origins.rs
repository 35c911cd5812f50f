//! Where statements were before they came here.

use std::sync::Arc;

use serde_json::{Value, json};

use super::sample::{batch, log, prepared_from, put, stamped, statement, stored, verb, with};
use store::{Batch, KeptOrigin, Restored, Store};
use xapi::instant::Instant;
use xapi::origin::Origin;

const EVER: Instant = Instant::from_micros(i64::MAX);

/// The `n`th statement as the store `old` has it.
fn pulled(n: u32) -> Value {
    let authority = json!({"account": {"homePage": "https://old.example", "name": "player"}});
    with(with(statement(n), "authority", authority), "stored", json!("2020-01-01T00:00:00.123Z"))
}

fn origin() -> Origin {
    Origin::of("old", &pulled(0))
}

async fn put_from(store: &Arc<dyn Store>, name: &str, values: &[Value]) {
    let statements = values.iter().map(|value| prepared_from(name, value));
    let batch = Batch { statements: statements.collect(), attachments: Vec::new() };
    store.put_statements(batch).await.unwrap();
}

async fn all(store: &Arc<dyn Store>) -> Vec<KeptOrigin> {
    store.origins(Instant::default(), EVER, 100).await.unwrap()
}

/// At the instant at which the statement is stored here; the statement says the new one alone. What a player sent has
/// none.
pub async fn an_origin_is_kept_with_its_statement(store: &Arc<dyn Store>) {
    put(store, &[statement(1)]).await;
    put_from(store, "old", &[pulled(0)]).await;
    let kept = KeptOrigin { at: stored(store, 0).await, origin: origin() };
    assert_eq!(kept.origin.stored, Some(Instant::from_micros(1_577_836_800_123_000)));
    assert_eq!(all(store).await, [kept]);
    let [_, said] = log(store).await.try_into().unwrap();
    assert_eq!(said.statement.value().unwrap()["authority"]["account"]["name"], "pipe");
}

/// It would be a row that changes after its range was complete.
pub async fn a_known_statement_gets_no_origin(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    put_from(store, "old", &[pulled(0), pulled(1)]).await;
    put_from(store, "other", &[pulled(1)]).await;
    let kept = KeptOrigin { at: stored(store, 1).await, origin: origin() };
    assert_eq!(all(store).await, [kept]);
}

/// Nor one of the statements that are good.
pub async fn a_failed_batch_leaves_no_origin(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let other = with(pulled(0), "verb", verb("undid"));
    let statements = [pulled(1), other].map(|value| prepared_from("old", &value));
    let failing = Batch { statements: statements.into(), ..batch(&[]) };
    store.put_statements(failing).await.unwrap_err();
    assert_eq!(all(store).await, []);
}

/// After one instant, up to another, as many as asked for.
pub async fn origins_are_read_by_range_and_page(store: &Arc<dyn Store>) {
    let values: Vec<Value> = (0..5).map(pulled).collect();
    put_from(store, "old", &values).await;
    let mut at = Vec::new();
    for n in 0..5 {
        at.push(stored(store, n).await);
    }
    let within = async |after, through, limit| {
        let found = store.origins(after, through, limit).await.unwrap();
        found.into_iter().map(|kept| kept.at).collect::<Vec<_>>()
    };
    assert_eq!(within(at[0], at[3], 100).await, at[1..4]);
    assert_eq!(within(at[0], at[3], 2).await, at[1..3]);
    assert_eq!(within(at[4], EVER, 100).await, []);
}

/// With `stored` as it is there, and none for what has none.
pub async fn restored_statements_have_the_origins_that_they_had(store: &Arc<dyn Store>) {
    let first = Restored { statement: stamped(&statement(0), 1_000), origin: Some(origin()) };
    let second = Restored { statement: stamped(&statement(1), 1_001), origin: None };
    let bare = Origin { name: "x".into(), stored: None, authority: None };
    let third = Restored { statement: stamped(&statement(2), 1_002), origin: Some(bare.clone()) };
    store.restore_from(vec![first, second, third], Vec::new()).await.unwrap();
    let kept = |micros, origin| KeptOrigin { at: Instant::from_micros(micros), origin };
    assert_eq!(all(store).await, [kept(1_000, origin()), kept(1_002, bare)]);
    assert_eq!(log(store).await.len(), 3);
}
