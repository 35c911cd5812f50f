//! Keys that are bound to activities: those of packages, which everybody can read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::{Statement, Traccia};
use serde_json::{Value, json};

const COURSE: &str = "https://moodle.example.it/mod/scorm/view.php?id=77";
const HOME: &str = "https://moodle.example.it";

async fn bound(traccia: &Traccia) -> (String, String) {
    let create = ["key", "create", "--scope", "statements/write", "--activity", COURSE];
    let made =
        traccia.cli(&[&create[..], &["--home-page", HOME, "--format", "json"]].concat()).await;
    let made = made.json();
    assert_eq!(made["bounds"], json!({"activities": [COURSE], "home_pages": [HOME]}));
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    (text("key"), text("secret"))
}

fn of(activity: &str) -> Value {
    let mut statement = Statement::new().json();
    statement["actor"] = json!({"account": {"homePage": HOME, "name": "anna"}});
    statement["object"] = json!({"id": activity});
    statement
}

#[tokio::test]
async fn a_bound_key_sends_what_is_within_and_nothing_else() {
    let traccia = Traccia::start().await;
    let (name, secret) = bound(&traccia).await;
    let key = traccia.with_key(&name, &secret);
    let sco = format!("{COURSE}/I1");
    let kept = key.store_one(&of(&sco)).await;
    let elsewhere = of("https://moodle.example.it/mod/scorm/view.php?id=7");
    let refused = key.post("/statements").json(&json!([of(&sco), elsewhere])).await.problem(403);
    assert_eq!(
        (&refused.body["rule"], &refused.body["statement"]),
        (&json!("key-bounds"), &json!(1))
    );
    let mut other = of(&sco);
    other["actor"]["account"]["homePage"] = json!("https://moodle.example.org");
    key.post("/statements").json(&other).await.problem(403);
    let mut voiding = of(&sco);
    voiding["verb"] = json!({"id": "http://adlnet.gov/expapi/verbs/voided"});
    voiding["object"] = json!({"objectType": "StatementRef", "id": kept});
    key.post("/statements").json(&voiding).await.problem(403);
    let id = uuid::Uuid::new_v4().to_string();
    let put = key.put("/statements").query(&[("statementId", &id)]).json(&other).await;
    put.problem(403);
    assert_eq!(traccia.admin().found(&[]).await, [kept], "nothing of a refused batch is kept");
}

#[tokio::test]
async fn a_bound_key_reads_nothing_and_survives_a_restart_with_its_bounds() {
    let traccia = Traccia::program().await;
    let (name, secret) = bound(&traccia).await;
    traccia.with_key(&name, &secret).get("/statements").await.problem(403);
    let traccia = traccia.restart().await;
    let key = traccia.with_key(&name, &secret);
    key.post("/statements").json(&of("https://elsewhere.example/1")).await.problem(403);
    key.store_one(&of(COURSE)).await;
}

#[tokio::test]
async fn bounds_that_would_not_hold_are_refused() {
    let traccia = Traccia::start().await;
    for (scope, bounds) in [
        ("state", json!({"activities": [COURSE]})),
        ("all", json!({"activities": [COURSE]})),
        ("statements/write", json!({"home_pages": [HOME]})),
        ("statements/write", json!({"activities": ["course"]})),
        ("statements/write", json!({"activities": [COURSE], "regions": ["Umbria"]})),
    ] {
        let new = json!({"scopes": [scope], "bounds": bounds});
        traccia.admin().post("/api/v1/keys").json(&new).await.problem(400);
    }
}

/// Exchanges a key for a ticket, as a page of another site does.
async fn exchange(traccia: &Traccia, key: &str, home_page: &str, learner: &str) -> e2e::Reply {
    exchange_as(traccia, &format!("Basic {}", STANDARD.encode(key)), home_page, learner).await
}

