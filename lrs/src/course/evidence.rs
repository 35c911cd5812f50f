//! What one statement says about its actor's progress.
//!
//! The only place that reads statements for progress, and that knows the grammars of timestamps
//! and durations.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::identifier::Identifier;

const COMPLETED: &str = "http://adlnet.gov/expapi/verbs/completed";
const PASSED: &str = "http://adlnet.gov/expapi/verbs/passed";
const FAILED: &str = "http://adlnet.gov/expapi/verbs/failed";
const TERMINATED: &str = "http://adlnet.gov/expapi/verbs/terminated";
const SUSPENDED: &str = "http://adlnet.gov/expapi/verbs/suspended";
const EXITED: &str = "http://adlnet.gov/expapi/verbs/exited";
const ABANDONED: &str = "https://w3id.org/xapi/adl/verbs/abandoned";
const SATISFIED: &str = "https://w3id.org/xapi/adl/verbs/satisfied";
const WAIVED: &str = "https://w3id.org/xapi/adl/verbs/waived";
const UNCOMPLETED: &str = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// What a statement says about progress, whoever's and in whichever course.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The statement's id.
    pub statement: String,
    /// The Agent it is about.
    pub actor: Identifier,
    /// IRI of the Activity it is about.
    pub object: String,
    /// When it happened, in microseconds since 1970 (UTC).
    pub timestamp: i64,
    /// When it was stored, in microseconds since 1970 (UTC).
    pub stored: i64,
    /// What it says on completion: `result.completion`, else what the verb implies.
    pub completion: Option<bool>,
    /// What it says on success: `result.success`, else what the verb implies.
    pub success: Option<bool>,
    /// `result.score.scaled`.
    pub scaled: Option<f64>,
    /// The time it tells of.
    pub time: Option<TimeSpent>,
}

/// A `result.duration` of a verb whose durations count as time spent, in microseconds (a year is
/// 365 days, a month 30; the standard leaves both open).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSpent {
    /// Of terminated, suspended, exited or abandoned: a session's time, to be added up.
    Session {
        /// How long it was.
        micros: u64,
        /// The same for statements that are equal in verb, object, timestamp and result; these
        /// count once.
        fingerprint: u64,
    },
    /// Of completed, passed or failed: the time up to then; the largest counts, where no session
    /// tells more.
    Outcome {
        /// How long it was.
        micros: u64,
    },
}

impl Evidence {
    /// Reads a checked statement. `None` when it can say nothing about progress: its actor is not
    /// an Agent or its object not an Activity.
    ///
    /// `id` and `stored` (microseconds since 1970) are the store's; a statement without a
    /// timestamp happened when it was stored (xAPI 1.0.3 Data 2.4.7).
    pub fn read(statement: &Value, id: &str, stored: i64) -> Option<Self> {
        let object = statement.get("object")?;
        if object.get("objectType").is_some_and(|kind| kind != "Activity") {
            return None;
        }
        let actor = Identifier::of_agent(statement.get("actor")?)?;
        let verb = statement.get("verb")?.get("id")?.as_str()?;
        let object = object.get("id")?.as_str()?;
        let result = statement.get("result");
        let of_result = |key: &str| result.and_then(|result| result.get(key));
        let timestamp =
            statement.get("timestamp").and_then(Value::as_str).and_then(micros_of_timestamp);
        let timestamp = timestamp.unwrap_or(stored);
        let duration = of_result("duration").and_then(Value::as_str).and_then(micros_of_duration);
        Some(Self {
            statement: id.to_owned(),
            actor,
            object: object.to_owned(),
            timestamp,
            stored,
            completion: of_result("completion")
                .and_then(Value::as_bool)
                .or_else(|| completion_of_verb(verb)),
            success: of_result("success")
                .and_then(Value::as_bool)
                .or_else(|| success_of_verb(verb)),
            scaled: of_result("score")
                .and_then(|score| score.get("scaled"))
                .and_then(Value::as_f64)
                .map(|scaled| scaled + 0.0), // -0.0 is 0
            time: duration.and_then(|micros| match verb {
                TERMINATED | SUSPENDED | EXITED | ABANDONED => Some(TimeSpent::Session {
                    micros,
                    fingerprint: fingerprint(verb, object, timestamp, result),
                }),
                COMPLETED | PASSED | FAILED => Some(TimeSpent::Outcome { micros }),
                _ => None,
            }),
        })
    }
}

fn completion_of_verb(verb: &str) -> Option<bool> {
    match verb {
        COMPLETED | PASSED | SATISFIED | WAIVED => Some(true),
        UNCOMPLETED => Some(false),
        _ => None,
    }
}

fn success_of_verb(verb: &str) -> Option<bool> {
    match verb {
        PASSED => Some(true),
        FAILED => Some(false),
        _ => None,
    }
}

/// The first 64 bits of a SHA-256 over the four parts: collisions matter only within one learner
/// and object, where a session more or less among billions would be needed.
fn fingerprint(verb: &str, object: &str, timestamp: i64, result: Option<&Value>) -> u64 {
    let mut text = format!("{verb}\n{object}\n{timestamp}\n");
    canonical(result.unwrap_or(&Value::Null), &mut text);
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// JSON with sorted keys and numbers by value, so that equal results have equal text.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in entries {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                canonical(value, text);
                text.push(',');
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for value in values {
                canonical(value, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Number(number) => match number.as_f64() {
            // An integer beyond 2^53 is its own text: as a float it would equal its neighbours.
            Some(float) if float.abs() < 9e15 => text.push_str(&(float + 0.0).to_string()),
            _ => text.push_str(&number.to_string()),
        },
        other => text.push_str(&other.to_string()),
    }
}

/// Finer than a microsecond is cut off; without an offset it means UTC. The grammar is the one
/// that statements are checked against, so that every form that is kept also counts.
fn micros_of_timestamp(text: &str) -> Option<i64> {
    Some(validator::value::timestamp::parse(text)?.micros)
}

/// The length of an ISO 8601 duration; a year is 365 days, a month 30.
fn micros_of_duration(text: &str) -> Option<u64> {
    u64::try_from(validator::value::duration::parse(text)?.micros).ok()
}
