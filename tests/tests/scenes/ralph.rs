//! Pipes to and from Ralph, a store of others: what it takes, what it refuses, and what it leaves to the pipe.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{Client, Multipart, Ralph, Statement, Traccia, agent, eventually, new_id, sha2_hex};
use jiff::Timestamp;
use programs::fresh_database;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(30);

/// A pipe of `here` to or from Ralph.
async fn pipe(here: &Client, ralph: &Ralph, direction: &str, more: Value) {
    let (user, password) = Ralph::credentials();
    let mut pipe = json!({"name": direction, "direction": direction, "url": ralph.endpoint(),
        "user": user, "password": password, "every_seconds": 1});
    pipe.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    here.post("/api/v1/pipes").json(&pipe).await.is(201);
}

/// Waits until the pipe is as `is` says, and gives it.
async fn until(here: &Client, name: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually("the pipe has done its work", SOON, || async {
        let pipe = here.get(&format!("/api/v1/pipes/{name}")).await.expect(200).json();
        if is(&pipe) { Ok(pipe) } else { Err(pipe.to_string()) }
    })
    .await
}

/// Statements that happened one after the other, at these milliseconds of an hour.
fn happened(millis: impl Iterator<Item = i64>) -> Vec<Value> {
    let begun = "2026-06-01T10:00:00Z".parse::<Timestamp>().expect("a time").as_millisecond();
    let when = |at: i64| Timestamp::from_millisecond(begun + at).expect("a time").to_string();
    millis.map(|at| Statement::new().id(&new_id()).when(&when(at)).json()).collect()
}

fn id_of(statement: &Value) -> String {
    statement["id"].as_str().expect("an id").to_owned()
}

/// Asserts that the store has these statements, each once.
async fn has_once(store: &Client, ids: HashSet<String>) {
    let found = store.found_on_all_pages(&[("ascending", "true"), ("limit", "90")]).await;
    assert_eq!(found.len(), ids.len(), "each is there once");
    assert_eq!(found.into_iter().collect::<HashSet<_>>(), ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn ralph_gets_each_statement_once_and_what_it_refuses_is_a_dead_letter() {
    let Some(ralph) = Ralph::start(None).await else { return };
    let (here, there) = (Traccia::start().await, ralph.client());
    let admin = here.admin();
    let mut told = happened(0..250);
    // One is there already, and another statement is there under the id of a second one.
    there.post("/statements").json(&told[10]).await.is(200);
    let mut other = told[20].clone();
    other["verb"]["id"] = json!("https://v.example/other");
    there.post("/statements").json(&other).await.is(200);
    let about_a_person = Statement::new().id(&new_id()).to(agent("berta")).json();
    let text = b"what was attached";
    let described = json!({"usageType": "https://u.example/u", "display": {"en": "a text"},
        "contentType": "text/plain", "length": text.len(), "sha2": sha2_hex(text)});
    let attached = Statement::new().id(&new_id()).with("/attachments", json!([described])).json();
    admin.store(&told).await;
    admin.store_one(&about_a_person).await;
    let body = Multipart::of(&attached).attachment("text/plain", text);
    admin.post("/statements").multipart(&body).await.is(200);
    let last = Statement::new().id(&new_id()).json();
    admin.store_one(&last).await;
    pipe(&admin, &ralph, "push", json!({})).await;
    let shown =
        until(&admin, "push", |it| it["lag"]["statements"] == 0 && it["state"] == "working").await;
    let letters = admin.get("/api/v1/pipes/push/dead-letters").await.expect(200).json();
    let refused: Vec<_> = letters["items"].as_array().expect("a list").clone();
    let of = |id: &str| refused.iter().find(|it| it["statement"] == json!(id)).cloned();
    let conflict = of(&id_of(&other)).expect("the conflict is a dead letter");
    assert_eq!(conflict["status"], 409);
    assert!(conflict.to_string().contains("/verb"), "{conflict}");
    assert!(of(&id_of(&about_a_person)).is_some(), "{letters}");
    assert!(of(&id_of(&attached)).is_some(), "{letters}");
    assert_eq!(refused.len(), 3, "{letters}");
    assert_eq!(shown["delivered"], 250, "{shown}");
    told.push(last);
    has_once(&there, told.iter().map(id_of).collect()).await;
    let query = [("statementId", told[0]["id"].as_str().expect("an id"))];
    let kept = there.get("/statements").query(&query).await.expect(200).json();
    assert_eq!(kept["statements"][0]["authority"]["mbox"], "mailto:ralph@example.org");
}

/// Reads Ralph empty, by its timestamps and with an overlap, and sends what is new back: a ring that ends by itself.
///
/// On MongoDB Ralph's `more` goes on from the id of a document, which is of its second and a hash, in pages that are sorted by
/// the whole timestamp: what happened later in the second with a lower hash is in no page.
async fn pulls_each_statement_once(database: Option<&str>) {
    let Some(ralph) = Ralph::start(database).await else { return };
    let (here, there) = (Traccia::start().await, ralph.client());
    let admin = here.admin();
    // More than two pages of Ralph (100), fifty in each second.
    let mut told = happened((0..230).map(|n| n * 20));
    for part in told.chunks(60) {
        there.post("/statements").json(&json!(part)).await.is(200);
    }
    pipe(&admin, &ralph, "pull", json!({"reads_by": "timestamp", "overlap_seconds": 604_800}))
        .await;
    until(&admin, "pull", |it| it["delivered"] == 230).await;
    // This one appears late: it happened before all the others.
    let late = happened(std::iter::once(-1_000)).remove(0);
    there.post("/statements").json(&late).await.is(200);
    told.push(late);
    pipe(&admin, &ralph, "push", json!({})).await;
    let own = Statement::new().id(&new_id()).json();
    admin.store_one(&own).await;
    until(&admin, "push", |it| it["delivered"] == 232 && it["dead_letters"] == 0).await;
    told.push(own);
    let pulled = until(&admin, "pull", |it| it["delivered"] == 231).await;
    assert_eq!(pulled["dead_letters"], 0, "what is known is passed over: {pulled}");
    let ids: HashSet<_> = told.iter().map(id_of).collect();
    has_once(&admin, ids).await;
    // Ralph's own pages leave some out on MongoDB.
    for statement in [&told[0], &told[230], &told[231]] {
        let query = [("statementId", statement["id"].as_str().expect("an id"))];
        let kept = there.get("/statements").query(&query).await.expect(200);
        assert_eq!(kept.statement_ids().len(), 1, "each is there once");
    }
    let statement = admin.statement(&id_of(&told[0])).await;
    assert_eq!(statement["authority"]["account"]["name"], "pipe:pull");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_from_ralph_brings_each_statement_once_also_a_late_one() {
    pulls_each_statement_once(None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_pull_from_ralph_on_mongodb_brings_each_statement_once_also_a_late_one() {
    pulls_each_statement_once(Some(&fresh_database().await)).await;
}
