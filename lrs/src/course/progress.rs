//! The progress document: all that is known of one learner in one course.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The shape of [`LearnerProgress`]; a stored document of another shape must be rebuilt.
pub(super) const SHAPE: u32 = 1;

/// How far one learner is in one course. Maps are sorted, so that equal progress serialises to
/// equal bytes, whatever the order in which the statements came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearnerProgress {
    /// The shape of this document.
    pub shape: u32,
    /// By [`Activity::key`](super::Activity::key); only activities with a statement.
    pub activities: BTreeMap<String, ActivityProgress>,
    /// By module id, derived from `activities`; only modules with a statement.
    pub modules: BTreeMap<String, ModuleProgress>,
}

/// What a learner's statements on one activity come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActivityProgress {
    /// The latest word on completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Mark>,
    /// The latest word on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<Mark>,
    /// The best scaled score, from -1 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_score: Option<f64>,
    /// Time spent, by object IRI; only objects with time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub objects: BTreeMap<String, ObjectTime>,
}

/// A word on completion or success, and the statement it comes from. Of two, that which
/// [outranks](Mark::outranks) the other holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Completed or not, passed or failed.
    pub value: bool,
    /// When it happened, in microseconds since 1970.
    pub timestamp: i64,
    /// When it was stored, in microseconds since 1970.
    pub stored: i64,
    /// The statement's id.
    pub statement: String,
}

impl Mark {
    /// Whether this is the later word: by timestamp, then by stored, then, so that the order of
    /// arrival never decides, by statement id and value.
    pub fn outranks(&self, other: &Self) -> bool {
        let rank = |mark: &Self| (mark.timestamp, mark.stored);
        (rank(self), &self.statement, self.value) > (rank(other), &other.statement, other.value)
    }
}

/// A learner's time on one object, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectTime {
    /// Sessions by fingerprint in hexadecimal: equal statements share one entry.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sessions: BTreeMap<String, u64>,
    /// The largest duration of completed, passed and failed; counts only without sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<u64>,
}

impl ObjectTime {
    /// The time that counts for the object.
    pub fn micros(&self) -> u64 {
        if self.sessions.is_empty() {
            return self.outcome.unwrap_or(0);
        }
        self.sessions.values().fold(0, |sum, micros| sum.saturating_add(*micros))
    }
}

/// How far a learner is in a module or a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No statement.
    #[default]
    NotStarted,
    /// A statement, and the rule not fulfilled.
    InProgress,
    /// The rule fulfilled.
    Completed,
}

/// What a learner's activities in one module come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModuleProgress {
    /// By the module's rule.
    pub state: State,
    /// The latest word on success over the module's activities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<Mark>,
    /// The sum of the best scores of the activities that have one.
    pub score_sum: f64,
    /// How many activities have a score.
    pub scored: u32,
    /// Time that counts, after the activities' caps, in microseconds.
    pub micros: u64,
}
