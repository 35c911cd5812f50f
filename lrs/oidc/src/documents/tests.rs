//! Documents of a provider in the process of the test, by a clock that the test turns.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use store_testkit::clock::TurnedClock;

use super::*;

#[derive(Default)]
struct Idp {
    asked: AtomicUsize,
    is_down: AtomicBool,
}

struct Scene {
    idp: Arc<Idp>,
    clock: TurnedClock,
    documents: Documents,
    http: Http,
}

/// As the program does before it asks a provider.
fn http() -> Http {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Http::new(true).unwrap()
}

async fn scene() -> Scene {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let idp = Arc::new(Idp::default());
    let at = url.clone();
    let discovery = move |State(idp): State<Arc<Idp>>| {
        idp.asked.fetch_add(1, Ordering::SeqCst);
        let is_down = idp.is_down.load(Ordering::SeqCst);
        let status = if is_down { StatusCode::BAD_GATEWAY } else { StatusCode::OK };
        let document = json!({
            "issuer": at, "authorization_endpoint": format!("{at}/authorize"),
            "token_endpoint": format!("{at}/token"), "jwks_uri": format!("{at}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        async move { (status, Json(document)) }
    };
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(async || Json::<Value>(json!({"keys": []}))))
        .with_state(Arc::clone(&idp));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let clock = TurnedClock::at(Instant::from_micros(1_795_000_000_000_000));
    let documents = Documents::new(IssuerUrl::new(url).unwrap(), Arc::new(clock.clone()));
    Scene { idp, clock, documents, http: http() }
}

impl Scene {
    async fn is_there(&self) -> bool {
        self.documents.current(&self.http).await.is_ok()
    }

    fn asked(&self) -> usize {
        self.idp.asked.load(Ordering::SeqCst)
    }

    fn is_down(&self, is_down: bool) {
        self.idp.is_down.store(is_down, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn documents_are_read_once_an_hour_and_used_for_a_day_while_the_provider_is_down() {
    let scene = scene().await;
    assert!(scene.is_there().await);
    scene.clock.pass(3_599);
    assert!(scene.is_there().await);
    assert_eq!(scene.asked(), 1, "within the hour");
    scene.is_down(true);
    scene.clock.pass(1);
    assert!(scene.is_there().await, "the old ones");
    assert_eq!(scene.asked(), 2, "after the hour");
    scene.clock.pass(23 * 3_600 - 1);
    assert!(scene.is_there().await, "for a day");
    scene.clock.pass(1);
    assert!(!scene.is_there().await, "no longer");
    scene.is_down(false);
    scene.clock.pass(5);
    assert!(scene.is_there().await, "as soon as the provider is back");
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_again_after_five_seconds() {
    let scene = scene().await;
    scene.is_down(true);
    assert!(!scene.is_there().await);
    scene.is_down(false);
    scene.clock.pass(4);
    assert!(!scene.is_there().await);
    assert_eq!(scene.asked(), 1);
    scene.clock.pass(1);
    assert!(scene.is_there().await);
    assert_eq!(scene.asked(), 2);
}

#[tokio::test]
async fn a_key_that_is_missing_is_looked_for_once_in_ten_seconds() {
    let scene = scene().await;
    let seen = scene.documents.current(&scene.http).await.unwrap();
    scene.clock.pass(1);
    let newer = scene.documents.after(&seen, &scene.http).await.unwrap();
    assert_ne!(newer.at, seen.at);
    assert_eq!(scene.asked(), 2);
    let known = scene.documents.after(&seen, &scene.http).await.unwrap();
    assert_eq!(known.at, newer.at, "what another request has found");
    scene.documents.after(&newer, &scene.http).await.unwrap();
    assert_eq!(scene.asked(), 2, "too soon");
    scene.clock.pass(10);
    scene.documents.after(&newer, &scene.http).await.unwrap();
    assert_eq!(scene.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_takes_the_connection_and_says_nothing_holds_a_sign_in_for_ten_seconds() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = IssuerUrl::new(format!("http://{}", silent.local_addr().unwrap())).unwrap();
    let clock = TurnedClock::at(Instant::from_micros(1_795_000_000_000_000));
    let documents = Documents::new(issuer, Arc::new(clock));
    let begun = tokio::time::Instant::now();
    let error = documents.current(&http()).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("for 10 seconds"), "{error}");
    assert_eq!(begun.elapsed().as_secs(), 10);
}
