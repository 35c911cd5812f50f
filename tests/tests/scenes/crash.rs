//! The program is killed while many write: what was answered is there, and no batch is half there.

use std::collections::HashSet;
use std::sync::Arc;

use e2e::{Answers, Client, Document, Statement, Traccia, new_id};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const WRITERS: usize = 16;
const BATCH: usize = 7;

/// The batches that one writer sent until its connection broke: their ids, and whether they were answered.
async fn write_until_cut(who: Client, answers: Arc<Answers>) -> Vec<(Vec<String>, bool)> {
    let mut sent = Vec::new();
    loop {
        let ids: Vec<String> = (0..BATCH).map(|_| new_id()).collect();
        let batch: Value = ids.iter().map(|id| Statement::new().id(id).json()).collect();
        let answer = who.post("/statements").json(&batch).attempt().await;
        let Ok(reply) = answer else {
            sent.push((ids, false));
            return sent;
        };
        assert_eq!(reply.status, 200, "{reply}");
        sent.push((ids, true));
        answers.one_more();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_each_of_five_kills_every_answered_statement_is_there() {
    let mut traccia = Traccia::program().await;
    let mut kept = HashSet::new();
    for round in 1..=5 {
        let answers = Arc::new(Answers::default());
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            writers.spawn(write_until_cut(traccia.admin(), Arc::clone(&answers)));
        }
        answers.reach(round * 23).await;
        traccia.kill();
        let sent: Vec<_> = writers.join_all().await.into_iter().flatten().collect();
        traccia = traccia.restart().await;
        let found = traccia.admin().found_on_all_pages(&[("limit", "500")]).await;
        let there: HashSet<String> = found.iter().cloned().collect();
        assert_eq!(there.len(), found.len(), "nothing is there twice");
        assert!(kept.is_subset(&there), "what survived one cut survives the next");
        for (ids, answered) in sent {
            let present = ids.iter().filter(|id| there.contains(*id)).count();
            assert!(!answered || present == BATCH, "round {round}: an answered batch is whole");
            assert!(present == 0 || present == BATCH, "round {round}: {present} of {BATCH}");
        }
        kept = there;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_answered_before_a_kill_are_there() {
    let mut traccia = Traccia::program().await;
    let admin = traccia.admin();
    for number in 0..20 {
        let document = Document::state(&format!("s{number}"));
        document.put(&admin, &json!({"n": number})).await.is(204);
    }
    traccia.kill();
    let traccia = traccia.restart().await;
    for number in 0..20 {
        let seen = Document::state(&format!("s{number}")).get(&traccia.admin()).await.expect(200);
        assert_eq!(seen.json(), json!({"n": number}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orderly_end_loses_nothing_either() {
    let traccia = Traccia::program().await;
    let ids = traccia.admin().store(&[Statement::new().json(), Statement::new().json()]).await;
    let traccia = traccia.restart().await;
    let traccia = traccia.restart().await;
    assert_eq!(traccia.admin().found(&[("ascending", "true")]).await, ids);
}
