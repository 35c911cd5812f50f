//! The log, and waiting for what comes to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant as Moment, timeout};

use super::generated::Maker;
use super::naive::Naive;
use super::sample::{
    batch, ids_of, kept, log, prepared_by, put, statement, stored, verb, voiding, with,
};
use store::{Batch, Kept, LOG_BYTES, Selection, Store};
use xapi::instant::Instant;

/// Longer than any waiting that is to end early.
const LONG: Duration = Duration::from_secs(30);
/// What a waiting that is to end early may take on a busy machine.
const PROMPT: Duration = Duration::from_secs(5);

/// Whatever the size of its pieces.
pub async fn the_log_is_complete_and_in_order(store: &Arc<dyn Store>) {
    assert!(log(store).await.is_empty());
    for round in 0..10 {
        put(store, &(0..7).map(|n| statement(round * 7 + n)).collect::<Vec<_>>()).await;
    }
    let whole = log(store).await;
    assert_eq!(whole.iter().map(|kept| kept.statement.id).collect::<Vec<_>>(), ids_of(0..70));
    assert!(whole.is_sorted_by(|a, b| a.statement.stored < b.statement.stored));
    for limit in [1, 9, 70, 71] {
        let mut pieces: Vec<Kept> = Vec::new();
        loop {
            let after = pieces.last().map(|kept| kept.statement.stored).unwrap_or_default();
            let piece = store.log(after, limit).await.unwrap().statements;
            assert!(piece.len() <= limit);
            if piece.is_empty() {
                break;
            }
            pieces.extend(piece);
        }
        assert_eq!(pieces, whole, "in pieces of {limit}");
    }
}

/// Of random statements: exactly those that something voids, and all of them are there.
pub async fn the_log_says_what_is_voided(store: &Arc<dyn Store>) {
    let statements = Maker::new(4).statements(200);
    let statements: Vec<_> = statements.iter().map(|(key, v)| prepared_by(key, v)).collect();
    store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    put(store, &[statement(500), voiding(501, 500)]).await;
    let log = log(store).await;
    assert_eq!(log.len(), 202);
    let naive = Naive::of(&log);
    assert!(log.iter().filter(|kept| kept.voided).count() > 3);
    for said in &log {
        let id = said.statement.id;
        assert_eq!(said.voided, naive.voided().contains(&id), "{id}");
        assert_eq!(store.statement(id).await.unwrap().as_ref(), Some(said));
    }
}

/// A reader's memory holds a page, whatever statements weigh.
pub async fn a_page_of_the_log_ends_where_it_gets_heavy(store: &Arc<dyn Store>) {
    let heavy =
        |n: u32, bytes: usize| with(statement(n), "result", json!({"response": "x".repeat(bytes)}));
    let third = LOG_BYTES / 3;
    for (n, bytes) in [(0, 10), (1, third), (2, third), (3, third), (4, 2 * LOG_BYTES), (5, 10)] {
        put(store, &[heavy(n, bytes)]).await;
    }
    let (mut all, mut pages) = (Vec::new(), 0);
    loop {
        let after = all.last().map_or_else(Instant::default, |kept: &Kept| kept.statement.stored);
        let page = store.log(after, 100).await.unwrap();
        let (_, but_last) = page.statements.split_last().expect("a page is never empty");
        let weight: usize = but_last.iter().map(|kept| kept.statement.body.len()).sum();
        assert!(weight < LOG_BYTES, "{weight} bytes");
        pages += 1;
        all.extend(page.statements);
        if !page.more {
            break;
        }
    }
    assert!(pages >= 3, "{pages} pages");
    assert_eq!(all.iter().map(|kept| kept.statement.id).collect::<Vec<_>>(), ids_of(0..6));
    assert!(store.log(Instant::default(), 1).await.unwrap().more);
}

