//! Two processes that erase two people from the same statements.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use access::audit::{Actor, AuditEntry};
use mongodb::bson::doc;
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;
use validator::ifi::Ifi;

use super::deaths::INSERT_STATEMENTS;
use super::gate::Gate;
use super::{END, as_any, open, statements, unwatching};
use crate::{MongoStore, field};
use store::{AuditStore as _, ErasedPart, ErasureStore as _, Rewrite, StatementStore as _};
use store_testkit::sample::{
    batch, found, id, ids, log, of_person, person, put, reference, statement, with,
};
use xapi::erase::Eraser;
use xapi::instant::Instant;

/// The statements that name this person, without the person.
async fn erased(store: &MongoStore, who: &str) -> Vec<Rewrite> {
    let identifier = Ifi::Mbox(format!("mailto:{who}@x.example"));
    let eraser = Eraser::new([identifier], [], &format!("erased-{who}"));
    let all = log(&as_any(store)).await.into_iter().map(|kept| kept.statement);
    all.filter_map(|read| {
        eraser.bytes(&read.body).map(|body| Rewrite { read, body, everywhere: true })
    })
    .collect()
}

/// The second one writes between the first one's look at the statement and its change of the statement.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn of_two_texts_for_one_statement_the_later_does_not_replace_the_earlier() {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let [slow, fast] = [open(gate.uri()).await, open(&uri).await];
    let both = json!({"objectType": "Group", "member": [person("p0"), person("p1")]});
    put(&as_any(&fast), &[with(statement(0), "actor", both)]).await;
    let [mine, theirs] = [erased(&fast, "p0").await, erased(&fast, "p1").await];
    gate.keep_back("erased-p0");
    let held = slow.clone();
    let writing = tokio::spawn(async move { held.rewrite_statements(mine).await });
    timeout(END, gate.keeps_back()).await.unwrap();
    assert_eq!(fast.rewrite_statements(theirs).await.unwrap(), 0);
    gate.let_go();
    let late = timeout(END, writing).await.unwrap().unwrap();
    assert_eq!(late.unwrap(), 1, "it is to be read again");
    assert_eq!(slow.rewrite_statements(erased(&slow, "p0").await).await.unwrap(), 0);
    let kept = log(&as_any(&fast)).await.remove(0).statement.body;
    let kept = String::from_utf8(kept.to_vec()).unwrap();
    assert!(!kept.contains("p0@") && !kept.contains("p1@"), "{kept}");
}

/// Its keys and those that others inherited are of before.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_ends_between_text_and_keys_leaves_nobody_to_be_found() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let any = as_any(&store);
    put(&any, &[statement(0)]).await;
    put(&any, &[reference(1, 0)]).await;
    let keys = async |n: u32| {
        let by_id = doc! {"_id": field::of_uuid(id(n))};
        let document = statements(&store).find_one(by_id).await.unwrap().unwrap();
        document.get_array("keys").unwrap().clone()
    };
    let before = [keys(0).await, keys(1).await];
    assert_eq!(store.rewrite_statements(erased(&store, "p0").await).await.unwrap(), 0);
    for (n, keys) in (0..).zip(before) {
        let by_id = doc! {"_id": field::of_uuid(id(n))};
        let again = doc! {"$addToSet": {"keys": {"$each": keys}}};
        statements(&store).update_one(by_id, again).await.unwrap();
    }
    assert_eq!(found(&any, of_person("p0")).await.len(), 2, "both are found still");
    let eraser = Arc::new(Eraser::new([Ifi::Mbox("mailto:p0@x.example".into())], [], "erased-p0"));
    let by = Uuid::from_u128(7);
    assert!(store.erase(ErasedPart::Index, &eraser, by).await.unwrap() > 0);
    assert!(found(&any, of_person("p0")).await.is_empty());
    assert_eq!(store.erase(ErasedPart::Index, &eraser, by).await.unwrap(), 0);
}

/// Whatever call was its last: the next process removes the statement wholly, and nothing of the text is left in a file.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_process_that_ends_while_it_removes_a_statement_leaves_the_rest_to_the_next() {
    let uri = programs::fresh_database().await;
    let store = open(&uri).await;
    let (any, by) = (as_any(&store), Uuid::from_u128(7));
    let long = serde_json::json!({"response": "x".repeat(400 << 10)});
    let mut has_ended = false;
    for n in (0..100).map(|n| n * 2) {
        put(&any, &[with(statement(n), "result", long.clone())]).await;
        put(&any, &[reference(n + 1, n)]).await;
        let read = store.statement(id(n)).await.unwrap().unwrap().statement;
        let gate = Gate::to(&uri).await;
        let dying = open(gate.uri()).await;
        gate.shut_after(n as usize / 2);
        tokio::select! {
            () = gate.holds() => {}
            done = dying.remove_statements(vec![read.clone()], by) => {
                assert_eq!(done.unwrap(), 0);
                has_ended = true;
            }
        }
        drop((gate, dying));
        assert_eq!(store.remove_statements(vec![read], by).await.unwrap(), 0);
        store.scrub(store::Scrub::Everything).await.unwrap();
        assert_eq!(store.statement(id(n)).await.unwrap(), None);
        assert!(found(&any, of_person(&format!("p{n}"))).await.is_empty());
        let document = statements(&store).find_one(doc! {"_id": field::of_uuid(id(n))}).await;
        let names: Vec<String> = document.unwrap().unwrap().keys().cloned().collect();
        assert_eq!(names, ["_id", "was", "removed"], "{n}");
        let files = store.0.database.collection::<mongodb::bson::Document>("blob.files");
        assert_eq!(files.count_documents(doc! {}).await.unwrap(), 0, "{n}");
        let listed = store.removed_statements(Instant::default(), 1_000).await.unwrap();
        assert_eq!(listed.len(), n as usize / 2 + 1);
        if has_ended {
            return;
        }
    }
    panic!("it makes more than 100 calls");
}

