//! Statements in the shape that Moodle's log store plugin sends, written here from its description.

use e2e::{Client, Traccia, new_id};
use serde_json::{Value, json};

const SITE: &str = "https://moodle.comune.example.it";

fn activity(path: &str, kind: &str, name: &str) -> Value {
    json!({
        "objectType": "Activity",
        "id": format!("{SITE}{path}"),
        "definition": {"type": kind, "name": {"it": name}},
    })
}

fn context(event: &str, parents: &[Value]) -> Value {
    json!({
        "platform": "Moodle",
        "language": "it",
        "registration": "3f2a7c1e-5d44-5b0a-9c3f-0a1b2c3d4e5f",
        "extensions": {"http://lrs.learninglocker.net/define/extensions/info": {
            "http://moodle.org": "4.5.1 (Build: 20241202)",
            "https://github.com/xAPI-vle/moodle-logstore_xapi": "5.0.1",
            "event_name": format!("\\core\\event\\{event}"),
            "event_function": format!("\\src\\transformer\\events\\core\\{event}"),
        }},
        "contextActivities": {
            "parent": parents,
            "category": [activity("", "http://id.tincanapi.com/activitytype/lms", "Formazione")],
        },
    })
}

fn course() -> Value {
    activity(
        "/course/view.php?id=12",
        "https://w3id.org/xapi/cmi5/activitytype/course",
        "Antincendio",
    )
}

fn statement(verb: &str, object: &Value, more: &Value) -> Value {
    let mut statement = json!({
        "actor": {"name": "Lucia Verdi", "account": {"homePage": SITE, "name": "1042"}},
        "verb": {"id": verb, "display": {"en": verb.rsplit('/').next()}},
        "object": object,
        "context": context("course_module_completion_updated", &[course()]),
        "timestamp": "2026-10-05T09:15:00.000Z",
    });
    for (name, value) in more.as_object().unwrap() {
        statement[name] = value.clone();
    }
    statement
}

/// As PHP's `json_encode` writes it: every slash escaped.
fn as_php_writes(value: &Value) -> String {
    value.to_string().replace('/', "\\/")
}

async fn sent(who: &Client, batch: &Value) -> Vec<String> {
    let body = as_php_writes(batch);
    let reply = who.post("/statements").body("application/json", body).await.expect(200);
    serde_json::from_value(reply.json()).expect("a list of ids")
}

fn events() -> Vec<Value> {
    let scorm = "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types/scorm-content-object";
    let sco = activity("/mod/scorm/view.php?id=77#sco", scorm, "Modulo 1");
    let module = activity(
        "/mod/scorm/view.php?id=77",
        "http://adlnet.gov/expapi/activities/module",
        "Modulo 1",
    );
    let question = json!({
        "id": format!("{SITE}/question/question.php?cmid=80&id=5"),
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "name": {"it": "Quanti estintori?"},
            "interactionType": "numeric",
            "correctResponsesPattern": ["4"],
        },
    });
    let info = json!({"http://learninglocker.net/xapi/cmi/numeric/response": 4});
    vec![
        statement("http://id.tincanapi.com/verb/viewed", &course(), &json!({})),
        statement("http://adlnet.gov/expapi/verbs/launched", &sco, &json!({})),
        statement(
            "http://adlnet.gov/expapi/verbs/completed",
            &sco,
            &json!({
                "result": {"score": {"raw": 85, "min": 0, "max": 100, "scaled": 0.85}},
            }),
        ),
        statement(
            "http://adlnet.gov/expapi/verbs/completed",
            &module,
            &json!({
                "result": {"completion": true, "success": true},
            }),
        ),
        statement(
            "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted",
            &module,
            &json!({
                "result": {"completion": false},
            }),
        ),
        statement(
            "http://adlnet.gov/expapi/verbs/answered",
            &question,
            &json!({
                "result": {"response": "4", "success": true, "completion": true,
                    "duration": "PT0H0M12S", "extensions": info},
            }),
        ),
    ]
}

#[tokio::test]
async fn every_event_is_taken_and_the_ids_come_in_order() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let batch = events();
    let ids = sent(&admin, &json!(batch)).await;
    assert_eq!(ids.len(), batch.len());
    for (id, event) in ids.iter().zip(&batch) {
        let stored = admin.statement(id).await;
        for (name, value) in event.as_object().unwrap() {
            assert_eq!(&stored[name], value, "{name} of {}", event["verb"]["id"]);
        }
    }
}

#[tokio::test]
async fn one_event_alone_comes_as_a_list_too() {
    let traccia = Traccia::start().await;
    for event in events() {
        assert_eq!(sent(&traccia.admin(), &json!([event])).await.len(), 1);
    }
}

#[tokio::test]
async fn the_full_batch_of_thirty_goes_to_the_address_with_a_slash() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().at("/xapi/");
    let batch: Vec<Value> = events().into_iter().cycle().take(30).collect();
    assert_eq!(sent(&admin, &json!(batch)).await.len(), 30);
}

#[tokio::test]
async fn one_bad_event_is_named_so_that_the_sender_can_halve_the_batch() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let mut batch = events();
    batch[3]["actor"]["account"]["name"] = json!("");
    batch[3]["actor"]["account"]["homePage"] = json!("not an address");
    let reply =
        admin.post("/statements").body("application/json", as_php_writes(&json!(batch))).await;
    let violations = reply.problem(400).violations();
    assert!(violations.iter().all(|violation| violation["statement"] == 3), "{violations:?}");
    assert!(admin.found(&[]).await.is_empty());
    let (left, right) = batch.split_at(3);
    sent(&admin, &json!(left)).await;
    sent(&admin, &json!(right[1..])).await;
}

#[tokio::test]
async fn a_learner_is_found_by_account_and_a_course_by_its_context() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let ids = sent(&admin, &json!(events())).await;
    let learner = json!({"account": {"homePage": SITE, "name": "1042"}}).to_string();
    assert_eq!(admin.found(&[("agent", &learner), ("ascending", "true")]).await, ids);
    let course = format!("{SITE}/course/view.php?id=12");
    let query = [("activity", course.as_str()), ("related_activities", "true")];
    assert_eq!(admin.found(&query).await.len(), ids.len());
    assert_eq!(admin.found(&[("registration", &new_id())]).await.len(), 0);
}
