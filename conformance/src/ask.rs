//! A request being written, and the reply to it with the checks that cases make on it.

use std::future::IntoFuture;
use std::sync::PoisonError;

use serde_json::Value;

use crate::exchange::{Request, Response};
use crate::failure::{Checked, Failure};
use crate::lrs::{Credentials, Lrs};
use crate::multipart::{self, Multipart, Part};
use crate::transport::Pending;

/// A request being written; awaiting it sends it.
#[must_use]
pub struct Ask {
    lrs: Lrs,
    request: Request,
}

const VERSION: &str = "X-Experience-API-Version";

impl Ask {
    pub(crate) fn new(lrs: &Lrs, method: &str, path: &str) -> Self {
        let url = lrs.target.endpoint.join(path).unwrap_or_else(|_| lrs.target.endpoint.clone());
        let mut headers = vec![(VERSION.to_owned(), lrs.version.text().to_owned())];
        if let Some(known) = &lrs.target.credentials {
            headers.push(("Authorization".to_owned(), known.basic()));
        }
        let request = Request { method: method.to_owned(), url, headers, body: Vec::new() };
        Self { lrs: lrs.clone(), request }
    }

    /// Adds one query parameter, encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.request.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Adds query parameters, encoded.
    pub fn queries(self, parameters: &[(&str, &str)]) -> Self {
        parameters.iter().fold(self, |ask, (name, value)| ask.query(name, value))
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.request.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a header out.
    pub fn without(mut self, name: &str) -> Self {
        self.request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Says no version.
    pub(crate) fn unversioned(self) -> Self {
        self.without(VERSION)
    }

    /// Says another version.
    pub(crate) fn versioned(self, version: &str) -> Self {
        self.header(VERSION, version)
    }

    /// Sends no credentials.
    pub fn anonymous(self) -> Self {
        self.without("Authorization")
    }

    /// Sends other credentials.
    pub fn by(self, who: &Credentials) -> Self {
        self.header("Authorization", &who.basic())
    }

    /// Sends JSON.
    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string().as_bytes())
    }

    /// Sends these bytes under this content type.
    pub fn body(mut self, content_type: &str, bytes: &[u8]) -> Self {
        self.request.body = bytes.to_vec();
        self.header("Content-Type", content_type)
    }

    /// Sends these bytes under no content type.
    pub fn untyped(mut self, bytes: &[u8]) -> Self {
        self.request.body = bytes.to_vec();
        self.without("Content-Type")
    }

    /// Sends multipart/mixed.
    pub fn multipart(self, body: &Multipart) -> Self {
        self.body(&body.content_type, &body.bytes())
    }

    async fn send(self) -> Checked<Reply> {
        let answer = self.lrs.transport.send(self.request.clone()).await;
        let kept = answer.clone().map_err(|error| error.to_string());
        let mut sent = self.lrs.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let index = sent.len();
        sent.push((self.request, kept));
        match answer {
            Ok(response) => Ok(Reply { response, index }),
            Err(error) => Err(Failure::Unreachable { error, exchange: index }),
        }
    }
}

impl IntoFuture for Ask {
    type Output = Checked<Reply>;
    type IntoFuture = Pending<'static, Checked<Reply>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A response, and which exchange of the case it was.
#[derive(Clone, Debug)]
pub struct Reply {
    response: Response,
    index: usize,
}

impl Reply {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The body as it came.
    pub fn bytes(&self) -> &[u8] {
        &self.response.body
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    /// A failure shown by this exchange.
    pub fn wrong(&self, expected: impl Into<String>, got: impl Into<String>) -> Failure {
        Failure::Wrong { expected: expected.into(), got: got.into(), exchange: self.index }
    }

    /// Asserts something that this exchange shows.
    pub fn check(
        &self,
        holds: bool,
        expected: impl Into<String>,
        got: impl FnOnce() -> String,
    ) -> Checked<()> {
        if holds { Ok(()) } else { Err(self.wrong(expected, got())) }
    }

    /// Asserts the status.
    pub fn is(self, status: u16) -> Checked<Self> {
        self.has_one_of(&[status])
    }

    /// Asserts that the status is among these.
    pub(crate) fn has_one_of(self, expected: &[u16]) -> Checked<Self> {
        if expected.contains(&self.status()) {
            return Ok(self);
        }
        let words: Vec<String> = expected.iter().map(ToString::to_string).collect();
        Err(self.wrong(format!("status {}", words.join(" or ")), self.summary()))
    }

    /// Asserts that the request was refused for the client's fault.
    pub fn is_refused(self) -> Checked<Self> {
        if (400..500).contains(&self.status()) {
            return Ok(self);
        }
        Err(self.wrong("a status of 400 to 499", self.summary()))
    }

    /// The body as JSON.
    pub fn json(&self) -> Checked<Value> {
        serde_json::from_slice(self.bytes())
            .map_err(|error| self.wrong("a JSON body", format!("{}: {error}", self.summary())))
    }

    /// The body as a statement result's list of statements.
    pub fn statements(&self) -> Checked<Vec<Value>> {
        let body = self.json()?;
        let list = body.get("statements").and_then(Value::as_array).cloned();
        list.ok_or_else(|| self.wrong("an object with a list \"statements\"", self.summary()))
    }

    /// The body as multipart/mixed.
    pub fn parts(&self) -> Checked<Vec<Part>> {
        let content_type = self.header("content-type").unwrap_or_default();
        multipart::read(content_type, self.bytes())
            .ok_or_else(|| self.wrong("a well-formed multipart/mixed body", self.summary()))
    }

    /// A header that must be there.
    pub fn needs(&self, name: &str) -> Checked<&str> {
        self.header(name).ok_or_else(|| self.wrong(format!("a header {name}"), "none"))
    }

    /// Status and the beginning of the body, for messages.
    pub fn summary(&self) -> String {
        let text = String::from_utf8_lossy(self.bytes());
        let start: String = text.chars().take(200).collect();
        format!("status {} with {start:?}", self.status())
    }
}
