//! Storing statements: once, whole, as they came; voiding them.

use e2e::{Statement, Traccia, new_id, reference};
use serde_json::{Value, json};

#[tokio::test]
async fn put_stores_a_statement_under_its_id() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = new_id();
    let statement = Statement::new().json();
    let put = anna.put("/statements").query(&[("statementId", &id)]).json(&statement).await;
    put.is(204);
    let stored = anna.statement(&id).await;
    assert_eq!(stored["id"], id.as_str());
    for member in ["actor", "verb", "object"] {
        assert_eq!(stored[member], statement[member], "{member} is kept");
    }
}

#[tokio::test]
async fn the_store_adds_what_the_sender_left_out() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = anna.store_one(&Statement::new().json()).await;
    let stored = anna.statement(&id).await;
    for member in ["id", "stored", "timestamp", "authority", "version"] {
        assert!(!stored[member].is_null(), "{member} is there: {stored}");
    }
    assert_eq!(stored["timestamp"], stored["stored"]);
    assert_eq!(stored["authority"]["objectType"], "Agent");
}

#[tokio::test]
async fn stored_and_authority_are_the_stores_own() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let liar = Statement::new()
        .with("/stored", json!("2001-01-01T00:00:00.000Z"))
        .when("2020-02-29T12:00:00+01:00")
        .json();
    let stored = anna.statement(&anna.store_one(&liar).await).await;
    assert_ne!(stored["stored"], liar["stored"]);
    assert_eq!(stored["timestamp"], "2020-02-29T12:00:00+01:00", "timestamps are kept as text");
}

#[tokio::test]
async fn numbers_escapes_and_order_are_kept_as_they_came() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = new_id();
    let text = format!(
        r#"{{"verb":{{"id":"http://adlnet.gov/expapi/verbs/scored"}},  "object":{{"id":"https://example.org/a"}},
        "result":{{"score":{{"raw":1.00,"max":1e2,"min":-0.0}},"extensions":{{"https://example.org/e":123456789012345678901234567890.10}}}},
        "id":"{id}","actor":{{"mbox":"mailto:anna@example.org","name":"Ann\u0061 \u20ac"}}}}"#
    );
    anna.post("/statements").body("application/json", text).await.is(200);
    let exact = anna.get("/statements").query(&[("statementId", &id), ("format", "exact")]).await;
    let exact = exact.expect(200).text();
    for kept in ["1.00", "1e2", "-0.0", "123456789012345678901234567890.10", "Ann\\u0061 \\u20ac"] {
        assert!(exact.contains(kept), "{kept} is kept in {exact}");
    }
    let listed = anna.get("/statements").await.expect(200).text();
    assert!(listed.contains("\"raw\":1.00"), "in lists as well: {listed}");
    assert!(exact.find("\"verb\"") < exact.find("\"actor\""), "members keep their order: {exact}");
}

#[tokio::test]
async fn an_identical_statement_may_come_again() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = new_id();
    let statement = Statement::new().id(&id).json();
    anna.store_one(&statement).await;
    let before = anna.statement(&id).await;
    anna.put("/statements").query(&[("statementId", &id)]).json(&statement).await.is(204);
    assert_eq!(anna.store_one(&statement).await, id);
    assert_eq!(anna.statement(&id).await, before, "nothing changed");
    assert_eq!(anna.found(&[]).await.len(), 1);
}

#[tokio::test]
async fn a_statement_read_back_may_be_sent_again() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id =
        anna.store_one(&Statement::new().with("/result/score/scaled", json!(0.5)).json()).await;
    let stored = anna.statement(&id).await;
    assert_eq!(anna.store_one(&stored).await, id);
    assert_eq!(anna.statement(&id).await, stored);
}

#[tokio::test]
async fn another_statement_under_the_same_id_is_409_and_names_the_differences() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = new_id();
    let first = Statement::new().id(&id);
    anna.store_one(&first.json()).await;
    let other = first.clone().did("passed").with("/result/score/scaled", json!(1));
    let put = anna.put("/statements").query(&[("statementId", &id)]).json(&other.json()).await;
    let problem = put.problem(409);
    assert!(problem.says("/verb"), "names the verb: {problem:?}");
    assert!(problem.says("/result"), "names the result: {problem:?}");
    anna.post("/statements").json(&other.json()).await.problem(409);
    assert_eq!(anna.statement(&id).await["verb"], first.json()["verb"]);
}

