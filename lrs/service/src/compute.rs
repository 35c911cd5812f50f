//! Work that takes much of a processor: off the asynchronous threads, and a bounded part of the
//! machine at a time, so that small requests are answered meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Work on at most this number of bytes is done on the calling thread: handing it over would cost more.
const SMALL: usize = 64 << 10;

/// The threads for such work. Clones share them.
#[derive(Clone, Debug)]
pub struct Compute(Arc<Threads>);

#[derive(Debug)]
struct Threads {
    free: Arc<Semaphore>,
    /// One thread for each key at a time, so that other keys find one.
    of_key: Turns,
}

/// What each key may have under way at a time. Clones share it.
#[derive(Clone, Debug)]
pub struct Turns(Arc<OfKeys>);

#[derive(Debug)]
struct OfKeys {
    most: usize,
    /// Of each key that has something under way.
    of_key: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// Something of a key that is under way; dropping it lets the next one begin.
#[derive(Debug)]
#[must_use = "dropping it ends the turn"]
pub struct Turn(#[expect(dead_code, reason = "it ends when this is dropped")] OwnedSemaphorePermit);

/// The work panicked, or the server is ending. Nothing of it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("work was stopped")]
pub struct Stopped;

impl Default for Compute {
    /// As many threads as the machine has processors, but two at least: one key uses one of them.
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2))
    }
}

impl Compute {
    /// At most `threads` pieces of work at a time.
    pub fn new(threads: usize) -> Self {
        let free = Arc::new(Semaphore::new(threads));
        Self(Arc::new(Threads { free, of_key: Turns::new(1) }))
    }

    /// Does `work` on `bytes` bytes for the key `key`: at once where they are few, otherwise on a
    /// thread of its own, when the key has no other work under way and a thread is free.
    ///
    /// # Errors
    /// [`Stopped`]. Work that was begun goes on when the returned future is dropped.
    pub async fn run<T: Send + 'static>(
        &self,
        key: &str,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        if bytes <= SMALL {
            return Ok(work());
        }
        let turn = self.turn(key).await?;
        let work = move || {
            let _turn = turn;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "work was stopped");
            Stopped
        })
    }

    async fn turn(&self, key: &str) -> Result<(Turn, OwnedSemaphorePermit), Stopped> {
        let own = self.0.of_key.turn(key).await?;
        let free = Arc::clone(&self.0.free).acquire_owned().await.map_err(|_| Stopped)?;
        Ok((own, free))
    }
}

impl Turns {
    /// At most `most` things under way for each key.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(OfKeys { most, of_key: Mutex::default() }))
    }

    /// Waits until fewer than `most` things of the key `key` are under way. Those of a key that wait
    /// begin in the order in which they came.
    ///
    /// # Errors
    /// [`Stopped`] where the server is ending.
    pub async fn turn(&self, key: &str) -> Result<Turn, Stopped> {
        self.own(key).acquire_owned().await.map(Turn).map_err(|_| Stopped)
    }

    /// The turns of a key.
    fn own(&self, key: &str) -> Arc<Semaphore> {
        let mut of_key = self.0.of_key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = of_key.get(key).and_then(Weak::upgrade) {
            return own;
        }
        of_key.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(self.0.most));
        of_key.insert(key.to_owned(), Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn small_work_is_done_where_it_is_asked_for_and_large_work_elsewhere() {
        let compute = Compute::new(1);
        let here = thread::current().id();
        let id = || thread::current().id();
        assert_eq!(compute.run("k", SMALL, id).await, Ok(here));
        assert_ne!(compute.run("k", SMALL + 1, id).await, Ok(here));
        assert_eq!(
            compute.run("k", SMALL + 1, || panic!("as a test")).await,
            Err::<(), _>(Stopped)
        );
        assert_eq!(compute.run("k", SMALL + 1, || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_key_has_as_many_turns_as_there_are_for_each() {
        let turns = Turns::new(2);
        let held = [turns.turn("one").await.unwrap(), turns.turn("one").await.unwrap()];
        let mut third = Box::pin(turns.turn("one"));
        assert!((&mut third).now_or_never().is_none());
        assert!(turns.turn("two").now_or_never().is_some());
        drop(held);
        assert!(third.now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_key_with_work_under_way_waits_and_another_key_does_not() {
        let compute = Compute::new(2);
        let (go, stopped) = mpsc::channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let long = compute.clone();
        let long = tokio::spawn(async move {
            let work = move || {
                let _ = begin.send(());
                let _ = stopped.recv();
            };
            long.run("one", usize::MAX, work).await
        });
        begun.await.unwrap();
        let mut second = Box::pin(compute.run("one", usize::MAX, || ()));
        assert_eq!((&mut second).now_or_never(), None);
        assert_eq!(compute.run("two", usize::MAX, || 7).await, Ok(7));
        assert_eq!((&mut second).now_or_never(), None);
        go.send(()).unwrap();
        assert_eq!(second.await, Ok(()));
        assert_eq!(long.await.unwrap(), Ok(()));
    }
}