/// The group has read the keys of the statement before the statement goes, and gives them to a referrer afterwards.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_group_that_links_while_a_statement_is_removed_gives_nobody_its_keys() {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let [slow, fast] = [open(gate.uri()).await, open(&uri).await];
    let any = as_any(&fast);
    put(&any, &[statement(0)]).await;
    let read = fast.statement(id(0)).await.unwrap().unwrap().statement;
    gate.keep_back("$addToSet");
    let linking = tokio::spawn(async move { slow.put_statements(batch(&[reference(1, 0)])).await });
    timeout(END, gate.keeps_back()).await.unwrap();
    let remover = fast.clone();
    let removing =
        tokio::spawn(
            async move { remover.remove_statements(vec![read], Uuid::from_u128(7)).await },
        );
    let gone = async { while fast.statement(id(0)).await.unwrap().is_some() {} };
    timeout(END, gone).await.unwrap();
    gate.let_go();
    assert_eq!(timeout(END, removing).await.unwrap().unwrap().unwrap(), 0);
    assert_eq!(timeout(END, linking).await.unwrap().unwrap().unwrap().new, 1);
    assert!(found(&any, of_person("p0")).await.is_empty());
    assert_eq!(ids(&any, of_person("p1")).await, [id(1)]);
}

/// Such a group reads keys once it is sealed, and finds the statement gone.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_statement_is_removed_while_another_process_writes_a_group_that_is_not_sealed() {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    // Nobody holds the slow one for dead.
    let [slow, fast] = [unwatching(gate.uri()).await, unwatching(&uri).await];
    let any = as_any(&fast);
    put(&any, &[statement(0)]).await;
    let read = fast.statement(id(0)).await.unwrap().unwrap().statement;
    gate.keep_back(INSERT_STATEMENTS);
    let writing = tokio::spawn(async move { slow.put_statements(batch(&[reference(1, 0)])).await });
    timeout(END, gate.keeps_back()).await.unwrap();
    let head = fast.0.versions.head().await.unwrap();
    assert_eq!(head.claims.iter().map(|claim| claim.sealed).collect::<Vec<_>>(), [false]);
    assert_eq!(fast.remove_statements(vec![read], Uuid::from_u128(7)).await.unwrap(), 0);
    assert!(!writing.is_finished(), "it is held still");
    gate.let_go();
    assert_eq!(timeout(END, writing).await.unwrap().unwrap().unwrap().new, 1);
    assert!(found(&any, of_person("p0")).await.is_empty());
    assert_eq!(ids(&any, of_person("p1")).await, [id(1)]);
}

/// Texts may be long, and identifiers many: requests are answered meanwhile.
#[test]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
fn definitions_and_the_audit_log_are_looked_through_off_the_threads_that_answer() {
    let started = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&started);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    // Each piece of work off this thread starts a thread.
    runtime.enable_all().thread_keep_alive(Duration::ZERO).on_thread_start(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    runtime.build().unwrap().block_on(async {
        let store = open(&programs::fresh_database().await).await;
        let about =
            json!({"id": "https://a.example/a", "definition": {"name": {"en": "of p0@x.example"}}});
        put(&as_any(&store), &[with(with(statement(0), "actor", person("p1")), "object", about)])
            .await;
        let (at, actor) = (Instant::from_micros(5), Actor::Machine);
        let (action, target) =
            ("statements.read".to_owned(), "mbox::mailto:p0@x.example".to_owned());
        let id = AuditEntry::id(at, 7);
        let entry = AuditEntry { id, at, actor, action, target, details: String::new() };
        assert!(store.add_audit(entry).await.unwrap());
        let eraser = Eraser::new([Ifi::Mbox("mailto:p0@x.example".into())], [], "erased-1");
        let eraser = Arc::new(eraser);
        for part in [ErasedPart::Index, ErasedPart::Audit] {
            let before = started.load(Ordering::Relaxed);
            assert_eq!(
                store.erase(part, &eraser, Uuid::from_u128(7)).await.unwrap(),
                1,
                "{part:?}"
            );
            assert!(started.load(Ordering::Relaxed) > before, "{part:?}");
        }
    });
}
