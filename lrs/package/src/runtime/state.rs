//! What is kept of a SCO in an attempt.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::launch::ScoLaunch;
use super::outcome::Outcome;

/// The state of a SCO in an attempt; under the empty identifier, that of the attempt. Its JSON is
/// nobody else's to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScoState {
    /// `cmi` as it was committed last.
    pub(super) cmi: Map<String, Value>,
    /// The time of the sessions that have ended, in hundredths of a second.
    pub(super) spent: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
    pub(super) said: Said,
    /// What the player keeps for the attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sequencing: Option<Value>,
}

/// The session that was begun last. Times are milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: Uuid,
    /// The number of the last commit.
    pub(super) sequence: u64,
    /// `cmi.entry`.
    pub(super) entry: String,
    /// When the server heard of the session.
    pub(super) opened: i64,
    /// When the SCO initialized.
    pub(super) begun: Option<i64>,
    /// The latest timestamp of a statement.
    pub(super) latest: i64,
    pub(super) has_ended: bool,
}

/// What was said in the attempt, so that only what is other is said again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    pub(super) success: Option<bool>,
    pub(super) is_completed: bool,
    pub(super) score: Option<Value>,
    pub(super) progress: Option<Value>,
    /// The digests of interactions, by their index.
    pub(super) interactions: BTreeMap<String, Uuid>,
    /// The lengths of comments in characters and their digests, by their index.
    pub(super) comments: BTreeMap<String, (usize, Uuid)>,
}

/// Where a learner stands with a SCO, for menus.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// `not attempted`, `browsed`, `incomplete`, `completed`, `passed`, `failed`.
    pub status: &'static str,
    /// From -1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The time spent, in seconds.
    pub seconds: u64,
}

/// What of a SCO's state counts for the whole package. Small, however large the state is.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoStanding {
    pub(super) outcome: Outcome,
    /// The latest timestamp of a statement, in milliseconds since 1970.
    pub(super) latest: i64,
    /// Where the learner stands with the SCO.
    pub summary: Summary,
}

impl ScoStanding {
    /// Of the state of a SCO that is launched so.
    pub fn of(launch: &ScoLaunch, state: &ScoState) -> Self {
        Self {
            outcome: Outcome::of(launch.is_12(), &state.cmi),
            latest: state.session.as_ref().map_or(0, |session| session.latest),
            summary: state.summary(),
        }
    }
}

impl ScoState {
    /// What the player keeps for the attempt; of the state under the empty identifier.
    pub const fn sequencing(&self) -> Option<&Value> {
        self.sequencing.as_ref()
    }
}
