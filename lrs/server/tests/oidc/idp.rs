//! An identity provider in the process of the test, written apart from the code that it tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

pub(crate) const CLIENT: &str = "traccia";
pub(crate) const SECRET: &str = "hush";

/// A key that signs tokens.
#[derive(Clone)]
pub(crate) struct Key {
    id: &'static str,
    pem: String,
    public: String,
    jwk: Value,
}

impl Key {
    pub(crate) fn new(id: &'static str) -> Self {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        let part = |bytes: Vec<u8>| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let (n, e) = (part(key.n().to_bytes_be()), part(key.e().to_bytes_be()));
        let jwk = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": n, "e": e});
        let public = key.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        Self { id, pem: key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(), public, jwk }
    }

    fn header(&self, algorithm: Algorithm) -> Header {
        Header { kid: Some(self.id.to_owned()), ..Header::new(algorithm) }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let key = EncodingKey::from_rsa_pem(self.pem.as_bytes()).unwrap();
        encode(&self.header(Algorithm::RS256), claims, &key).unwrap()
    }

    /// A token whose signature is made of what everybody knows: the public key.
    pub(crate) fn sign_with_public_key(&self, claims: &Value) -> String {
        let key = EncodingKey::from_secret(self.public.as_bytes());
        encode(&self.header(Algorithm::HS256), claims, &key).unwrap()
    }

    /// A token that is signed with the secret of the client.
    pub(crate) fn sign_with_secret(&self, claims: &Value) -> String {
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        encode(&self.header(Algorithm::HS256), claims, &key).unwrap()
    }
}

/// A token without a signature.
pub(crate) fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": "none"})), part(claims))
}

/// How the provider answers at one of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Down,
    Garbage,
    /// What is right, with so much white space behind that nobody should read on.
    Long,
    /// A redirect to what is right.
    Redirect,
}

/// What a code stands for.
struct Code {
    token: String,
    challenge: String,
    redirect: String,
}

struct Inner {
    url: String,
    published: Key,
    codes: BTreeMap<String, Code>,
    modes: BTreeMap<String, Mode>,
    asked: BTreeMap<String, usize>,
    document: Value,
    userinfo: Value,
}

/// The provider. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Idp(Arc<Mutex<Inner>>);

impl Idp {
    pub(crate) async fn start(key: &Key) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let at = |path: &str| format!("{url}{path}");
        let document = json!({
            "issuer": url,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "userinfo_endpoint": at("/userinfo"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let inner = Inner {
            url,
            published: key.clone(),
            codes: BTreeMap::new(),
            modes: BTreeMap::new(),
            asked: BTreeMap::new(),
            document,
            userinfo: Value::Null,
        };
        let idp = Self(Arc::new(Mutex::new(inner)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .layer(from_fn_with_state(idp.clone(), in_mode))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        idp
    }

    pub(crate) fn url(&self) -> String {
        self.0.lock().unwrap().url.clone()
    }

    /// Answers so at this path from now on; as it should with `None`.
    pub(crate) fn answers(&self, path: &str, mode: Option<Mode>) {
        let modes = &mut self.0.lock().unwrap().modes;
        match mode {
            Some(mode) => modes.insert(path.to_owned(), mode),
            None => modes.remove(path),
        };
    }

    /// How often this path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.0.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// Says something else of itself.
    pub(crate) fn says(&self, member: &str, value: Value) {
        self.0.lock().unwrap().document[member] = value;
    }

    /// What it says of whoever shows a token.
    pub(crate) fn tells(&self, userinfo: Value) {
        self.0.lock().unwrap().userinfo = userinfo;
    }

    /// Publishes another key instead of the one before.
    pub(crate) fn publish(&self, key: &Key) {
        self.0.lock().unwrap().published = key.clone();
    }

    /// A code for a token.
    pub(crate) fn code(&self, token: String, challenge: &str, redirect: &str) -> String {
        let code = uuid::Uuid::new_v4().to_string();
        let (challenge, redirect) = (challenge.to_owned(), redirect.to_owned());
        let stands_for = Code { token, challenge, redirect };
        self.0.lock().unwrap().codes.insert(code.clone(), stands_for);
        code
    }
}

type Answer = (StatusCode, Json<Value>);

async fn in_mode(State(Idp(inner)): State<Idp>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mode = {
        let mut inner = inner.lock().unwrap();
        *inner.asked.entry(path.clone()).or_default() += 1;
        inner.modes.get(&path).copied().filter(|_| request.uri().query().is_none())
    };
    match mode {
        None => next.run(request).await,
        Some(Mode::Down) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Mode::Garbage) => "<!doctype html><title>Login</title>".into_response(),
        Some(Mode::Long) => {
            let response = next.run(request).await;
            let (mut parts, body) = response.into_parts();
            let mut bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
            bytes.resize(300 << 10, b' ');
            parts.headers.remove("content-length");
            Response::from_parts(parts, bytes.into())
        }
        Some(Mode::Redirect) => {
            (StatusCode::FOUND, [(LOCATION, format!("{path}?again"))]).into_response()
        }
    }
}

async fn discovery(State(Idp(inner)): State<Idp>) -> Json<Value> {
    Json(inner.lock().unwrap().document.clone())
}

async fn jwks(State(Idp(inner)): State<Idp>) -> Json<Value> {
    Json(json!({"keys": [inner.lock().unwrap().published.jwk]}))
}

async fn userinfo(State(Idp(inner)): State<Idp>, headers: HeaderMap) -> Answer {
    if headers.get("authorization").is_none_or(|it| *it != "Bearer a") {
        return (StatusCode::UNAUTHORIZED, Json(Value::Null));
    }
    (StatusCode::OK, Json(inner.lock().unwrap().userinfo.clone()))
}

/// Gives a token for a code, once, to the client that shows its secret and the verifier of the code's challenge.
async fn token(
    State(Idp(inner)): State<Idp>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Answer {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    let mut inner = inner.lock().unwrap();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    let is_shown = match inner.document.get("token_endpoint_auth_methods_supported") {
        Some(ways) if *ways == json!(["client_secret_post"]) => {
            form.get("client_secret").is_some_and(|it| it == SECRET)
        }
        _ => headers.get("authorization").is_some_and(|it| *it == basic.as_str()),
    };
    if !is_shown {
        return refused("invalid_client");
    }
    let Some(code) = inner.codes.remove(&form["code"]) else { return refused("invalid_grant") };
    let verifier = super::world::challenge_of(&form["code_verifier"]);
    if verifier != code.challenge || form["redirect_uri"] != code.redirect {
        return refused("invalid_grant");
    }
    let answer = json!({"access_token": "a", "token_type": "Bearer", "id_token": code.token});
    (StatusCode::OK, Json(answer))
}
