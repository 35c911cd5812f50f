//! Statements travel from one server to another one.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{
    Client, Multipart, Scripted, Setup, Statement, Traccia, Turn, eventually, new_id, sha2_hex,
};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(30);
const TEXT: &[u8] = b"what was attached\r\n\0";

/// A key of this server with these scopes: name and secret.
async fn key(server: &Traccia, scopes: &[&str]) -> (String, String) {
    let made = server.admin().post("/api/v1/keys").json(&json!({"scopes": scopes})).await;
    let made = made.expect(201).json();
    let text = |name: &str| made[name].as_str().expect("key and secret").to_owned();
    (text("key"), text("secret"))
}

/// A pipe at `here` to or from `there`, with a key of that one.
async fn pipe(here: &Traccia, there: &Traccia, direction: &str, more: Value) -> String {
    let scope = if direction == "push" { "statements/write" } else { "statements/read" };
    let (user, password) = key(there, &[scope]).await;
    let mut pipe = json!({"name": "p", "direction": direction, "url": format!("{}/xapi", there.url()),
        "user": user, "password": password, "every_seconds": 1});
    pipe.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    here.admin().post("/api/v1/pipes").json(&pipe).await.is(201);
    password
}

async fn seen(here: &Client) -> Value {
    here.get("/api/v1/pipes/p").await.expect(200).json()
}

/// Waits until the pipe is as `is` says, and gives it.
async fn until(here: &Client, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(what, SOON, || async {
        let pipe = seen(here).await;
        if is(&pipe) { Ok(pipe) } else { Err(pipe.to_string()) }
    })
    .await
}

fn is_done(pipe: &Value) -> bool {
    pipe["lag"]["statements"] == 0 && pipe["state"] == "working"
}

/// A statement with an attachment, one that is voided, the one that voids it, and some more.
async fn told(server: &Traccia) -> (Vec<String>, String) {
    let admin = server.admin();
    let described = json!({"usageType": "https://u.example/u", "display": {"en": "a text"},
        "contentType": "text/plain", "length": TEXT.len(), "sha2": sha2_hex(TEXT)});
    let attached = Statement::new().id(&new_id()).with("/attachments", json!([described])).json();
    let body = Multipart::of(&attached).attachment("text/plain", TEXT);
    admin.post("/statements").multipart(&body).await.is(200);
    let voided = new_id();
    admin.store_one(&Statement::new().id(&voided).json()).await;
    let voiding = admin.store_one(&Statement::voiding(&voided).json()).await;
    let more: Vec<Value> = (0..30).map(|_| Statement::new().json()).collect();
    let mut ids = admin.store(&more).await;
    ids.extend([voiding, attached["id"].as_str().expect("an id").to_owned()]);
    (ids, voided)
}

