//! Why a request was refused, for those who ask later; statements that are only checked; statements as they come.

use std::time::Duration;

use e2e::{Client, Statement, Traccia, activity, agent, new_id};
use reqwest::Method;
use serde_json::{Value, json};

async fn key(traccia: &Traccia, scopes: &[&str]) -> Client {
    let new = json!({"scopes": scopes});
    let key = traccia.admin().post("/api/v1/keys").json(&new).await.expect(201).json();
    traccia.with_key(key["key"].as_str().unwrap(), key["secret"].as_str().unwrap())
}

async fn refusals(client: &Client, query: &[(&str, &str)]) -> Vec<Value> {
    let page = client.get("/api/v1/refusals").query(query).await.expect(200).json();
    page["items"].as_array().unwrap().clone()
}

fn wrong(name: &str) -> Value {
    let actor = json!({"name": name, "mbox": format!("mailto:{name}@example.org")});
    Statement::new()
        .by(actor)
        .with("/result/duration", json!("1 hour"))
        .with("/context/extensions", json!({"https://example.org/sso-token": "s3cret-of-anna"}))
        .json()
}

#[tokio::test]
async fn a_refused_batch_is_found_with_its_place_its_remedy_and_without_secrets() {
    let traccia = Traccia::start().await;
    let moodle = key(&traccia, &["statements/write"]).await;
    moodle.post("/statements?sesskey=abc").json(&json!([])).await.is(400);
    moodle.post("/statements").json(&json!([Statement::new().json(), wrong("anna")])).await.is(400);
    moodle.get("/activities/state?stateId=none").await.is(403);

    let admin = traccia.admin();
    let all = refusals(&admin, &[]).await;
    let rules: Vec<&str> = all.iter().map(|it| it["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["scope", "duration", "parameter-unknown"], "{all:#?}");
    assert_eq!(all[2]["query"]["sesskey"], "***");
    let batch = &all[1];
    assert_eq!(batch["path"], "/xapi/statements");
    assert_eq!((&batch["status"], &batch["index"]), (&json!(400), &json!(1)));
    assert_eq!(batch["pointer"], "/result/duration");
    assert_eq!(batch["version"], "1.0.3");
    for name in ["message", "remedy", "clause"] {
        assert!(batch[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {batch:#}");
    }
    let text = batch.to_string();
    assert!(!text.contains("s3cret") && !text.to_lowercase().contains("basic "), "{text}");
    assert!(batch["body"].as_str().unwrap().contains("anna"), "the administrator reads statements");
    let one = admin.get(&format!("/api/v1/refusals/{}", batch["id"].as_str().unwrap())).await;
    assert_eq!(one.expect(200).json(), *batch);
    let italian = admin.get("/api/v1/refusals").header("accept-language", "it").await.json();
    assert!(italian["items"][1]["message"].as_str().unwrap().contains("durata"), "{italian:#}");
    for (name, value, count) in [("rule", "duration", 1), ("status", "403", 1), ("key", "none", 0)]
    {
        assert_eq!(refusals(&admin, &[(name, value)]).await.len(), count, "{name}={value}");
    }
    let first = admin.get("/api/v1/refusals?limit=2").await.expect(200).json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(refusals(&admin, &[("after", next)]).await, all[2..]);
}

#[tokio::test]
async fn a_sender_sees_its_own_refusals_without_persons_and_those_of_no_other_key() {
    let traccia = Traccia::start().await;
    let (one, other) =
        (key(&traccia, &["statements/write"]).await, key(&traccia, &["statements/write"]).await);
    one.post("/statements").json(&wrong("anna")).await.is(400);
    other.post("/statements").json(&wrong("bea")).await.is(400);
    let seen = refusals(&one, &[]).await;
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert!(!seen[0].to_string().contains("anna") && seen[0]["masked"] == true, "{seen:#?}");
    let foreign = refusals(&other, &[]).await[0]["id"].as_str().unwrap().to_owned();
    one.get(&format!("/api/v1/refusals/{foreign}")).await.problem(404);
    one.post(&format!("/api/v1/refusals/{foreign}/test")).await.problem(404);
    let reader = key(&traccia, &["statements/read"]).await;
    assert_eq!(refusals(&reader, &[]).await.len(), 2);
    // A name that anybody can make up is no key's.
    traccia.with_key("made-up", "wrong").get("/statements").await.is(401);
    assert_eq!(refusals(&reader, &[]).await[0]["key"], "");
    // Nor where the request is refused before its key is looked at.
    let stranger = traccia.with_key("made-up", "wrong").without_version();
    stranger.get("/statements").await.problem(400);
    assert_eq!(refusals(&reader, &[]).await[0]["rule"], "version-header");
    assert_eq!(refusals(&reader, &[("key", "made-up")]).await, [Value::Null; 0]);
    one.without_version().get("/statements").await.problem(400);
    assert_eq!(
        refusals(&one, &[]).await[0]["rule"],
        "version-header",
        "a secret that was made up here"
    );
}

#[tokio::test]
async fn names_that_anybody_can_make_up_take_no_place_among_what_is_counted_of_keys() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    e2e::course::load(&admin).await;
    // Refused before the key is looked at, so that it costs the sender nothing.
    let stranger = traccia.with_key("nobody-at-all", "wrong").without_version();
    stranger.get("/statements").await.is(400);
    let new = json!({"scopes": ["statements/write"]});
    let made = admin.post("/api/v1/keys").json(&new).await.expect(201).json();
    let name = made["key"].as_str().unwrap();
    let moodle = traccia.with_key(name, made["secret"].as_str().unwrap());
    moodle.post("/statements").json(&wrong("anna")).await.is(400);
    moodle.without_version().get("/statements").await.is(400);
    let health =
        admin.get(&e2e::course::at("/reports/health?format=json")).await.expect(200).json();
    for (subject, is_there) in [
        (format!("{name}: duration"), true),
        (format!("{name}: version-header"), true),
        ("nobody-at-all".to_owned(), false),
    ] {
        assert_eq!(health.to_string().contains(&subject), is_there, "{subject}: {health:#}");
    }
}

#[tokio::test]
async fn kept_statements_are_checked_again_by_what_is_kept_now() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let test = async |id: &Value| {
        let path = format!("/api/v1/refusals/{}/test", id.as_str().unwrap());
        admin.post(&path).await
    };
    admin.post("/statements").json(&wrong("anna")).await.is(400);
    let broken = refusals(&admin, &[]).await[0]["id"].clone();
    let tested = test(&broken).await.expect(200).json();
    assert_eq!((&tested["status"], &tested["problem"]["rule"]), (&json!(400), &json!("duration")));

    let (id, other) = (new_id(), Statement::new());
    admin.store_one(&other.clone().id(&id).json()).await;
    let conflicting = Statement::new().did("passed").id(&id).json();
    admin.post("/statements").json(&conflicting).await.is(409);
    let conflict = refusals(&admin, &[]).await[0]["id"].clone();
    assert_eq!(test(&conflict).await.expect(200).json()["problem"]["rule"], "statement-conflict");

    let fine = Statement::new().json();
    key(&traccia, &["state"]).await.post("/statements").json(&fine).await.is(403);
    let refused = refusals(&admin, &[]).await[0].clone();
    let tested = test(&refused["id"]).await.expect(200).json();
    assert_eq!(
        tested,
        json!({"status": 200, "problem": null}),
        "nothing is wrong with the statements"
    );
    admin.get("/statements?limit=x").await.problem(400);
    let bodiless = refusals(&admin, &[]).await[0]["id"].clone();
    assert_eq!(test(&bodiless).await.problem(409).body["rule"], "refusal-no-body");
}

#[tokio::test]
async fn refusals_are_there_after_a_restart() {
    let mut traccia = Traccia::program().await;
    traccia.admin().post("/statements").json(&wrong("anna")).await.is(400);
    traccia.stop().await;
    let traccia = traccia.restart().await;
    assert_eq!(refusals(&traccia.admin(), &[]).await[0]["rule"], "duration");
}

#[tokio::test]
async fn statements_are_checked_without_being_kept() {
    let traccia = Traccia::start().await;
    let writer = key(&traccia, &["statements/write"]).await;
    let check = async |body: &Value, query: &[(&str, &str)]| {
        let asked = writer.post("/api/v1/statements/check").query(query).json(body);
        asked.header("accept-language", "it").await.expect(200).json()
    };
    let fine = check(&json!([Statement::new().json(), Statement::new().json()]), &[]).await;
    assert_eq!(fine, json!({"valid": true, "statements": 2, "violations": []}));
    let found = check(&json!([Statement::new().json(), wrong("anna")]), &[]).await;
    assert_eq!((&found["valid"], &found["statements"]), (&json!(false), &json!(2)));
    let violation = &found["violations"][0];
    assert_eq!((&violation["index"], &violation["rule"]), (&json!(1), &json!("duration")));
    assert_eq!(violation["pointer"], "/result/duration");
    assert!(violation["message"].as_str().unwrap().contains("durata"), "{violation}");
    assert!(violation["remedy"].as_str().is_some_and(|it| !it.is_empty()), "{violation}");
    let broken = writer.post("/api/v1/statements/check").body("application/json", "{");
    assert_eq!(broken.await.expect(200).json()["violations"][0]["rule"], "json-syntax");
    // Of one version a fault, of the other none.
    let agents = json!({"contextAgents": [{"objectType": "contextAgent", "agent": agent("x")}]});
    let newer = Statement::new().with("/context", agents).json();
    assert_eq!(check(&newer, &[("version", "2.0.0")]).await["valid"], true);
    assert_eq!(check(&newer, &[("version", "1.0.3")]).await["valid"], false);
    writer.post("/api/v1/statements/check?version=3").json(&newer).await.problem(400);
    assert!(traccia.admin().found(&[]).await.is_empty());
}

/// A reader of statements as they come.
struct Live {
    response: reqwest::Response,
    text: String,
}

impl Live {
    async fn open(client: &Client, query: &[(&str, &str)], last: Option<&str>) -> Self {
        let ask = client.ask(Method::GET, "/api/v1/statements/live").query(query);
        let ask = match last {
            Some(last) => ask.header("last-event-id", last),
            None => ask,
        };
        let response = ask.begun().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut live = Self { response, text: String::new() };
        // The first comment says that it is connected.
        live.until(|text| text.contains(": live") || text.contains(":live")).await;
        live
    }

    async fn until(&mut self, enough: impl Fn(&str) -> bool) {
        while !enough(&self.text) {
            let part = self.response.chunk().await.unwrap();
            let part = part.unwrap_or_else(|| panic!("it ended: {}", self.text));
            self.text.push_str(std::str::from_utf8(&part).unwrap());
        }
    }

    /// Whether the server ends the answer.
    async fn ends(mut self) -> bool {
        loop {
            match self.response.chunk().await {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }
}

#[tokio::test]
async fn statements_come_as_they_are_kept_and_none_is_missed_after_a_break() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let verb = "http://adlnet.gov/expapi/verbs/passed";
    let mut live = Live::open(&admin, &[("verb", verb)], None).await;
    let passed = || Statement::new().did("passed").to(activity("quiz"));
    let ids = [new_id(), new_id(), new_id()];
    admin.store_one(&Statement::new().json()).await;
    admin.store_one(&passed().id(&ids[0]).json()).await;
    live.until(|text| text.contains(&ids[0])).await;
    assert_eq!(live.text.matches("event: statement").count(), 1, "{}", live.text);
    let last =
        live.text.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(live);
    for id in &ids[1..] {
        admin.store_one(&passed().id(id).json()).await;
    }
    let mut live = Live::open(&admin, &[("verb", verb)], Some(&last)).await;
    live.until(|text| text.contains(&ids[2])).await;
    assert!(live.text.contains(&ids[1]) && !live.text.contains(&ids[0]), "{}", live.text);
    let wrong = admin.get("/api/v1/statements/live").header("last-event-id", "x");
    wrong.await.problem(400);
}

#[tokio::test]
async fn who_reads_their_own_is_sent_their_own_and_no_more_when_the_key_is_gone() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let new = json!({"scopes": ["statements/write", "statements/read/mine"], "key": "mine"});
    let made = admin.post("/api/v1/keys").json(&new).await.expect(201).json();
    let mine = traccia.with_key("mine", made["secret"].as_str().unwrap());
    let mut live = Live::open(&mine, &[], None).await;
    let (theirs, own) = (new_id(), new_id());
    admin.store_one(&Statement::new().id(&theirs).json()).await;
    mine.store_one(&Statement::new().id(&own).json()).await;
    live.until(|text| text.contains(&own)).await;
    assert!(!live.text.contains(&theirs), "{}", live.text);
    admin.delete("/api/v1/keys/mine").await.is(204);
    assert!(live.ends().await);
}

#[tokio::test]
async fn a_key_may_have_four_open_and_a_fifth_is_refused_until_one_is_closed() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(Live::open(&admin, &[], None).await);
    }
    let refused = admin.get("/api/v1/statements/live").await;
    assert_eq!(refused.problem(429).body["rule"], "live-too-many");
    assert!(refused.maybe_header("retry-after").is_some());
    drop(open.pop());
    e2e::eventually("a fifth may be opened", Duration::from_secs(30), async || {
        let asked = admin.ask(Method::GET, "/api/v1/statements/live").begun().await;
        if asked.status() == 200 { Ok(()) } else { Err(asked.status().to_string()) }
    })
    .await;
}

#[tokio::test]
async fn of_a_course_a_bound_key_is_sent_what_its_own_learners_do() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    e2e::course::load(&admin).await;
    let new = json!({"scopes": ["progress/read"], "bounds": {"regions": ["Umbria"]}});
    let made = admin.post("/api/v1/keys").json(&new).await.expect(201).json();
    let umbria = traccia.with_key(made["key"].as_str().unwrap(), made["secret"].as_str().unwrap());
    umbria.get("/api/v1/statements/live").await.problem(403);
    let mut live = Live::open(&umbria, &[("course", e2e::course::COURSE)], None).await;
    let of = |learner: &str, object: &str| {
        let statement =
            Statement::new().by(e2e::account(e2e::course::SITE, learner)).to(json!({"id": object}));
        let id = new_id();
        (id.clone(), statement.id(&id).json())
    };
    let (veneto, first) = of("4", e2e::course::FIRST);
    let (elsewhere, second) = of("1", "https://elsewhere.example/x");
    let (ours, third) = of("1", e2e::course::FIRST);
    admin.store(&[first, second, third]).await;
    live.until(|text| text.contains(&ours)).await;
    assert!(!live.text.contains(&veneto) && !live.text.contains(&elsewhere), "{}", live.text);
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_ends_at_once_although_readers_are_connected() {
    let mut traccia = Traccia::program().await;
    let live = Live::open(&traccia.admin(), &[], None).await;
    let began = std::time::Instant::now();
    traccia.stop().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(6), "{:?}", began.elapsed());
    assert!(live.ends().await);
}
