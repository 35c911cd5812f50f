//! `multipart/mixed`: a writer that can be wrong on purpose, and a reader of what comes back.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One part: its headers and its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Headers in order; any may be missing or wrong.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

/// A body of several parts, right or wrong.
#[derive(Clone, Debug)]
pub struct Multipart {
    /// What separates the parts.
    pub boundary: String,
    /// The value of the request's `Content-Type`.
    pub content_type: String,
    /// The parts, statements first in a correct body.
    pub parts: Vec<Part>,
    /// Whether the last boundary is written.
    pub closed: bool,
    /// Whether a boundary stands before each part.
    pub separated: bool,
}

impl Part {
    /// A part with a content type and nothing else.
    pub fn new(content_type: &str, body: Vec<u8>) -> Self {
        Self { headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body }
    }

    /// The first part of a correct body: statements as JSON.
    pub fn statements(value: &Value) -> Self {
        Self::new("application/json", value.to_string().into_bytes())
    }

    /// The part of an attachment, with the three headers it needs.
    pub fn attachment(content_type: &str, body: &[u8]) -> Self {
        let headers = [
            ("Content-Type", content_type),
            ("Content-Transfer-Encoding", "binary"),
            ("X-Experience-API-Hash", &sha256(body)),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self { headers: headers.map(owned).to_vec(), body: body.to_vec() }
    }

    /// The header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The same part without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// The same part with a header set to something else.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut part = self.without(name);
        part.headers.push((name.to_owned(), value.to_owned()));
        part
    }
}

impl Multipart {
    /// A correct body: the statements, then the attachments.
    pub fn new(statements: &Value, attachments: &[Part]) -> Self {
        let seed = format!("{statements}{}", attachments.len());
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(seed));
        let parts = std::iter::once(Part::statements(statements)).chain(attachments.to_vec());
        let body = Self {
            boundary: String::new(),
            content_type: String::new(),
            parts: parts.collect(),
            closed: true,
            separated: true,
        };
        body.bounded_by(&format!("part-{}", digest.replace('_', "-")))
    }

    /// A correct body of statements, for now without attachments.
    pub fn of(statements: &Value) -> Self {
        Self::new(statements, &[])
    }

    /// The same parts between other boundaries.
    #[must_use]
    pub fn bounded_by(mut self, boundary: &str) -> Self {
        boundary.clone_into(&mut self.boundary);
        self.content_type = format!("multipart/mixed; boundary={boundary}");
        self
    }

    /// Adds an attachment under its own hash.
    #[must_use]
    pub fn attachment(self, content_type: &str, body: &[u8]) -> Self {
        self.part(Part::attachment(content_type, body))
    }

    /// Adds any part.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// The bytes of the body.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for part in &self.parts {
            if self.separated {
                out.extend_from_slice(format!("--{}\r\n", self.boundary).as_bytes());
            }
            for (name, value) in &part.headers {
                out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(&part.body);
            out.extend_from_slice(b"\r\n");
        }
        if self.closed {
            out.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        }
        out
    }
}

/// The parts of a body under this `Content-Type`; `None` if it is no well-formed multipart body.
pub fn read(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    if !content_type.trim_start().to_ascii_lowercase().starts_with("multipart/mixed") {
        return None;
    }
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty())?;
    let opening = format!("--{boundary}").into_bytes();
    let mut marks = positions(body, &opening);
    let mut from = marks.next()? + opening.len();
    let mut parts = Vec::new();
    loop {
        let rest = body.get(from..)?;
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let start = from + 2;
        let mark = marks.next()?;
        let end = mark.checked_sub(2).filter(|end| *end >= start)?;
        if !rest.starts_with(b"\r\n") || body.get(end..mark) != Some(b"\r\n") {
            return None;
        }
        parts.push(part(body.get(start..end)?)?);
        from = mark + opening.len();
    }
}

fn part(bytes: &[u8]) -> Option<Part> {
    let (head, body) = if let Some(body) = bytes.strip_prefix(b"\r\n") {
        (&b""[..], body)
    } else {
        let end = positions(bytes, b"\r\n\r\n").next()?;
        (bytes.get(..end)?, bytes.get(end + 4..)?)
    };
    let mut headers = Vec::new();
    for line in std::str::from_utf8(head).ok()?.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Some(Part { headers, body: body.to_vec() })
}

/// Where `needle` begins, at line starts for boundaries and anywhere for the empty line.
fn positions<'a>(hay: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let anywhere = needle.starts_with(b"\r\n");
    let candidates = hay.windows(needle.len().max(1)).enumerate();
    candidates.filter_map(move |(at, window)| {
        let fits = anywhere || at == 0 || hay.get(..at).is_some_and(|b| b.ends_with(b"\r\n"));
        (fits && window == needle).then_some(at)
    })
}

/// A parameter of a header value, unquoted.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|piece| {
        let (known, text) = piece.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| text.trim().trim_matches('"').to_owned())
    })
}

/// The SHA-256 of these bytes in lower-case hexadecimal, as `sha2` carries it.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let parts =
            [Part::attachment("text/plain", b"one\r\n--\r\ntwo"), Part::attachment("a/b", b"")];
        let body = Multipart::new(&json!({"a": 1}), &parts);
        let read = read(&body.content_type, &body.bytes()).unwrap();
        assert_eq!(read, body.parts);
    }

    #[test]
    fn a_body_without_its_last_boundary_is_not_read() {
        let mut body = Multipart::new(&json!([]), &[]);
        body.closed = false;
        assert_eq!(read(&body.content_type, &body.bytes()), None);
        assert_eq!(read("multipart/mixed", &body.bytes()), None);
    }
}
