//! State and profile documents.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use super::sample::{batch, found, id, statement, verb, with};
use store::bounds::{LISTED_IDS, ListedIds};
use store::{Result, Store, StoreError};
use xapi::document::TOO_MANY_IDS;
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, TOO_LONG, Tags, Unguarded, Unmet,
};
use xapi::instant::Instant;
use xapi::query::Filter;

const ALLOWED: Precondition =
    Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };

/// More than a document of these tests has.
const MOST: usize = 10_000;

fn shelf(registration: Option<Uuid>) -> Shelf {
    Shelf {
        resource: Resource::State,
        activity: "https://a.example/a".into(),
        agent: "mbox::mailto:p@x.example".into(),
        registration,
    }
}

fn key(id: &str) -> DocumentKey {
    DocumentKey { shelf: shelf(None), id: id.into() }
}

fn document(body: &str, updated: i64) -> Document {
    Document {
        content_type: "application/json; charset=UTF-8".into(),
        body: Bytes::from(body.to_owned()),
        updated: Instant::from_micros(updated),
    }
}

async fn put(store: &Arc<dyn Store>, key: DocumentKey, document: Document) {
    store.change_document(key, ALLOWED, Change::Put(document)).await.unwrap();
}

async fn ids(store: &Arc<dyn Store>, shelf: &Shelf) -> Vec<String> {
    store.document_ids(shelf, None).await.unwrap().0
}

/// Any bytes under any type, and in place of what was there.
pub async fn a_document_comes_back_as_it_was_put(store: &Arc<dyn Store>) {
    assert_eq!(store.document(&key("x")).await.unwrap(), None);
    let first = Document {
        content_type: "application/octet-stream".into(),
        body: Bytes::from_static(&[0, 255, 0]),
        updated: Instant::from_micros(1_795_000_000_123_456),
    };
    let empty = Document { body: Bytes::new(), ..document("", 5) };
    for document in [first, empty, document("{ \"a\":1.00 }", 3)] {
        put(store, key("x"), document.clone()).await;
        assert_eq!(store.document(&key("x")).await.unwrap(), Some(document));
    }
    assert_eq!(store.document(&key("X")).await.unwrap(), None);
}

/// Every condition on a document that is there and on one that is not; a change refused for it
/// changes nothing.
pub async fn preconditions_hold_as_the_table_says(store: &Arc<dyn Store>) {
    let old = document("{}", 1);
    let own = || Some(Tags::OneOf(vec!["0".into(), old.etag()]));
    let other = || Some(Tags::OneOf(vec!["0".into()]));
    let any = || Some(Tags::Any);
    let (failed, exists, missing) = (Err(Unmet::Failed), Err(Unmet::Exists), Err(Unmet::Missing));
    let (all, new, none) = (Unguarded::Allowed, Unguarded::OnlyNew, Unguarded::Refused);
    let table = [
        // If-Match, If-None-Match, neither | there | not there
        (None, None, all, Ok(()), Ok(())),
        (None, None, new, exists.clone(), Ok(())),
        (None, None, none, exists, missing),
        (own(), None, none, Ok(()), failed.clone()),
        (other(), None, all, failed.clone(), failed.clone()),
        (any(), None, none, Ok(()), failed.clone()),
        (None, own(), all, failed.clone(), Ok(())),
        (None, other(), none, Ok(()), Ok(())),
        (None, any(), all, failed.clone(), Ok(())),
        (own(), other(), none, Ok(()), failed.clone()),
        (own(), own(), all, failed.clone(), failed),
    ];
    for (n, (if_match, if_none_match, unguarded, there, not_there)) in (0..).zip(table) {
        let precondition = Precondition { if_match, if_none_match, unguarded };
        for (is_there, expected) in [(true, there), (false, not_there)] {
            for change in changes() {
                let key = key(&format!("{n} {is_there} {change:?}"));
                let before = is_there.then(|| old.clone());
                if is_there {
                    put(store, key.clone(), old.clone()).await;
                }
                let after = change.clone().apply(before.clone()).unwrap();
                let result = store.change_document(key.clone(), precondition.clone(), change).await;
                let given = expected.clone().map(|()| after.clone());
                assert_eq!(unmet(result), given, "{precondition:?} {key:?}");
                let left = if expected.is_ok() { after } else { before };
                assert_eq!(store.document(&key).await.unwrap(), left, "{key:?}");
            }
        }
    }
}

fn changes() -> [Change; 3] {
    let new = document("{\"b\":2}", 2);
    [Change::Put(new.clone()), Change::Post(new, MOST), Change::Delete]
}

