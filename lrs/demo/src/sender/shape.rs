//! What the statements of all senders have in common.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(super) const ADL: &str = "http://adlnet.gov/expapi";
/// Of questions in tests and packages.
pub(super) const INTERACTION: &str = "http://adlnet.gov/expapi/activities/cmi.interaction";

/// How well something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// In hundredths.
    pub(crate) score: u8,
    pub(crate) passed: bool,
}

impl Outcome {
    pub(super) fn scaled(self) -> f64 {
        f64::from(self.score) / 100.0
    }

    /// As `result.score`.
    pub(super) fn marks(self) -> Value {
        json!({"raw": self.score, "min": 0, "max": 100, "scaled": self.scaled()})
    }
}

pub(super) fn verb(id: &str, word: &str) -> Value {
    json!({"id": id, "display": {"en": word}})
}

/// A verb of ADL's vocabulary.
pub(super) fn adl(word: &str) -> Value {
    verb(&format!("{ADL}/verbs/{word}"), word)
}

pub(super) fn activity(id: &str, kind: &str) -> Value {
    json!({"id": id, "definition": {"type": kind}})
}

/// A statement without result and context.
pub(super) fn statement(actor: &Value, verb: &Value, object: &Value, at: i64) -> Value {
    json!({"actor": actor, "verb": verb, "object": object, "timestamp": timestamp(at)})
}

/// Sets a member of a statement, or of another object.
pub(crate) fn set(mut statement: Value, key: &str, value: Value) -> Value {
    if let Some(members) = statement.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
    statement
}

/// Seconds since 1970 as most senders write them: UTC, with milliseconds.
pub(super) fn timestamp(at: i64) -> String {
    let instant = Timestamp::from_second(at).unwrap_or_default();
    format!("{instant:.3}")
}

/// `PT2H5M`.
pub(super) fn duration(seconds: i64) -> String {
    SignedDuration::from_secs(seconds).to_string()
}
