//! Requests that were refused, kept for a while: their senders ask why long after the answer is gone.

use async_trait::async_trait;
use uuid::Uuid;

use crate::Result;
use xapi::instant::Instant;

/// So many refusals of one key are kept, the newest.
pub const MOST_OF_KEY: usize = 100;
/// What all refusals may weigh together ([`KeptRefusal::weight`]), in bytes.
pub const MOST_BYTES: usize = 10 << 20;
/// What a refusal weighs beside its texts, in bytes: rows and indexes.
const OVERHEAD: usize = 1 << 10;

/// A refused request, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRefusal {
    /// Unique, of version 7 (RFC 9562): a later refusal has a greater id.
    pub id: Uuid,
    /// The name of the key that sent the request; empty where the request had no good one.
    pub key: String,
    /// The rule that was broken.
    pub rule: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// When the request was refused.
    pub at: Instant,
    /// What else is known, as JSON text: `service::refusals` reads it.
    pub body: String,
}

impl KeptRefusal {
    /// What counts against [`MOST_BYTES`].
    pub fn weight(&self) -> usize {
        self.key.len() + self.rule.len() + self.body.len() + OVERHEAD
    }
}

/// Which refusals are asked for: those that meet every condition. The default is met by all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefusalFilter {
    /// [`KeptRefusal::key`].
    pub key: Option<String>,
    /// [`KeptRefusal::rule`].
    pub rule: Option<String>,
    /// [`KeptRefusal::status`].
    pub status: Option<u16>,
    /// Those with a smaller id: where the page before ended.
    pub before: Option<Uuid>,
}

/// Refused requests. They are kept to be looked at, and no other thing depends on them: a copy of a store has none.
#[async_trait]
pub trait RefusalStore: Send + Sync {
    /// Keeps refusals, and removes older ones, so that [`MOST_OF_KEY`] of each of their keys are left and all together
    /// weigh [`MOST_BYTES`] at the most. A refusal whose id is kept already is left as it is.
    ///
    /// Where several processes keep refusals at once, more may be left until one of them keeps the next.
    async fn keep_refusals(&self, refusals: Vec<KeptRefusal>) -> Result<()>;

    /// The refusals that `filter` asks for, the newest (by id) first, at most `limit`.
    async fn refusals(&self, filter: &RefusalFilter, limit: usize) -> Result<Vec<KeptRefusal>>;

    /// The refusal of this id.
    async fn refusal(&self, id: Uuid) -> Result<Option<KeptRefusal>>;
}
