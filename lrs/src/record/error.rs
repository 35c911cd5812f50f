//! Why the record did not do what it was asked.

use crate::store::StoreError;
use crate::xapi::refusal::Refusal;

/// A request that broke a rule, or a store that could not serve it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The request breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store says no, or cannot say.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for RecordError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Store(other),
        }
    }
}
