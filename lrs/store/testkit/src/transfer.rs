//! What moving everything to another store needs.

use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::sample::{
    attached, batch, id, ids, ids_of, kept, log, of_person, put, put_each, reference, stamped,
    statement, stored, voiding,
};
use store::{Extent, Kept, LOG_BYTES, Store, StoreError};
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

/// The `n`th statement as another store has it, stored at `micros`.
fn elsewhere(n: u32, micros: i64) -> Stored {
    stamped(&statement(n), micros)
}

fn key(n: u32) -> DocumentKey {
    let resource =
        [Resource::State, Resource::ActivityProfile, Resource::AgentProfile][n as usize % 3];
    let activity = if n % 3 == 2 { "" } else { "https://a.example/a" };
    let agent = if n % 3 == 1 { "" } else { "mbox::mailto:p@x.example" };
    let registration = n.is_multiple_of(6).then(|| Uuid::from_u128(u128::from(n)));
    let shelf = Shelf { resource, activity: activity.into(), agent: agent.into(), registration };
    DocumentKey { shelf, id: format!("d{n}") }
}

fn document(n: u32) -> Document {
    let body = Bytes::from(vec![0, 255, u8::try_from(n).unwrap()]);
    let updated = Instant::from_micros(i64::from(n) + 1);
    Document { content_type: "application/octet-stream".into(), body, updated }
}

async fn change(store: &Arc<dyn Store>, n: u32, change: Change) {
    let free = Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    store.change_document(key(n), free, change).await.unwrap();
}

/// By the bytes, the instants and what they are found by; also what is voided, refers, and brings
/// data along.
pub async fn restored_statements_are_as_they_were_elsewhere(store: &Arc<dyn Store>) {
    let first =
        vec![elsewhere(0, 1_000), stamped(&reference(1, 0), 1_001), stamped(&voiding(2, 5), 5_000)];
    let sha2 = hex::encode([7; 32]);
    let body = Bytes::from_static(b"data");
    let attachment = Attachment { sha2: sha2.clone(), content_type: "a/b".into(), body };
    store.restore(first.clone(), vec![attachment.clone()]).await.unwrap();
    let second = vec![elsewhere(5, 5_001)];
    store.restore(second.clone(), Vec::new()).await.unwrap();

    let expected: Vec<Kept> = first
        .into_iter()
        .chain(second)
        .map(|statement| Kept { voided: statement.id == id(5), statement })
        .collect();
    assert_eq!(log(store).await, expected);
    assert_eq!(ids(store, of_person("p0")).await, ids_of([0, 1]));
    assert_eq!(attached(&**store, &[sha2]).await, [attachment]);
    let newest = Instant::from_micros(5_001);
    assert_eq!(store.extent().await.unwrap(), Extent { statements: 4, newest });

    put(store, &[statement(9)]).await;
    assert!(stored(store, 9).await > newest);
    assert!(!kept(store, 9).await.voided);
}

/// A statement that is not later than all there are would get in front of what was read.
pub async fn what_is_not_later_than_everything_is_not_restored(store: &Arc<dyn Store>) {
    store.restore(vec![elsewhere(0, 1_000)], Vec::new()).await.unwrap();
    for micros in [999, 1_000] {
        let late = vec![elsewhere(1, micros), elsewhere(2, 2_000)];
        let error = store.restore(late, Vec::new()).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error}");
        assert_eq!(ids(store, Filter::default()).await, ids_of([0]));
    }
    store.restore(vec![elsewhere(1, 1_001)], Vec::new()).await.unwrap();
    assert_eq!(ids(store, Filter::default()).await, ids_of([0, 1]));
}

/// Voided ones count, those of failed batches do not.
pub async fn the_extent_is_that_of_the_log(store: &Arc<dyn Store>) {
    assert_eq!(store.extent().await.unwrap(), Extent::default());
    put_each(store, &[statement(0), voiding(1, 0), statement(2), voiding(3, 2)]).await;
    let newest = stored(store, 3).await;
    assert_eq!(store.extent().await.unwrap(), Extent { statements: 4, newest });
    let conflict = super::sample::with(statement(0), "verb", super::sample::verb("undid"));
    store.put_statements(batch(&[statement(4), conflict])).await.unwrap_err();
    assert_eq!(store.extent().await.unwrap(), Extent { statements: 4, newest });
}

