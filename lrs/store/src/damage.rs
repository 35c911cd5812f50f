//! Damage that was found in a store. An engine remembers it until the process ends, so that [`Store::ping`](crate::Store::ping)
//! and `/readyz` tell of it.

use std::sync::{Mutex, PoisonError};

use crate::{Result, StoreError};

/// The damage that was found.
#[derive(Debug, Default)]
pub struct Damage(Mutex<Option<String>>);

impl Damage {
    /// Remembers an error that tells of damage. Only the first one is logged: every later read may give one.
    pub fn note(&self, error: &StoreError) {
        if !matches!(error, StoreError::Corrupt(_) | StoreError::Unreadable { .. }) {
            return;
        }
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_none() {
            tracing::error!(%error, "the store is damaged: stop Traccia, keep a copy of what is there, restore a backup");
            *found = Some(match error {
                StoreError::Corrupt(what) => what.clone(),
                other => other.to_string(),
            });
        }
    }

    /// Fails once damage was found.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the first error that was noted.
    pub fn verify(&self) -> Result<()> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.as_ref().map_or(Ok(()), |found| Err(StoreError::Corrupt(found.clone())))
    }
}
