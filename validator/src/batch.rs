//! Bodies of one statement or many.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    Version, json,
    report::{Finding, MOST_VIOLATIONS, Report, Source},
    rules::json::BATCH_DUPLICATE_ID,
    statement::{Statement, check_part},
};

/// The statements of one request body.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// In the order of the body; may be empty when the body is `[]`.
    pub statements: Vec<Statement>,
    /// Whether the body was an array.
    pub is_array: bool,
}

/// Checks a body that is one statement or an array of them, as POST takes it
/// (xAPI 1.0.3 Communication 2.1.2). Every statement keeps its own bytes.
///
/// # Errors
/// All violations of all statements, each with the index of its statement; `batch-duplicate-id`
/// for each statement whose id an earlier one has. Nothing passes unless everything does. What
/// comes after [`MOST_VIOLATIONS`] is not looked at.
pub fn check_batch(body: &[u8], version: Version) -> Result<Batch, Report> {
    let text = json::as_text(body)?;
    let is_array = text.trim_start().starts_with('[');
    let parts = if is_array { split(text)? } else { vec![text] };
    let mut statements = Vec::with_capacity(parts.len());
    let mut placed = Vec::new();
    let mut ids = HashMap::new();
    for (index, part) in parts.into_iter().enumerate() {
        let source = Source::of_part(text, part, Some(index));
        let findings = match check_part(&source, version) {
            Ok(statement) => {
                let twice = duplicate_id(&source, &statement, &mut ids);
                statements.push(statement);
                twice.into_iter().collect()
            }
            Err(findings) => findings,
        };
        if findings.is_empty() {
            continue;
        }
        // Nothing passes any more: what has so far need not be kept.
        statements.clear();
        placed.extend(source.place(findings));
        if placed.len() >= MOST_VIOLATIONS {
            placed.truncate(MOST_VIOLATIONS);
            break;
        }
    }
    if placed.is_empty() {
        Ok(Batch { statements, is_array })
    } else {
        Err(Report::new(body, placed))
    }
}

/// The elements of the array.
fn split(body: &str) -> Result<Vec<&str>, Report> {
    let parts: Vec<&RawValue> = serde_json::from_str(body).map_err(|error| {
        let source = Source { body: body.as_bytes(), start: 0, text: body, statement: None };
        source.report(vec![json::syntax(body, &error)])
    })?;
    Ok(parts.into_iter().map(RawValue::get).collect())
}

fn duplicate_id(
    source: &Source<'_>,
    statement: &Statement,
    ids: &mut HashMap<Uuid, usize>,
) -> Option<Finding> {
    match ids.entry(statement.id()?) {
        Entry::Vacant(entry) => {
            entry.insert(source.statement?);
            None
        }
        Entry::Occupied(first) => {
            let message = format!("statement {} of this batch has the same id", first.get() + 1);
            Some(Finding::at_value(&BATCH_DUPLICATE_ID, "/id".to_owned(), message))
        }
    }
}
