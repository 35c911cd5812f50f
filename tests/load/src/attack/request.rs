//! Requests as an attacker writes them, byte by byte.

use std::fmt::Write as _;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::compressed::gzip;

/// A request that is put together.
pub(super) struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self { head: format!("{method} {path} HTTP/1.1\r\nHost: attack\r\n"), body: Vec::new() }
    }

    /// With the header that every xAPI request needs.
    pub(super) fn xapi(method: &str, path: &str) -> Self {
        Self::new(method, &format!("/xapi/{path}")).header("X-Experience-API-Version", "1.0.3")
    }

    /// By a key, `KEY:SECRET`.
    pub(super) fn by(self, key: &str) -> Self {
        self.header("Authorization", &format!("Basic {}", STANDARD.encode(key)))
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }

    pub(super) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("Content-Type", content_type).header("Content-Length", &length)
    }

    /// A body of each text so many times, compressed.
    pub(super) fn gzip(self, content_type: &str, texts: &[(&[u8], usize)]) -> Result<Self> {
        let body = gzip(texts)?;
        Ok(self.header("Content-Encoding", "gzip").body(content_type, body))
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bytes = self.head.into_bytes();
        bytes.extend(b"\r\n");
        bytes.extend(self.body);
        bytes
    }

    /// All but the last `withheld` bytes.
    pub(super) fn unfinished(self, withheld: usize) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes.truncate(bytes.len().saturating_sub(withheld));
        bytes
    }
}
