//! multipart/mixed, written and read plainly, so that scenes can also write it wrongly.

use std::fmt::Write as _;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use sha2::{Digest, Sha256};

const BOUNDARY: &str = "a-boundary-of-the-tests";

/// A multipart/mixed body with statements in its first part.
#[derive(Clone)]
pub struct Multipart {
    parts: Vec<Part>,
}

/// One part: its headers and its bytes.
#[derive(Clone, Debug)]
pub struct Part {
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The SHA-256 of some bytes as attachments name it: lower-case hexadecimal.
pub fn sha2_hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Multipart {
    /// A body with one statement, or a list of them, in its first part.
    pub fn of(statements: &Value) -> Self {
        let first = Part::new("application/json", statements.to_string().into_bytes());
        Self { parts: vec![first] }
    }

    /// Adds the raw data of an attachment under its own hash.
    #[must_use]
    pub fn attachment(self, content_type: &str, bytes: &[u8]) -> Self {
        self.attachment_named(&sha2_hex(bytes), content_type, bytes)
    }

    /// Adds raw data under a hash that may be wrong.
    #[must_use]
    pub fn attachment_named(self, sha2: &str, content_type: &str, bytes: &[u8]) -> Self {
        let part = Part::new(content_type, bytes.to_vec())
            .header("content-transfer-encoding", "binary")
            .header("x-experience-api-hash", sha2);
        self.part(part)
    }

    /// Adds any part.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// The content type to send it under.
    pub fn content_type(&self) -> String {
        format!("multipart/mixed; boundary={BOUNDARY}")
    }

    /// The whole body.
    pub fn bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for part in &self.parts {
            body.extend_from_slice(format!("--{BOUNDARY}\r\n").as_bytes());
            for (name, value) in &part.headers {
                body.extend_from_slice(format!("{name}: ").as_bytes());
                body.extend_from_slice(value.as_bytes());
                body.extend_from_slice(b"\r\n");
            }
            body.extend_from_slice(b"\r\n");
            body.extend_from_slice(&part.bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        body
    }
}

impl Part {
    /// A part with a content type and nothing else.
    pub fn new(content_type: &str, bytes: Vec<u8>) -> Self {
        Self { headers: HeaderMap::new(), bytes }.header("content-type", content_type)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header value"));
        self
    }

    /// A header as text; empty when it is not there.
    pub fn header_text(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Splits a multipart/mixed body into its parts, strictly: CRLF everywhere, a closing delimiter.
pub(crate) fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    if !content_type.starts_with("multipart/mixed") {
        return Err(format!("{content_type} is not multipart/mixed"));
    }
    let boundary = content_type.split("boundary=").nth(1).ok_or("no boundary")?;
    let boundary = boundary.split(';').next().unwrap_or_default().trim().trim_matches('"');
    let mut rest = [b"\r\n", body].concat();
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let (_, mut after) = cut(&rest, &delimiter).ok_or("no first delimiter")?;
    while !after.starts_with(b"--") {
        let (inside, next) = cut(&after, &delimiter).ok_or("no closing delimiter")?;
        parts.push(part(&inside)?);
        rest = next;
        after = std::mem::take(&mut rest);
    }
    Ok(parts)
}

fn part(text: &[u8]) -> Result<Part, String> {
    let text = text.strip_prefix(b"\r\n").ok_or("a delimiter ends its line")?;
    let (head, bytes) = match text.strip_prefix(b"\r\n") {
        Some(bytes) => (Vec::new(), bytes.to_vec()),
        None => cut(text, b"\r\n\r\n").ok_or("an empty line ends a part's headers")?,
    };
    let mut headers = HeaderMap::new();
    for line in String::from_utf8_lossy(&head).lines() {
        let (name, value) = line.split_once(':').ok_or("a header has a colon")?;
        let name: HeaderName = name.trim().parse().map_err(|_| format!("header {name}"))?;
        headers.insert(name, value.trim().parse().map_err(|_| format!("value {value}"))?);
    }
    Ok(Part { headers, bytes })
}

fn cut(text: &[u8], at: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let place = text.windows(at.len()).position(|window| window == at)?;
    Some((text[..place].to_vec(), text[place + at.len()..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::{Multipart, parts};
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_back() {
        let body = Multipart::of(&json!({"a": 1})).attachment("text/plain", b"x\r\n--y\0");
        let read = parts(&body.content_type(), &body.bytes()).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].bytes, br#"{"a":1}"#);
        assert_eq!(read[1].bytes, b"x\r\n--y\0");
        assert_eq!(read[1].header_text("content-transfer-encoding"), "binary");
    }

    #[test]
    fn a_body_that_is_cut_off_is_an_error() {
        let body = Multipart::of(&json!({"a": 1}));
        let bytes = body.bytes();
        assert!(parts(&body.content_type(), &bytes[..bytes.len() - 8]).is_err());
    }
}
