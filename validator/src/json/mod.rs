//! Reading JSON without losing anything: duplicate keys are refused, and the parts of a text can
//! be found again as bytes.

mod duplicate;
mod members;
mod read;

use serde_json::Value;

pub use members::{Member, members};

pub(crate) use members::elements;
pub(crate) use read::{as_utf8, read, syntax};

use crate::report::{Report, Source};

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// Reads any one JSON value, as `serde_json` reads it.
///
/// # Errors
/// `json-utf8`, `json-syntax` (trailing bytes too), `json-depth` when arrays and objects nest more
/// than [`MAX_DEPTH`] deep, `json-duplicate-key` for every key an object has already used.
pub fn parse(text: &[u8]) -> Result<Value, Report> {
    let body = as_utf8(text)?;
    let source = Source { body: text, start: 0, text: body, statement: None };
    read(body).map_err(|findings| source.report(findings))
}
