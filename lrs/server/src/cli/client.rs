//! The running server that commands speak to.

use std::time::Duration;

use clap::Args;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT_LANGUAGE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde_json::Value;

use super::exit;
use super::out::in_words;
use super::report::Lang;
use course::Language;
use texts::Message;

/// How long, and how far apart, a server that is not available now is asked again.
const PATIENCE: Duration = Duration::from_mins(1);
const BETWEEN: Duration = Duration::from_secs(2);

/// Which server, and which key.
#[derive(Clone, Debug, Args)]
pub(super) struct Target {
    /// The server's address
    #[arg(long, env = "TRACCIA_URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// The key, as KEY:SECRET
    #[arg(long, env = "TRACCIA_KEY", hide_env_values = true)]
    key: String,
}

/// Why a server did not do what a command asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServerError {
    /// No answer, or half of one.
    #[error("{}", in_words(&Message::new("cli-unreachable").with("base", base)))]
    Unreachable {
        /// The server's address.
        base: String,
        /// What happened.
        source: reqwest::Error,
    },
    /// The request is none that can be sent: its address is too long, or a header has what no header may have.
    #[error("the request cannot be sent")]
    Unsendable {
        /// What is wrong with it.
        source: reqwest::Error,
    },
    /// An answer that refuses, in the server's words.
    #[error("{}", explained(*.status, .problem))]
    Answer {
        /// Its status.
        status: StatusCode,
        /// The problem document; null without one.
        problem: Value,
        /// When the server wants to be asked again (RFC 9110, 10.2.3), where it says so in seconds.
        retry_after: Option<Duration>,
    },
    /// An answer that Traccia does not give.
    #[error("{}", in_words(&Message::new("cli-foreign").with("base", base)))]
    Foreign {
        /// The server's address.
        base: String,
    },
}

impl ServerError {
    /// The problem document of an answer that refuses; null without one.
    pub(super) fn problem(self) -> Value {
        match self {
            Self::Answer { problem, .. } => problem,
            Self::Unreachable { .. } | Self::Unsendable { .. } | Self::Foreign { .. } => {
                Value::Null
            }
        }
    }
}

/// What a request to the server gives.
pub(super) type Answered<T> = Result<T, ServerError>;

/// A client of one server.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: String,
    secret: String,
    language: Language,
}

impl Target {
    pub(super) const fn new(url: Url, key: String) -> Self {
        Self { url, key }
    }

    pub(super) fn client(self) -> anyhow::Result<Client> {
        let malformed = || exit::usage(in_words(&Message::new("cli-key-form")));
        let (key, secret) = self.key.split_once(':').ok_or_else(malformed)?;
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
            language: language_of_terminal(),
        })
    }

    /// [`Target::client`] of a server that is to say in the language asked for what is wrong; that of the terminal
    /// when missing.
    pub(super) fn client_in(self, asked: Option<Lang>) -> anyhow::Result<Client> {
        Ok(Client { language: Lang::language(asked), ..self.client()? })
    }
}

impl Client {
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        let request = self.http.request(method, url).basic_auth(&self.key, Some(&self.secret));
        request.header(ACCEPT_LANGUAGE, self.language.tag())
    }

    /// Sends, whatever the status of the answer.
    pub(super) async fn send(&self, request: RequestBuilder) -> Answered<Response> {
        request.send().await.map_err(|source| {
            if source.is_builder() {
                return ServerError::Unsendable { source: source.without_url() };
            }
            self.unreachable(source)
        })
    }

    /// Sends and gives the answer's body, as [`Self::bytes`] does; while the server says that it is
    /// not available now (503), the request is sent again for a minute.
    pub(super) async fn patiently(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> Answered<bytes::Bytes> {
        for _ in 0..PATIENCE.as_secs() / BETWEEN.as_secs() {
            let response = self.send(request()).await?;
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                return self.body_of(response).await;
            }
            tokio::time::sleep(BETWEEN).await;
        }
        self.bytes(request()).await
    }

    /// Sends and gives the answer's body; an error status is an error with the server's reason.
    pub(super) async fn bytes(&self, request: RequestBuilder) -> Answered<bytes::Bytes> {
        self.body_of(self.send(request).await?).await
    }

    /// The body of an answer; an error status is an error with the server's reason.
    pub(super) async fn body_of(&self, response: Response) -> Answered<bytes::Bytes> {
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
        let retry_after = retry_after.and_then(|it| it.parse().ok()).map(Duration::from_secs);
        let bytes = response.bytes().await.map_err(|source| self.unreachable(source))?;
        if status.is_success() {
            return Ok(bytes);
        }
        let problem = serde_json::from_slice(&bytes).unwrap_or_default();
        Err(ServerError::Answer { status, problem, retry_after })
    }

    /// [`Self::json`] of a request that asks for what is at `path`.
    pub(super) async fn get(&self, path: &str) -> Answered<Value> {
        self.json(self.request(Method::GET, path)).await
    }

    /// All elements of the list at `path`, whose answers are pages of `items`: the page that `next` names is asked for
    /// until there is none. `path` has a query.
    pub(super) async fn pages(&self, path: &str) -> Answered<Vec<Value>> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}{after}")).await?;
            all.extend(page.get("items").and_then(Value::as_array).into_iter().flatten().cloned());
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={}", encoded(next)),
                None => return Ok(all),
            }
        }
    }

    /// [`Self::bytes`], read as JSON.
    pub(super) async fn json(&self, request: RequestBuilder) -> Answered<Value> {
        let bytes = self.bytes(request).await?;
        let foreign = |_| ServerError::Foreign { base: self.base.clone() };
        serde_json::from_slice(&bytes).map_err(foreign)
    }

    fn unreachable(&self, source: reqwest::Error) -> ServerError {
        ServerError::Unreachable { base: self.base.clone(), source }
    }
}

/// `text` as one segment of a path or one value of a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A member of a JSON answer as text; empty when it is not there.
pub(super) fn member(answer: &Value, name: &str) -> String {
    answer.get(name).map_or_else(String::new, shown)
}

/// A value as people read it: a text as it is, anything else as JSON.
pub(super) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The language of the terminal: Italian, or English for any other.
pub(super) fn language_of_terminal() -> Language {
    if reads_italian() { Language::It } else { Language::En }
}

/// Whether the terminal's language is Italian.
fn reads_italian() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let language = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    language.is_some_and(|language| language.starts_with("it"))
}

/// What a problem document says, in two lines.
fn explained(status: StatusCode, problem: &Value) -> String {
    let member = |name: &str| problem.get(name).and_then(Value::as_str);
    match (member("detail"), member("remedy")) {
        (Some(detail), Some(remedy)) => format!("{detail}\n  {remedy}"),
        (Some(detail), None) => detail.to_owned(),
        (None, _) => in_words(&Message::new("cli-unexplained").with("status", status)),
    }
}