fn unmet(result: Result<Option<Document>>) -> std::result::Result<Option<Document>, Unmet> {
    match result {
        Ok(document) => Ok(document),
        Err(StoreError::Precondition(unmet)) => Err(unmet),
        Err(other) => panic!("not a precondition: {other}"),
    }
}

/// Top-level members, with the new instant and type.
pub async fn posted_members_are_merged_into_an_object(store: &Arc<dyn Store>) {
    for (body, merged) in [
        (r#"{"a":{"x":1},"b":2}"#, r#"{"a":{"x":1},"b":2}"#),
        (r#"{"a":{"y":1},"c":3}"#, r#"{"a":{"y":1},"b":2,"c":3}"#),
    ] {
        let updated = i64::try_from(merged.len()).unwrap();
        let posted = Change::Post(document(body, updated), MOST);
        store.change_document(key("x"), ALLOWED, posted).await.unwrap();
        assert_eq!(store.document(&key("x")).await.unwrap(), Some(document(merged, updated)));
    }
}

/// Whether it is the document kept or the one sent that is no object.
pub async fn a_refused_merge_changes_nothing(store: &Arc<dyn Store>) {
    for (n, (old, new)) in (0..).zip([("[]", "{}"), ("{}", "[]"), ("{", "{}"), ("{}", "{")]) {
        let key = key(&format!("{n}"));
        put(store, key.clone(), document(old, 1)).await;
        let posted = Change::Post(document(new, 2), MOST);
        let error = store.change_document(key.clone(), ALLOWED, posted).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error}");
        assert_eq!(store.document(&key).await.unwrap(), Some(document(old, 1)));
    }
}

/// The limit holds for the result, however small what is sent; a document at its limit can still be changed.
pub async fn a_merge_that_would_be_too_long_is_refused_and_changes_nothing(store: &Arc<dyn Store>) {
    let post = |body: String, most| Change::Post(document(&body, 2), most);
    let half = |name: &str| format!("{{\"{name}\":\"{}\"}}", "x".repeat(1_000));
    let old = document(&half("a"), 1);
    put(store, key("x"), old.clone()).await;
    let error = store.change_document(key("x"), ALLOWED, post(half("b"), 2_000)).await.unwrap_err();
    let StoreError::Refused(refusal) = error else { panic!("{error}") };
    assert_eq!(refusal.rule, TOO_LONG);
    assert_eq!(store.document(&key("x")).await.unwrap(), Some(old));
    let change = post(half("b").replace("xx", ""), 2_000);
    assert!(store.change_document(key("x"), ALLOWED, change).await.unwrap().is_some());
    let change = post("{\"a\":1}".into(), 1_009);
    assert!(store.change_document(key("x"), ALLOWED, change).await.is_ok());
}

/// And can be deleted again.
pub async fn a_deleted_document_is_gone(store: &Arc<dyn Store>) {
    put(store, key("x"), document("1", 1)).await;
    put(store, key("y"), document("1", 1)).await;
    for _ in 0..2 {
        store.change_document(key("x"), ALLOWED, Change::Delete).await.unwrap();
        assert_eq!(store.document(&key("x")).await.unwrap(), None);
        assert_eq!(ids(store, &shelf(None)).await, ["y"]);
    }
}

/// `since` is exclusive; the instant given is the latest of the changes listed.
pub async fn ids_are_those_changed_since_with_the_latest_change(store: &Arc<dyn Store>) {
    let at = Instant::from_micros;
    let nothing = (Vec::new(), None);
    assert_eq!(store.document_ids(&shelf(None), None).await.unwrap(), nothing);
    for (id, updated) in [("b", 30), ("a", 10), ("c", 20), ("a", 15)] {
        put(store, key(id), document("1", updated)).await;
    }
    for (since, ids, latest) in [
        (None, &["a", "b", "c"][..], Some(30)),
        (Some(14), &["a", "b", "c"], Some(30)),
        (Some(15), &["b", "c"], Some(30)),
        (Some(20), &["b"], Some(30)),
        (Some(30), &[], None),
    ] {
        let given = store.document_ids(&shelf(None), since.map(at)).await.unwrap();
        assert_eq!(given, (ids.iter().map(ToString::to_string).collect(), latest.map(at)));
    }
}

/// A listing is refused as soon as it is too long, and a part of it can be had.
pub async fn more_ids_than_one_answer_lists_are_refused(store: &Arc<dyn Store>) {
    // Few of great length: an engine may go through all that there are for each that is put.
    let long = |n: i64| format!("{n:04}{}", "x".repeat(500 << 10));
    let many = i64::try_from(LISTED_IDS / ListedIds::weight(&long(0)) + 1).unwrap();
    for n in 0..many {
        put(store, key(&long(n)), document("1", n)).await;
    }
    let refused = store.document_ids(&shelf(None), None).await.unwrap_err();
    let StoreError::Refused(refusal) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.rule, TOO_MANY_IDS);
    let (ids, latest) =
        store.document_ids(&shelf(None), Some(Instant::from_micros(0))).await.unwrap();
    assert_eq!(
        (ids.len(), latest),
        (LISTED_IDS / ListedIds::weight(&long(0)), Some(Instant::from_micros(many - 1)))
    );
}

