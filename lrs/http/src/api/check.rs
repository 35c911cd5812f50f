//! `POST /api/v1/statements/check`: whether statements keep to the standard, without keeping them.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use validator::json::Size;
use validator::{Report, Version};

use crate::language::preferred;
use crate::problem::{Problem, Violation};
use crate::request::Content;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::Language;
use xapi::parameters::Parameters;

/// What was found in statements that were only looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedStatements {
    /// Whether all would be taken, as far as their form goes.
    valid: bool,
    /// How many statements the body has; 0 where they cannot be counted.
    statements: usize,
    /// What is wrong, in the order of the body, the first hundred.
    violations: Vec<FoundViolation>,
}

/// One rule that is broken at one place.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundViolation {
    /// The statement's place in a list, from 0; null for what concerns the whole body.
    #[schema(required)]
    index: Option<usize>,
    /// The place in the statement, as a JSON pointer (RFC 6901).
    pointer: String,
    /// In the body, from 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// The rule's id.
    rule: &'static str,
    /// What is wrong, in the language of `Accept-Language`.
    message: String,
    /// The clause of the standard.
    clause: &'static str,
    /// What the sender can do, in the language of `Accept-Language`.
    remedy: String,
}

impl From<Violation> for FoundViolation {
    fn from(violation: Violation) -> Self {
        let Violation { rule, clause, statement, pointer, line, column, message, remedy } =
            violation;
        let remedy = remedy.into_owned();
        Self { index: statement, pointer, line, column, rule, message, clause, remedy }
    }
}

/// Checks one statement or a list of them against the standard. Nothing is kept.
///
/// What is found is what POST /xapi/statements refuses by the form of statements; conflicts with kept ones, attachments and
/// the bounds of a key are not looked at.
#[utoipa::path(post, path = "/api/v1/statements/check", tag = "statements",
    security(("key" = [])), params(("version" = Option<String>, Query, description = "of xAPI: \
        1.0.3 or 2.0.0; the server's default if missing")),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = CheckedStatements), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn check(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
    headers: HeaderMap,
    content: Content,
) -> Result<Json<CheckedStatements>, Problem> {
    if caller.may(Right::WriteStatements).is_err() {
        caller.may(Right::ReadOwnStatements)?;
    }
    parameters.only(&["version"])?;
    content.only(&["application/json"])?;
    let version = version(&parameters, server.default_version)?;
    let (language, key) = (preferred(&headers), caller.key.name.clone());
    let memory = server.shares.of_key(&key);
    let length = content.body.len();
    let work = move || {
        let size = Size::of(&content.body);
        let _held = memory.reserve(size.weight().min(size.limit()).saturating_add(size.bytes))?;
        Ok::<_, Problem>(checked(&content.body, size.elements, version, language))
    };
    Ok(Json(server.compute.run(&key, length, work).await??))
}

/// The version asked for.
pub(super) fn version(parameters: &Parameters, default: Version) -> Result<Version, Problem> {
    let Some(asked) = parameters.get("version") else { return Ok(default) };
    let known = Version::from_header(asked);
    known.ok_or_else(|| Problem::parameter("version", asked, "1.0.3 or 2.0.0"))
}

fn checked(
    body: &[u8],
    elements: usize,
    version: Version,
    language: Language,
) -> CheckedStatements {
    match validator::check_batch(body, version) {
        Ok(batch) => {
            let statements = batch.statements.len();
            CheckedStatements { valid: true, statements, violations: Vec::new() }
        }
        Err(report) => CheckedStatements {
            valid: false,
            statements: if body.trim_ascii_start().starts_with(b"[") { elements } else { 1 },
            violations: said(report, language),
        },
    }
}

/// The violations in a language.
fn said(report: Report, language: Language) -> Vec<FoundViolation> {
    let problem = Problem::from(report).said_in(language);
    problem.into_violations().into_iter().map(FoundViolation::from).collect()
}
