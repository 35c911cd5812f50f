//! A server with two providers, and a browser that follows nothing by itself.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use access::role::Role;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use oidc::settings::Provider;
use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde_json::{Value, json};
use tempfile::TempDir;
use traccia::app::App;
use traccia::config::Settings;

use crate::idp::{CLIENT, Idp, Key, SECRET};

pub(crate) static KEY: LazyLock<Key> = LazyLock::new(|| Key::new("one"));
pub(crate) static OTHER_KEY: LazyLock<Key> = LazyLock::new(|| Key::new("two"));

pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

/// The challenge of a verifier (RFC 7636, 4.2).
pub(crate) fn challenge_of(verifier: &str) -> String {
    use sha2::Digest as _;
    BASE64_URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier.as_bytes()))
}

#[expect(clippy::disallowed_methods, reason = "a provider dates its tokens by the machine's clock")]
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The claims of a good token, but for those of `changed`.
pub(crate) fn claims(begun: &Begun, idp: &Idp, changed: &Value) -> Value {
    let mut claims = json!({
        "iss": idp.url(), "aud": CLIENT, "sub": "7", "nonce": begun.nonce,
        "iat": now(), "exp": now() + 300,
        "preferred_username": "Anna", "name": "Anna Rossi",
        "realm_access": {"roles": ["designer", "offline_access"]},
    });
    for (claim, value) in changed.as_object().unwrap() {
        claims[claim] = value.clone();
    }
    claims
}

pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) http: Client,
    pub(crate) idp: Idp,
    pub(crate) other: Idp,
    _home: TempDir,
}

/// A sign-in that is at the provider.
#[derive(Clone)]
pub(crate) struct Begun {
    pub(crate) id: String,
    pub(crate) cookie: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) challenge: String,
    pub(crate) redirect: String,
}

