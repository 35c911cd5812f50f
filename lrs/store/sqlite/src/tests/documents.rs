//! Changing documents: looked at beside the writer, written where they are still what was looked at.

use std::sync::mpsc;

use bytes::Bytes;
use futures::FutureExt as _;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::group::gate;
use super::{Hand, SqliteStore, open};
use crate::documents;
use crate::documents::{Plan, Rows, Seen};
use crate::session::Session;
use store::{DocumentStore as _, StatementStore as _, Store as _, StoreError};
use store_testkit::sample::{batch, id, statement};
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};
use xapi::instant::Instant;

const FREE: Precondition =
    Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };

fn key() -> DocumentKey {
    let (activity, agent) = ("https://a.example/a".into(), "mbox::mailto:p@x.example".into());
    let shelf = Shelf { resource: Resource::State, activity, agent, registration: None };
    DocumentKey { shelf, id: "d".into() }
}

fn document(body: impl Into<Bytes>) -> Document {
    let updated = Instant::from_micros(1);
    Document { content_type: "application/json".into(), body: body.into(), updated }
}

/// More than is merged without a turn.
fn large(member: &str) -> String {
    format!("{{\"{member}\":\"{}\"}}", "x".repeat(2 << 20))
}

async fn kept(store: &SqliteStore) -> String {
    let kept = store.document(&key()).await.unwrap().unwrap();
    String::from_utf8(kept.body.to_vec()).unwrap()
}

/// While the writer does nothing but wait, a change is judged, merged and refused: it is work of others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_judged_and_merged_beside_the_writer() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    store.change_document(key(), FREE, Change::Put(document(large("a")))).await.unwrap();
    let ((began, beginning), (go, going)) = (mpsc::channel(), mpsc::channel());
    let mut held = Box::pin(store.write(gate(began, going)));
    assert!(held.as_mut().now_or_never().is_none());
    beginning.recv().unwrap();
    let too_long = Change::Post(document(large("b")), 3 << 20);
    let refused = store.change_document(key(), FREE, too_long).await.unwrap_err();
    assert!(matches!(refused, StoreError::Refused(_)), "{refused}");
    let other = Some(Tags::OneOf(vec!["0".into()]));
    let unmet = Precondition { if_match: other, ..FREE };
    let refused = store.change_document(key(), unmet, Change::Delete).await.unwrap_err();
    assert!(matches!(refused, StoreError::Precondition(_)), "{refused}");
    drop(go);
    held.await.unwrap();
    assert_eq!(kept(&store).await, large("a"));
}

/// Also where what is there now says the same.
#[tokio::test]
async fn a_change_is_written_only_where_the_document_is_still_the_one_it_was_made_of() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let first = || Change::Put(document("{\"a\":1}"));
    let post = || Change::Post(document("{\"c\":3}"), 100);
    let plan = async |change: Change| {
        let plan =
            move |connection: &Connection| documents::plan(connection, &key(), &FREE, change);
        store.read(plan).await.unwrap()
    };
    let write =
        async |plan: Plan| store.write(move |session| plan.carry_out(session)).await.unwrap();
    for late in [post(), Change::Delete] {
        for other in [Change::Put(document("{\"b\":2}")), first(), Change::Delete] {
            store.change_document(key(), FREE, first()).await.unwrap();
            let late = plan(late.clone()).await;
            store.change_document(key(), FREE, other).await.unwrap();
            let before = store.document(&key()).await.unwrap();
            assert!(!write(late).await.0);
            assert_eq!(store.document(&key()).await.unwrap(), before);
        }
    }
    store.change_document(key(), FREE, Change::Delete).await.unwrap();
    let (one, two) = (plan(post()).await, plan(post()).await);
    assert!(write(one).await.0, "nothing was there, and nothing is");
    assert!(!write(two).await.0);
    assert_eq!(kept(&store).await, "{\"c\":3}");
}

#[tokio::test]
async fn a_document_of_the_version_before_is_merged_into_and_deleted() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let old = |session: &mut Session<'_>| {
        let sql = "INSERT OR REPLACE INTO document (resource, activity, agent, registration, id, \
                   content_type, updated, body) VALUES (0, ?1, ?2, '', 'd', 'application/json', 1, ?3)";
        let DocumentKey { shelf, .. } = key();
        session.run(sql, params![shelf.activity, shelf.agent, &b"{\"a\":1}"[..]])?;
        Ok(())
    };
    store.write(old).await.unwrap();
    store.change_document(key(), FREE, Change::Post(document("{\"b\":2}"), 100)).await.unwrap();
    assert_eq!(kept(&store).await, "{\"a\":1,\"b\":2}");
    store.write(old).await.unwrap();
    let own = Some(Tags::OneOf(vec![document("{\"a\":1}").etag()]));
    let seen = Precondition { if_match: own, ..FREE };
    store.change_document(key(), seen, Change::Delete).await.unwrap();
    assert_eq!(store.document(&key()).await.unwrap(), None);
}

