//! Statements and documents that somebody, or something, has changed in the database.

use bytes::Bytes;
use mongodb::bson::{Document as Fields, doc};
use serde_json::json;

use super::documents::{FREE, document, key};
use super::{as_any, database, open};
use crate::field;
use store::{DocumentStore as _, Result, StatementLog as _, StatementStore as _, StoreError};
use store_testkit::damage::pages_end_before_the_second_of_three;
use store_testkit::sample::{batch, id, log, put_each, statement, with};
use xapi::document::Change;
use xapi::instant::Instant;

fn names<T: std::fmt::Debug>(result: Result<T>, n: u32) {
    match result.unwrap_err() {
        StoreError::Unreadable { id: named, .. } => assert_eq!(named, Some(id(n))),
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_statement_that_is_not_as_it_was_written_is_an_error_that_names_it() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    put_each(&as_any(&store), &[statement(0), statement(1), statement(2)]).await;
    let kept = log(&as_any(&store)).await;
    let statements = database(&store).collection::<Fields>("statement");
    let own = || doc! {"_id": field::of_uuid(id(1))};
    let text = String::from_utf8(kept[1].statement.body.to_vec()).unwrap();
    let other = text.replace("mailto:p1@", "mailto:q1@");
    let half = text[..text.len() / 2].to_owned();
    let changes = [
        doc! {"$set": {"body": &other}},
        doc! {"$set": {"body": &half}},
        // As a version before wrote it: it is known that this is no JSON.
        doc! {"$unset": {"crc": ""}},
    ];
    for change in changes {
        statements.update_one(own(), change).await.unwrap();
        names(store.statement(id(1)).await, 1);
        pages_end_before_the_second_of_three(&as_any(&store)).await;
        let again = with(statement(1), "result", json!({"success": true}));
        names(store.put_statements(batch(&[again])).await, 1);
        let first = store.log(Instant::default(), 10).await.unwrap();
        assert_eq!((&first.statements[..], first.more), (&kept[..1], true));
        names(store.log(kept[0].statement.stored, 10).await, 1);
        let rest = store.log(kept[1].statement.stored, 10).await.unwrap();
        assert_eq!((&rest.statements[..], rest.more), (&kept[2..], false));
    }
    let whole = doc! {"$set": {"body": &text}};
    statements.update_one(own(), whole).await.unwrap();
    assert_eq!(store.statement(id(1)).await.unwrap().as_ref(), Some(&kept[1]));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_document_that_is_not_as_it_was_written_is_an_error_that_names_it() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let kept = document(Bytes::from_static(b"page 7"));
    store.change_document(key(0), FREE, Change::Put(kept.clone())).await.unwrap();
    let documents = database(&store).collection::<Fields>("document");
    let other = doc! {"$set": {"body": field::of_bytes(b"page 6")}};
    documents.update_many(doc! {}, other).await.unwrap();
    let error = store.document(&key(0)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt(what) if what.contains("`d0`")), "{error}");
    let old = doc! {"$set": {"body": field::of_bytes(b"page 7")}, "$unset": {"crc": ""}};
    documents.update_many(doc! {}, old).await.unwrap();
    assert_eq!(store.document(&key(0)).await.unwrap(), Some(kept));
}
