//! A document whose writer dies at a call is as it was before or as it shall be, for good.

use bytes::Bytes;

use super::gate::Gate;
use super::{as_any, open};
use store::DocumentStore as _;
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};
use xapi::instant::Instant;

/// More calls than a change takes.
const CALLS: usize = 10;
pub(super) const FREE: Precondition =
    Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };

pub(super) fn key(n: usize) -> DocumentKey {
    let (activity, agent) = ("https://a.example/a".into(), "mbox::mailto:p@x.example".into());
    let shelf = Shelf { resource: Resource::State, activity, agent, registration: None };
    DocumentKey { shelf, id: format!("d{n}") }
}

pub(super) fn document(body: Bytes) -> Document {
    Document { content_type: "text/plain".into(), body, updated: Instant::from_micros(1) }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_removed_document_does_not_come_back_when_its_trace_is_forgotten() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let (mut removed, mut ended) = (0, false);
    for n in 0..CALLS {
        for body in ["first", "second"] {
            let document = document(Bytes::from_static(body.as_bytes()));
            store.change_document(key(n), FREE, Change::Put(document)).await.unwrap();
        }
        let gate = Gate::to(&uri).await;
        let dying = as_any(&open(gate.uri()).await);
        gate.shut_after(n);
        let removing = async { dying.change_document(key(n), FREE, Change::Delete).await };
        tokio::select! {
            () = gate.holds() => {}
            done = removing => {
                done.unwrap();
                ended = true;
            }
        }
        drop(gate);
        let before = store.document(&key(n)).await.unwrap();
        removed += usize::from(before.is_none());
        store.0.documents.cells.forget(Instant::from_micros(i64::MAX)).await.unwrap();
        assert_eq!(store.document(&key(n)).await.unwrap(), before, "held after {n} calls");
        if ended {
            break;
        }
    }
    assert!(ended && removed >= 2, "it died with the document, and without it: {removed}");
}