/// Makes a change while the turn is another's: others change small documents meanwhile, and it is made afterwards.
async fn in_its_turn<T>(store: &SqliteStore, change: impl Future<Output = store::Result<T>>) {
    let turn = store.0.turns.take(usize::MAX).await;
    let mut waiting = std::pin::pin!(change);
    let others = async {
        // More than a change without a turn would wait for.
        for n in 0..20 {
            let other = DocumentKey { id: format!("small {n}"), ..key() };
            let small = Change::Put(document("{}"));
            store.change_document(other, FREE, small).await.unwrap();
        }
    };
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("it was not its turn"),
        () = others => {}
    }
    drop(turn);
    waiting.await.unwrap();
}

/// Of any kind.
#[tokio::test]
async fn changes_of_large_documents_wait_for_their_turn() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let put = |body: String| Change::Put(document(body));
    let post = |body: String| Change::Post(document(body), 8 << 20);
    let known = Precondition { if_match: Some(Tags::Any), ..FREE };
    for (before, precondition, change) in [
        (large("a"), FREE, put(large("b"))),
        ("{}".into(), known.clone(), put(large("b"))),
        (large("a"), known.clone(), put("{}".into())),
        (large("a"), FREE, post("{\"b\":1}".into())),
        ("{}".into(), FREE, post(large("b"))),
        (large("a"), known, Change::Delete),
    ] {
        store.change_document(key(), FREE, put(before)).await.unwrap();
        in_its_turn(&store, store.change_document(key(), precondition, change)).await;
    }
    assert_eq!(store.document(&key()).await.unwrap(), None);
    for (n, before, change) in
        [(1, large("a"), put("{}".into())), (2, "{}".into(), put(large("b")))]
    {
        store.change_document(key(), FREE, put(before)).await.unwrap();
        let all = batch(&[statement(n)]);
        in_its_turn(&store, store.put_statements_and_document(all, key(), FREE, change)).await;
        assert!(store.statement(id(n)).await.unwrap().is_some());
    }
    in_its_turn(&store, store.delete_documents(&key().shelf)).await;
    assert_eq!(store.document(&key()).await.unwrap(), None);
}

/// 1,200 small documents are more than two transactions hold, and one of 5 MiB has one of its own.
#[tokio::test]
async fn a_shelf_is_deleted_in_slices_and_nothing_of_another_shelf() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let numbered = |n: usize| DocumentKey { id: n.to_string(), ..key() };
    let fill = move |session: &mut Session<'_>| {
        for n in 0..1_200 {
            let plan = Plan::new(&numbered(n), Seen::Nothing, Some(document("{}")));
            plan.carry_out(session)?;
        }
        Ok(())
    };
    store.write(fill).await.unwrap();
    store.change_document(key(), FREE, Change::Put(document(vec![b' '; 5 << 20]))).await.unwrap();
    let shelf = key().shelf;
    let asked = shelf.clone();
    let slices =
        store.read(move |connection| documents::deletable(connection, &asked)).await.unwrap();
    let counts: Vec<usize> = slices.iter().map(|rows| rows.numbers.len()).collect();
    assert_eq!(counts, [500, 500, 200, 1]);
    store.delete_documents(&shelf).await.unwrap();
    assert_eq!(store.document_ids(&shelf, None).await.unwrap().0, Vec::<String>::new());
    // Their numbers are given again.
    let elsewhere =
        DocumentKey { shelf: Shelf { agent: "other".into(), ..shelf.clone() }, ..key() };
    store.change_document(elsewhere.clone(), FREE, Change::Put(document("{}"))).await.unwrap();
    for Rows { numbers, .. } in slices {
        let shelf = shelf.clone();
        let delete =
            move |session: &mut Session<'_>| documents::delete_rows(session, &shelf, &numbers);
        store.write(delete).await.unwrap();
    }
    assert!(store.document(&elsewhere).await.unwrap().is_some());
}
