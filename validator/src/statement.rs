//! The checked statement.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    Version, json,
    report::{Finding, MOST_VIOLATIONS, Report, Source},
    rules, schema,
};

/// A statement that obeys every rule of its version. Only [`check`] and [`check_batch`] make one.
///
/// [`check_batch`]: crate::check_batch
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    text: String,
    value: Value,
    version: Version,
}

impl Statement {
    /// The bytes as they came, without the white space around them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The statement as read.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The version whose rules it obeys.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The statement's own `id`; nothing when the sender left it to the store.
    pub fn id(&self) -> Option<Uuid> {
        Uuid::try_parse(self.value.get("id")?.as_str()?).ok()
    }

    /// Text and value, for whoever goes on to change them.
    pub fn into_parts(self) -> (String, Value) {
        (self.text, self.value)
    }
}

/// Checks a body that is one statement.
///
/// # Errors
/// Every violation at once; only what is no JSON or has duplicate keys is not looked into further,
/// and of a statement of more than 20,000 values the first violation of the schema is told alone.
pub fn check(text: &[u8], version: Version) -> Result<Statement, Report> {
    let source = Source::of_body(json::as_text(text)?, None);
    check_part(&source, version).map_err(|findings| source.report(findings))
}

/// Checks an Agent or identified Group, as the `agent` parameter of a query carries it
/// (xAPI 1.0.3 Communication 2.1.3).
///
/// # Errors
/// As [`check`]; an anonymous Group too is refused.
pub fn check_agent(text: &[u8], version: Version) -> Result<Value, Report> {
    let source = Source::of_body(json::as_text(text)?, None);
    let value = json::read(source.text).map_err(|findings| source.report(findings))?;
    let findings = schema::agent(version, &value, source.text);
    if findings.is_empty() { Ok(value) } else { Err(source.report(findings)) }
}

/// Checks one statement within its body.
pub(crate) fn check_part(source: &Source<'_>, version: Version) -> Result<Statement, Vec<Finding>> {
    let value = json::read(source.text)?;
    let findings = findings(&value, source.text, version);
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Statement { text: source.text.to_owned(), value, version })
}

fn findings(value: &Value, text: &str, version: Version) -> Vec<Finding> {
    if !value.is_object() {
        let message = format!("a statement is an object, this is {}", schema::kind(value));
        return vec![Finding::at_value(&rules::json::STATEMENT_NOT_OBJECT, String::new(), message)];
    }
    let mut findings = schema::statement(version, value, text);
    rules::check(value, &mut findings);
    findings.truncate(MOST_VIOLATIONS);
    findings
}

impl<'a> Source<'a> {
    /// A body that is one value, with or without white space around it.
    pub(crate) fn of_body(body: &'a str, statement: Option<usize>) -> Self {
        Self::of_part(body, body, statement)
    }

    /// A part of a body, with or without white space around it.
    pub(crate) fn of_part(body: &'a str, part: &'a str, statement: Option<usize>) -> Self {
        let text = part.trim_matches([' ', '\t', '\r', '\n']);
        let start = (text.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
        Self { body: body.as_bytes(), start, text, statement }
    }

    pub(crate) fn report(&self, findings: Vec<Finding>) -> Report {
        Report::new(self.body, self.place(findings))
    }
}
