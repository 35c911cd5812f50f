//! Reading JSON without losing anything: duplicate keys are refused, and the parts of a text can
//! be found again as bytes. Every text is measured ([`Size`]) before it is read.

mod canonical;
mod duplicate;
mod members;
mod node;
mod path;
mod read;
mod size;
mod skim;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use canonical::Canonical;
pub use members::{Member, members};
pub use node::Node;
pub use path::at;
pub use size::Size;
pub use skim::{Shape, Skimmed};

pub(crate) use members::elements;
pub(crate) use read::{as_text, read, syntax};

use crate::report::{Report, Source};

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// Reads any one JSON value, as `serde_json` reads it.
///
/// # Errors
/// `json-utf8`, `json-syntax` (trailing bytes too), `json-depth` when arrays and objects nest more
/// than [`MAX_DEPTH`] deep, `json-size` when [`Size::weight`] is more than [`Size::limit`],
/// `json-duplicate-key` for every key an object has already used.
pub fn parse(text: &[u8]) -> Result<Value, Report> {
    let body = as_text(text)?;
    let source = Source { body: text, start: 0, text: body, statement: None };
    read(body).map_err(|findings| source.report(findings))
}

/// Reads a JSON text as a type of the caller's own. Which repeated keys are refused, and what they
/// mean otherwise, is up to that type.
///
/// # Errors
/// `json-utf8`, `json-size` as [`parse`], `json-syntax` also for JSON that is not such a value.
pub fn parse_as<T: DeserializeOwned>(text: &[u8]) -> Result<T, Report> {
    let body = as_text(text)?;
    let source = Source { body: text, start: 0, text: body, statement: None };
    serde_json::from_str(body).map_err(|error| source.report(vec![syntax(body, &error)]))
}
