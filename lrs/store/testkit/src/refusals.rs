//! Requests that were refused, and the bounds of what is kept of them.

use std::sync::Arc;

use uuid::Uuid;

use store::{KeptRefusal, MOST_BYTES, MOST_OF_KEY, RefusalFilter, Store};
use xapi::instant::Instant;

/// The `n`th id: a later one is greater.
fn id(n: u64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(1_795_000_000_000 + n, &[7; 10]).into_uuid()
}

fn refusal(n: u64, key: &str) -> KeptRefusal {
    KeptRefusal {
        id: id(n),
        key: key.to_owned(),
        rule: "iri".to_owned(),
        status: 400,
        at: Instant::from_micros(1_795_000_000_123_456),
        body: format!("{{\"n\": {n}, \"è\": \"\\u0000'\"}}"),
    }
}

async fn numbers(store: &Arc<dyn Store>, filter: &RefusalFilter, limit: usize) -> Vec<Uuid> {
    store.refusals(filter, limit).await.unwrap().into_iter().map(|it| it.id).collect()
}

/// Whole, one by one and by the page, in whatever order they came.
pub async fn refusals_come_back_newest_first(store: &Arc<dyn Store>) {
    assert!(numbers(store, &RefusalFilter::default(), 9).await.is_empty());
    store.keep_refusals(vec![refusal(2, "a"), refusal(0, "b")]).await.unwrap();
    store.keep_refusals(vec![refusal(1, ""), refusal(3, "a")]).await.unwrap();
    store.keep_refusals(Vec::new()).await.unwrap();
    let all = store.refusals(&RefusalFilter::default(), 9).await.unwrap();
    assert_eq!(all, [refusal(3, "a"), refusal(2, "a"), refusal(1, ""), refusal(0, "b")]);
    let beyond = RefusalFilter { before: Some(id(3)), ..RefusalFilter::default() };
    assert_eq!(numbers(store, &beyond, 2).await, [id(2), id(1)]);
    assert_eq!(store.refusal(id(1)).await.unwrap(), Some(refusal(1, "")));
    assert_eq!(store.refusal(id(9)).await.unwrap(), None);
}

/// By each alone, and by all together. An empty name of a key is a name.
pub async fn refusals_are_found_by_key_rule_and_status(store: &Arc<dyn Store>) {
    let mut all: Vec<_> = (0..4).map(|n| refusal(n, if n < 2 { "" } else { "a" })).collect();
    "scope".clone_into(&mut all[1].rule);
    all[2].status = 409;
    store.keep_refusals(all).await.unwrap();
    let any = RefusalFilter::default;
    let found = async |filter: RefusalFilter| numbers(store, &filter, 9).await;
    let key = |key: &str| Some(key.to_owned());
    assert_eq!(found(RefusalFilter { key: key(""), ..any() }).await, [id(1), id(0)]);
    assert_eq!(found(RefusalFilter { rule: key("scope"), ..any() }).await, [id(1)]);
    assert_eq!(found(RefusalFilter { status: Some(409), ..any() }).await, [id(2)]);
    let (key, rule, status) = (key("a"), key("iri"), Some(400));
    assert_eq!(found(RefusalFilter { key, rule, status, before: None }).await, [id(3)]);
}

/// Whatever other keys have.
pub async fn of_one_key_the_newest_refusals_are_kept(store: &Arc<dyn Store>) {
    store.keep_refusals(vec![refusal(0, "quiet")]).await.unwrap();
    let most = MOST_OF_KEY as u64;
    store.keep_refusals((1..most).map(|n| refusal(n, "loud")).collect()).await.unwrap();
    store.keep_refusals((most..most + 5).map(|n| refusal(n, "loud")).collect()).await.unwrap();
    let all = numbers(store, &RefusalFilter::default(), 1_000).await;
    let kept: Vec<Uuid> = (5..most + 5).rev().map(id).chain([id(0)]).collect();
    assert_eq!(all, kept);
}

/// The oldest go, of whatever key.
pub async fn all_refusals_together_are_bounded(store: &Arc<dyn Store>) {
    let heavy = |n: u64| KeptRefusal { body: "x".repeat(1 << 20), ..refusal(n, &format!("k{n}")) };
    for n in 0..12 {
        store.keep_refusals(vec![heavy(n)]).await.unwrap();
    }
    let fit = MOST_BYTES / heavy(0).weight();
    let all = store.refusals(&RefusalFilter::default(), 100).await.unwrap();
    assert_eq!(all.len(), fit);
    assert_eq!(all[0].id, id(11));
    assert_eq!(all[fit - 1].id, id(12 - fit as u64));
}

/// As where an answer was lost and the write comes again.
pub async fn a_refusal_kept_again_is_left_as_it_is(store: &Arc<dyn Store>) {
    store.keep_refusals(vec![refusal(0, "a")]).await.unwrap();
    let other = KeptRefusal { status: 409, ..refusal(0, "a") };
    store.keep_refusals(vec![other, refusal(1, "a")]).await.unwrap();
    let all = store.refusals(&RefusalFilter::default(), 9).await.unwrap();
    assert_eq!(all, [refusal(1, "a"), refusal(0, "a")]);
}

/// What an engine cannot tell is nothing, and no error.
pub async fn a_store_tells_its_room_or_nothing(store: &Arc<dyn Store>) {
    let space = store.space().await.unwrap();
    assert!(space.used.is_none_or(|used| used > 0), "{space:?}");
}