async fn exchange_as(traccia: &Traccia, shown: &str, home_page: &str, learner: &str) -> e2e::Reply {
    let fields = [("Authorization", shown), ("home_page", home_page), ("name", learner)];
    let ask = traccia
        .anonymous()
        .post("/api/v1/packages/ticket")
        .header("Origin", "https://moodle.example.it");
    ask.form(&fields).await
}

#[tokio::test]
async fn a_package_key_is_exchanged_for_what_is_good_for_one_learner() {
    let traccia = Traccia::program().await;
    let (name, secret) = bound(&traccia).await;
    let given =
        exchange(&traccia, &format!("{name}:{secret}"), HOME, "anna").await.expect(200).json();
    assert_eq!(given["seconds"], 12 * 60 * 60);
    let ticket = traccia.anonymous().authorization(given["authorization"].as_str().unwrap());
    let kept = ticket.store_one(&of(COURSE)).await;
    assert_eq!(traccia.admin().statement(&kept).await["authority"]["account"]["name"], json!(name));
    let mut other = of(COURSE);
    other["actor"]["account"]["name"] = json!("bea");
    ticket.post("/statements").json(&other).await.problem(403);
    ticket.post("/statements").json(&of("https://elsewhere.example/1")).await.problem(403);
    ticket.get("/statements").await.problem(403);
    // It lives with the server's store and dies with its key.
    let traccia = traccia.restart().await;
    let ticket = traccia.anonymous().authorization(given["authorization"].as_str().unwrap());
    ticket.store_one(&of(COURSE)).await;
    traccia.cli(&["key", "revoke", &name]).await.success();
    ticket.post("/statements").json(&of(COURSE)).await.problem(401);
    let again =
        ["key", "create", "--scope", "statements/write", "--activity", COURSE, "--name", &name];
    traccia.cli(&again).await.success();
    ticket.post("/statements").json(&of(COURSE)).await.problem(401);
}

#[tokio::test]
async fn only_the_key_of_a_package_is_exchanged_and_only_for_its_home_page() {
    let traccia = Traccia::start().await;
    let (name, secret) = bound(&traccia).await;
    let key = format!("{name}:{secret}");
    exchange(&traccia, &key, "https://moodle.example.org", "anna").await.problem(403);
    exchange(&traccia, &key, HOME, "").await.problem(400);
    exchange(&traccia, &format!("{name}:wrong"), HOME, "anna").await.problem(401);
    exchange_as(&traccia, traccia.admin().credentials(), HOME, "anna").await.problem(403);
    let given = exchange(&traccia, &key, HOME, "anna").await.expect(200).json();
    let ticket =
        given["authorization"].as_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
    let ticket = String::from_utf8(STANDARD.decode(ticket).unwrap()).unwrap();
    exchange(&traccia, &ticket, HOME, "bea").await.problem(401);
    let admin = traccia.admin().post("/api/v1/packages/ticket");
    admin.form(&[("home_page", HOME), ("name", "anna")]).await.problem(400);
}

#[tokio::test]
async fn exchanges_and_the_requests_of_one_ticket_have_a_rate() {
    let traccia = Traccia::start().await;
    let (name, secret) = bound(&traccia).await;
    let key = format!("{name}:{secret}");
    let given = exchange(&traccia, &key, HOME, "anna").await.expect(200).json();
    let ticket = traccia.anonymous().authorization(given["authorization"].as_str().unwrap());
    let mut sent = 0;
    let refused = loop {
        let reply = ticket.post("/statements").json(&json!([of(COURSE)])).await;
        if reply.status.as_u16() != 200 {
            break reply;
        }
        sent += 1;
        assert!(sent < 1000, "never refused");
    };
    assert!(sent >= 60, "{sent}");
    assert_eq!(refused.problem(429).body["rule"], "key-rate");
    let other = exchange(&traccia, &key, HOME, "bea").await.expect(200).json();
    let other = traccia.anonymous().authorization(other["authorization"].as_str().unwrap());
    let mut bea = of(COURSE);
    bea["actor"]["account"]["name"] = json!("bea");
    other.store_one(&bea).await;
}
