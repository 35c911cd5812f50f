//! Keys that are bound to activities: those of packages, which everybody can read.

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
