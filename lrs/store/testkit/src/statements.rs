//! Keeping statements: verbatim, together or not at all, once.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sample::{
    attached, authority, batch, found, id, ids, ids_of, kept, log, of_person, prepared_text, put,
    statement, stored, verb, with,
};
use store::{Batch, KeptBatch, PIECE, Store, StoreError, Within};
use xapi::attachment::Attachment;
use xapi::query::Filter;

fn attachment(n: u8) -> Attachment {
    Attachment {
        sha2: hex::encode([n; 32]),
        content_type: format!("application/x-{n}"),
        body: Bytes::from(vec![n, 0, 255]),
    }
}

/// White space, number forms, escapes, member order and characters outside the basic plane stay.
pub async fn the_bytes_of_a_statement_come_back_as_they_came(store: &Arc<dyn Store>) {
    let authority = authority("key");
    let came = format!(
        "{{ \"version\":\"2.0.0\",\n\t\"id\" : \"{}\", \"stored\":\"2001-01-01T00:00:00.000000Z\",\
         \"authority\":{}, \"timestamp\":\"2020-01-01T00:00:00.10+01:00\",\
         \"actor\":{{\"name\":\"\u{1F389} \\ud83c\\udf89 \\u0000\",\"mbox\":\"mailto:p@x.example\"}},\
         \"verb\":{{\"id\":\"https:\\/\\/v.example\\/did\"}},\
         \"object\":{{\"id\":\"https://a.example/a\"}},\
         \"result\":{{\"score\":{{\"raw\":1.00,\"max\":1e2}}, \"response\":\"a\\\\b\" }} }}",
        id(0),
        authority.text(),
    );
    let statements = vec![prepared_text(&came, "key")];
    store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();

    let by_id = kept(store, 0).await.statement;
    let expected = came.replace("2001-01-01T00:00:00.000000Z", &by_id.stored.to_string());
    assert_eq!(std::str::from_utf8(&by_id.body).unwrap(), expected);
    assert_eq!(found(store, Filter::default()).await, std::slice::from_ref(&by_id));
    assert_eq!(log(store).await[0].statement, by_id);
}

/// Short ones and long ones, which engines keep in other places; of one that is longer its length and when it was stored are told.
pub async fn a_statement_is_given_up_to_the_length_that_may_be_read(store: &Arc<dyn Store>) {
    for (n, length) in [(0, 10), (1, 10_000), (2, 100_000), (3, 400_000)] {
        let long = json!({"extensions": {"https://x.example/e": "x".repeat(length)}});
        put(store, &[with(statement(n), "context", long)]).await;
        let kept = kept(store, n).await;
        let (length, stored) = (kept.statement.body.len(), kept.statement.stored);
        let within = async |most| store.statement_within(id(n), most).await.unwrap();
        assert_eq!(within(length).await, Some(Within::Whole(kept)), "{length} bytes");
        assert_eq!(within(length - 1).await, Some(Within::Longer { bytes: length, stored }));
    }
    assert_eq!(store.statement_within(id(4), 1 << 20).await.unwrap(), None);
}

/// `stored`, and the `timestamp` of a statement that came without one, are the same instant that
/// the store goes by (Data 2.4.7, 2.4.8).
pub async fn a_statement_says_itself_when_it_was_stored(store: &Arc<dyn Store>) {
    put(store, &[statement(0), statement(1)]).await;
    for kept in log(store).await {
        let value = kept.statement.value().unwrap();
        assert_eq!(value["stored"], kept.statement.stored.to_string());
        assert_eq!(value["timestamp"], value["stored"]);
        assert_eq!(value["id"], kept.statement.id.to_string());
    }
}

/// The ids answer the request, whatever order the engine writes in.
pub async fn ids_come_back_in_the_order_of_the_batch(store: &Arc<dyn Store>) {
    let values: Vec<Value> = [4, 0, 3, 1, 2].map(statement).into();
    assert_eq!(put(store, &values).await, ids_of([4, 0, 3, 1, 2]));
    assert_eq!(put(store, &values).await, ids_of([4, 0, 3, 1, 2]), "sent again");
    assert_eq!(ids(store, Filter::default()).await, ids_of([4, 0, 3, 1, 2]));
}

/// Nothing is a batch too.
pub async fn an_empty_batch_is_kept(store: &Arc<dyn Store>) {
    assert_eq!(store.put_statements(Batch::default()).await.unwrap(), KeptBatch::default());
    assert!(log(store).await.is_empty());
}

/// No internal limit shows.
pub async fn a_large_batch_is_kept_in_its_order(store: &Arc<dyn Store>) {
    let values: Vec<Value> = (0..3_000).map(statement).collect();
    assert_eq!(put(store, &values).await, ids_of(0..3_000));
    assert_eq!(ids(store, Filter::default()).await, ids_of(0..3_000));
}

/// Members before and after the conflict, their attachments and what they are found by are all
/// absent, and the batch can be sent again without the offender.
pub async fn a_batch_with_one_conflict_leaves_nothing_behind(store: &Arc<dyn Store>) {
    put(store, &[statement(1)]).await;
    let before = log(store).await;
    let mut doomed =
        batch(&[statement(0), with(statement(1), "verb", verb("undid")), statement(2)]);
    doomed.attachments.push(attachment(1));
    let error = store.put_statements(doomed).await.unwrap_err();

    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(log(store).await, before);
    for n in [0, 2] {
        assert_eq!(store.statement(id(n)).await.unwrap(), None);
        assert!(ids(store, of_person(&format!("p{n}"))).await.is_empty());
    }
    assert!(attached(&**store, &[attachment(1).sha2]).await.is_empty());

    put(store, &[statement(0), statement(1), statement(2)]).await;
    assert_eq!(ids(store, of_person("p0")).await, ids_of([0]));
    assert_eq!(ids(store, Filter::default()).await, ids_of([1, 0, 2]));
}

