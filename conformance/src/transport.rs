//! How a request reaches the server under test, and what can go wrong on the way.

use std::future::Future;
use std::pin::Pin;
use std::sync::Once;
use std::time::Duration;

use reqwest::Method;

use crate::exchange::{Request, Response};

/// A future that is sent between threads.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries requests to one server. The suite knows nothing else of it.
pub trait Transport: Send + Sync {
    /// Sends the request and reads the whole response. Never hangs, never panics, whatever the server does.
    fn send(&self, request: Request) -> Pending<'_, Result<Response, TransportError>>;
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nobody listens, or the name is unknown.
    #[error("no connection: {0}")]
    Connect(String),
    /// The certificate or the TLS handshake is refused.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// No complete response within the time allowed.
    #[error("no complete answer within {0:?}")]
    Timeout(Duration),
    /// What came is not HTTP, or ended before its end.
    #[error("a broken answer: {0}")]
    Broken(String),
    /// The response goes on beyond what a test will read.
    #[error("an answer of more than {0} bytes")]
    TooLong(usize),
}

const LONGEST: usize = 256 << 20;

/// Real HTTP: no redirects followed, nothing decompressed, no proxy, one deadline per request.
pub struct Http {
    client: reqwest::Client,
    timeout: Duration,
}

impl Http {
    /// A transport that gives each request this long, its body included.
    ///
    /// # Errors
    /// If the system's certificates cannot be read.
    pub fn new(timeout: Duration) -> Result<Self, TransportError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(timeout)
            .build()
            .map_err(|error| TransportError::Tls(chain(&error)))?;
        Ok(Self { client, timeout })
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|error| TransportError::Broken(error.to_string()))?;
        let mut asked = self.client.request(method, request.url);
        for (name, value) in &request.headers {
            asked = asked.header(name, value);
        }
        let got = asked.body(request.body).send().await.map_err(|error| self.failure(&error))?;
        self.read(got).await
    }

    async fn read(&self, mut got: reqwest::Response) -> Result<Response, TransportError> {
        let text = |value: &reqwest::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers = got.headers().iter().map(|(n, v)| (n.to_string(), text(v))).collect();
        let mut response = Response { status: got.status().as_u16(), headers, body: Vec::new() };
        while let Some(chunk) = got.chunk().await.map_err(|error| self.failure(&error))? {
            if response.body.len() + chunk.len() > LONGEST {
                return Err(TransportError::TooLong(LONGEST));
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(response)
    }

    fn failure(&self, error: &reqwest::Error) -> TransportError {
        let text = chain(error);
        let lower = text.to_lowercase();
        if error.is_timeout() {
            TransportError::Timeout(self.timeout)
        } else if ["certificate", "tls", "corrupt message", "handshake"]
            .iter()
            .any(|word| lower.contains(word))
        {
            TransportError::Tls(text)
        } else if error.is_connect() {
            TransportError::Connect(text)
        } else {
            TransportError::Broken(text)
        }
    }
}

impl Transport for Http {
    fn send(&self, request: Request) -> Pending<'_, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// An error and all that caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
