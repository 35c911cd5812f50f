//! Every refusal as a problem document (RFC 9457): which rule, which clause of the standard,
//! which statement, where in it, and what to do.
//!
//! Each type of error of the crates below has one answer, in one match without a wildcard arm: [`keys`], `progress`,
//! `store`. What HTTP itself refuses is decided here and at the endpoints; `git grep -n StatusCode:: lrs/http/src` finds
//! every status.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use validator::Report;

use access::bounds::Outside;
use access::caller::Forbidden;
use access::scope::Scope;
use course::Language;
use service::compute::Stopped;
use service::memory::Exhausted;
use xapi::refusal::{Refusal, Values};

mod body;
mod data;
mod erasure;
pub(crate) mod keys;
pub(crate) mod packages;
pub(crate) mod people;
mod pipes;
mod progress;
mod retention;
mod scan;
mod store;
mod words;

use words::InEveryLanguage;
pub use words::{Fault, Named};

/// The media type of problem documents.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";
/// When to try again what the store could not do, in seconds.
const STORE_AWAY: u64 = 5;
/// More violations than this are counted, not listed.
const LISTED: usize = 100;

/// Why a request was refused or could not be served.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Problem(Box<Members>);

/// The members of a problem document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Members {
    /// A stable name of the rule, as a relative URI reference.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: Cow<'static, str>,
    /// The HTTP status code.
    status: u16,
    /// What is wrong with this request.
    detail: String,
    /// The rule's id.
    rule: Cow<'static, str>,
    /// The clause of the standard that says so; absent where the limit is Traccia's own.
    #[serde(skip_serializing_if = "str::is_empty")]
    clause: &'static str,
    /// What the sender can do.
    remedy: String,
    /// The first violation's statement in the batch, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<usize>,
    /// The first violation's place in its statement, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Everything that is wrong, of the first hundred violations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Violation>,
    /// The faults of a course file, a learner list or a presence sheet, each by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
    /// What the refused statements of a batch are about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Named>,
    /// Whether the password was right and the code of the second factor is needed beside it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    code_needed: bool,
    /// How many violations there are beside the one in `detail`.
    #[serde(skip)]
    others: usize,
    /// What the texts of other languages have in them.
    #[serde(skip)]
    values: Values,
    /// The text of other languages, `rule-TEXT` of the catalogue, where it is not that of the rule.
    #[serde(skip)]
    text: Option<&'static str>,
    /// What `detail` says, in every language.
    #[serde(skip)]
    said: Option<InEveryLanguage>,
    /// The id of the request, which is in the log too.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// When the same request may be sent again, in seconds.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// One broken rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Violation {
    pub(crate) rule: &'static str,
    pub(crate) clause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statement: Option<usize>,
    pub(crate) pointer: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
    pub(crate) remedy: Cow<'static, str>,
}

impl Problem {
    /// A problem of `rule` under `status`.
    pub fn new(
        status: StatusCode,
        rule: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let rule = rule.into();
        Self(Box::new(Members {
            kind: format!("/problems#{rule}"),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            detail: detail.into(),
            rule,
            clause: "",
            remedy: remedy.into(),
            statement: None,
            pointer: None,
            violations: Vec::new(),
            faults: Vec::new(),
            subjects: Vec::new(),
            code_needed: false,
            others: 0,
            values: Vec::new(),
            text: None,
            said: None,
            request_id: None,
            retry_after: None,
        }))
    }

    /// Names the clause of the standard behind the rule.
    fn under(mut self, clause: &'static str) -> Self {
        self.0.clause = clause;
        self
    }