/// Exclusively, whether something was stored then or not.
pub async fn the_log_begins_after_the_instant_given(store: &Arc<dyn Store>) {
    put(store, &[statement(0), statement(1), statement(2)]).await;
    let first = stored(store, 0).await;
    for (after, expected) in [
        (Instant::from_micros(i64::MIN), ids_of(0..3)),
        (first.previous(), ids_of(0..3)),
        (first, ids_of(1..3)),
        (stored(store, 2).await, Vec::new()),
        (Instant::from_micros(i64::MAX), Vec::new()),
    ] {
        let given = store.log(after, 9).await.unwrap().statements;
        assert_eq!(given.iter().map(|kept| kept.statement.id).collect::<Vec<_>>(), expected);
    }
}

/// A reader that is woken finds what woke it.
pub async fn waiting_ends_with_news(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    for n in 1..20 {
        let after = stored(store, n - 1).await;
        let waiting = tokio::spawn({
            let store = Arc::clone(store);
            async move {
                store.wait_for_news(after, LONG).await;
                store.log(after, 9).await.unwrap().statements.len()
            }
        });
        put(store, &[statement(n)]).await;
        let seen = timeout(PROMPT, waiting).await.expect("the news was announced").unwrap();
        assert_eq!(seen, 1);
    }
}

/// News that came before anybody waited is not missed.
pub async fn waiting_ends_at_once_when_the_news_is_there(store: &Arc<dyn Store>) {
    put(store, &[statement(0), statement(1)]).await;
    for after in [Instant::default(), stored(store, 0).await] {
        let wait = store.wait_for_news(after, LONG);
        timeout(PROMPT, wait).await.expect("the news was there");
    }
}

/// After the time given, not before and not long after.
pub async fn waiting_ends_without_news(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    is_quiet(store, stored(store, 0).await).await;
}

/// A reader that followed everything is left in peace by writes that keep nothing new: else it
/// would read the same empty end of the log over and over.
pub async fn what_was_known_already_is_no_news(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let last = stored(store, 0).await;
    put(store, &[statement(0)]).await;
    let conflict = with(statement(0), "verb", verb("undid"));
    store.put_statements(batch(&[statement(1), conflict])).await.unwrap_err();
    assert!(store.put_course("c", "", None, Selection::Changed).await.unwrap());
    is_quiet(store, last).await;
}

async fn is_quiet(store: &Arc<dyn Store>, after: Instant) {
    let at_most = Duration::from_millis(200);
    let began = Moment::now();
    timeout(PROMPT, store.wait_for_news(after, at_most)).await.expect("it ends in time");
    assert!(began.elapsed() >= at_most, "nothing new came, and the waiting ended early");
}

/// With nothing under way it grows past everything kept, and never goes back.
pub async fn everything_up_to_the_consistent_instant_can_be_read(store: &Arc<dyn Store>) {
    let mut last = store.consistent_through().await.unwrap();
    let mut seen = BTreeSet::new();
    for n in 0..30 {
        let through = store.consistent_through().await.unwrap();
        assert!(through >= last, "the promise went back");
        let values: Vec<Value> = vec![statement(n)];
        put(store, &values).await;
        let stored = kept(store, n).await.statement.stored;
        assert!(stored > through, "statement {n} broke the promise");
        assert!(seen.insert(stored));
        last = through;
    }
    let newest = stored(store, 29).await;
    let caught_up = async {
        while store.consistent_through().await.unwrap() < newest {
            tokio::task::yield_now().await;
        }
    };
    timeout(PROMPT, caught_up).await.expect("the promise reaches what is kept");
}

/// Of all that was given to statements or promised, whichever is later.
pub async fn the_latest_instant_is_never_earlier_than_what_was_stored_or_promised(
    store: &Arc<dyn Store>,
) {
    for n in 0..3 {
        put(store, &[statement(n)]).await;
        assert!(store.latest().await.unwrap() >= stored(store, n).await);
        let promised = store.consistent_through().await.unwrap();
        assert!(store.latest().await.unwrap() >= promised);
    }
}
