//! A key's end, its two secrets, and its last use, as an administrator sees them.

use std::time::Duration;

use e2e::{Traccia, eventually};
use serde_json::{Value, json};

#[tokio::test]
async fn a_rotated_key_is_good_with_both_secrets_and_the_list_says_until_when() {
    let traccia = Traccia::start().await;
    let create =
        ["key", "create", "--scope", "state", "--name", "moodle", "--expires", "2999-12-31"];
    let first = traccia.cli(&create).await.success().trim().to_owned();
    let second = traccia.cli(&["key", "rotate", "moodle", "--hours", "1"]).await;
    assert!(second.stderr.contains("good until"), "{second}");
    let second = second.success().trim().to_owned();
    assert_ne!(first, second);
    let secret = |key: &str| key.split_once(':').unwrap().1.to_owned();
    for key in [&first, &second] {
        traccia.with_key("moodle", &secret(key)).get("/whoami").await.is(200);
    }
    eventually("the use is noted", Duration::from_secs(10), || async {
        let listed = traccia.cli(&["key", "list"]).await;
        let said = listed.success();
        let is_whole =
            said.contains("last used: ") && said.contains("secret before is good until: ");
        if is_whole { Ok(()) } else { Err(said.to_owned()) }
    })
    .await;
    let listed: Value = traccia.admin().get("/api/v1/keys").await.expect(200).json();
    let moodle = listed.as_array().unwrap().iter().find(|key| key["key"] == "moodle").unwrap();
    assert_eq!(moodle["expires"], "2999-12-31T23:59:59.999999Z");
    traccia.cli(&["key", "rotate", "moodle", "--hours", "0"]).await.success();
    for key in [&first, &second] {
        traccia.with_key("moodle", &secret(key)).get("/whoami").await.is(401);
    }
}

#[tokio::test]
async fn what_no_key_can_live_by_is_refused() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for expires in ["tomorrow", "2020-01-01", "2020-01-01T00:00:00Z", "2999-13-01", ""] {
        let new = json!({"scopes": ["state"], "key": "k", "expires": expires});
        let refused = admin.post("/api/v1/keys").json(&new).await;
        assert_eq!(refused.problem(400).body["rule"], "key-invalid", "{expires}");
    }
    let path = "/api/v1/keys/seed/secret";
    admin.post(path).json(&json!({"hours": 2161})).await.problem(400);
    admin.post(path).json(&json!({"hours": -1})).await.problem(400);
    admin.post(path).json(&json!({"days": 1})).await.problem(400);
    admin.post("/api/v1/keys/nobody/secret").json(&json!({})).await.problem(404);
    admin.get("/whoami").await.is(200);
}
