//! `format`: exact, ids and canonical, with the reader's languages.

use e2e::{Statement, Traccia, activity_iri, agent, group, verb};
use serde_json::{Value, json};

fn rich() -> Value {
    let object = json!({
        "objectType": "Activity",
        "id": activity_iri("golf"),
        "definition": {
            "name": {"en": "Golf", "it": "Il golf", "de-CH": "Golfspiel"},
            "description": {"en": "A game", "it": "Un gioco"},
            "type": "http://adlnet.gov/expapi/activities/course",
        },
    });
    let mut anna = agent("anna");
    anna["name"] = json!("Anna Bianchi");
    let mut did = verb("passed");
    did["display"] = json!({"en": "passed", "it": "ha superato"});
    Statement::new()
        .by(anna)
        .with("/verb", did)
        .to(object)
        .with("/context/team", group("team", &[agent("carla")]))
        .json()
}

async fn shaped(traccia: &Traccia, id: &str, format: &str, languages: &str) -> Value {
    let ask = traccia.admin().get("/statements").query(&[("statementId", id), ("format", format)]);
    ask.header("accept-language", languages).await.expect(200).json()
}

#[tokio::test]
async fn exact_is_the_default_and_keeps_everything() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    let sent = rich();
    let id = admin.store_one(&sent).await;
    for stored in [admin.statement(&id).await, shaped(&traccia, &id, "exact", "it").await] {
        for member in ["actor", "verb", "object", "context"] {
            assert_eq!(stored[member], sent[member], "{member}");
        }
    }
}

#[tokio::test]
async fn ids_keeps_only_what_identifies() {
    let traccia = Traccia::start().await;
    let id = traccia.admin().store_one(&rich()).await;
    let seen = shaped(&traccia, &id, "ids", "it").await;
    assert_eq!(seen["actor"]["mbox"], agent("anna")["mbox"]);
    assert!(seen["actor"].get("name").is_none(), "{seen}");
    assert_eq!(seen["verb"], json!({"id": verb("passed")["id"]}));
    assert_eq!(seen["object"]["id"], activity_iri("golf"));
    assert!(seen["object"].get("definition").is_none(), "{seen}");
    assert!(seen["context"]["team"].get("name").is_none(), "{seen}");
    assert_eq!(seen["id"], id.as_str());
}

#[tokio::test]
async fn canonical_gives_one_language_the_readers_best() {
    let traccia = Traccia::start().await;
    let id = traccia.admin().store_one(&rich()).await;
    for (languages, name, display) in [
        ("it", json!({"it": "Il golf"}), json!({"it": "ha superato"})),
        ("it-IT, en;q=0.5", json!({"it": "Il golf"}), json!({"it": "ha superato"})),
        ("fr, en;q=0.8, it;q=0.7", json!({"en": "Golf"}), json!({"en": "passed"})),
        ("it;q=0.2, en;q=0.9", json!({"en": "Golf"}), json!({"en": "passed"})),
    ] {
        let seen = shaped(&traccia, &id, "canonical", languages).await;
        assert_eq!(seen["object"]["definition"]["name"], name, "for {languages}");
        assert_eq!(seen["verb"]["display"], display, "for {languages}");
    }
}

#[tokio::test]
async fn a_shape_holds_for_lists_and_their_pages() {
    let traccia = Traccia::start().await;
    let admin = traccia.admin();
    admin.store(&[rich(), rich(), rich()]).await;
    let mut page = admin.get("/statements").query(&[("format", "ids"), ("limit", "1")]).await;
    for _ in 0..2 {
        let statements = page.statements();
        assert!(statements[0]["object"].get("definition").is_none(), "{page}");
        page = admin.follow(&page.more().expect("a next page")).await.expect(200);
    }
}

#[tokio::test]
async fn an_unknown_shape_is_refused() {
    let traccia = Traccia::start().await;
    traccia.admin().get("/statements").query(&[("format", "full")]).await.problem(400);
}
