//! What the xAPI resources do, over a clock and a store; [`crate::http`] speaks for them.

pub mod about;
pub mod activities;
pub mod agents;
pub mod clock;
pub mod documents;
pub mod error;
pub mod refusals;
pub mod statements;
pub mod written;

pub use error::RecordError;

use std::sync::Arc;

use crate::clock::Clock;
use crate::store::Store;
use refusals::Refusals;

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

    /// What was refused since the start.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }
}