/// Each once, whatever the size of the pages; removed ones are not there.
pub async fn all_documents_are_paged_through(store: &Arc<dyn Store>) {
    assert!(store.documents_beyond(None, 9).await.unwrap().is_empty());
    for n in 0..30 {
        change(store, n, Change::Put(document(n))).await;
        change(store, n, Change::Put(document(n + 1))).await;
    }
    for n in (0..30).step_by(5) {
        change(store, n, Change::Delete).await;
    }
    let mut expected: Vec<(DocumentKey, Document)> =
        (0..30).filter(|n| n % 5 != 0).map(|n| (key(n), document(n + 1))).collect();
    expected.sort_by(|one, other| one.0.id.cmp(&other.0.id));
    for limit in [1, 7, 100] {
        let mut all: Vec<(DocumentKey, Document)> = Vec::new();
        loop {
            let after = all.last().map(|(key, _)| key.clone());
            let page = store.documents_beyond(after.as_ref(), limit).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            all.extend(page);
        }
        all.sort_by(|one, other| one.0.id.cmp(&other.0.id));
        assert_eq!(all, expected, "{limit} at a time");
    }
}

/// Unless it has one: cursors that were given out must stay good.
pub async fn a_secret_is_adopted_by_a_store_without_one(store: &Arc<dyn Store>) {
    assert!(store.adopt_secret([3; 32]).await.unwrap());
    assert_eq!(store.secret().await.unwrap(), [3; 32]);
    assert!(!store.adopt_secret([4; 32]).await.unwrap());
    assert!(store.adopt_secret([3; 32]).await.unwrap());
    assert_eq!(store.secret().await.unwrap(), [3; 32]);
}

/// A copy must not fall upon what a server has begun to work with.
pub async fn a_store_stays_used(store: &Arc<dyn Store>) {
    assert!(!store.is_used().await.unwrap());
    store.secret().await.unwrap();
    put(store, &[statement(0)]).await;
    assert!(!store.is_used().await.unwrap());
    for _ in 0..2 {
        store.mark_used().await.unwrap();
        assert!(store.is_used().await.unwrap());
    }
}

/// What was broken off in the middle must be known as such until it is whole.
pub async fn a_store_is_unfinished_for_as_long_as_it_is_said_to_be(store: &Arc<dyn Store>) {
    assert!(!store.is_unfinished().await.unwrap());
    for _ in 0..2 {
        store.mark_unfinished(true).await.unwrap();
        assert!(store.is_unfinished().await.unwrap());
    }
    for _ in 0..2 {
        store.mark_unfinished(false).await.unwrap();
        assert!(!store.is_unfinished().await.unwrap());
    }
}

/// A reader's memory holds a page, whatever documents weigh.
pub async fn a_page_of_documents_ends_where_it_gets_heavy(store: &Arc<dyn Store>) {
    let heavy = |bytes: usize| Document { body: Bytes::from(vec![7; bytes]), ..document(0) };
    let half = LOG_BYTES / 2;
    for (n, bytes) in [(0, half - 1), (1, half - 1), (2, half - 1), (3, half + 1), (4, 1)] {
        change(store, n, Change::Put(heavy(bytes))).await;
    }
    let mut all: Vec<(DocumentKey, Document)> = Vec::new();
    let mut pages = 0;
    loop {
        let after = all.last().map(|(key, _)| key.clone());
        let page = store.documents_beyond(after.as_ref(), 100).await.unwrap();
        let Some((_, but_last)) = page.split_last() else { break };
        let weight: usize = but_last.iter().map(|(_, document)| document.body.len()).sum();
        assert!(weight < LOG_BYTES, "{weight} bytes");
        pages += 1;
        all.extend(page);
    }
    assert!(pages >= 2, "{pages} pages");
    all.sort_by(|one, other| one.0.id.cmp(&other.0.id));
    assert_eq!(
        all.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4].map(key)
    );
}