#[tokio::test]
async fn a_batch_with_one_conflict_stores_nothing_of_it() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = anna.store_one(&Statement::new().json()).await;
    let batch =
        json!([Statement::new().json(), Statement::new().id(&id).json(), Statement::new().json()]);
    anna.post("/statements").json(&batch).await.problem(409);
    assert_eq!(anna.found(&[]).await, vec![id]);
}

#[tokio::test]
async fn a_batch_with_one_bad_statement_stores_nothing_and_says_which_one() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let bad = Statement::new().with("/actor/mbox", json!("anna@example.org")).json();
    let batch = json!([Statement::new().json(), Statement::new().json(), bad]);
    let problem = anna.post("/statements").json(&batch).await.problem(400);
    let violation = &problem.violations()[0];
    assert_eq!(violation["statement"], 2, "{violation}");
    assert!(violation["pointer"].as_str().unwrap().ends_with("/actor/mbox"), "{violation}");
    assert_eq!(anna.found(&[]).await, Vec::<String>::new());
}

#[tokio::test]
async fn all_violations_of_a_batch_are_told_at_once() {
    let traccia = Traccia::start().await;
    let bad = |pointer: &str, value: Value| Statement::new().with(pointer, value).json();
    let batch = json!([
        bad("/actor/mbox", json!("anna")),
        bad("/verb/id", json!("passed")),
        bad("/result/score/scaled", json!(2)),
    ]);
    let problem = traccia.admin().post("/statements").json(&batch).await.problem(400);
    let told: Vec<_> = problem.violations().iter().map(|v| v["statement"].clone()).collect();
    for index in 0..3 {
        assert!(told.contains(&json!(index)), "statement {index} in {told:?}");
    }
}

#[tokio::test]
async fn ids_are_the_same_in_either_case() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = new_id();
    anna.store_one(&Statement::new().id(&id.to_uppercase()).json()).await;
    let found = anna.statement(&id).await;
    assert!(found["id"].as_str().unwrap().eq_ignore_ascii_case(&id));
    anna.post("/statements").json(&Statement::new().id(&id).json()).await.problem(409);
}

#[tokio::test]
async fn a_voided_statement_is_only_found_as_voided() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let victim = anna.store_one(&Statement::new().json()).await;
    let voiding = anna.store_one(&Statement::voiding(&victim).json()).await;
    anna.get("/statements").query(&[("statementId", &victim)]).await.is(404);
    let seen = anna.get("/statements").query(&[("voidedStatementId", &victim)]).await.expect(200);
    assert_eq!(seen.json()["id"], victim.as_str());
    assert_eq!(anna.found(&[]).await, vec![voiding.clone()]);
    anna.get("/statements").query(&[("voidedStatementId", &voiding)]).await.is(404);
}

#[tokio::test]
async fn a_reference_to_nothing_is_stored() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let id = anna.store_one(&Statement::new().to(reference(&new_id())).json()).await;
    anna.statement(&id).await;
}

#[tokio::test]
async fn an_unknown_id_is_404_with_an_explanation() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    for name in ["statementId", "voidedStatementId"] {
        anna.get("/statements").query(&[(name, &new_id())]).await.problem(404);
    }
}

#[tokio::test]
async fn stored_times_strictly_increase_within_a_batch_and_between() {
    let traccia = Traccia::start().await;
    let anna = traccia.admin();
    let mut ids = anna.store(&[Statement::new().json(), Statement::new().json()]).await;
    ids.extend(anna.store(&[Statement::new().json(), Statement::new().json()]).await);
    let page = anna.get("/statements").query(&[("ascending", "true")]).await.expect(200);
    assert_eq!(page.statement_ids(), ids, "the order of arrival");
    let times: Vec<_> = page.statements().iter().map(|s| s["stored"].to_string()).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
}

#[tokio::test]
async fn what_was_answered_is_there_after_an_orderly_restart() {
    let traccia = Traccia::program().await;
    let id = traccia.admin().store_one(&Statement::new().json()).await;
    let traccia = traccia.restart().await;
    traccia.admin().statement(&id).await;
}
