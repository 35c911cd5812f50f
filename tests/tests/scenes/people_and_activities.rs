//! What the store tells about people, activities and itself; HEAD.

use e2e::{Document, Statement, Traccia, activity_iri, agent};
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_gathers_the_names_of_an_agent() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    for name in ["Anna", "Anna Bianchi", "Anna"] {
        admin.store_one(&Statement::new().with("/actor/name", json!(name)).json()).await;
    }
    let asked = agent("anna").to_string();
    let person = admin.get("/agents").query(&[("agent", &asked)]).await.expect(200).json();
    assert_eq!(person["objectType"], "Person");
    assert_eq!(person["mbox"], json!(["mailto:anna@example.org"]));
    let mut names: Vec<String> = serde_json::from_value(person["name"].clone()).unwrap();
    names.sort();
    assert_eq!(names, ["Anna", "Anna Bianchi"]);
}

#[tokio::test]
async fn an_unknown_agent_is_a_person_with_what_was_asked() {
    let traccia = Traccia::start().await;
    let asked = json!({"account": {"homePage": "https://example.org", "name": "x"}}).to_string();
    let person =
        traccia.admin().get("/agents").query(&[("agent", &asked)]).await.expect(200).json();
    assert_eq!(person["objectType"], "Person");
    assert_eq!(person["account"], json!([{"homePage": "https://example.org", "name": "x"}]));
}

#[tokio::test]
async fn an_activity_merges_what_statements_said_of_it() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let golf = |definition: Value| {
        let object = json!({"id": activity_iri("golf"), "definition": definition});
        Statement::new().to(object).json()
    };
    let kind = "http://adlnet.gov/expapi/activities/course";
    admin.store_one(&golf(json!({"name": {"en": "Golf"}, "type": kind}))).await;
    admin
        .store_one(&golf(json!({"name": {"it": "Il golf"}, "description": {"en": "A game"}})))
        .await;
    let query = [("activityId", activity_iri("golf"))];
    let query = [(query[0].0, query[0].1.as_str())];
    let seen = admin.get("/activities").query(&query).await.expect(200).json();
    assert_eq!(seen["objectType"], "Activity");
    assert_eq!(seen["id"], activity_iri("golf"));
    assert_eq!(seen["definition"]["name"], json!({"en": "Golf", "it": "Il golf"}));
    assert_eq!(seen["definition"]["description"], json!({"en": "A game"}));
    assert_eq!(seen["definition"]["type"], kind);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let id = admin.store_one(&Statement::new().json()).await;
    Document::state("s").put(&admin, &json!({"a": 1})).await.is(204);
    let anna = agent("anna").to_string();
    let golf = activity_iri("golf");
    let cases: [(&str, Vec<(&str, &str)>); 9] = [
        ("/statements", vec![]),
        ("/statements", vec![("statementId", &id)]),
        ("/statements", vec![("statementId", "00000000-0000-4000-8000-000000000000")]),
        ("/statements", vec![("limit", "none")]),
        ("/agents", vec![("agent", &anna)]),
        ("/activities", vec![("activityId", &golf)]),
        ("/activities/state", vec![("activityId", &golf), ("agent", &anna), ("stateId", "s")]),
        ("/agents/profile", vec![("agent", &anna), ("profileId", "never")]),
        ("/about", vec![]),
    ];
    for (path, query) in cases {
        let get = admin.get(path).query(&query).await;
        let head = admin.head(path).query(&query).await;
        assert_eq!(head.status, get.status, "{path} {query:?}");
        assert!(head.bytes.is_empty(), "{path} {query:?}: {head}");
        for name in ["content-type", "etag", "last-modified", "x-experience-api-version"] {
            assert_eq!(
                head.maybe_header(name),
                get.maybe_header(name),
                "{name} of {path} {query:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_single_statement_tells_when_it_was_stored() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin().version("2.0.0");
    let id = admin.store_one(&Statement::new().json()).await;
    let one = admin.get("/statements").query(&[("statementId", &id)]).await.expect(200);
    assert!(one.header("last-modified").ends_with("GMT"), "{one}");
}

#[tokio::test]
async fn the_server_tells_how_it_is_and_who_asks() {
    let traccia = Traccia::start().await;
    traccia.anonymous().get("/healthz").await.is(200);
    traccia.anonymous().get("/readyz").await.is(200);
    traccia.anonymous().get("/whoami").await.problem(401);
    let me = traccia.admin().get("/whoami").await.expect(200);
    assert!(me.text().contains("all"), "the scopes are told: {me}");
    assert!(!me.text().contains("seed-secret"), "the secret is not: {me}");
}

#[tokio::test]
async fn other_methods_are_405_and_other_paths_404() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let patch = admin.ask("PATCH".parse().unwrap(), "/statements").await;
    let problem = patch.problem(405);
    assert!(patch.header("allow").contains("POST"), "{problem:?}");
    admin.delete("/statements").await.problem(405);
    admin.post("/about").json(&json!({})).await.problem(405);
    admin.get("/nothing-here").await.problem(404);
}
