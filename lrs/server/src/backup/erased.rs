//! People who were erased after a backup was made: their erasures are begun again in what is restored of it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde::Deserialize;
use uuid::Uuid;

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
    /// After which erasure the list goes on.
    #[serde(default)]
    next: Option<Uuid>,
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
        let (mut later, mut next) = (Vec::new(), Vec::new());
        for path in files {
            let text = fs::read(path).map_err(at("reading", path))?;
            for page in serde_json::Deserializer::from_slice(&text).into_iter::<Page>() {
                let page = page.map_err(|error| BackupError::Erasures {
                    path: path.clone(),
                    reason: error.to_string(),
                })?;
                later.extend(page.items);
                next.extend(page.next.map(|after| (path.clone(), after)));
            }
        }
        // Whoever is on the pages that are missing would be back.
        let is_missing = |after: &Uuid| !later.iter().any(|it: &LaterErasure| it.id > *after);
        if let Some((path, after)) = next.into_iter().find(|(_, after)| is_missing(after)) {
            let reason = format!("the list goes on: give GET /api/v1/erasures?after={after} too");
            return Err(BackupError::Erasures { path, reason });
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn a_list_whose_further_pages_are_missing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let page = |name: &str, ids: [u128; 2], next: Option<u128>| {
            let one = |id| json!({"id": Uuid::from_u128(id), "reason": "", "marks": []});
            let text =
                json!({"items": ids.map(one), "next": next.map(Uuid::from_u128)}).to_string();
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let (first, last) = (page("1", [1, 2], Some(2)), page("2", [3, 4], None));
        let read = |files: &[PathBuf]| ErasedSince::read(files, Arc::new(SystemClock));
        assert_eq!(read(&[last.clone(), first.clone()]).unwrap().later.len(), 4);
        assert_eq!(read(std::slice::from_ref(&last)).unwrap().later.len(), 2);
        let Err(BackupError::Erasures { path, reason }) = read(std::slice::from_ref(&first)) else {
            panic!("four people, and two are told")
        };
        assert_eq!(path, first);
        assert!(reason.contains(&Uuid::from_u128(2).to_string()), "{reason}");
    }
}
