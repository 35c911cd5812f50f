//! The first hour of an administrator: a server, its first key, and what it says of itself.

use std::time::Duration;

use e2e::{Setup, Statement, Traccia, cli, eventually};
use serde_json::json;

/// The `KEY:SECRET` that a server showed at its start.
async fn shown_key(traccia: &Traccia) -> (String, String) {
    eventually("it shows a key", Duration::from_secs(10), || async {
        let said = traccia.said();
        let line = said.lines().find_map(|line| line.strip_prefix("key:secret"));
        let key = line.and_then(|key| key.trim().split_once(':')).ok_or_else(|| said.clone())?;
        if said.contains("shown this once") {
            Ok((key.0.to_owned(), key.1.to_owned()))
        } else {
            Err(said.clone())
        }
    })
    .await
}

#[tokio::test]
async fn a_first_start_without_a_seed_makes_one_key_and_shows_it_once() {
    let traccia = Setup::default().seedless().start().await;
    let (key, secret) = shown_key(&traccia).await;
    let admin = traccia.with_key(&key, &secret);
    let keys = admin.get("/api/v1/keys").await.expect(200).json();
    assert_eq!(keys.as_array().unwrap().len(), 1, "{keys}");
    assert_eq!((&keys[0]["key"], &keys[0]["scopes"][0]), (&key.clone().into(), &"all".into()));
    assert!(!traccia.log().contains(&secret), "it is in no log");

    let again = traccia.restart().await;
    let admin = again.with_key(&key, &secret);
    let keys = admin.get("/api/v1/keys").await.expect(200).json();
    assert_eq!(keys.as_array().unwrap().len(), 1, "a second start makes none: {keys}");
    assert!(!again.said().contains("key:secret"), "and shows none");
}

#[tokio::test]
async fn a_start_with_a_seed_makes_no_other_key() {
    let traccia = Traccia::program().await;
    let keys = traccia.admin().get("/api/v1/keys").await.expect(200).json();
    assert_eq!(keys.as_array().unwrap().len(), 1, "{keys}");
}

/// Where scripts prepare a store before the first start.
#[tokio::test]
async fn a_key_is_made_in_a_store_without_a_server_and_without_another_key() {
    let folder = tempfile::tempdir().unwrap();
    let uri = match programs_uri().await {
        Some(uri) => uri,
        None => format!("sqlite:{}", folder.path().join("store").display()),
    };
    let made = cli(&["key", "init", "--store", &uri]).await;
    let key = made.success().trim().to_owned();
    assert_eq!(made.stdout.lines().count(), 1, "scripts take all of it: {made}");
    let (name, secret) = key.split_once(':').unwrap();

    let again = cli(&["key", "init", "--store", &uri, "--name", "second"]).await;
    assert_eq!(again.code, Some(3), "{again}");
    assert!(again.stderr.contains(name) && again.stderr.contains("--force"), "{again}");
    let forced = cli(&["key", "init", "--store", &uri, "--name", "second", "--force"]).await;
    assert!(forced.success().starts_with("second:"), "{forced}");
    let taken = cli(&["key", "init", "--store", &uri, "--name", "second", "--force"]).await;
    assert_eq!(taken.code, Some(3), "{taken}");
    let unusable = cli(&["key", "init", "--store", &uri, "--name", "a:b", "--force"]).await;
    assert_eq!(unusable.code, Some(2), "{unusable}");

    let traccia = Setup::default().seedless().store(&uri).start().await;
    let keys = traccia.with_key(name, secret).get("/api/v1/keys").await.expect(200).json();
    assert_eq!(keys.as_array().unwrap().len(), 2, "the start makes no further key: {keys}");
}

async fn programs_uri() -> Option<String> {
    let wanted = std::env::var("TRACCIA_TEST_STORE").unwrap_or_default();
    if wanted == "mongodb" { Some(programs::fresh_database().await) } else { None }
}

/// A folder has one process; a database may have several: `a_key_is_made_in_a_store_…`.
#[tokio::test]
async fn key_init_in_the_folder_of_a_running_server_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().display());
    let _traccia = Setup::default().store(&store).start().await;
    let made = cli(&["key", "init", "--data", folder.path().to_str().unwrap()]).await;
    assert_eq!(made.code, Some(4), "{made}");
    assert!(made.stderr.contains("traccia key create"), "{made}");
    assert!(made.stderr.contains("stop"), "{made}");
    assert_eq!(made.stdout, "", "{made}");
}

