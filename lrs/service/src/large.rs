//! Kept statements as values, for use cases that go through many of them: large ones one at a time, whoever asks.

use serde_json::Value;
use validator::json::{Shape, Skimmed};
use xapi::large::OneByOne;
use xapi::stored::Stored;

static LARGE: OneByOne = OneByOne::new();

/// See [`OneByOne::with_value`]: it belongs on a thread for long work ([`crate::compute`]).
///
/// # Errors
/// Of a statement that is no JSON.
pub(crate) fn with_value<T>(
    statement: &Stored,
    take: impl FnOnce(&Value) -> T,
) -> Result<T, serde_json::Error> {
    LARGE.with_value(statement, take)
}

/// See [`OneByOne::with_skimmed`]: it belongs on a thread for long work, as [`with_value`] does.
///
/// # Errors
/// Of a statement that is no JSON.
pub(crate) fn with_skimmed<T>(
    statement: &Stored,
    shape: &'static Shape,
    take: impl FnOnce(&Skimmed<'_>) -> T,
) -> Result<T, serde_json::Error> {
    LARGE.with_skimmed(statement, shape, take)
}
