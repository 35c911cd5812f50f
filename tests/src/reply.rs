//! A whole answer, and the problem document in a refusal.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use conformance::multipart::{self, Part};

/// Status, headers and all bytes of an answer. Printing one shows everything a failure needs.
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// Asserts the status and hands the answer on.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }

    /// Asserts the status where the answer itself does not matter.
    #[track_caller]
    pub fn is(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{self}");
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The body, without the id of the request, which each answer has of its own.
    pub fn text_alike(&self) -> String {
        let text = self.text();
        let Some((before, id)) = text.split_once(",\"request_id\":\"") else { return text };
        format!("{before}{}", id.split_once('"').map_or("", |(_, after)| after))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header that must be there.
    #[track_caller]
    pub fn header(&self, name: &str) -> String {
        self.maybe_header(name).unwrap_or_else(|| panic!("no header {name}: {self}"))
    }

    /// A header that may be there.
    pub fn maybe_header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// The statements of a `StatementResult`.
    #[track_caller]
    pub fn statements(&self) -> Vec<Value> {
        let body = self.json();
        body["statements"].as_array().unwrap_or_else(|| panic!("no statements: {self}")).clone()
    }

    /// Their ids, in order.
    #[track_caller]
    pub fn statement_ids(&self) -> Vec<String> {
        let id = |s: &Value| s["id"].as_str().expect("each statement has its id").to_owned();
        self.statements().iter().map(id).collect()
    }

    /// The link to the next page, `None` on the last one.
    pub fn more(&self) -> Option<String> {
        let body = self.json();
        body["more"].as_str().filter(|more| !more.is_empty()).map(str::to_owned)
    }

    /// The parts of a multipart/mixed answer.
    #[track_caller]
    pub fn parts(&self) -> Vec<Part> {
        let content_type = self.header("content-type");
        multipart::read(&content_type, &self.bytes)
            .unwrap_or_else(|| panic!("not well-formed multipart/mixed: {self}"))
    }

    /// Asserts that this is a refusal with this status, explained as RFC 9457 says.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Problem {
        assert_eq!(self.status.as_u16(), status, "{self}");
        let content_type = self.header("content-type");
        assert!(content_type.starts_with("application/problem+json"), "{self}");
        let body = self.json();
        for member in ["type", "title", "detail", "rule", "remedy"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {self}");
        }
        assert_eq!(body["status"], status, "the status is repeated in the body: {self}");
        Problem { body }
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.status)?;
        let headers: BTreeMap<_, _> = self.headers.iter().map(|(n, v)| (n.as_str(), v)).collect();
        for (name, value) in headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        let body: String = self.text().chars().take(4000).collect();
        write!(f, "\n{body}")
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A problem document: why a request was refused and what to do about it. Where statements break rules
/// it lists all violations; any other refusal is one reason, told by the document itself.
#[derive(Debug)]
pub struct Problem {
    /// The whole document.
    pub body: Value,
}

impl Problem {
    /// The violations of statements; each names its rule and clause and says what to do.
    #[track_caller]
    pub fn violations(&self) -> Vec<Value> {
        let list = self.body["violations"].as_array().cloned().unwrap_or_default();
        assert!(!list.is_empty(), "a refused request names the violated rules: {self:?}");
        for violation in &list {
            for member in ["rule", "clause", "message", "remedy"] {
                let text = violation[member].as_str();
                assert!(text.is_some_and(|text| !text.is_empty()), "{member}: {violation}");
            }
        }
        list
    }

    /// The JSON pointers that the violations name.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        let pointer = |v: &Value| v["pointer"].as_str().map(str::to_owned);
        self.violations().iter().filter_map(pointer).collect()
    }

    /// The violations, or the document itself where it is the only reason.
    pub fn reasons(&self) -> Vec<Value> {
        let listed = self.body["violations"].as_array().cloned().unwrap_or_default();
        if listed.is_empty() { vec![self.body.clone()] } else { listed }
    }

    /// Whether the document says this anywhere.
    pub fn says(&self, text: &str) -> bool {
        self.body.to_string().contains(text)
    }
}
