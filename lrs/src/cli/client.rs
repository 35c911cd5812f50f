//! The running server that commands speak to.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;

/// How long, and how far apart, a server that is not available now is asked again.
const PATIENCE: Duration = Duration::from_mins(1);
const BETWEEN: Duration = Duration::from_secs(2);

/// Which server, and which key.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// The server's address
    #[arg(long, env = "TRACCIA_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// The key, as KEY:SECRET
    #[arg(long, env = "TRACCIA_KEY", hide_env_values = true)]
    key: String,
}

/// A client of one server.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
    secret: String,
}

impl Target {
    pub(super) const fn new(url: Url, key: String) -> Self {
        Self { url, key }
    }

    pub(super) fn client(self) -> anyhow::Result<Client> {
        let (key, secret) = self.key.split_once(':').context("--key is not KEY:SECRET")?;
        // One TLS provider for the whole program; a second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_mins(10))
            .build()?;
        Ok(Client {
            http,
            base: self.url.as_str().trim_end_matches('/').to_owned(),
            key: key.to_owned(),
            secret: secret.to_owned(),
        })
    }
}

impl Client {
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.http.request(method, url).basic_auth(&self.key, Some(&self.secret))
    }

    /// Sends, whatever the status of the answer.
    pub(super) async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let cannot = || format!("cannot reach {}; is `traccia serve` running there?", self.base);
        request.send().await.with_context(cannot)
    }

    /// Sends and gives the answer's body, as [`Self::bytes`] does; while the server says that it is
    /// not available now (503), the request is sent again for a minute.
    pub(super) async fn patiently(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> anyhow::Result<bytes::Bytes> {
        for _ in 0..PATIENCE.as_secs() / BETWEEN.as_secs() {
            let response = self.send(request()).await?;
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                return Self::body_of(response).await;
            }
            tokio::time::sleep(BETWEEN).await;
        }
        self.bytes(request()).await
    }

    /// Sends and gives the answer's body; an error status is an error with the server's reason.
    pub(super) async fn bytes(&self, request: RequestBuilder) -> anyhow::Result<bytes::Bytes> {
        Self::body_of(self.send(request).await?).await
    }

    async fn body_of(response: Response) -> anyhow::Result<bytes::Bytes> {
        let status = response.status();
        let bytes = response.bytes().await?;
        if !status.is_success() {
            let text = String::from_utf8_lossy(&bytes);
            bail!("{}", explain(&text).unwrap_or_else(|| format!("the server says {status}")));
        }
        Ok(bytes)
    }

    /// [`Self::bytes`], as text.
    pub(super) async fn text(&self, request: RequestBuilder) -> anyhow::Result<String> {
        Ok(String::from_utf8(self.bytes(request).await?.to_vec())?)
    }

    /// [`Self::text`], read as JSON.
    pub(super) async fn json(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.text(request).await?)?)
    }
}

/// `text` as one segment of a path or one value of a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A member of a JSON answer as text; empty when it is not there.
pub(super) fn member(answer: &Value, name: &str) -> String {
    match answer.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

/// Whether the terminal's language is Italian.
pub(super) fn reads_italian() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let language = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    language.is_some_and(|language| language.starts_with("it"))
}

/// What a problem document says, in two lines.
pub(super) fn explain(text: &str) -> Option<String> {
    let problem: Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| problem.get(name).and_then(Value::as_str);
    let detail = member("detail")?;
    Some(match member("remedy") {
        Some(remedy) => format!("{detail}\n  {remedy}"),
        None => detail.to_owned(),
    })
}
