//! Turns of those who change large documents: each holds what is kept and what comes of it in memory, so few do at a
//! time, and the others wait.

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Result, StoreError};

/// Documents of more bytes are large.
const LARGE: usize = 1 << 20;
/// How many large documents are changed at a time.
const AT_ONCE: usize = 2;

/// The turns of one store.
#[derive(Debug)]
pub struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Turns {
    /// Waits for the turn to look at a document of so many bytes in order to change it, and holds it until the result is
    /// dropped. A small document needs none.
    pub async fn take(&self, bytes: usize) -> Result<Option<SemaphorePermit<'_>>> {
        if bytes <= LARGE {
            return Ok(None);
        }
        let closed = |_| StoreError::Unavailable("the store is closed".into());
        self.0.acquire().await.map(Some).map_err(closed)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn two_large_documents_are_changed_at_a_time_and_any_number_of_small_ones() {
        let turns = Turns::default();
        let first = turns.take(LARGE + 1).await.unwrap();
        let second = turns.take(LARGE + 1).await.unwrap();
        let mut third = Box::pin(turns.take(LARGE + 1));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(turns.take(LARGE).await.unwrap().is_none());
        drop(first);
        assert!(third.await.unwrap().is_some());
        drop(second);
    }
}