/// Not its `stored`, not its bytes, not even when the second spelling differs (Data 2.3.1).
pub async fn an_equal_statement_again_changes_nothing(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let before = log(store).await;
    let shown = with(
        statement(0),
        "verb",
        json!({"id": "https://v.example/did", "display": {"en": "did"}}),
    );
    for again in [statement(0), shown] {
        assert_eq!(put(store, &[again]).await, ids_of([0]));
        assert_eq!(log(store).await, before);
    }
}

/// What is known keeps its place; what is new comes after everything.
pub async fn new_and_known_statements_share_a_batch(store: &Arc<dyn Store>) {
    put(store, &[statement(0), statement(1)]).await;
    let first = stored(store, 0).await;
    let again = batch(&[statement(2), statement(0), statement(3)]);
    let kept = store.put_statements(again).await.unwrap();
    assert_eq!(kept, KeptBatch { ids: ids_of([2, 0, 3]), new: 2 });
    assert_eq!(stored(store, 0).await, first);
    assert_eq!(ids(store, Filter::default()).await, ids_of(0..4));
}

/// The error tells its reader where to look, and what is kept stays.
pub async fn a_different_statement_is_a_conflict_that_names_the_places(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let before = log(store).await;
    let other = with(with(statement(0), "verb", verb("undid")), "result", json!({"success": true}));
    match store.put_statements(batch(&[other])).await {
        Err(StoreError::Conflict { id: named, differences }) => {
            assert_eq!(named, id(0));
            assert_eq!(differences, ["/verb/id", "/result"]);
        }
        other => panic!("expected a conflict, got {other:?}"),
    }
    assert_eq!(log(store).await, before);
}

/// In the order of the batch, and each batch after those answered before (Data 2.4.8).
pub async fn stored_grows_within_and_across_batches(store: &Arc<dyn Store>) {
    for round in 0..20 {
        let values: Vec<Value> = (0..10).map(|n| statement(round * 10 + n)).collect();
        put(store, &values).await;
    }
    let mut last = None;
    for n in 0..200 {
        let stored = stored(store, n).await;
        assert!(last < Some(stored), "statement {n}");
        last = Some(stored);
    }
}

/// Neither kept ids nor near misses are mistaken for it.
pub async fn an_unknown_id_is_no_statement(store: &Arc<dyn Store>) {
    assert_eq!(store.statement(id(0)).await.unwrap(), None);
    put(store, &[statement(0)]).await;
    assert_eq!(store.statement(id(1)).await.unwrap(), None);
    assert_eq!(store.statement(Uuid::nil()).await.unwrap(), None);
}

/// Hashes are compared without their case; unknown ones are passed over.
pub async fn attachments_come_back_each_once(store: &Arc<dyn Store>) {
    let attachments = vec![attachment(1), attachment(0xab)];
    let statements = batch(&[statement(0)]).statements;
    store.put_statements(Batch { statements, attachments: attachments.clone() }).await.unwrap();

    let asked = [1, 2, 1, 0xab].map(|n| attachment(n).sha2);
    let upper = asked.clone().map(|hash| hash.to_ascii_uppercase());
    for asked in [asked, upper] {
        assert_eq!(attached(&**store, &asked).await, attachments);
    }
    assert!(store.attachments(&[]).await.unwrap().is_empty());
}

/// A hash is the name of its data: who comes second changes nothing, and is accepted.
pub async fn the_first_data_under_a_hash_stays(store: &Arc<dyn Store>) {
    let again = Attachment { content_type: "text/plain".into(), ..attachment(1) };
    for (n, attachment) in [(0, attachment(1)), (1, again)] {
        let statements = batch(&[statement(n)]).statements;
        let batch = Batch { statements, attachments: vec![attachment] };
        store.put_statements(batch).await.unwrap();
    }
    assert_eq!(attached(&**store, &[attachment(1).sha2]).await, [attachment(1)]);
}

/// However long it is, no more than a piece of it is read at once.
pub async fn the_data_of_an_attachment_comes_in_pieces(store: &Arc<dyn Store>) {
    let body: Vec<u8> = (0..2 * PIECE + 7).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let large = Attachment { body: body.clone().into(), ..attachment(1) };
    let statements = batch(&[statement(0)]).statements;
    store.put_statements(Batch { statements, attachments: vec![large] }).await.unwrap();
    let kept = store.attachments(&[attachment(1).sha2]).await.unwrap().remove(0);
    assert_eq!(kept.bytes, body.len() as u64);
    for from in [0, 1, PIECE - 1, PIECE, 2 * PIECE, 2 * PIECE + 6] {
        let piece = store.attachment_data(&kept, from as u64).await.unwrap();
        assert!((1..=PIECE).contains(&piece.len()), "{} bytes from {from}", piece.len());
        assert_eq!(piece, body[from..from + piece.len()], "from {from}");
    }
    for from in [body.len() as u64, u64::MAX / 2] {
        assert!(store.attachment_data(&kept, from).await.unwrap().is_empty());
    }
}