    /// Gives the texts of other languages a value that `detail` has in it.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers give numbers and ids as they are")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.values.push((name, value.to_string()));
        self
    }

    /// Says when the same request may be sent again, in seconds.
    #[must_use]
    pub(crate) fn again_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Names the request that it answers.
    #[must_use]
    pub(crate) fn asked_as(mut self, id: Option<&str>) -> Self {
        self.0.request_id = id.map(str::to_owned);
        self
    }

    /// Names the text of other languages where several texts share a rule.
    #[must_use]
    pub(crate) fn in_words(mut self, text: &'static str) -> Self {
        self.0.text = Some(text);
        self
    }

    /// A request that breaks `refusal`'s rule, under another status than 400.
    pub fn refused(status: StatusCode, refusal: Refusal) -> Self {
        let mut problem =
            Self::new(status, refusal.rule, refusal.detail, refusal.remedy).under(refusal.clause);
        problem.0.statement = refusal.statement;
        problem.0.values = refusal.values;
        problem
    }

    /// Nothing is kept under what was asked for.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            format!("There is no {what} that this key may see."),
            "Check the id and, for statements, whether it was voided.",
        )
    }

    /// No key, or not a good one.
    pub(crate) fn unauthorized(detail: &'static str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "credentials",
            detail,
            "Send `Authorization: Basic base64(key:secret)` with a key of this server; \
                 `traccia key create` makes one.",
        )
        .under("xAPI 1.0.3 Communication 4.0")
    }

    /// Too many secrets wait to be hashed: this one can be tried again after `seconds`.
    pub(crate) fn too_many_attempts(seconds: u64) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-attempts",
            "So many secrets are tried that this one cannot be checked now.",
            "Check the secret, and send the request again after the seconds that Retry-After \
             names. A secret that `traccia key create` made up never waits for wrong ones.",
        );
        problem.0.retry_after = Some(seconds);
        problem
    }

    /// A key that is bound to activities has sent so much that it waits for some `seconds`.
    pub(crate) fn key_rate(seconds: u64) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "key-rate",
            "So many requests come with this key that this one is not taken now.",
            "Send it again after the seconds that Retry-After names; more statements fit into one request.",
        );
        problem.0.retry_after = Some(seconds);
        problem
    }

    /// The statement of this position in its batch is outside of the bounds of its key.
    pub(crate) fn key_bounds(outside: &Outside, statement: usize) -> Self {
        let part = match outside {
            Outside::Actor => "actor",
            Outside::Object => "object",
            Outside::Context => "context",
            Outside::Attachments => "attachments",
        };
        let mut problem = Self::new(
            StatusCode::FORBIDDEN,
            "key-bounds",
            format!("The statement's {part} is outside of what this key is bound to."),
            "GET /whoami names the activities and home pages; a key of another package has its own.",
        )
        .with("part", part);
        problem.0.statement = Some(statement);
        problem
    }

    /// A key that is to be exchanged and is not that of a package.
    pub(crate) fn no_package_key() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "key-no-package",
            "The key is not bound to activities, so that it is not exchanged.",
            "Make a key with `traccia key create --scope statements/write --activity IRI`, as `traccia package shim` does.",
        )
    }

    /// A write by a page of another origin than that of `base_url`.
    pub fn foreign(base_url: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "origin",
            format!(
                "A page of another origin sends this; the pages of this server are at {base_url}."
            ),
            "Pages of other origins may read with a key of their own, and write to /xapi alone. If \
             this page is Traccia's, set `base_url` to the address that browsers see.",
        )
    }

    /// An error of Traccia itself; the log says more.
    pub fn stopped() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server could not finish this request. Nothing of it was kept.",
            "Send it again; if it fails again, tell the server's administrator.",
        )
    }

    /// As OData writes errors (JSON Format 4.0, 19).
    pub(crate) fn odata(&self) -> serde_json::Value {
        let Members { rule, detail, remedy, .. } = &*self.0;
        serde_json::json!({"error": {"code": rule, "message": format!("{detail} {remedy}")}})
    }

    /// The status this problem is answered with.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// On the response to an OData client that its error is written as OData writes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsOdata;

/// What a request broke and where, on its response, for the layers that log and count.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The rule's id.
    pub rule: String,
    /// The statement's place in the batch, from 0.
    pub statement: Option<usize>,
    /// The place in the statement, as a JSON pointer.
    pub pointer: Option<String>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let retry_after = self.0.retry_after;
        let Members { rule, statement, pointer, .. } = &*self.0;
        let (rule, pointer) = (rule.clone().into_owned(), pointer.clone());
        let broken = Broken { rule, statement: *statement, pointer };
        let mut response = (status, Json(self.said_in(Language::En))).into_response();
        response.extensions_mut().insert(broken);
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"Traccia\", charset=\"UTF-8\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Stopped> for Problem {
    fn from(_: Stopped) -> Self {
        Self::stopped()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, refusal)
    }
}

impl From<Forbidden> for Problem {
    fn from(Forbidden(right): Forbidden) -> Self {
        let scopes = right.scopes().map(Scope::as_str).collect::<Vec<_>>().join(", ");
        Self::new(
            StatusCode::FORBIDDEN,
            "scope",
            format!(
                "This key's scopes do not give the right to {right}. The scopes that do: {scopes}."
            ),
            "Use a key with one of these scopes; GET /whoami shows the scopes of this one.",
        )
        .with("scopes", scopes)
        .under("xAPI 1.0.3 Communication 4.2")
    }
}

impl From<Exhausted> for Problem {
    fn from(exhausted: Exhausted) -> Self {
        if !exhausted.will_pass() {
            return Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "memory-too-large",
                format!(
                    "The request needs {} bytes of memory; one key has {}.",
                    exhausted.asked, exhausted.size
                ),
                "Ask or send less at a time, or raise `limits.memory_bytes` on the server.",
            );
        }
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "memory",
            "The memory for requests is held by others that are not done yet.",
            "Send it again in a few seconds.",
        );
        problem.0.retry_after = Some(STORE_AWAY);
        problem
    }
}

impl From<Report> for Problem {
    fn from(report: Report) -> Self {
        let count = report.violations.len();
        let violations: Vec<Violation> =
            report.violations.into_iter().take(LISTED).map(Violation::from).collect();
        let Some(first) = violations.first().cloned() else {
            return Self::new(StatusCode::BAD_REQUEST, "invalid", "The body is not valid.", "");
        };
        let status = match first.rule {
            "json-size" => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut problem =
            Self::new(status, first.rule, first.message, first.remedy).under(first.clause);
        problem.0.others = count - 1;
        problem.0.statement = first.statement;
        problem.0.pointer = Some(first.pointer);
        problem.0.violations = violations;
        problem
    }
}

impl From<validator::Violation> for Violation {
    fn from(violation: validator::Violation) -> Self {
        Self {
            rule: violation.rule.id,
            clause: violation.rule.clause,
            statement: violation.statement,
            pointer: violation.pointer,
            line: violation.line,
            column: violation.column,
            message: violation.message,
            remedy: violation.rule.remedy.into(),
        }
    }
}

impl Problem {
    /// A parameter with a value that it does not take.
    pub fn parameter(name: &str, value: &str, takes: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "parameter-value",
            format!("`{name}` does not take `{value}`."),
            format!("Write {takes}."),
        )
        .with("name", name)
    }

    /// The rule that was broken.
    pub fn rule(&self) -> &str {
        &self.0.rule
    }

    /// The violations of the rules of statements, the first hundred.
    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.0.violations
    }
}
