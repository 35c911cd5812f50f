//! A backup is made while many write, and a store made of it again has all that was answered before.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use e2e::{Client, Document, Setup, Statement, Traccia, cli, new_id};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

const WRITERS: usize = 4;
const BATCH: usize = 5;
const BACKUPS: usize = 3;

/// Batches of ids, each as it was answered, until it is to stop.
async fn write(
    who: Client,
    stop: Arc<AtomicBool>,
    sent: tokio::sync::mpsc::UnboundedSender<Vec<String>>,
) {
    while !stop.load(Ordering::Relaxed) {
        let ids: Vec<String> = (0..BATCH).map(|_| new_id()).collect();
        let batch: Value = ids.iter().map(|id| Statement::new().id(id).json()).collect();
        who.post("/statements").json(&batch).await.is(200);
        Document::state(&ids[0]).put(&who, &json!({"n": 1})).await.is(204);
        sent.send(ids).unwrap();
    }
}

/// A server on this embedded store.
async fn on(folder: &str) -> Traccia {
    Setup::default().store(&format!("sqlite:{folder}")).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_backup_that_is_made_under_writes_holds_all_that_was_answered_before() {
    let place = TempDir::new().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let traccia = on(&at("data")).await;
    let (stop, mut writers) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    let (sent, mut answered) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..WRITERS {
        writers.spawn(write(traccia.admin(), Arc::clone(&stop), sent.clone()));
    }
    let mut before = Vec::new();
    for number in 0..BACKUPS {
        before.push(answered.recv().await.unwrap());
        while let Ok(more) = answered.try_recv() {
            before.push(more);
        }
        let store = format!("sqlite:{}", at("data"));
        cli(&["backup", &at("backups"), "--store", &store]).await.success();
        let target = at(&format!("restored-{number}"));
        let restored = cli(&["restore", &at("backups"), "--data", &target]).await;
        let digest = cli(&["store", "digest", "--from", &format!("sqlite:{target}")]).await;
        assert!(restored.success().contains(digest.success()), "{restored}\n{digest}");
        let restored = on(&target).await;
        let admin = restored.admin();
        let found = admin.found_on_all_pages(&[("limit", "500")]).await;
        let there: HashSet<&String> = found.iter().collect();
        for batch in &before {
            assert!(batch.iter().all(|id| there.contains(id)), "{batch:?}");
            Document::state(&batch[0]).get(&admin).await.is(200);
        }
        assert_eq!(found.len() % BATCH, 0, "batches are whole");
    }
    stop.store(true, Ordering::Relaxed);
    writers.join_all().await;
}

#[tokio::test]
async fn a_store_that_is_in_use_is_restored_into_by_nobody() {
    let place = TempDir::new().unwrap();
    let at = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let traccia = on(&at("data")).await;
    let id = traccia.admin().store_one(&Statement::new().json()).await;
    let store = format!("sqlite:{}", at("data"));
    cli(&["backup", &at("backups"), "--store", &store]).await.success();
    let refused = cli(&["restore", &at("backups"), "--store", &store]).await;
    assert_eq!(refused.code, Some(3), "{refused}");
    assert!(refused.stderr.contains("nothing was changed"), "{refused}");
    traccia.admin().get(&format!("/statements?statementId={id}")).await.is(200);
    let none = cli(&["restore", &at("nowhere"), "--data", &at("new")]).await;
    assert_eq!(none.code, Some(3), "{none}");
    assert!(!place.path().join("new").exists());
}