/// Communication 2.3: a single document without a registration is its own; several without one
/// are those of every registration, each id once.
pub async fn a_registration_is_part_of_an_address_and_none_asks_for_all(store: &Arc<dyn Store>) {
    let (one, two) = (Some(id(1)), Some(id(2)));
    let key = |registration, id: &str| DocumentKey { shelf: shelf(registration), id: id.into() };
    for (registration, id, updated) in
        [(None, "x", 1), (one, "x", 2), (two, "x", 9), (one, "y", 4), (None, "z", 5)]
    {
        put(store, key(registration, id), document(&updated.to_string(), updated)).await;
    }
    for (registration, id, body) in
        [(None, "x", Some("1")), (one, "x", Some("2")), (None, "y", None), (one, "z", None)]
    {
        let given = store.document(&key(registration, id)).await.unwrap();
        assert_eq!(given.as_ref().map(|document| &*document.body), body.map(str::as_bytes));
    }
    let latest = |micros| Some(Instant::from_micros(micros));
    let given = store.document_ids(&shelf(None), None).await.unwrap();
    assert_eq!(given, (["x", "y", "z"].map(String::from).into(), latest(9)));
    let given = store.document_ids(&shelf(one), None).await.unwrap();
    assert_eq!(given, (["x", "y"].map(String::from).into(), latest(4)));

    store.change_document(key(None, "x"), ALLOWED, Change::Delete).await.unwrap();
    assert!(store.document(&key(two, "x")).await.unwrap().is_some());
    store.delete_documents(&shelf(one)).await.unwrap();
    assert!(ids(store, &shelf(one)).await.is_empty());
    assert_eq!(ids(store, &shelf(None)).await, ["x", "z"]);
    store.delete_documents(&shelf(None)).await.unwrap();
    assert!(ids(store, &shelf(None)).await.is_empty());
    assert!(store.document(&key(two, "x")).await.unwrap().is_none());
}

fn other_shelves() -> [Shelf; 4] {
    let own = shelf(None);
    [
        Shelf { activity: "https://a.example/b".into(), ..own.clone() },
        Shelf { agent: "mbox::mailto:q@x.example".into(), ..own.clone() },
        Shelf { resource: Resource::ActivityProfile, agent: String::new(), ..own.clone() },
        Shelf { resource: Resource::AgentProfile, activity: String::new(), ..own },
    ]
}

/// Another resource, activity or agent is another shelf.
pub async fn shelves_of_other_things_are_apart(store: &Arc<dyn Store>) {
    put(store, key("x"), document("1", 1)).await;
    for (n, shelf) in (0..).zip(other_shelves()) {
        let key = DocumentKey { shelf, id: "x".into() };
        assert_eq!(store.document(&key).await.unwrap(), None);
        assert!(ids(store, &key.shelf).await.is_empty());
        put(store, key.clone(), document("2", n)).await;
        assert_eq!(store.document(&key).await.unwrap(), Some(document("2", n)));
        assert_eq!(ids(store, &key.shelf).await, ["x"]);
    }
    assert_eq!(store.document(&key("x")).await.unwrap(), Some(document("1", 1)));
}

/// And an empty one may be deleted.
pub async fn deleting_a_shelf_leaves_the_others(store: &Arc<dyn Store>) {
    let others = other_shelves();
    for shelf in others.iter().cloned().chain([shelf(None), shelf(Some(id(1)))]) {
        put(store, DocumentKey { shelf, id: "x".into() }, document("1", 1)).await;
    }
    for _ in 0..2 {
        store.delete_documents(&shelf(None)).await.unwrap();
        assert!(ids(store, &shelf(None)).await.is_empty());
        for other in &others {
            assert_eq!(ids(store, other).await, ["x"]);
        }
    }
}

