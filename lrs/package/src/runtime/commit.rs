//! What the player sends, and why it can be refused.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What the player posts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Commit {
    /// A UUID of the player's for each time that a SCO is shown.
    pub session: Uuid,
    /// Counts the commits of the session, from 0, which begins it.
    #[serde(default)]
    pub sequence: u64,
    /// The identifier of the SCO's item; empty for what belongs to the attempt as a whole.
    #[serde(default)]
    pub sco: String,
    /// When the learner did so, by the player's clock (RFC 3339).
    pub at: String,
    /// Whether this begins a session. Nothing is said until the SCO initializes.
    #[serde(default)]
    pub begin: bool,
    /// With `begin`: the last message that a page before this one sent while the page was left, which may still be on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<After>,
    /// The data model's `cmi` as JSON.
    #[serde(default)]
    pub cmi: Map<String, Value>,
    /// Whether `cmi` has only what changed since the last commit that was answered.
    #[serde(default)]
    pub partial: bool,
    /// Whether the session ends.
    #[serde(default)]
    pub terminate: bool,
    /// For an empty `sco`: what the player keeps for the attempt, such as the state of sequencing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencing: Option<Value>,
}

/// A message that was sent and not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// Its session.
    pub session: Uuid,
    /// Its number.
    pub sequence: u64,
}

/// Why a commit is refused. Nothing of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitRefusal {
    /// The session was not begun.
    NotBegun,
    /// What the session is to begin after has not arrived: to be sent again.
    NotYet,
    /// Another session has begun since.
    Superseded,
    /// The session has ended.
    Ended,
    /// `at` is no instant.
    Time,
    /// `cmi.suspend_data` has more than [`SUSPEND_DATA`](super::SUSPEND_DATA) characters.
    SuspendDataLong,
    /// There are more than [`INTERACTIONS`](super::INTERACTIONS) interactions.
    InteractionsMany,
    /// There are more than [`COMMENTS`](super::COMMENTS) comments.
    CommentsMany,
    /// The state would weigh more than [`STATE`](super::STATE).
    StateLarge,
}

impl CommitRefusal {
    /// The name by which the player knows the refusal.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotBegun => "not-begun",
            Self::NotYet => "not-yet",
            Self::Superseded => "superseded",
            Self::Ended => "ended",
            Self::Time => "time",
            Self::SuspendDataLong => "suspend-data-long",
            Self::InteractionsMany => "interactions-many",
            Self::CommentsMany => "comments-many",
            Self::StateLarge => "state-large",
        }
    }

    /// Whether another session or the end of this one is the reason, and not what the commit says.
    pub const fn is_conflict(self) -> bool {
        matches!(self, Self::NotBegun | Self::Superseded | Self::Ended)
    }
}