#[tokio::test]
async fn the_last_key_that_may_manage_is_not_lost_by_a_slip() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let asked = traccia.cli(&["key", "revoke", "seed"]).await;
    assert_eq!(asked.code, Some(2), "{asked}");
    assert!(asked.stderr.contains("last key") && asked.stderr.contains("--yes"), "{asked}");
    let refused = admin.delete("/api/v1/keys/seed").await;
    assert_eq!(refused.problem(409).body["rule"], "key-last");
    assert!(refused.text().contains("last=true"), "{refused}");

    traccia.cli(&["key", "create", "--scope", "all", "--name", "other"]).await.success();
    traccia.cli(&["key", "create", "--scope", "all/read", "--name", "reader"]).await.success();
    admin.delete("/api/v1/keys/other").await.is(204);
    admin.delete("/api/v1/keys/seed").await.problem(409);
    traccia.cli(&["key", "revoke", "reader"]).await.success();
    traccia.cli(&["key", "revoke", "seed", "--yes"]).await.success();
    admin.get("/api/v1/keys").await.problem(401);
}

#[tokio::test]
async fn an_unknown_key_is_answered_with_what_to_look_at() {
    let traccia = Traccia::program().await;
    let done = traccia.cli(&["key", "revoke", "sead"]).await;
    assert_eq!(done.code, Some(3), "{done}");
    assert!(done.stderr.contains("Did you mean `seed`?"), "{done}");
    assert!(done.stderr.contains("traccia key list"), "{done}");
    assert!(!done.stderr.contains("voided"), "nothing of statements: {done}");
}

#[tokio::test]
async fn a_server_says_where_it_listens_and_where_it_is_seen_from_outside() {
    let outside = "https://lrs.example.org/base";
    let traccia = Setup::default().variable("TRACCIA__BASE_URL", outside).start().await;
    let said = eventually("it says all", Duration::from_secs(10), || async {
        let said = traccia.said();
        if said.contains("/xapi") { Ok(said) } else { Err(said) }
    })
    .await;
    assert!(said.contains(&format!("listens on {}", traccia.url())), "{said}");
    assert!(said.contains(&format!("seen from outside  {outside}\n")), "{said}");
    assert!(said.contains(&format!("{outside}/xapi")), "{said}");
    traccia.admin().store_one(&Statement::new().json()).await;
}

#[tokio::test]
async fn refusals_are_logged_with_key_rule_and_place() {
    let traccia = Traccia::program().await;
    let admin = traccia.admin();
    let bad = Statement::new().with("/actor/mbox", "anna@secret.example".into()).json();
    admin.post("/statements").json(&json!([Statement::new().json(), bad])).await.problem(400);
    traccia.with_key("moodle", "wrong").get("/statements").await.problem(401);
    admin.get("/api/v1/courses?colour=red").await;
    admin.get("/api/v1/courses/c/reports/glance?colour=red").await.problem(400);
    admin.get("/activities/state/none").await;
    let log = eventually("all are logged", Duration::from_secs(10), || async {
        let log = plain(&traccia.log());
        if log.contains("parameter-unknown") { Ok(log) } else { Err(log) }
    })
    .await;
    let line = |rule: &str| log.lines().find(|line| line.contains(rule)).unwrap_or_default();
    let refused = line("status=400");
    for part in
        ["key=\"seed\"", "statement=1", "pointer=\"/actor/mbox\"", "POST", "/xapi/statements"]
    {
        assert!(refused.contains(part), "{part} is not in {refused}");
    }
    assert!(!log.contains("anna@secret"), "nothing of what it says: {log}");
    let credentials = line("rule=\"credentials\"");
    assert!(credentials.contains("key=\"moodle\"") && credentials.contains("401"), "{log}");
    assert!(line("parameter-unknown").contains("/api/v1/courses"), "{log}");
}

/// A log without colours.
fn plain(log: &str) -> String {
    let mut plain = String::new();
    let mut parts = log.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}
