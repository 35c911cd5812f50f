//! Turns of those who change large documents. A change of a document writes all of it, on the thread or into the
//! collection that others write to as well: without turns, one key that changes large documents again and again leaves
//! no time to others.

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until};

/// Documents of more bytes are large: what players keep of a learner mostly has less.
const LARGE: usize = 64 * 1024;

/// The turns of one store: one large document is changed at a time, and after each none for as long as its change took.
/// So half of the time is others', and one document at a time is held in memory as it was and as it becomes.
///
/// Example: a change takes 80 ms, from 10:00:00.000 on. The next one that waits begins at 10:00:00.160.
#[derive(Debug)]
pub struct Turns {
    /// When the next change may begin.
    next: Mutex<Instant>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { next: Mutex::new(Instant::now()) }
    }
}

/// The turn to change a large document, until it is dropped.
#[derive(Debug)]
pub struct LargeTurn<'t> {
    begun: Instant,
    next: MutexGuard<'t, Instant>,
}

impl Turns {
    /// Waits for the turn to change a document. `bytes` is the length of what is kept, or of what is sent where that is
    /// more. A small document needs none.
    pub async fn take(&self, bytes: usize) -> Option<LargeTurn<'_>> {
        if bytes <= LARGE {
            return None;
        }
        let next = self.next.lock().await;
        sleep_until(*next).await;
        Some(LargeTurn { begun: Instant::now(), next })
    }
}

impl Drop for LargeTurn<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        *self.next = now + (now - self.begun);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt as _;
    use tokio::time::{advance, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_large_document_is_changed_at_a_time_and_any_number_of_small_ones() {
        let turns = Turns::default();
        let first = turns.take(LARGE + 1).await.unwrap();
        let mut second = Box::pin(turns.take(LARGE + 1));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(turns.take(LARGE).await.is_none());
        drop(first);
        assert!(second.await.is_some());
    }

    /// The clock of the runtime is turned by hand.
    #[tokio::test(start_paused = true)]
    async fn after_a_large_document_others_have_as_much_time() {
        const TOOK: Duration = Duration::from_millis(80);
        let turns = Turns::default();
        let first = turns.take(LARGE + 1).await.unwrap();
        advance(TOOK).await;
        drop(first);
        let ended = Instant::now();
        let gave_up = tokio::time::timeout(TOOK / 2, turns.take(LARGE + 1)).await;
        assert!(gave_up.is_err(), "half of the rest has passed");
        drop(turns.take(LARGE + 1).await);
        assert_eq!(ended.elapsed(), TOOK);
        sleep(TOOK).await;
        let idle = Instant::now();
        drop(turns.take(LARGE + 1).await);
        assert_eq!(idle.elapsed(), Duration::ZERO, "nothing is waited for after a rest");
    }
}
