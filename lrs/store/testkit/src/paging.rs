//! The order of statements, the limits of a page and of time.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::sample::{
    activity, found, id, ids, ids_of, of_activity, put, statement, stored, verb, voiding, with,
};
use store::{PAGE_BYTES, Page, Store};
use xapi::instant::Instant;
use xapi::query::Filter;

async fn keep(store: &Arc<dyn Store>, count: u32) {
    put(store, &(0..count).map(statement).collect::<Vec<_>>()).await;
}

fn page_ids(page: &Page) -> Vec<Uuid> {
    page.statements.iter().map(|statement| statement.id).collect()
}

/// All ids that the pages of `filter` give, one after the other.
async fn paged(store: &Arc<dyn Store>, mut filter: Filter) -> Vec<Uuid> {
    let mut all = Vec::new();
    loop {
        let page = store.statements(&filter).await.unwrap();
        assert!(page.statements.len() <= filter.limit);
        assert!(!page.more || page.statements.len() == filter.limit, "a short page says more");
        all.extend(page_ids(&page));
        assert!(all.len() < 10_000, "the pages have no end");
        filter.beyond = page.statements.last().map(|statement| statement.stored);
        if !page.more {
            return all;
        }
    }
}

/// Communication 2.1.3: "since the given timestamp (exclusive)", "at or before".
pub async fn since_is_exclusive_and_until_is_inclusive(store: &Arc<dyn Store>) {
    keep(store, 5).await;
    let (second, fourth) = (stored(store, 1).await, stored(store, 3).await);
    let between = |since, until| ids(store, Filter { since, until, ..Filter::default() });
    assert_eq!(between(Some(second), None).await, ids_of([2, 3, 4]));
    assert_eq!(between(None, Some(fourth)).await, ids_of([0, 1, 2, 3]));
    assert_eq!(between(Some(second), Some(fourth)).await, ids_of([2, 3]));
    assert_eq!(between(Some(second.previous()), Some(second)).await, ids_of([1]));
    assert!(between(Some(second), Some(second)).await.is_empty());
    assert!(between(Some(fourth), Some(second)).await.is_empty());
    let (ever, never) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
    assert_eq!(between(Some(ever), Some(never)).await, ids_of(0..5));
    assert!(between(Some(never), None).await.is_empty());
    assert!(between(None, Some(ever)).await.is_empty());
    let descending = Filter { since: Some(second), until: Some(fourth), ..Filter::default() };
    let found = found(store, descending).await;
    assert_eq!(found.iter().map(|s| s.id).collect::<Vec<_>>(), ids_of([3, 2]));
}

/// Newest first unless asked otherwise, with and without a filter.
pub async fn ascending_is_descending_reversed(store: &Arc<dyn Store>) {
    keep(store, 50).await;
    for filter in [Filter::default(), of_activity("a")] {
        let mut descending = found(store, filter.clone()).await;
        let ascending = found(store, Filter { ascending: true, ..filter }).await;
        descending.reverse();
        assert_eq!(ascending, descending);
        assert!(ascending.is_sorted_by(|a, b| a.stored < b.stored));
        assert_eq!(ascending.len(), 50);
    }
}

/// Not when the page ends exactly where the statements do.
pub async fn more_is_said_exactly_when_more_follow(store: &Arc<dyn Store>) {
    keep(store, 40).await;
    for filter in [Filter::default(), of_activity("a")] {
        for (limit, ascending) in [1, 16, 39, 40, 41].into_iter().zip([true, false].repeat(3)) {
            let filter = Filter { ascending, limit, ..filter.clone() };
            let page = store.statements(&filter).await.unwrap();
            assert_eq!(page.statements.len(), limit.min(40));
            assert_eq!(page.more, limit < 40, "limit {limit}");
        }
    }
    let empty = Filter { limit: 1, ..of_activity("none") };
    assert_eq!(store.statements(&empty).await.unwrap(), Page::default());
}

/// A page is full of statements that are not voided, and nothing more is promised when only
/// voided ones follow.
pub async fn voided_statements_are_not_what_more_speaks_of(store: &Arc<dyn Store>) {
    keep(store, 30).await;
    put(store, &(20..30).map(|n| voiding(100 + n, n)).collect::<Vec<_>>()).await;
    let until = Some(stored(store, 29).await);
    let ascending = Filter { limit: 20, ascending: true, until, ..Filter::default() };
    let page = store.statements(&ascending).await.unwrap();
    assert_eq!((page_ids(&page), page.more), (ids_of(0..20), false));

    let descending = Filter { limit: 5, ascending: false, ..ascending };
    let page = store.statements(&descending).await.unwrap();
    assert_eq!((page_ids(&page), page.more), (ids_of((15..20).rev()), true));
}

