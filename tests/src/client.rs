//! A client is who asks: a key or none, a version or none, one of the mount points.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Once;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Method, RequestBuilder, Url};
use serde_json::Value;

use crate::reply::Reply;
use conformance::multipart::Multipart;

/// Someone who asks. Paths below `/api` and `/healthz` and the like go to the server's root,
/// all others to the mount point (`/xapi` unless [`Client::at`] says otherwise).
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    mount: String,
    credentials: Option<String>,
    version: Option<String>,
}

/// A request being written; awaiting it sends it.
pub struct Ask {
    request: RequestBuilder,
}

const ROOTED: [&str; 11] = [
    "/metrics",
    "/api",
    "/check-in",
    "/healthz",
    "/readyz",
    "/whoami",
    "/schemas",
    "/problems",
    "/launch",
    "/launch-assets",
    "/p/",
];

impl Client {
    pub(crate) fn new(url: &str, key: Option<(&str, &str)>) -> Self {
        Self {
            http: http(None),
            url: url.to_owned(),
            mount: "/xapi".to_owned(),
            credentials: key.map(|(key, secret)| basic(key, secret)),
            version: Some("1.0.3".to_owned()),
        }
    }

    /// The same one, speaking another version of xAPI.
    #[must_use]
    pub fn version(&self, version: &str) -> Self {
        Self { version: Some(version.to_owned()), ..self.clone() }
    }

    /// The same one, sending no version header.
    #[must_use]
    pub fn without_version(&self) -> Self {
        Self { version: None, ..self.clone() }
    }

    /// The same one, connecting from another address of this machine.
    #[must_use]
    pub fn from_address(&self, address: std::net::IpAddr) -> Self {
        Self { http: http(Some(address)), ..self.clone() }
    }

    /// The same one at another mount point, such as `/data/xAPI`.
    #[must_use]
    pub fn at(&self, mount: &str) -> Self {
        Self { mount: mount.to_owned(), ..self.clone() }
    }

    /// The same one with this text as the `Authorization` header.
    #[must_use]
    pub fn authorization(&self, text: &str) -> Self {
        Self { credentials: Some(text.to_owned()), ..self.clone() }
    }

    /// What this one sends as `Authorization`; empty for anonymous.
    pub fn credentials(&self) -> &str {
        self.credentials.as_deref().unwrap_or_default()
    }

    /// GET.
    pub fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path)
    }

    /// HEAD.
    pub fn head(&self, path: &str) -> Ask {
        self.ask(Method::HEAD, path)
    }

    /// PUT.
    pub fn put(&self, path: &str) -> Ask {
        self.ask(Method::PUT, path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> Ask {
        self.ask(Method::POST, path)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Ask {
        self.ask(Method::DELETE, path)
    }

    /// OPTIONS, as a browser's preflight.
    pub fn options(&self, path: &str) -> Ask {
        self.ask(Method::OPTIONS, path)
    }

    /// Any method.
    pub fn ask(&self, method: Method, path: &str) -> Ask {
        let rooted = ROOTED.iter().any(|root| path.starts_with(root));
        let mount = if rooted { "" } else { self.mount.as_str() };
        let mut request = self.http.request(method, format!("{}{mount}{path}", self.url));
        if let Some(credentials) = &self.credentials {
            request = request.header("authorization", credentials);
        }
        if let Some(version) = &self.version {
            request = request.header("x-experience-api-version", version);
        }
        Ask { request }
    }

    /// Stores these statements in one POST and gives their ids in order.
    pub async fn store(&self, statements: &[Value]) -> Vec<String> {
        let reply = self.post("/statements").json(&Value::from(statements)).await.expect(200);
        let ids: Vec<String> = serde_json::from_value(reply.json()).expect("a list of ids");
        assert_eq!(ids.len(), statements.len(), "one id for each statement");
        ids
    }

    /// Stores one statement and gives its id.
    pub async fn store_one(&self, statement: &Value) -> String {
        self.store(std::slice::from_ref(statement)).await.remove(0)
    }

    /// The ids of the first page of this query, in the order of the answer.
    pub async fn found(&self, query: &[(&str, &str)]) -> Vec<String> {
        let page = self.get("/statements").query(query).await.expect(200);
        page.statement_ids()
    }

    /// The ids of all pages of this query, in the order of the answers.
    pub async fn found_on_all_pages(&self, query: &[(&str, &str)]) -> Vec<String> {
        let mut page = self.get("/statements").query(query).await.expect(200);
        let mut ids = page.statement_ids();
        while let Some(more) = page.more() {
            page = self.follow(&more).await.expect(200);
            ids.extend(page.statement_ids());
        }
        ids
    }

    /// Asks for a `more` link, relative or absolute, as it came.
    pub fn follow(&self, more: &str) -> Ask {
        let base = format!("{}{}/statements", self.url, self.mount);
        let url = Url::parse(&base).and_then(|base| base.join(more)).expect("`more` is a link");
        let mut request = self.http.get(url);
        if let Some(credentials) = &self.credentials {
            request = request.header("authorization", credentials);
        }
        if let Some(version) = &self.version {
            request = request.header("x-experience-api-version", version);
        }
        Ask { request }
    }

    /// The stored statement with this id, voided ones excluded.
    pub async fn statement(&self, id: &str) -> Value {
        self.get("/statements").query(&[("statementId", id)]).await.expect(200).json()
    }
}

impl Ask {
    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value) }
    }

    /// Adds query parameters, encoded.
    #[must_use]
    pub fn query(self, parameters: &[(&str, &str)]) -> Self {
        Self { request: self.request.query(parameters) }
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    /// Sends these bytes under this content type.
    #[must_use]
    pub fn body(self, content_type: &str, bytes: impl Into<reqwest::Body>) -> Self {
        Self { request: self.request.header("content-type", content_type).body(bytes) }
    }

    /// Sends these bytes and no content type at all.
    #[must_use]
    pub fn untyped(self, bytes: impl Into<reqwest::Body>) -> Self {
        Self { request: self.request.body(bytes) }
    }

    /// Sends multipart/mixed.
    #[must_use]
    pub fn multipart(self, body: &Multipart) -> Self {
        self.body(&body.content_type, body.bytes())
    }

    /// Sends a form, as a browser does.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        Self { request: self.request.form(fields) }
    }

    /// Sends it and gives the answer once its head is there, for answers that do not end by themselves.
    pub async fn begun(self) -> reqwest::Response {
        self.request.send().await.expect("the server answers")
    }

    /// Sends it; a failing connection is an error here, for scenes that cut it.
    pub async fn attempt(self) -> Result<Reply, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Reply { status, headers, bytes: response.bytes().await?.to_vec() })
    }
}

impl IntoFuture for Ask {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.attempt().await.expect("the server answers") })
    }
}

fn basic(key: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:{secret}")))
}

/// Never decodes, follows or reuses anything behind a scene's back.
fn http(from: Option<std::net::IpAddr>) -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .no_gzip()
        .no_proxy()
        .local_address(from)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_mins(1))
        .build()
        .expect("an HTTP client")
}
