//! What the xAPI resources do, over a clock and a store; [`http_api`] speaks for them.

pub mod about;
pub mod activities;
pub mod agents;
pub mod clock;
pub mod documents;
pub mod error;
pub mod live;
pub mod refusals;
pub mod statements;
pub mod written;

pub use error::RecordError;

use std::sync::Arc;

use refusals::Refusals;
use store::{Store, StoreError};
use xapi::clock::Clock;
use xapi::instant::Instant;

/// The use cases of the record, over one store.
#[derive(Clone)]
pub struct Record {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    refusals: Arc<Refusals>,
}

impl Record {
    /// A record in `store` that takes the time from `clock`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, refusals: Arc::default() }
    }

    /// The time of the clock.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// What was refused since the start.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Counts a request that was refused just now: see [`Refusals::count`].
    pub fn count_refusal(&self, key: &str, rule: &str) {
        self.refusals.count(key, rule, self.clock.now());
    }

    /// See [`Store::ping`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
}
