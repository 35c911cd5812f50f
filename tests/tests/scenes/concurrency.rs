//! Many at once: one id stored once, one winner among different ones, no lost update.

use e2e::{Client, Document, Reply, Statement, Traccia, new_id};
use futures::future::join_all;
use serde_json::{Value, json};

const WRITERS: usize = 64;

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status.as_u16() == status).count()
}

async fn put(who: &Client, id: &str, statement: &Value) -> Reply {
    who.put("/statements").query(&[("statementId", id)]).json(statement).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_from_64_writers_is_stored_once() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for _ in 0..5 {
        let id = new_id();
        let statement = Statement::new().id(&id).json();
        let before = admin.found_on_all_pages(&[]).await.len();
        let puts = join_all((0..WRITERS).map(|_| put(&admin, &id, &statement))).await;
        assert_eq!(count(&puts, 204), WRITERS, "all are the same: {:?}", puts[0]);
        let post = || async { admin.post("/statements").json(&statement).await };
        let posts = join_all((0..WRITERS).map(|_| post())).await;
        assert_eq!(count(&posts, 200), WRITERS);
        assert_eq!(admin.found_on_all_pages(&[]).await.len(), before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_different_statements_with_one_id_exactly_one_wins() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for _ in 0..5 {
        let id = new_id();
        let other = |n: usize| Statement::new().with("/result/score/raw", json!(n)).json();
        let statements: Vec<Value> = (0..WRITERS).map(other).collect();
        let replies = join_all(statements.iter().map(|s| put(&admin, &id, s))).await;
        assert_eq!(count(&replies, 204), 1);
        assert_eq!(count(&replies, 409), WRITERS - 1);
        let winner = replies.iter().position(|reply| reply.status == 204).unwrap();
        assert_eq!(admin.statement(&id).await["result"], statements[winner]["result"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_that_share_an_id_are_whole_or_not_there() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let shared = new_id();
    let batch = |n: usize| {
        let contested = Statement::new().id(&shared).with("/result/score/raw", json!(n));
        json!([Statement::new().json(), contested.json(), Statement::new().json()])
    };
    let posts = (0..WRITERS).map(|n| {
        let (who, body) = (admin.clone(), batch(n));
        async move { who.post("/statements").json(&body).await }
    });
    let replies = join_all(posts).await;
    assert_eq!(count(&replies, 200), 1);
    assert_eq!(count(&replies, 409), WRITERS - 1);
    assert_eq!(admin.found_on_all_pages(&[]).await.len(), 3, "only the winner's three");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_puts_with_one_tag_exactly_one_wins() {
    let traccia = Traccia::start().await;
    for version in ["1.0.3", "2.0.0"] {
        let admin = traccia.admin().version(version);
        for document in Document::of_each_kind(version) {
            document.put(&admin, &json!({"n": -1})).header("if-none-match", "*").await.is(204);
            let tag = document.get(&admin).await.header("etag");
            let puts = (0..WRITERS).map(|n| {
                let ask = document.put(&admin, &json!({"n": n})).header("if-match", &tag);
                async move { ask.await }
            });
            let replies = join_all(puts).await;
            assert_eq!(count(&replies, 204), 1, "{document:?}");
            assert_eq!(count(&replies, 412), WRITERS - 1);
            let winner = replies.iter().position(|reply| reply.status == 204).unwrap();
            assert_eq!(document.get(&admin).await.json(), json!({"n": winner}));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_parallel_creations_exactly_one_wins() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for document in Document::of_each_kind("new") {
        let puts = (0..WRITERS).map(|n| {
            let ask = document.put(&admin, &json!({"n": n})).header("if-none-match", "*");
            async move { ask.await }
        });
        let replies = join_all(puts).await;
        assert_eq!((count(&replies, 204), count(&replies, 412)), (1, WRITERS - 1), "{document:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_merges_lose_nothing() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for document in Document::of_each_kind("merge") {
        let posts = (0..WRITERS).map(|n| {
            let ask = document.post(&admin, &json!({format!("key-{n}"): n}));
            async move { ask.await }
        });
        let replies = join_all(posts).await;
        assert_eq!(count(&replies, 204), WRITERS, "{:?}", replies[0]);
        let seen = document.get(&admin).await.expect(200).json();
        assert_eq!(seen.as_object().map(serde_json::Map::len), Some(WRITERS), "{document:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stored_a_statement_finds_it_at_once() {
    let traccia = Traccia::start().await;
    let rounds = (0..WRITERS).map(|_| {
        let who = traccia.admin();
        async move {
            for _ in 0..5 {
                let statement = Statement::new().json();
                let id = who.store_one(&statement).await;
                let activity = statement["object"]["id"].as_str().unwrap().to_owned();
                assert_eq!(who.found(&[("activity", &activity)]).await, vec![id]);
            }
        }
    });
    join_all(rounds).await;
}
