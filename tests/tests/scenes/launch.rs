//! Parameters that players were launched with and append to every request.

use e2e::{Client, Document, Setup, Statement, Traccia, new_id};
use serde_json::json;

/// What became of a request of each kind, with these parameters appended.
async fn asked_with(who: &Client, more: &[(&str, &str)]) -> Vec<u16> {
    let sent = Statement::new().json();
    let state = Document::state("launched");
    let mut statuses = Vec::new();
    for ask in [
        who.post("/statements").json(&sent),
        who.put("/statements").query(&[("statementId", &*new_id())]).json(&sent),
        who.get("/statements").query(&[("limit", "1")]),
        state.put(who, &json!({"a": 1})),
        state.get(who),
        who.get("/about"),
    ] {
        statuses.push(ask.query(more).await.status.as_u16());
    }
    statuses
}

const TAKEN: [u16; 6] = [200, 204, 200, 204, 200, 200];
const LAUNCH: [(&str, &str); 5] =
    [("tincan", "true"), ("lang", "it"), ("cachebuster", "17"), ("_", "1"), ("_", "2")];

#[tokio::test]
async fn they_are_ignored_and_others_are_not() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    assert_eq!(asked_with(&admin, &LAUNCH).await, TAKEN);
    for other in [("Lang", "it"), ("slide", "3"), ("limit", "x")] {
        let statuses = asked_with(&admin, &[other]).await;
        assert!(statuses.iter().all(|status| *status == 400), "{other:?}: {statuses:?}");
    }
}

#[tokio::test]
async fn which_ones_is_a_setting_and_a_strict_server_ignores_none() {
    let named = Setup::default().variable("TRACCIA__LAUNCH_PARAMETERS", r#"["slide"]"#);
    let traccia = named.clone().start().await;
    assert_eq!(asked_with(&traccia.admin(), &[("slide", "3")]).await, TAKEN);
    assert!(asked_with(&traccia.admin(), &LAUNCH).await.iter().all(|status| *status == 400));
    let strict = named.arguments(&["--strict"]).start().await;
    for parameters in [&[("slide", "3")][..], &LAUNCH] {
        let statuses = asked_with(&strict.admin(), parameters).await;
        assert!(statuses.iter().all(|status| *status == 400), "{statuses:?}");
    }
}

#[tokio::test]
async fn outside_of_xapi_they_mean_what_they_say() {
    let traccia = Traccia::start().await;
    traccia.admin().get("/api/v1/courses/none/reports/glance?tincan=true").await.problem(400);
}
