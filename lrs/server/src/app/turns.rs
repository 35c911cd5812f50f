//! What takes long is answered in turn: while a key has all its turns, its requests wait, and those of other keys do not.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::App;
use crate::config::Settings;
use http_api::state::{DOCUMENTS_OF_KEY, PAGES_OF_KEY};

const ID: &str = "fdfb7f3c-6c5a-4d5e-8d25-8f8a1f6b7a11";
const STATE: &str = "/xapi/activities/state?activityId=https://x.example/a&stateId=s&\
    agent=%7B%22mbox%22%3A%22mailto%3Aanna%40x.example%22%7D";

fn statement(verb: &str) -> Value {
    json!({"id": ID, "actor": {"mbox": "mailto:anna@x.example"}, "verb": {"id": verb},
        "object": {"id": "https://x.example/a"}})
}

#[tokio::test]
async fn refusals_are_tested_and_documents_are_read_in_a_turn_of_the_key() {
    let home = TempDir::new().unwrap();
    let (data, listen) = (home.path().join("data"), "127.0.0.1:0".to_owned());
    let app = App::start(&Settings { data, listen, ..Settings::default() }).await.unwrap();
    for key in ["one:secret", "two:secret"] {
        app.seed_key(key).await.unwrap();
    }
    let (server, url) = (app.server.clone(), app.base_url().to_owned());
    tokio::spawn(app.serve(std::future::pending()));
    let http = Client::builder().no_proxy().build().unwrap();
    let ask = |key: &str, method: Method, path: &str| {
        let request = http.request(method, format!("{url}{path}")).basic_auth(key, Some("secret"));
        request.header("x-experience-api-version", "1.0.3")
    };
    for (verb, status) in [("https://x.example/v", 200), ("https://x.example/w", 409)] {
        let sent = ask("one", Method::POST, "/xapi/statements").json(&statement(verb));
        assert_eq!(sent.send().await.unwrap().status(), status);
    }
    let put = ask("one", Method::PUT, STATE).json(&json!({"page": 7}));
    assert_eq!(put.send().await.unwrap().status(), 204);
    let refusals = ask("one", Method::GET, "/api/v1/refusals").send().await.unwrap();
    let refusals: Value = refusals.json().await.unwrap();
    let test = format!("/api/v1/refusals/{}/test", refusals["items"][0]["id"].as_str().unwrap());
    for (turns, most, method, path) in [
        (&server.pages, PAGES_OF_KEY, Method::POST, test.as_str()),
        (&server.documents, DOCUMENTS_OF_KEY, Method::GET, STATE),
    ] {
        let mut held = Vec::new();
        for _ in 0..most {
            held.push(turns.turn("one").await.unwrap());
        }
        let waiting = tokio::spawn(ask("one", method.clone(), path).send());
        // As much work as the one that waits has, several times.
        for _ in 0..20 {
            let other = ask("two", method.clone(), path).send().await.unwrap();
            assert_eq!(other.status(), 200, "{path}");
        }
        assert!(!waiting.is_finished(), "{path}");
        drop(held);
        assert_eq!(waiting.await.unwrap().unwrap().status(), 200, "{path}");
    }
}
