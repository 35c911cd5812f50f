//! Many at once: writers agree, readers see whole batches in one order.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use super::sample::{
    activity, batch, id, ids, ids_of, kept, log, of_activity, of_person, put, reference, statement,
    stored, with,
};
use store::{Kept, Store, StoreError};
use xapi::instant::Instant;
use xapi::query::Filter;

/// Writers at once: enough for an engine to group and to repeat what they send. One that goes through all statements for each
/// would take minutes for many more.
const WRITERS: u32 = 24;

/// Runs one task per number, all at once, and gives what they gave.
async fn at_once<T, F>(numbers: impl Iterator<Item = u32>, task: impl Fn(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = numbers.map(|n| tokio::spawn(task(n))).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// Four writers of `batches` batches of `size` statements each, under numbers of their own.
fn writers(store: &Arc<dyn Store>, batches: u32, size: u32) -> Vec<JoinHandle<()>> {
    let writer = |writer: u32| {
        let store = Arc::clone(store);
        async move {
            for n in 0..batches {
                let first = (writer * batches + n) * size;
                let values: Vec<Value> = (first..first + size).map(statement).collect();
                put(&store, &values).await;
            }
        }
    };
    (0..4).map(|n| tokio::spawn(writer(n))).collect()
}

fn writing(writers: &[JoinHandle<()>]) -> bool {
    writers.iter().any(|writer| !writer.is_finished())
}

/// `stored` is one strictly increasing sequence over all of the writers.
pub async fn distinct_statements_of_many_writers_are_all_kept(store: &Arc<dyn Store>) {
    const BATCHES: u32 = 5;
    const ALL: u32 = WRITERS * BATCHES * 2;
    at_once(0..WRITERS, |writer| {
        let store = Arc::clone(store);
        async move {
            for n in 0..BATCHES {
                let first = (writer * BATCHES + n) * 2;
                let sent = put(&store, &[statement(first), statement(first + 1)]).await;
                assert_eq!(sent, ids_of([first, first + 1]));
            }
        }
    })
    .await;
    let log = log(store).await;
    assert!(log.is_sorted_by(|a, b| a.statement.stored < b.statement.stored));
    let kept: BTreeSet<Uuid> = log.iter().map(|kept| kept.statement.id).collect();
    assert_eq!(log.len(), ALL as usize);
    assert_eq!(kept, (0..ALL).map(id).collect());
    for n in (0..ALL).step_by(17) {
        assert_eq!(ids(store, of_person(&format!("p{n}"))).await, ids_of([n]));
    }
}

/// Each writer sends the same statement beside one of its own.
pub async fn one_statement_sent_by_many_is_kept_once(store: &Arc<dyn Store>) {
    at_once(1..=WRITERS, |n| {
        let store = Arc::clone(store);
        async move { assert_eq!(put(&store, &[statement(0), statement(n)]).await, ids_of([0, n])) }
    })
    .await;
    let log = log(store).await;
    assert_eq!(log.len(), WRITERS as usize + 1);
    assert_eq!(log.iter().filter(|kept| kept.statement.id == id(0)).count(), 1);
    assert_eq!(ids(store, of_person("p0")).await, ids_of([0]));
}

/// The others are told where theirs differ from the winner's, and keep nothing beside it.
pub async fn of_different_statements_under_one_id_one_wins(store: &Arc<dyn Store>) {
    let results = at_once(1..=WRITERS, |n| {
        let store = Arc::clone(store);
        let own = with(statement(0), "object", activity(&format!("of{n}")));
        async move { (n, store.put_statements(batch(&[statement(n), own])).await) }
    })
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(|(_, result)| result.is_ok());
    let [(winner, _)] = won.as_slice() else { panic!("{} writers won", won.len()) };
    for (n, result) in lost {
        match result {
            Err(StoreError::Conflict { id: named, differences }) => {
                assert_eq!((named, differences), (id(0), vec!["/object/id".to_owned()]));
            }
            other => panic!("writer {n}: {other:?}"),
        }
        assert_eq!(store.statement(id(n)).await.unwrap(), None);
        assert!(ids(store, of_activity(&format!("of{n}"))).await.is_empty());
    }
    assert_eq!(ids(store, Filter::default()).await, [id(*winner), id(0)]);
    assert_eq!(ids(store, of_activity(&format!("of{winner}"))).await, [id(0)]);
}

/// Neither in a filter nor in the log nor by id.
pub async fn no_reader_sees_half_a_batch(store: &Arc<dyn Store>) {
    const SIZE: u32 = 7;
    const BATCHES: u32 = 15;
    let writers = writers(store, BATCHES, SIZE);
    while writing(&writers) {
        assert_eq!(log(store).await.len() % SIZE as usize, 0, "half a batch in the log");
        for filter in [Filter::default(), of_activity("a")] {
            let found = ids(store, filter).await;
            assert_eq!(found.len() % SIZE as usize, 0, "half a batch is found");
            if let Some(last) = found.last() {
                assert!(store.statement(*last).await.unwrap().is_some());
            }
        }
    }
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    assert_eq!(log(store).await.len(), (4 * BATCHES * SIZE) as usize);
}

/// In both orders: oldest first until nothing new comes, newest first from where one began.
pub async fn pages_read_while_others_write_neither_skip_nor_repeat(store: &Arc<dyn Store>) {
    put(store, &(50_000..50_100).map(statement).collect::<Vec<_>>()).await;
    let writers = writers(store, 30, 3);
    let mut ascending = Filter { limit: 11, ascending: true, ..of_activity("a") };
    let mut followed: Vec<Uuid> = Vec::new();
    let mut last_round = false;
    loop {
        let page = store.statements(&ascending).await.unwrap();
        if let Some(last) = page.statements.last() {
            ascending.beyond = Some(last.stored);
        }
        followed.extend(page.statements.iter().map(|statement| statement.id));
        assert!(followed.len() < 10_000, "the pages have no end");
        if !page.more {
            newest_first(store).await;
            if last_round {
                break;
            }
            last_round = !writing(&writers);
        }
    }
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    let all: Vec<Uuid> = log(store).await.iter().map(|kept| kept.statement.id).collect();
    assert_eq!(followed, all);
    assert_eq!(all.len(), 100 + 4 * 30 * 3);
}

/// Pages from the newest statement back are exactly the log before it.
async fn newest_first(store: &Arc<dyn Store>) {
    let mut filter = Filter { limit: 37, ..Filter::default() };
    let mut read: Vec<Uuid> = Vec::new();
    loop {
        let page = store.statements(&filter).await.unwrap();
        filter.beyond = page.statements.last().map(|statement| statement.stored);
        read.extend(page.statements.iter().map(|statement| statement.id));
        assert!(read.len() < 10_000, "the pages have no end");
        if !page.more {
            break;
        }
    }
    read.reverse();
    let log = log(store).await;
    let before: Vec<Uuid> = log.iter().take(read.len()).map(|kept| kept.statement.id).collect();
    assert_eq!(read, before);
}

/// What was read never gets an earlier neighbour.
pub async fn the_log_followed_while_others_write_is_complete(store: &Arc<dyn Store>) {
    let writers = writers(store, 60, 2);
    let mut followed: Vec<Kept> = Vec::new();
    while followed.len() < 4 * 60 * 2 {
        let after = followed.last().map(|kept| kept.statement.stored).unwrap_or_default();
        let wait = store.wait_for_news(after, Duration::from_mins(1));
        timeout(Duration::from_secs(10), wait).await.expect("news is announced");
        let news = store.log(after, 17).await.unwrap().statements;
        assert!(!news.is_empty() || writing(&writers), "the log ends early: a statement is missed");
        followed.extend(news);
    }
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    assert_eq!(followed, log(store).await);
}

/// A reader takes the promise, reads all it speaks of, and never finds another such statement.
pub async fn the_consistent_instant_is_honest_while_others_write(store: &Arc<dyn Store>) {
    let writers = writers(store, 60, 2);
    let mut promises: Vec<(Instant, usize)> = Vec::new();
    while writing(&writers) {
        let through = store.consistent_through().await.unwrap();
        assert!(promises.last().is_none_or(|(last, _)| *last <= through), "it went back");
        let until = Filter { until: Some(through), ..Filter::default() };
        promises.push((through, ids(store, until).await.len()));
    }
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    let log = log(store).await;
    for (through, seen) in promises {
        let spoken_of = log.iter().filter(|kept| kept.statement.stored <= through).count();
        assert_eq!(seen, spoken_of, "statements up to {through} came after the promise");
    }
}

/// Whichever the engine takes first.
pub async fn references_and_targets_sent_at_once_find_each_other(store: &Arc<dyn Store>) {
    let link = |n: u32| {
        if n.is_multiple_of(4) { statement(n) } else { reference(n, n - 1) }
    };
    at_once(0..80, |n| {
        let (store, link) = (Arc::clone(store), link(n));
        async move { put(&store, &[link]).await }
    })
    .await;
    for chain in 0..20 {
        let found: BTreeSet<Uuid> =
            ids(store, of_person(&format!("p{}", chain * 4))).await.into_iter().collect();
        assert_eq!(found, (chain * 4..chain * 4 + 4).map(id).collect());
    }
}

/// By id, by filter and in the log, while others keep the engine busy.
pub async fn a_statement_answered_is_read_at_once(store: &Arc<dyn Store>) {
    at_once(0..16, |writer| {
        let store = Arc::clone(store);
        async move {
            for n in (0..10).map(|n| writer * 10 + n) {
                put(&store, &[statement(n)]).await;
                let kept = kept(&store, n).await;
                assert_eq!(ids(&store, of_person(&format!("p{n}"))).await, ids_of([n]));
                let before = kept.statement.stored.previous();
                assert_eq!(store.log(before, 1).await.unwrap().statements, [kept]);
            }
        }
    })
    .await;
}

/// However the engine groups them.
pub async fn failing_batches_do_not_touch_their_neighbours(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let results = at_once(1..=2 * WRITERS, |n| {
        let store = Arc::clone(store);
        let doomed = n.is_multiple_of(2);
        let result = json!({"success": doomed});
        let second = if doomed { with(statement(0), "result", result) } else { statement(0) };
        async move { store.put_statements(batch(&[statement(n), second])).await.is_ok() }
    })
    .await;
    for (n, is_kept) in (1..).zip(results) {
        assert_eq!(is_kept, n % 2 == 1, "batch {n}");
        assert_eq!(store.statement(id(n)).await.unwrap().is_some(), is_kept);
        let found = ids(store, of_person(&format!("p{n}"))).await;
        assert_eq!(found, if is_kept { ids_of([n]) } else { Vec::new() });
    }
    assert!(stored(store, 0).await < stored(store, 1).await);
    assert_eq!(ids(store, Filter::default()).await.len(), WRITERS as usize + 1);
}
