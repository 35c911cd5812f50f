//! Why the record did not do what it was asked.

use uuid::Uuid;

use store::StoreError;
use xapi::refusal::Refusal;

/// A request that broke a rule, or a store that could not serve it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The request breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A different statement is kept under the id of one in the request.
    #[error("a different statement is kept under the id {id}")]
    Conflict {
        /// The id.
        id: Uuid,
        /// The place in the batch of the one sent, from 0.
        statement: Option<usize>,
        /// JSON pointers of the places where they differ; none where the sender may not read the
        /// kept statement.
        differences: Vec<String>,
    },
    /// The store says no, or cannot say.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for RecordError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::Refused(refusal),
            StoreError::Conflict { id, .. } => {
                Self::Conflict { id, statement: None, differences: Vec::new() }
            }
            other => Self::Store(other),
        }
    }
}
