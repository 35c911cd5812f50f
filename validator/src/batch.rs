//! Bodies of one statement or many.

use std::collections::HashMap;

use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    Version, json,
    report::{Finding, Report, Source, Violation},
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
/// for each statement whose id an earlier one has. Nothing passes unless everything does.
pub fn check_batch(body: &[u8], version: Version) -> Result<Batch, Report> {
    let text = json::as_utf8(body)?;
    if !text.trim_start().starts_with('[') {
        let statement = crate::check(body, version).map_err(first_statement)?;
        return Ok(Batch {
            statements: vec![statement],
            is_array: false,
        });
    }
    let parts = split(text)?;
    let mut statements = Vec::with_capacity(parts.len());
    let mut violations = Vec::new();
    let mut ids = HashMap::new();
    for source in &parts {
        match check_part(source, version) {
            Ok(statement) => {
                violations.extend(duplicate_id(source, statement.id(), &mut ids));
                statements.push(statement);
            }
            Err(report) => violations.extend(report.violations),
        }
    }
    if violations.is_empty() {
        Ok(Batch {
            statements,
            is_array: true,
        })
    } else {
        Err(Report { violations })
    }
}

/// The elements of the array, each with its place in the body.
fn split<'a>(body: &'a str) -> Result<Vec<Source<'a>>, Report> {
    let parts: Vec<&'a RawValue> = serde_json::from_str(body).map_err(|error| {
        let source = Source {
            body: body.as_bytes(),
            start: 0,
            text: body,
            statement: None,
        };
        source.report(vec![json::syntax(body, &error)])
    })?;
    let source = |(index, part): (usize, &'a RawValue)| {
        let text = part.get();
        let start = (text.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
        Source {
            body: body.as_bytes(),
            start,
            text,
            statement: Some(index),
        }
    };
    Ok(parts.into_iter().enumerate().map(source).collect())
}

fn duplicate_id(
    source: &Source<'_>,
    id: Option<Uuid>,
    ids: &mut HashMap<Uuid, usize>,
) -> Vec<Violation> {
    let (Some(id), Some(index)) = (id, source.statement) else {
        return Vec::new();
    };
    let Some(first) = ids.insert(id, index) else {
        return Vec::new();
    };
    ids.insert(id, first);
    let message = format!("statement {first} of this batch has the same id");
    source.violations(vec![Finding::at_value(
        &BATCH_DUPLICATE_ID,
        "/id".to_owned(),
        message,
    )])
}

/// A lone statement is statement 0 of its batch.
fn first_statement(mut report: Report) -> Report {
    for violation in &mut report.violations {
        violation.statement = Some(0);
    }
    report
}
