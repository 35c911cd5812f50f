//! What is refused before anything is read or kept.

use e2e::Wire;
use serde_json::json;

use super::package::{CONTENT, Player, launch};
use super::{of, with_package};

#[tokio::test]
async fn a_body_is_read_for_a_good_launch_alone() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let known = launched["token"].as_str().unwrap();
    for (token, expected) in [(known, 413), ("no-such-token", 404)] {
        // The head of what is larger than any commit; the body never comes.
        let mut wire = Wire::to(traccia.url()).await;
        let lines = [
            &format!("POST /launch/{token}/commit HTTP/1.1"),
            &format!("Host: {CONTENT}"),
            "Content-Type: text/plain;charset=UTF-8",
            &format!("Content-Length: {}\r\n\r\n", 9 << 20),
        ];
        wire.send(lines.join("\r\n")).await;
        assert_eq!(wire.answer().await.0, expected, "{token}");
    }
}

#[tokio::test]
async fn the_page_of_a_launch_is_not_opened_without_end() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let player = Player::of(&traccia, &launched);
    let mut is_refused = false;
    for _ in 0..200 {
        is_refused = player.page().await.status == 429;
        if is_refused {
            break;
        }
    }
    assert!(is_refused, "of 200 pages at once none is refused");
    let other = launch(&traccia, "corso", &of("u2")).await;
    Player::of(&traccia, &other).page().await.is(200);
}

#[tokio::test]
async fn what_names_one_thing_is_small() {
    let traccia = with_package(&["I1"]).await;
    let admin = traccia.admin();
    let long = "x".repeat(65 << 10);
    for (ask, body) in [
        (admin.post("/api/v1/keys"), json!({"label": long, "scopes": ["all/read"]})),
        (
            admin.post("/api/v1/packages/corso/launches"),
            json!({"actor": {"name": long, "mbox": "mailto:a@b.example"}}),
        ),
        (admin.put("/api/v1/packages/corso"), json!({"current": 1, "x": long})),
        (admin.put("/api/v1/courses/safety/learners/u1/merge"), json!({"into": long})),
    ] {
        ask.json(&body).await.is(413);
    }
    // Each statement of a session has the learner's Agent.
    let actor = json!({"name": "x".repeat(5 << 10), "mbox": "mailto:a@b.example"});
    let ask = admin.post("/api/v1/packages/corso/launches").json(&json!({"actor": actor}));
    let problem = ask.await.problem(400);
    assert!(problem.body["detail"].as_str().unwrap().contains("bytes"), "{problem:?}");
}

#[tokio::test]
async fn a_key_that_writes_state_says_of_nobody_that_they_have_passed() {
    let traccia = with_package(&["I1"]).await;
    let launched = launch(&traccia, "corso", &of("u1")).await;
    let mut player = Player::of(&traccia, &launched);
    player.begin("I1").await;
    let state = traccia.holder_of(&["state"]).await;
    let registration = launched["registration"].as_str().unwrap().to_owned();
    let agent = r#"{"mbox": "mailto:u1@example.org"}"#;
    let shelf = [("activityId", "urn:traccia:package:corso"), ("agent", agent)];
    let sco = [("stateId", "urn:traccia:sco:I1"), ("registration", &registration)];
    let asked: Vec<_> = shelf.iter().chain(&sco).copied().collect();
    let there = state.get("/activities/state").query(&asked).await.expect(200);
    let forged = json!({"cmi": {"core": {"lesson_status": "passed"}}});
    for ask in [
        state.put("/activities/state").query(&asked).json(&forged),
        state.post("/activities/state").query(&asked).json(&forged),
        state.delete("/activities/state").query(&asked),
        state.delete("/activities/state").query(&shelf),
        traccia.admin().put("/activities/state").query(&asked).json(&forged),
    ] {
        assert_eq!(ask.await.problem(403).body["rule"], "state-of-package");
    }
    let after = state.get("/activities/state").query(&asked).await.expect(200);
    assert_eq!(after.bytes, there.bytes);
    let other = [("activityId", "urn:traccia:packages"), ("agent", agent), ("stateId", "s")];
    state.put("/activities/state").query(&other).json(&forged).await.is(204);
}
