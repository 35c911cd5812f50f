//! Limits: refused early with 413, and the limit in the message.

use std::time::Duration;

use e2e::{Document, Setup, Statement, Traccia, new_id};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A server that takes small bodies and short batches only.
async fn narrow() -> Traccia {
    Setup::default()
        .variable("TRACCIA__LIMITS__BODY_BYTES", "65536")
        .variable("TRACCIA__LIMITS__STATEMENTS_PER_BATCH", "20")
        .start()
        .await
}

fn batch(count: usize) -> Value {
    (0..count).map(|_| Statement::new().json()).collect()
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_and_names_the_limit() {
    let traccia = narrow().await;
    let admin = traccia.admin();
    let long = "x".repeat(70_000);
    let large = Statement::new().with("/result/response", Value::from(long)).json();
    let problem = admin.post("/statements").json(&large).await.problem(413);
    assert!(problem.says("65536"), "the limit is told: {problem:?}");
    assert!(admin.found(&[]).await.is_empty());
    let fits = Statement::new().with("/result/response", Value::from("x".repeat(60_000))).json();
    admin.store_one(&fits).await;
}

#[tokio::test]
async fn a_batch_over_the_limit_is_413_and_names_the_limit() {
    let traccia = narrow().await;
    let admin = traccia.admin();
    let problem = admin.post("/statements").json(&batch(21)).await.problem(413);
    assert!(problem.says("20"), "the limit is told: {problem:?}");
    assert!(admin.found(&[]).await.is_empty());
    admin.post("/statements").json(&batch(20)).await.is(200);
}

#[tokio::test]
async fn a_body_that_holds_more_than_it_weighs_is_413_and_names_the_limit() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let numbers = Value::from(vec![1; 1_000_000]);
    let problem = admin.post("/statements").json(&numbers).await.problem(413);
    assert!(problem.says("10000"), "the limit is told: {problem:?}");
    let lists: Vec<[u8; 0]> = vec![[]; 2_000_000];
    let extensions = json!({"https://e.example/lists": lists});
    let statement = Statement::new().with("/result/extensions", extensions).json();
    let problem = admin.post("/statements").json(&statement).await.problem(413);
    assert!(problem.says("MiB"), "the limit is told: {problem:?}");
    let id = new_id();
    let put = admin.put("/statements").query(&[("statementId", &id)]).json(&statement).await;
    put.problem(413);
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_statement_of_a_very_large_group_is_refused() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let group = |members: usize| {
        let member = |n: usize| json!({"mbox": format!("mailto:{n}@example.org")});
        let members: Vec<Value> = (0..members).map(member).collect();
        json!({"objectType": "Group", "member": members})
    };
    let of = |members| Statement::new().with("/actor", group(members)).json();
    let problem = admin.post("/statements").json(&of(20_001)).await.problem(400);
    assert!(problem.says("20000"), "the limit is told: {problem:?}");
    admin.store_one(&of(300)).await;
}

#[tokio::test]
async fn a_document_over_the_limit_is_413_and_not_stored() {
    let traccia = narrow().await;
    let admin = traccia.admin();
    let state = e2e::Document::state("large");
    let bytes = vec![b'x'; 70_000];
    state.put_bytes(&admin, "text/plain", &bytes).await.problem(413);
    state.get(&admin).await.problem(404);
}

#[tokio::test]
async fn an_announced_length_over_the_limit_is_answered_before_the_body_comes() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let address = traccia.url().trim_start_matches("http://").to_owned();
    let head = format!(
        "POST /xapi/statements HTTP/1.1\r\nHost: {address}\r\nAuthorization: {}\r\n\
         X-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\n\
         Content-Length: 100000000000\r\n\r\n[",
        admin.credentials()
    );
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await;
    let length = read.expect("an answer within ten seconds").unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
}

#[tokio::test]
async fn the_usual_batch_of_a_thousand_is_taken_as_it_comes() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let ids = admin.store(batch(1000).as_array().unwrap()).await;
    let found = admin.found_on_all_pages(&[("limit", "300"), ("ascending", "true")]).await;
    assert_eq!(found, ids);
}

/// As it comes, and as it becomes by merging.
#[tokio::test]
async fn a_document_over_the_limit_is_413_and_names_the_limit() {
    let limit = ("TRACCIA__LIMITS__DOCUMENT_BYTES", "1000");
    let traccia = Setup::default().variable(limit.0, limit.1).start().await;
    let admin = traccia.admin();
    let text = |member: &str, length: usize| json!({member: "x".repeat(length)});
    for document in Document::of_each_kind("long") {
        document.put(&admin, &text("a", 900)).header("if-none-match", "*").await.is(204);
        let put = document.put(&admin, &text("a", 1_000)).await.problem(413);
        assert!(put.says("1000") && put.says("limits.document_bytes"), "{put:?}");
        let post = document.post(&admin, &text("b", 100)).await.problem(413);
        assert!(post.says("1000") && post.says("limits.document_bytes"), "{post:?}");
        let kept = document.get(&admin).await.json();
        assert_eq!(kept, text("a", 900), "{document:?}");
        document.post(&admin, &text("b", 50)).await.is(204);
    }
}

#[tokio::test]
async fn a_document_is_no_longer_than_a_body_may_be() {
    let limit = ("TRACCIA__LIMITS__BODY_BYTES", "65536");
    let traccia = Setup::default().variable(limit.0, limit.1).start().await;
    for document in Document::of_each_kind("long") {
        let text = json!({"a": "x".repeat(65_536)});
        let put = document.put(&traccia.admin(), &text).header("if-none-match", "*").await;
        let problem = put.problem(413);
        assert!(
            problem.body["rule"] == "document-too-long" && problem.says("65536"),
            "{problem:?}"
        );
    }
}
