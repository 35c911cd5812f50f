//! People who were erased after a backup was made: their erasures are begun again in what is restored of it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde::Deserialize;

use super::{AfterRestore, BackupError, at};
use service::erasure::{ErasureError, Erasures, Journals, LaterErasure};
use store::{Store, StoreError};
use xapi::clock::Clock;

/// Begins erasures again in a restored store; a server does them when it starts.
pub struct ErasedSince {
    later: Vec<LaterErasure>,
    clock: Arc<dyn Clock>,
    begun: AtomicU64,
}

/// A page of `GET /api/v1/erasures`.
#[derive(Deserialize)]
struct Page {
    items: Vec<LaterErasure>,
}

/// Erasures that are begun read no journals.
struct Unread;

#[async_trait]
impl Journals for Unread {
    async fn read_again(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

impl ErasedSince {
    /// The erasures of these files, each with pages of `GET /api/v1/erasures`, one after the other.
    ///
    /// # Errors
    /// [`BackupError::File`] where a file cannot be read; [`BackupError::Erasures`] where it has something else.
    pub fn read(files: &[PathBuf], clock: Arc<dyn Clock>) -> Result<Self, BackupError> {
        let mut later = Vec::new();
        for path in files {
            let text = fs::read(path).map_err(at("reading", path))?;
            for page in serde_json::Deserializer::from_slice(&text).into_iter::<Page>() {
                let Page { items } = page.map_err(|error| BackupError::Erasures {
                    path: path.clone(),
                    reason: error.to_string(),
                })?;
                later.extend(items);
            }
        }
        Ok(Self { later, clock, begun: AtomicU64::new(0) })
    }

    /// How many erasures were begun again.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl AfterRestore for ErasedSince {
    async fn apply(&self, restored: &Arc<dyn Store>) -> Result<(), StoreError> {
        let secret = restored.secret().await?;
        let (store, clock) = (Arc::clone(restored), Arc::clone(&self.clock));
        let erasures = Erasures::new(store, clock, Arc::new(Unread), secret);
        let begun = erasures.begin_again(&self.later).await.map_err(|error| match error {
            ErasureError::Store(error) => error,
            other => StoreError::Rejected(other.to_string()),
        })?;
        self.begun.store(begun as u64, Ordering::Relaxed);
        Ok(())
    }
}
