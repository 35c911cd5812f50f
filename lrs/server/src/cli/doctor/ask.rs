//! Requests of the doctor: short, without credentials, and never more of an answer than is looked at.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{DATE, HeaderMap};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// How much of an answer is read, in bytes.
const READ: usize = 64 * 1024;

/// Asks servers.
pub(super) struct Asking(Client);

/// What a server answers.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Asking {
    pub(super) fn new() -> anyhow::Result<Self> {
        // One TLS provider for the whole program; a second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        // This machine's own way, not that of a proxy of the environment.
        Ok(Self(client.no_proxy().build()?))
    }

    /// GET, under an id by which it can be found in the log.
    ///
    /// # Errors
    /// Why there is no answer, in one line.
    pub(super) async fn get(&self, url: &str, id: &str) -> Result<Answered, String> {
        let asked = self.0.get(url).header("x-request-id", id).send().await;
        let mut answer = asked.map_err(why)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut bytes = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(why)? {
            bytes.extend(part);
            if bytes.len() > READ {
                break;
            }
        }
        Ok(Answered { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

/// An error with all of its causes, in one line.
fn why(error: reqwest::Error) -> String {
    format!("{:#}", anyhow::Error::new(error)).replace('\n', " ")
}

impl Answered {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The time of the server, in seconds since 1970.
    pub(super) fn time(&self) -> Option<i64> {
        let text = self.headers.get(DATE)?.to_str().ok()?;
        Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second())
    }

    /// Whether this is what `/healthz` of a Traccia says.
    pub(super) fn is_traccia(&self) -> bool {
        self.status == 200
            && !self.header("x-request-id").is_empty()
            && self.text.contains("\"status\":\"ok\"")
    }
}
