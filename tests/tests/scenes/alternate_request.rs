//! The alternate request syntax: everything in a form, for pages that are being closed. 1.0.x only.

use e2e::{Document, Statement, Traccia, activity_iri, agent, new_id};
use serde_json::json;

#[tokio::test]
async fn a_form_alone_stores_a_statement_as_a_beacon_sends_it() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sent = Statement::new().json().to_string();
    let beacon = traccia.anonymous().without_version();
    let form = [
        ("Authorization", admin.credentials()),
        ("X-Experience-API-Version", "1.0.3"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    let reply = beacon.post("/statements?method=POST").form(&form).await.expect(200);
    let id = reply.json()[0].as_str().unwrap().to_owned();
    admin.statement(&id).await;
}

#[tokio::test]
async fn a_form_can_put_get_and_delete() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = new_id();
    let sent = Statement::new().json().to_string();
    let form = [("statementId", &*id), ("content", &sent), ("Content-Type", "application/json")];
    admin.post("/statements?method=PUT").form(&form).await.is(204);
    let seen = admin.post("/statements?method=GET").form(&[("statementId", &id)]).await.expect(200);
    assert_eq!(seen.json()["id"], id.as_str());
    let state = Document::state("form");
    state.put(&admin, &json!({"a": 1})).await.is(204);
    let (anna, golf) = (agent("anna").to_string(), activity_iri("golf"));
    let form = [("stateId", "form"), ("agent", &anna), ("activityId", &golf)];
    admin.post("/activities/state?method=DELETE").form(&form).await.is(204);
    state.get(&admin).await.is(404);
}

#[tokio::test]
async fn conditions_travel_in_the_form() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let anna = agent("anna").to_string();
    let form = [
        ("agent", anna.as_str()),
        ("profileId", "form"),
        ("If-None-Match", "*"),
        ("Content-Type", "application/json"),
        ("content", "{\"a\":1}"),
    ];
    admin.post("/agents/profile?method=PUT").form(&form).await.is(204);
    admin.post("/agents/profile?method=PUT").form(&form).await.problem(412);
}

#[tokio::test]
async fn special_characters_in_a_form_are_kept() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let name = "Anna & Bruno = 100% + €";
    let sent = Statement::new().with("/actor/name", json!(name)).json().to_string();
    let form = [("content", sent.as_str()), ("Content-Type", "application/json")];
    let reply = admin.post("/statements?method=POST").form(&form).await.expect(200);
    let id = reply.json()[0].as_str().unwrap().to_owned();
    assert_eq!(admin.statement(&id).await["actor"]["name"], name);
}

#[tokio::test]
async fn further_parameters_in_the_address_are_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sent = Statement::new().json().to_string();
    let form = [("content", sent.as_str()), ("Content-Type", "application/json")];
    let path = format!("/statements?method=PUT&statementId={}", new_id());
    admin.post(&path).form(&form).await.problem(400);
    assert!(admin.found(&[]).await.is_empty());
}

#[tokio::test]
async fn a_method_that_does_not_exist_is_refused() {
    let traccia = Traccia::start().await;
    traccia.admin().post("/statements?method=BREW").form(&[("limit", "1")]).await.problem(400);
}

#[tokio::test]
async fn wrong_credentials_in_a_form_are_401() {
    let traccia = Traccia::start().await;
    let sent = Statement::new().json().to_string();
    let form = [
        ("Authorization", "Basic bm86b25l"),
        ("X-Experience-API-Version", "1.0.3"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    let beacon = traccia.anonymous().without_version();
    beacon.post("/statements?method=POST").form(&form).await.problem(401);
    assert!(traccia.admin().found(&[]).await.is_empty());
}

#[tokio::test]
async fn under_2_0_the_syntax_is_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    let sent = Statement::new().json().to_string();
    let form = [("content", sent.as_str()), ("Content-Type", "application/json")];
    let reply = admin.post("/statements?method=POST").form(&form).await;
    assert!(reply.status.is_client_error(), "{reply}");
    let reply = admin.post("/statements?method=GET").form(&[("limit", "1")]).await;
    assert!(reply.status.is_client_error(), "{reply}");
    let beacon = traccia.anonymous().without_version();
    let form = [
        ("Authorization", admin.credentials()),
        ("X-Experience-API-Version", "2.0.0"),
        ("Content-Type", "application/json"),
        ("content", sent.as_str()),
    ];
    let reply = beacon.post("/statements?method=POST").form(&form).await;
    assert!(reply.status.is_client_error(), "also when the form names the version: {reply}");
    assert!(admin.found(&[]).await.is_empty());
}