/// Asserts that all is there once, voided where it was, with its attachment.
async fn is_there(server: &Traccia, (ids, voided): &(Vec<String>, String)) {
    let admin = server.admin();
    let found = admin.found_on_all_pages(&[("limit", "50")]).await;
    let set: HashSet<&String> = found.iter().collect();
    assert_eq!((found.len(), set), (ids.len(), ids.iter().collect()));
    let query = [("voidedStatementId", voided.as_str())];
    admin.get("/statements").query(&query).await.is(200);
    let query = [("statementId", ids.last().expect("an id").as_str()), ("attachments", "true")];
    let parts = admin.get("/statements").query(&query).await.expect(200).parts();
    assert_eq!(parts[1].body, TEXT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_brings_statements_voided_ones_and_attachments() {
    let (here, there) = (Traccia::start().await, Traccia::start().await);
    let told = told(&here).await;
    let password = pipe(&here, &there, "push", json!({})).await;
    let shown = until(&here.admin(), "all is pushed", is_done).await;
    is_there(&there, &told).await;
    assert_eq!(shown["delivered"], 33);
    let list = here.admin().get("/api/v1/pipes").await.expect(200).text();
    assert!(!list.contains(&password) && list.contains("\"has_password\":true"), "{list}");
    let later = here.admin().store_one(&Statement::new().json()).await;
    until(&here.admin(), "news is pushed", |pipe| pipe["delivered"] == 34).await;
    there.admin().statement(&later).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_brings_them_under_the_authority_of_the_pipe() {
    let (here, there) = (Traccia::start().await, Traccia::start().await);
    let told = told(&there).await;
    pipe(&here, &there, "pull", json!({})).await;
    until(&here.admin(), "all is pulled", |pipe| pipe["delivered"] == 33).await;
    is_there(&here, &told).await;
    let statement = here.admin().statement(&told.0[0]).await;
    assert_eq!(statement["authority"]["account"]["name"], "pipe:p");
    let later = there.admin().store_one(&Statement::new().json()).await;
    let shown = until(&here.admin(), "news is pulled", |pipe| pipe["delivered"] == 34).await;
    assert_eq!(shown["dead_letters"], 0, "what is known is passed over");
    here.admin().statement(&later).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_stop_a_pipe_until_they_are_mended() {
    let (here, there) = (Traccia::start().await, Traccia::start().await);
    let admin = here.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    pipe(&here, &there, "push", json!({"password": "wrong"})).await;
    let stopped = until(&admin, "the pipe stops", |pipe| pipe["state"] == "stopped").await;
    assert!(stopped["reason"].as_str().is_some_and(|it| it.contains("401")), "{stopped}");
    let tested = admin.post("/api/v1/pipes/p/test").await.expect(200).json();
    assert_eq!((&tested["is_good"], &tested["checks"][1]["status"]), (&json!(false), &json!(401)));
    let (user, password) = key(&there, &["statements/write"]).await;
    let url = format!("{}/xapi", there.url());
    let changed = json!({"direction": "push", "url": url, "user": user, "password": password});
    admin.put("/api/v1/pipes/p").json(&changed).await.is(200);
    let tested = admin.post("/api/v1/pipes/p/test").await.expect(200).json();
    assert_eq!(tested["is_good"], true, "{tested}");
    admin.post("/api/v1/pipes/p/resume").await.is(200);
    until(&admin, "it goes on", is_done).await;
    there.admin().statement(&id).await;
    admin.delete("/api/v1/pipes/p").await.is(204);
    admin.get("/api/v1/pipes/p").await.problem(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_conflicts_is_listed_retried_and_dropped() {
    let (here, there) = (Traccia::start().await, Traccia::start().await);
    let admin = here.admin();
    let id = new_id();
    there.admin().store_one(&Statement::new().id(&id).did("failed").json()).await;
    admin
        .store(&[Statement::new().json(), Statement::new().id(&id).json(), Statement::new().json()])
        .await;
    pipe(&here, &there, "push", json!({})).await;
    let shown = until(&admin, "the neighbours arrive", |pipe| pipe["delivered"] == 2).await;
    assert_eq!(shown["dead_letters"], 1);
    let letters = admin.get("/api/v1/pipes/p/dead-letters").await.expect(200).json();
    assert_eq!(
        (&letters["items"][0]["statement"], &letters["items"][0]["status"]),
        (&json!(id), &json!(409))
    );
    let address = format!("/api/v1/pipes/p/dead-letters/{id}");
    let again = admin.post(&address).await.expect(200).json();
    assert_eq!(again["is_delivered"], false);
    admin.delete(&address).await.is(204);
    admin.delete(&address).await.problem(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_fails_is_waited_for_and_shown() {
    let here = Traccia::start().await;
    let admin = here.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    let taken = Box::leak(json!([id]).to_string().into_boxed_str());
    let other = Scripted::start(vec![
        Turn::Answer("429 Too Many Requests", "retry-after: 1\r\n", String::new()),
        Turn::Close,
        Turn::Answer("200 OK", "", taken.to_owned()),
    ])
    .await;
    let new = json!({"name": "p", "direction": "push", "url": format!("{}/xapi", other.url())});
    admin.post("/api/v1/pipes").json(&new).await.is(201);
    let shown = until(&admin, "it waits", |pipe| pipe["state"] == "waiting").await;
    assert!(shown["retry_at"].is_string() && shown["reason"].is_string(), "{shown}");
    until(&admin, "it is delivered in the end", is_done).await;
    assert_eq!(other.bodies().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_reached_where_the_setting_says_so() {
    let here = Setup::default().start().await;
    let admin = here.admin();
    admin.store_one(&Statement::new().json()).await;
    let new = json!({"name": "p", "direction": "push", "url": "http://127.0.0.1:9/xapi"});
    admin.post("/api/v1/pipes").json(&new).await.is(201);
    let stopped = until(&admin, "the pipe stops", |pipe| pipe["state"] == "stopped").await;
    assert!(stopped["reason"].as_str().is_some_and(|it| it.contains("pipes_private")), "{stopped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_while_it_pushes_loses_and_doubles_nothing() {
    let mut here = Setup::default().variable("TRACCIA__PIPES_PRIVATE", "true").start().await;
    let there = Traccia::start().await;
    pipe(&here, &there, "push", json!({})).await;
    let mut ids = HashSet::new();
    for round in 1..=4 {
        for _ in 0..round {
            let batch: Vec<Value> = (0..300).map(|_| Statement::new().json()).collect();
            ids.extend(here.admin().store(&batch).await);
        }
        here = here.restart().await;
    }
    until(&here.admin(), "all is pushed", is_done).await;
    let found = there.admin().found_on_all_pages(&[("limit", "500")]).await;
    assert_eq!(found.len(), ids.len(), "nothing is there twice");
    assert_eq!(found.into_iter().collect::<HashSet<_>>(), ids);
    assert_eq!(seen(&here.admin()).await["dead_letters"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_is_made_and_looked_at_from_the_command_line() {
    let (here, there) = (Traccia::start().await, Traccia::start().await);
    let id = here.admin().store_one(&Statement::new().json()).await;
    let (user, password) = key(&there, &["statements/write"]).await;
    let (file, url) = (here.file("password", password), format!("{}/xapi", there.url()));
    let made = here
        .cli(&["pipe", "push", "p", "--to", &url, "--user", &user, "--password-file", &file])
        .await;
    assert!(made.success().starts_with("p  → "), "{made}");
    until(&here.admin(), "all is pushed", is_done).await;
    there.admin().statement(&id).await;
    assert!(here.cli(&["pipe", "test", "p"]).await.success().contains("ok  write  200"));
    assert!(here.cli(&["pipe", "list"]).await.success().contains("behind: 0 statements"));
    assert!(here.cli(&["pipe", "pause", "p"]).await.success().contains("paused"));
    assert!(here.cli(&["pipe", "resume", "p"]).await.success().contains("working"));
    here.cli(&["pipe", "replay", "p", "--from", "2026-01-01T00:00:00Z"]).await.success();
    assert_eq!(here.cli(&["pipe", "dead", "p"]).await.success(), "");
    here.cli(&["pipe", "remove", "p", "--yes"]).await.success();
    assert_eq!(here.cli(&["pipe", "list", "--format", "json"]).await.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_delivers_a_signed_event_until_it_is_taken() {
    let here = Traccia::start().await;
    let admin = here.admin();
    let receiver = Scripted::start(vec![
        Turn::Answer("503 Service Unavailable", "retry-after: 1\r\n", String::new()),
        Turn::Answer("204 No Content", "", String::new()),
    ])
    .await;
    let url = format!("{}/hook", receiver.url());
    let verb = "https://v.example/did";
    let asked = ["pipe", "webhook", "h", "--to", &url, "--verb", verb];
    let made = here.cli(&asked).await;
    assert!(made.success().contains("shown this once: whsec_"), "{made}");
    let shown = admin.get("/api/v1/pipes/h").await.expect(200).json();
    assert_eq!((&shown["direction"], &shown["signing_secret"]), (&json!("webhook"), &Value::Null));
    admin.store_one(&Statement::new().json()).await;
    let id = admin.store_one(&Statement::new().did(verb).json()).await;
    eventually("the event is taken", SOON, || async {
        let pipe = admin.get("/api/v1/pipes/h").await.expect(200).json();
        if pipe["delivered"] == 1 { Ok(()) } else { Err(pipe.to_string()) }
    })
    .await;
    let bodies = receiver.bodies();
    assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]), "the same event again");
    let event: Value = serde_json::from_str(&bodies[1]).expect("an event");
    assert_eq!((&event["type"], &event["data"]["id"]), (&json!("statement"), &json!(id)));
    let rotated = here.cli(&["pipe", "secret", "h"]).await;
    assert!(rotated.success().contains("whsec_"), "{rotated}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_has_no_part_of_an_address_that_may_be_secret() {
    let server = Traccia::start().await;
    let admin = server.admin();
    let settings = |url: &str| json!({"direction": "webhook", "url": url});
    let mut made = settings("https://hooks.invalid:8443/services/s3cret?sig=s3cret");
    made["name"] = json!("h");
    admin.post("/api/v1/pipes").json(&made).await.is(201);
    let changed = settings("https://hooks.invalid/services/s3cret");
    admin.put("/api/v1/pipes/h").json(&changed).await.is(200);
    let log = admin.get("/api/v1/audit?limit=50").await.expect(200).json();
    let entries = log["items"].as_array().expect("entries");
    let told = |action: &str| {
        let entry = entries.iter().find(|it| it["action"] == action).expect("an entry");
        entry["details"].clone()
    };
    let is = |url: &str| json!({"direction": "webhook", "url": url});
    assert_eq!(told("pipe.created"), is("https://hooks.invalid:8443"));
    assert_eq!(told("pipe.changed"), is("https://hooks.invalid"));
    assert!(!log.to_string().contains("s3cret"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_travels_to_a_traccia_that_statements_were_sent_to() {
    let (here, there) = (Traccia::start().await, Traccia::start().await);
    let admin = here.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    // What others have sent to the other store of the same person is none of this pipe's.
    let others = there.admin().store_one(&Statement::new().json()).await;
    let (user, password) = key(&there, &["statements/write", "erasures/write"]).await;
    pipe(&here, &there, "push", json!({"user": user, "password": password})).await;
    until(&admin, "all is pushed", is_done).await;
    let asked = json!({"identifier": "mailto:anna@example.org", "reason": "12/2026"});
    let begun = admin.post("/api/v1/erasures").json(&asked).await.expect(202).json();
    let told = eventually("the other store has taken the erasure", SOON, || async {
        let erasures = admin.get("/api/v1/pipes/p/erasures").await.expect(200).json();
        let told = erasures["told"][0].clone();
        if told.is_object() { Ok(told) } else { Err(erasures.to_string()) }
    })
    .await;
    assert_eq!(told["erasure"], begun["id"]);
    let address = format!("/api/v1/erasures/{}", told["there"].as_str().expect("an id"));
    let done = eventually("the other store has erased", SOON, || async {
        let shown = there.admin().get(&address).await.expect(200).json();
        if shown["state"] == "erased" { Ok(shown) } else { Err(shown.to_string()) }
    })
    .await;
    assert_eq!((&done["holds"], &done["scrubbed"]), (&json!(null), &json!(null)));
    assert_eq!((&done["pseudonym"], &done["remains"]), (&begun["pseudonym"], &json!(true)));
    assert_eq!(there.admin().statement(&others).await["actor"]["mbox"], "mailto:anna@example.org");
    let (one, other) = (admin.statement(&id).await, there.admin().statement(&id).await);
    assert_eq!(one["actor"], other["actor"], "one pseudonym in both");
    assert!(!other.to_string().contains("anna@"), "{other}");
    admin
        .post("/api/v1/pipes/p/replay")
        .json(&json!({"from": "2026-01-01T00:00:00Z"}))
        .await
        .is(200);
    let shown = until(&admin, "all is pushed again", is_done).await;
    assert_eq!((&shown["dead_letters"], &shown["erasures_waiting"]), (&json!(0), &json!(0)));
}
