//! Damage that was found in the database. It is remembered until the process ends, so that `/readyz` tells of it.

use std::sync::{Mutex, PoisonError};

use store::{Result, StoreError};

/// The damage that was found.
#[derive(Debug, Default)]
pub(super) struct Damage(Mutex<Option<String>>);

impl Damage {
    /// Remembers an error that tells of damage. Only the first one is logged: every later read may give one.
    pub(super) fn note(&self, error: &StoreError) {
        if !matches!(error, StoreError::Corrupt(_) | StoreError::Unreadable { .. }) {
            return;
        }
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_none() {
            tracing::error!(%error, "the database is damaged: stop Traccia, keep a copy of its folder, restore a backup");
            *found = Some(error.to_string());
        }
    }

    /// Fails once damage was found.
    pub(super) fn verify(&self) -> Result<()> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.as_ref().map_or(Ok(()), |found| Err(StoreError::Corrupt(found.clone())))
    }
}