fn provider(id: &str, idp: &Idp, secret: &std::path::Path) -> Provider {
    let role = |name: &str, role| (name.to_owned(), role);
    Provider {
        id: id.to_owned(),
        title: format!("Ente {id}"),
        issuer: idp.url(),
        client_id: CLIENT.to_owned(),
        client_secret_file: secret.to_owned(),
        role_claim: "realm_access.roles".to_owned(),
        roles: BTreeMap::from([
            role("admin", Role::Administrator),
            role("coord", Role::RegionalCoordinator),
            role("designer", Role::Designer),
        ]),
        regions_claim: "regions".to_owned(),
        ..Provider::default()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with("", |_| ()).await
    }

    /// A server that is seen at `base_url`, with other settings of the first provider.
    pub(crate) async fn with(base_url: &str, change: impl Fn(&mut Provider)) -> Self {
        let (idp, other) = (Idp::start(&KEY).await, Idp::start(&KEY).await);
        let home = TempDir::new().unwrap();
        let secret = home.path().join("secret");
        std::fs::write(&secret, SECRET).unwrap();
        let mut first = provider("ente", &idp, &secret);
        change(&mut first);
        let settings = Settings {
            data: home.path().join("data"),
            listen: "127.0.0.1:0".into(),
            base_url: base_url.into(),
            oidc: vec![first, provider("other", &other, &secret)],
            ..Settings::default()
        };
        let app = App::start(&settings).await.unwrap();
        app.seed_key("seed:secret").await.unwrap();
        let url = format!("http://{}", app.socket());
        tokio::spawn(app.serve(std::future::pending()));
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self { url, http: http.build().unwrap(), idp, other, _home: home }
    }

    /// What the start of a sign-in is answered with.
    pub(crate) async fn start(&self, id: &str) -> Response {
        let url = format!("{}/api/v1/oidc/{id}/start", self.url);
        let response = self.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 303);
        response
    }

    pub(crate) async fn begin(&self, id: &str) -> Begun {
        let response = self.start(id).await;
        let set = cookies(&response).remove("__Host-traccia-oidc").expect("a cookie");
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
            assert!(set.contains(attribute), "{set}");
        }
        let to = Url::parse(&location(&response)).unwrap();
        let query: BTreeMap<String, String> = to.query_pairs().into_owned().collect();
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["scope"], "openid profile email");
        let get = |name: &str| query[name].clone();
        Begun {
            id: id.to_owned(),
            cookie: set.split(';').next().unwrap().to_owned(),
            state: get("state"),
            nonce: get("nonce"),
            challenge: get("code_challenge"),
            redirect: get("redirect_uri"),
        }
    }

    /// Comes back from a provider with these parameters.
    pub(crate) async fn back(&self, begun: &Begun, query: &[(&str, &str)]) -> Response {
        let mut url =
            Url::parse(&format!("{}/api/v1/oidc/{}/callback", self.url, begun.id)).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        let request = self.http.get(url).header("cookie", &begun.cookie);
        let response = request.header("sec-fetch-site", "cross-site").send().await.unwrap();
        assert_eq!(response.status(), 303);
        response
    }

    /// What a sign-in ends with that is given this token.
    pub(crate) async fn ended_with(&self, begun: &Begun, idp: &Idp, token: String) -> Response {
        let code = idp.code(token, &begun.challenge, &begun.redirect);
        // Keycloak says more than is asked for.
        let query = [("code", code.as_str()), ("state", &begun.state), ("session_state", "x")];
        self.back(begun, &query).await
    }

    /// What a sign-in ends with whose token has `changed` claims, signed with `key`.
    pub(crate) async fn ended(
        &self,
        begun: &Begun,
        idp: &Idp,
        key: &Key,
        changed: Value,
    ) -> Response {
        let token = key.sign(&claims(begun, idp, &changed));
        self.ended_with(begun, idp, token).await
    }

    /// A whole sign-in at the first provider.
    pub(crate) async fn sign_in(&self, changed: Value) -> Response {
        let begun = self.begin("ente").await;
        self.ended(&begun, &self.idp, &KEY, changed).await
    }

    /// A request as an administrator's program sends it.
    pub(crate) fn admin(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).basic_auth("seed", Some("secret"))
    }

    /// A request as the UI sends it.
    pub(crate) fn page(&self, method: Method, path: &str, cookie: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.header("cookie", cookie).header("sec-fetch-site", "same-origin")
    }

    /// What an administrator reads.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let response = self.admin(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn people(&self) -> Vec<Value> {
        self.read("/api/v1/people").await["items"].as_array().unwrap().clone()
    }

    /// What is noted in the audit log, the newest first.
    pub(crate) async fn noted(&self) -> Vec<Value> {
        self.read("/api/v1/audit").await["items"].as_array().unwrap().clone()
    }
}

pub(crate) fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

pub(crate) fn cookies(response: &Response) -> BTreeMap<String, String> {
    let all = response.headers().get_all("set-cookie").iter().map(|it| it.to_str().unwrap());
    all.map(|it| (it.split('=').next().unwrap().to_owned(), it.to_owned())).collect()
}

/// Nobody is signed in, for this reason, and the pending sign-in is over.
pub(crate) fn is_refused(response: &Response, reason: &str) {
    assert_eq!(location(response), format!("/?sign-in={reason}"));
    let cookies = cookies(response);
    assert!(!cookies.contains_key("__Host-traccia"), "{cookies:?}");
    assert!(cookies["__Host-traccia-oidc"].contains("Max-Age=0"), "{cookies:?}");
}

/// Somebody is signed in: their cookie.
pub(crate) fn is_in(response: &Response) -> String {
    assert_eq!(location(response), "/?sign-in=done");
    let cookies = cookies(response);
    assert!(cookies["__Host-traccia-oidc"].contains("Max-Age=0"), "{cookies:?}");
    let set = &cookies["__Host-traccia"];
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(set.contains(attribute), "{set}");
    }
    set.split(';').next().unwrap().to_owned()
}
