//! The program is killed while many write: what was answered is there, and no batch is half there.

use std::collections::HashSet;
use std::sync::Arc;

use e2e::{Answers, Client, Document, Statement, Traccia, new_id};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const WRITERS: usize = 16;
const BATCH: usize = 7;

/// What one writer sent until its connection broke.
#[derive(Default)]
struct SentUntilCut {
    /// The ids of batches, and whether these were answered.
    batches: Vec<(Vec<String>, bool)>,
    /// The name of the writer's document, and the last number in it that was answered.
    place: String,
    answered: u64,
}

/// Sends batches and, after each, a document with the next number.
async fn write_until_cut(who: Client, answers: Arc<Answers>) -> SentUntilCut {
    let mut sent = SentUntilCut { place: new_id(), ..SentUntilCut::default() };
    loop {
        let ids: Vec<String> = (0..BATCH).map(|_| new_id()).collect();
        let batch: Value = ids.iter().map(|id| Statement::new().id(id).json()).collect();
        let answer = who.post("/statements").json(&batch).attempt().await;
        let Ok(reply) = answer else {
            sent.batches.push((ids, false));
            return sent;
        };
        assert_eq!(reply.status, 200, "{reply}");
        sent.batches.push((ids, true));
        answers.one_more();
        let number = json!({"n": sent.answered + 1});
        let Ok(reply) = Document::state(&sent.place).put(&who, &number).attempt().await else {
            return sent;
        };
        assert_eq!(reply.status, 204, "{reply}");
        sent.answered += 1;
    }
}

impl SentUntilCut {
    /// All that was answered is there, and nothing by half.
    async fn is_there(&self, there: &HashSet<String>, who: &Client) {
        for (ids, answered) in &self.batches {
            let present = ids.iter().filter(|id| there.contains(*id)).count();
            assert!(!answered || present == BATCH, "an answered batch is whole");
            assert!(present == 0 || present == BATCH, "{present} of {BATCH}");
        }
        let document = Document::state(&self.place).get(who).await;
        let number = match document.status.as_u16() {
            404 => 0,
            _ => document.expect(200).json()["n"].as_u64().unwrap(),
        };
        let is_next = number == self.answered || number == self.answered + 1;
        assert!(is_next, "{number} is kept, {} was answered", self.answered);
    }
}

/// How many kills there are: `make soak` wants more than a test run has time for.
fn kills() -> usize {
    std::env::var("TRACCIA_TEST_KILLS").map_or(5, |kills| kills.parse().unwrap())
}

/// The ids of all statements that were stored after `since`, each once, and when the last of them was stored.
async fn stored_since(who: &Client, since: Option<String>) -> (Vec<String>, Option<String>) {
    let mut query = vec![("limit", "500"), ("ascending", "true")];
    query.extend(since.as_deref().map(|since| ("since", since)));
    let found = who.found_on_all_pages(&query).await;
    let last = who.get("/statements").query(&[("limit", "1")]).await.expect(200).statements();
    let last = last.first().map(|last| last["stored"].as_str().unwrap().to_owned());
    (found, last.or(since))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_each_kill_all_that_was_answered_is_there_once_and_whole() {
    let mut traccia = Traccia::program().await;
    let (mut kept, mut since) = (HashSet::new(), None);
    for round in 1..=kills() {
        let answers = Arc::new(Answers::default());
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            writers.spawn(write_until_cut(traccia.admin(), Arc::clone(&answers)));
        }
        answers.reach((round % 5 + 1) * 23).await;
        traccia.kill();
        let sent = writers.join_all().await;
        traccia = traccia.restart().await;
        let admin = traccia.admin();
        let (found, last) = stored_since(&admin, since).await;
        since = last;
        let there: HashSet<String> = found.iter().cloned().collect();
        assert_eq!(there.len(), found.len(), "nothing is there twice");
        for sent in &sent {
            sent.is_there(&there, &admin).await;
        }
        kept.extend(there);
        if round % 50 == 0 {
            println!("killed {round} times: {} statements are there, each once", kept.len());
        }
    }
    let all = traccia.admin().found_on_all_pages(&[("limit", "500")]).await;
    assert_eq!(all.len(), kept.len(), "nothing is there twice");
    assert_eq!(all.into_iter().collect::<HashSet<_>>(), kept, "no kill took what another left");
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
