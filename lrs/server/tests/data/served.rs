//! Tables and files over HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_RANGE, ETAG, IF_NONE_MATCH, IF_RANGE, LINK, RANGE};
use reqwest::{Client, Response};
use serde_json::Value;
use tempfile::TempDir;
use traccia::app::App;
use traccia::config::Settings;

use crate::planted;

/// A server on what was planted, which keeps files.
pub(crate) struct Served {
    pub(crate) http: Client,
    pub(crate) url: String,
    count: usize,
    _home: TempDir,
}

impl Served {
    pub(crate) async fn start() -> Self {
        let home = TempDir::new().unwrap();
        let count = planted(home.path()).await;
        let (url, http) = (serve(home.path()).await, client());
        Self { http, url, count, _home: home }
    }

    pub(crate) async fn get(
        &self,
        path: &str,
        headers: &[(reqwest::header::HeaderName, &str)],
    ) -> Response {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = request.basic_auth("seed", Some("secret"));
        let with = |request: reqwest::RequestBuilder, (name, value): &(_, &str)| {
            request.header(name, *value)
        };
        headers.iter().fold(request, with).send().await.unwrap()
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&'static str, &'static str)],
    ) -> Response {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        let request = request.basic_auth("seed", Some("secret"));
        let with = |request: reqwest::RequestBuilder,
                    (name, value): &(&'static str, &'static str)| {
            request.header(*name, *value)
        };
        headers.iter().fold(request, with).send().await.unwrap()
    }

    /// A new key with these scopes, and its secret.
    pub(crate) async fn key(&self, scopes: &[&str]) -> (String, String) {
        let made = self.post("/api/v1/keys", &serde_json::json!({"scopes": scopes}), &[]).await;
        assert_eq!(made.status(), 201);
        let made: Value = made.json().await.unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("key"), text("secret"))
    }

    pub(crate) async fn ok(&self, path: &str) -> Response {
        let response = self.get(path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        response
    }

    /// The manifest, once all that is over is sealed.
    pub(crate) async fn manifest(&self) -> Value {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let manifest: Value = self.ok("/api/v1/data/manifest").await.json().await.unwrap();
            let files = manifest["tables"]["statements"]["files"].as_array().unwrap().clone();
            let rows: u64 = files.iter().map(|file| file["rows"].as_u64().unwrap()).sum();
            if rows == self.count as u64 {
                return manifest;
            }
            assert!(Instant::now() < deadline, "sealed within a minute: {manifest}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn serve(home: &Path) -> String {
    let settings = Settings {
        data: home.join("store"),
        listen: "127.0.0.1:0".into(),
        datasets: home.join("datasets"),
        ..Settings::default()
    };
    let app = App::start(&settings).await.unwrap();
    app.seed_key("seed:secret").await.unwrap();
    let url = app.base_url().to_owned();
    tokio::spawn(app.serve(std::future::pending()));
    url
}

pub(crate) fn client() -> Client {
    // A second installation is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

fn header(response: &Response, name: impl reqwest::header::AsHeaderName) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_served_whole_in_parts_and_not_again_where_they_are_known() {
    let served = Served::start().await;
    let manifest = served.manifest().await;
    let file = &manifest["tables"]["statements"]["files"][0];
    let path = format!("/api/v1/data/{}", file["path"].as_str().unwrap());
    let whole = served.ok(&path).await;
    let etag = header(&whole, ETAG);
    assert_eq!(etag, format!("\"{}\"", file["sha256"].as_str().unwrap()));
    let whole = whole.bytes().await.unwrap();
    assert_eq!(whole.len() as u64, file["bytes"].as_u64().unwrap());
    assert_eq!((&whole[..4], &whole[whole.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));

    let part = served.get(&path, &[(RANGE, "bytes=-8")]).await;
    assert_eq!(part.status(), 206);
    let (from, to, all) = (whole.len() - 8, whole.len() - 1, whole.len());
    assert_eq!(header(&part, CONTENT_RANGE), format!("bytes {from}-{to}/{all}"));
    assert_eq!(part.bytes().await.unwrap(), whole.slice(from..));
    assert_eq!(served.get(&path, &[(RANGE, "bytes=999999999-")]).await.status(), 416);
    let other = [(RANGE, "bytes=0-3"), (IF_RANGE, "\"other\"")];
    assert_eq!(served.get(&path, &other).await.status(), 200, "a part of another file is no part");
    assert_eq!(served.get(&path, &[(IF_NONE_MATCH, &etag)]).await.status(), 304);
    let outside = "/api/v1/data/statements/..%2F..%2Fstore/traccia.db";
    assert_eq!(served.get(outside, &[]).await.status(), 404);
    assert_eq!(served.get("/api/v1/data/statements/a/b", &[]).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_are_asked_for_in_pieces_come_once_each() {
    let served = Served::start().await;
    let cuts = ["2025-01-06T07:10:00Z", "2025-01-07T00:00:00Z", "2025-01-20T00:00:00Z"];
    let mut after = String::new();
    let mut ids = Vec::new();
    for until in cuts.map(|cut| format!("&until={cut}")).into_iter().chain([String::new()]) {
        let path = format!("/api/v1/data/statements?format=ndjson{until}{after}");
        let answer = served.ok(&path).await;
        let through = header(&answer, "traccia-through");
        assert_eq!(answer.headers().contains_key(LINK), until.is_empty(), "more may come later");
        after = format!("&after={through}");
        let text = answer.text().await.unwrap();
        let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].clone();
        ids.extend(text.lines().map(|line| id(line).as_str().unwrap().to_owned()));
    }
    assert_eq!(ids.len(), served.count);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), served.count, "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_comes_in_every_format_and_what_is_not_taken_is_said() {
    let served = Served::start().await;
    for table in [
        "statements",
        "context_activities",
        "agents",
        "learners",
        "course_activities",
        "activities",
        "verbs",
        "refusals",
        "erasures",
        "identities",
        "raw",
    ] {
        let csv =
            served.ok(&format!("/api/v1/data/{table}?format=csv")).await.text().await.unwrap();
        let ndjson = served.ok(&format!("/api/v1/data/{table}")).await.text().await.unwrap();
        assert_eq!(csv.lines().count(), ndjson.lines().count() + 1, "{table}");
        let parquet = served.ok(&format!("/api/v1/data/{table}?format=parquet")).await;
        assert!(parquet.bytes().await.unwrap().ends_with(b"PAR1"), "{table}");
    }
    let of_course = served.ok("/api/v1/data/statements?course=c").await.text().await.unwrap();
    assert_eq!(of_course.lines().count(), 72);
    for (path, status) in [
        ("/api/v1/data/people", 404),
        ("/api/v1/data/statements?format=xlsx", 400),
        ("/api/v1/data/statements?since=2025-01-01T00:00:00Z", 400),
        ("/api/v1/data/statements?after=yesterday", 400),
        ("/api/v1/data/learners?after=2025-01-01T00:00:00Z", 400),
        ("/api/v1/data/statements?course=nowhere", 404),
    ] {
        assert_eq!(served.get(path, &[]).await.status(), status, "{path}");
    }
    let pseudonym = |text: &str| {
        serde_json::from_str::<Value>(text.lines().next().unwrap()).unwrap()["actor"].clone()
    };
    let own = served.ok("/api/v1/data/statements").await.text().await.unwrap();
    let other = served.ok("/api/v1/data/statements?recipient=region").await.text().await.unwrap();
    assert_ne!(pseudonym(&own), pseudonym(&other), "two recipients cannot join their rows");
}
