//! Statements, documents and keys that were changed in the database by another program, or by damage.

use bytes::Bytes;
use mongodb::bson::{Document as Fields, doc};
use serde_json::json;

use super::documents::{FREE, document, key};
use super::{as_any, database, open};
use crate::field;
use access::key::{KeptKey, Key};
use access::scope::Scope;
use store::{
    Batch, DocumentStore as _, KeyStore as _, Result, StatementLog as _, StatementStore as _,
    Store as _, StoreError, TransferStore as _,
};
use store_testkit::damage::{
    pages_end_before_the_second_of_three, pages_read_no_text_of_voided_statements,
};
use store_testkit::sample::{batch, id, log, put, put_each, statement, voiding, with};
use xapi::attachment::Attachment;
use xapi::authority::Authority;
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
    store.ping().await.unwrap();
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
    let not_ready = store.ping().await.unwrap_err().to_string();
    assert!(not_ready.contains(&id(1).to_string()), "{not_ready}");
    let whole = doc! {"$set": {"body": &text}};
    statements.update_one(own(), whole).await.unwrap();
    assert_eq!(store.statement(id(1)).await.unwrap().as_ref(), Some(&kept[1]));
}

/// In the first call of a page, which has it with its text, and in those that follow.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn no_text_of_a_voided_statement_is_read_for_a_page() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let large = |n| with(statement(n), "result", json!({"response": "x".repeat(300 << 10)}));
    put(&as_any(&store), &(1..=20).map(|n| voiding(100 + n, n)).collect::<Vec<_>>()).await;
    put(&as_any(&store), &[statement(0)]).await;
    put(&as_any(&store), &(1..=20).map(large).collect::<Vec<_>>()).await;
    put(&as_any(&store), &[statement(30)]).await;
    let files = database(&store).collection::<Fields>("blob.chunks");
    assert!(files.delete_many(doc! {}).await.unwrap().deleted_count > 0);
    assert!(store.statement(id(1)).await.is_err(), "its text is gone");
    let shown: Vec<u32> = [0, 30].into_iter().chain(101..=120).collect();
    pages_read_no_text_of_voided_statements(&as_any(&store), &shown).await;
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
    assert_eq!(store.ping().await.unwrap_err().to_string(), error.to_string());
    let old = doc! {"$set": {"body": field::of_bytes(b"page 7")}, "$unset": {"crc": ""}};
    documents.update_many(doc! {}, old).await.unwrap();
    assert_eq!(store.document(&key(0)).await.unwrap(), Some(kept));
}

/// Of a release that wrote no checksums: nothing but the fields themselves tells that they are wrong.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_document_on_a_shelf_that_is_not_known_is_an_error() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    store.change_document(key(0), FREE, Change::Put(document(Bytes::new()))).await.unwrap();
    let documents = database(&store).collection::<Fields>("document");
    for (field, good) in [("resource", "state"), ("registration", "")] {
        let other = doc! {"$set": {field: "other"}, "$unset": {"crc": ""}};
        documents.update_many(doc! {}, other).await.unwrap();
        let error = store.documents_beyond(None, 1).await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt(what) if what.contains("`other`")), "{error}");
        documents.update_many(doc! {}, doc! {"$set": {field: good}}).await.unwrap();
    }
    assert_eq!(store.documents_beyond(None, 1).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn an_attachment_whose_file_is_gone_is_an_error_that_names_it() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let sha2 = format!("{:064x}", 1);
    let body = Bytes::from_static(b"data");
    let attachment = Attachment { sha2: sha2.clone(), content_type: "text/plain".into(), body };
    let with_data = Batch { attachments: vec![attachment], ..batch(&[statement(0)]) };
    store.put_statements(with_data).await.unwrap();
    assert_eq!(store.attachments(std::slice::from_ref(&sha2)).await.unwrap().len(), 1);
    database(&store).collection::<Fields>("blob.files").delete_many(doc! {}).await.unwrap();
    let error = store.attachments(std::slice::from_ref(&sha2)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt(what) if what.contains(&sha2)), "{error}");
}

fn sample_key(name: &str) -> KeptKey {
    let key = Key {
        bounds: None,
        name: name.to_owned(),
        label: String::new(),
        scopes: vec![Scope::State],
        authority: Authority::from_agent(json!({"mbox": "mailto:a@x.example"})),
        created: Instant::from_micros(1),
    };
    KeptKey::new(key, "$argon2id$".into())
}

/// A list that cannot be read is not a list without entries.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_key_whose_scopes_are_no_list_is_an_error() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let kept = sample_key("moodle");
    store.add_key(kept.clone()).await.unwrap();
    assert_eq!(store.key("moodle").await.unwrap(), Some(kept));
    let keys = database(&store).collection::<Fields>("api_key");
    for broken in [doc! {"$set": {"scopes": "all"}}, doc! {"$set": {"scopes": [1]}}] {
        keys.update_many(doc! {}, broken).await.unwrap();
        let error = store.key("moodle").await.unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt(what) if what.contains("scopes")), "{error}");
    }
}
