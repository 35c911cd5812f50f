//! Reactions: statements that a rule writes when a learner comes to something.

use std::time::Duration;

use e2e::seminar::{self, COURSE, LESSON, TEST, did, reported, rows};
use e2e::{Client, Statement, Traccia, eventually};
use serde_json::{Value, json};

const EARNED: &str = "https://example.org/verbs/earned";

fn rule() -> Value {
    json!({
        "course": COURSE,
        "when": {"event": "module-completed", "module": "m1"},
        "from": "2026-01-01",
        "statement": {"verb": {"id": EARNED, "display": {"en": "earned"}}},
    })
}

async fn completes_m1(admin: &Client, learner: u32) {
    let five = json!({"duration": "PT5H"});
    admin
        .store(&[
            did(learner, "terminated", LESSON, "2026-02-02T09:00:00Z", five),
            did(learner, "completed", LESSON, "2026-02-02T09:00:00Z", Value::Null),
            did(learner, "passed", TEST, "2026-02-03T09:00:00Z", Value::Null),
        ])
        .await;
}

/// The statements that the rule wrote, once there are so many.
async fn written(admin: &Client, wanted: usize) -> Vec<Value> {
    eventually("the statements of the rule", Duration::from_secs(30), || async {
        let found = admin.get("/statements").query(&[("verb", EARNED)]).await.expect(200);
        let found = found.statements();
        if found.len() == wanted { Ok(found) } else { Err(format!("{} of {wanted}", found.len())) }
    })
    .await
}

#[tokio::test]
async fn a_learner_who_completes_a_module_gets_a_statement_that_any_reader_finds() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let made = admin.put("/api/v1/reactions/badge").json(&rule()).await.expect(200).json();
    assert_eq!((&made["revision"], &made["written"]), (&json!(1), &json!(0)), "{made:#}");
    completes_m1(&admin, 1).await;
    let statements = written(&admin, 1).await;
    let object = statements[0]["object"]["id"].as_str().unwrap();
    assert!(object.ends_with("/modules/m1"), "{object}");
    assert_eq!(statements[0]["authority"]["account"]["name"], "reaction:badge");

    completes_m1(&admin, 2).await;
    let statements = written(&admin, 2).await;
    let actors: Vec<&Value> = statements.iter().map(|it| &it["actor"]).collect();
    assert_ne!(actors[0], actors[1]);
    let shown = eventually("the note of the second", Duration::from_secs(30), || async {
        let shown = admin.get("/api/v1/reactions/badge").await.expect(200).json();
        if shown["written"] == 2 { Ok(shown) } else { Err(shown.to_string()) }
    });
    assert_eq!(shown.await["fault"], Value::Null);
}

#[tokio::test]
async fn a_rule_is_tried_made_listed_and_removed_from_the_command_line() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    completes_m1(&admin, 1).await;
    reported(&admin, "matrix", &[("only", "m1=completed")], |it| rows(it).len() == 1).await;
    let file = traccia.file("rule.json", rule().to_string());
    let put = ["reaction", "put", "badge", &file];
    let tried = traccia.cli(&[&put[..], &["--dry-run"]].concat()).await;
    assert!(tried.success().starts_with("1 learner would get a statement"), "{tried}");
    assert_eq!(admin.get("/api/v1/reactions").await.expect(200).json(), json!([]));
    traccia.cli(&put).await.success();
    written(&admin, 1).await;
    let listed = traccia.cli(&["reaction", "list"]).await;
    assert!(listed.success().contains("module-completed m1"), "{listed}");
    traccia.cli(&["reaction", "remove", "badge", "--yes"]).await.success();
    let gone = admin.get("/api/v1/reactions/badge").await.problem(404);
    assert_eq!(gone.body["rule"], "reaction-unknown");
}

#[tokio::test]
async fn what_is_no_rule_is_refused_with_what_to_send() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    seminar::load(&admin).await;
    let refused = async |name: &str, at: &str, value: Value| {
        let mut rule = rule();
        *rule.pointer_mut(at).unwrap() = value;
        admin.put(&format!("/api/v1/reactions/{name}")).json(&rule).await
    };
    for (name, at, value, status, rule) in [
        ("a b", "/from", json!("2026-01-01"), 400, "reaction-name"),
        ("a", "/when/module", json!("m9"), 400, "reaction-module"),
        ("a", "/when/event", json!("slept"), 400, "reaction-invalid"),
        ("a", "/course", json!("none"), 404, "course-unknown"),
        ("a", "/statement/verb/id", json!("earned"), 400, "iri"),
    ] {
        let problem = refused(name, at, value).await.problem(status);
        assert_eq!(problem.body["rule"], rule, "{at}: {:#}", problem.body);
    }
}

#[tokio::test]
async fn who_says_what_a_pattern_wants_gets_a_statement() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let (failed, passed) = ("https://v.example/failed", "https://v.example/passed");
    let steps = json!([{"verbs": [failed], "times": 2}, {"verbs": [passed]}]);
    let rule = json!({
        "when": {"event": "statements", "pattern": {"steps": steps, "same": ["/object/id"]}},
        "statement": {"verb": {"id": EARNED, "display": {"en": "persevered"}}},
    });
    let made = admin.put("/api/v1/reactions/brave").json(&rule).await.expect(200).json();
    assert_eq!((&made["course"], &made["when"]["event"]), (&Value::Null, &json!("statements")));
    let quiz = json!({"id": "https://example.org/activities/quiz"});
    let said = |verb: &str| Statement::new().did(verb).to(quiz.clone()).json();
    for verb in [failed, failed] {
        admin.store_one(&said(verb)).await;
    }
    let last = admin.store_one(&said(passed)).await;
    let statements = written(&admin, 1).await;
    assert_eq!(statements[0]["context"]["statement"]["id"], json!(last));
    let file = traccia.file("rule.json", rule.to_string());
    let tried = traccia.cli(&["reaction", "put", "again", &file, "--dry-run"]).await;
    assert!(tried.success().starts_with("1 learner would get a statement"), "{tried}");
    let mut wrong = rule.clone();
    wrong["when"]["pattern"]["steps"] = json!([]);
    let refused = admin.put("/api/v1/reactions/brave").json(&wrong).await.problem(400);
    assert_eq!(refused.body["rule"], "reaction-pattern");
}