/// `If-Match` of 32 writers: check and change are one.
pub async fn of_writers_who_saw_the_same_document_one_wins(store: &Arc<dyn Store>) {
    let old = document("{}", 1);
    put(store, key("x"), old.clone()).await;
    let seen = Some(Tags::OneOf(vec![old.etag()]));
    one_wins(store, &Precondition { if_match: seen, ..ALLOWED }, &Unmet::Failed).await;
}

/// `If-None-Match: *` of 32 writers, and a PUT that may only create.
pub async fn of_writers_who_create_a_document_one_wins(store: &Arc<dyn Store>) {
    let unseen = Precondition { if_none_match: Some(Tags::Any), ..ALLOWED };
    one_wins(store, &unseen, &Unmet::Failed).await;
    store.delete_documents(&shelf(None)).await.unwrap();
    let only_new = Precondition { unguarded: Unguarded::OnlyNew, ..ALLOWED };
    one_wins(store, &only_new, &Unmet::Exists).await;
}

async fn one_wins(store: &Arc<dyn Store>, precondition: &Precondition, lost: &Unmet) {
    let writing = (0..32).map(|n| {
        let (store, precondition) = (Arc::clone(store), precondition.clone());
        let change = Change::Put(document(&format!("{{\"writer\":{n}}}"), n));
        let writing = async move { store.change_document(key("x"), precondition, change).await };
        tokio::spawn(writing)
    });
    let results: Vec<_> =
        join_all(writing).await.into_iter().map(|result| unmet(result.unwrap())).collect();
    let winners: Vec<usize> =
        results.iter().enumerate().filter(|(_, r)| r.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|unmet| unmet == lost));
    let kept = store.document(&key("x")).await.unwrap().unwrap();
    assert_eq!(kept.body, format!("{{\"writer\":{}}}", winners[0]));
}

/// None is lost between another's reading and writing.
pub async fn merges_at_once_all_count(store: &Arc<dyn Store>) {
    let posting = (0..32).map(|n| {
        let posted = Change::Post(document(&format!("{{\"m{n}\":{n}}}"), n), MOST);
        store.change_document(key("x"), ALLOWED, posted)
    });
    join_all(posting).await.into_iter().for_each(|result| assert!(result.unwrap().is_some()));
    let kept = store.document(&key("x")).await.unwrap().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&kept.body).unwrap();
    for n in 0..32 {
        assert_eq!(value[format!("m{n}")], n);
    }
}

/// Keeps a statement, and a document where none is yet.
async fn put_both(
    store: &Arc<dyn Store>,
    statement: Value,
    body: &str,
) -> Result<store::KeptBatch> {
    let no_other = Precondition { if_none_match: Some(Tags::Any), ..ALLOWED };
    let change = Change::Put(document(body, 1));
    store.put_statements_and_document(batch(&[statement]), key("x"), no_other, change).await
}

/// What a player commits.
pub async fn statements_and_a_document_are_kept_together(store: &Arc<dyn Store>) {
    let both = put_both(store, statement(0), "{}").await.unwrap();
    assert_eq!((both.ids, both.new), (vec![id(0)], 1));
    assert_eq!(found(store, Filter::default()).await.len(), 1);
    assert_eq!(store.document(&key("x")).await.unwrap(), Some(document("{}", 1)));
}

/// A statement that conflicts leaves the document out.
pub async fn a_document_is_not_changed_without_its_statements(store: &Arc<dyn Store>) {
    super::sample::put(store, &[statement(0)]).await;
    let other = with(statement(0), "verb", verb("other"));
    let error = put_both(store, other, "{}").await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(store.document(&key("x")).await.unwrap(), None);
}

/// The sender looks at the document again and sends both again: the statements are kept once.
pub async fn a_document_that_somebody_changed_is_kept_and_its_statements_can_be_sent_again(
    store: &Arc<dyn Store>,
) {
    put(store, key("x"), document("{\"a\":1}", 1)).await;
    let error = put_both(store, statement(0), "{}").await.unwrap_err();
    assert!(matches!(error, StoreError::Precondition(Unmet::Failed)), "{error}");
    assert_eq!(store.document(&key("x")).await.unwrap(), Some(document("{\"a\":1}", 1)));
    let change = Change::Put(document("{\"a\":2}", 2));
    let again = batch(&[statement(0)]);
    store.put_statements_and_document(again, key("x"), ALLOWED, change).await.unwrap();
    assert_eq!(store.document(&key("x")).await.unwrap(), Some(document("{\"a\":2}", 2)));
    assert_eq!(found(store, Filter::default()).await.len(), 1);
}