/// Also where their voiding statements came first, in runs of any length between others, and whatever the size of pages.
pub async fn pages_pass_over_statements_that_were_voided_before_they_came(store: &Arc<dyn Store>) {
    const STATEMENTS: u32 = 260;
    // Runs that end within what an engine reads at once, and go beyond it.
    let is_voided = |n: u32| matches!(n, 1 | 3..=4 | 8..=39 | 41..=159 | 161..=162 | 200..=259);
    let voided: Vec<u32> = (0..STATEMENTS).filter(|n| is_voided(*n)).collect();
    let shown: Vec<u32> = (0..STATEMENTS).filter(|n| !is_voided(*n)).collect();
    put(store, &voided.iter().map(|n| voiding(1000 + n, *n)).collect::<Vec<_>>()).await;
    let before = stored(store, 1259).await;
    keep(store, STATEMENTS).await;
    // By all, and by what voiding statements inherit as well.
    let of_time = Filter { since: Some(before), ..Filter::default() };
    let did = verb("did")["id"].as_str().map(str::to_owned);
    for filter in [of_time.clone(), Filter { verb: did, ..of_time }] {
        for limit in [1, 2, 5, 40, 500] {
            let filter = Filter { limit, ..filter.clone() };
            let newest_first = shown.iter().rev().copied();
            assert_eq!(paged(store, filter.clone()).await, ids_of(newest_first), "{limit}");
            let ascending = Filter { ascending: true, ..filter };
            assert_eq!(paged(store, ascending).await, ids_of(shown.iter().copied()), "{limit}");
        }
    }
}

/// Whatever the size of the pages.
pub async fn pages_join_without_gap_or_repetition(store: &Arc<dyn Store>) {
    keep(store, 60).await;
    let (since, until) = (stored(store, 4).await, stored(store, 54).await);
    let window = Filter { since: Some(since), until: Some(until), ..of_activity("a") };
    for (filter, range) in [(Filter::default(), 0..60), (of_activity("a"), 0..60), (window, 5..55)]
    {
        for limit in [1, 7, 16, 25, 59, 60] {
            let filter = Filter { limit, ..filter.clone() };
            assert_eq!(paged(store, filter.clone()).await, ids_of(range.clone().rev()));
            let ascending = Filter { ascending: true, ..filter };
            assert_eq!(paged(store, ascending).await, ids_of(range.clone()));
        }
    }
}

/// `beyond` is an instant, not a statement that must be there; it widens neither end of time.
pub async fn a_page_begins_beyond_an_instant_nothing_was_stored_at(store: &Arc<dyn Store>) {
    keep(store, 3).await;
    let (first, last) = (stored(store, 0).await, stored(store, 2).await);
    let beyond = |beyond, ascending| {
        let beyond = Some(beyond);
        Filter { beyond, ascending, limit: 9, ..Filter::default() }
    };
    for (filter, expected) in [
        (beyond(first.previous(), true), ids_of(0..3)),
        (beyond(first, true), ids_of([1, 2])),
        (beyond(last, true), Vec::new()),
        (beyond(last.next(), false), ids_of([2, 1, 0])),
        (beyond(first, false), Vec::new()),
        (Filter { until: Some(first), ..beyond(last.next(), false) }, vec![id(0)]),
        (Filter { since: Some(first), ..beyond(first.previous(), true) }, ids_of([1, 2])),
    ] {
        let page = store.statements(&filter).await.unwrap();
        assert_eq!(page_ids(&page), expected, "{filter:?}");
        assert!(!page.more);
    }
}

/// One common and one rare condition, far apart, in both directions.
pub async fn long_runs_of_the_index_are_walked_to_their_end(store: &Arc<dyn Store>) {
    let rare = |n: u32| n % 701 == 3;
    let of = |n: u32| {
        let object = activity(if rare(n) { "rare" } else { "common" });
        with(statement(n), "object", object)
    };
    let values: Vec<Value> = (0..2_500).map(of).collect();
    put(store, &values).await;
    let rare = ids_of((0..2_500).filter(|n| rare(*n)));
    for filter in [of_activity("rare"), Filter { verb: Some(did()), ..of_activity("rare") }] {
        assert_eq!(ids(store, filter.clone()).await, rare);
        let mut newest_first = paged(store, Filter { limit: 2, ..filter }).await;
        newest_first.reverse();
        assert_eq!(newest_first, rare);
    }
    let common = Filter { verb: Some(did()), limit: 999, ..of_activity("common") };
    assert_eq!(paged(store, common).await.len(), 2_500 - rare.len());
}

fn did() -> String {
    "https://v.example/did".into()
}

/// A reader's memory holds a page, whatever statements weigh; the rest follows.
pub async fn a_heavy_page_is_shorter_and_says_that_more_follow(store: &Arc<dyn Store>) {
    let response = "x".repeat(PAGE_BYTES / 9);
    for n in 0..11 {
        put(store, &[with(statement(n), "result", json!({"response": response}))]).await;
    }
    let page = store.statements(&Filter { limit: 100, ..Filter::default() }).await.unwrap();
    assert!(page.more && page.statements.len() < 11, "{} statements", page.statements.len());
    let before = page.statements.last().map(|last| last.stored);
    let rest = Filter { limit: 100, beyond: before, ..Filter::default() };
    let rest = store.statements(&rest).await.unwrap();
    assert!(!rest.more);
    assert_eq!([page_ids(&page), page_ids(&rest)].concat(), ids_of((0..11).rev()));
}
