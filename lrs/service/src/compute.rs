//! Work that takes much of a processor: off the asynchronous threads, on threads that give way to
//! those that answer requests, and a bounded part of the machine at a time, so that small requests
//! are answered meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument as _;

/// Work on at most this number of bytes is done on the calling thread: handing it over would cost more.
const SMALL: usize = 64 << 10;

/// Whose blocking threads do the work. It lives as long as the process, as the threads may be at work
/// until then.
static ASIDE: LazyLock<Runtime> = LazyLock::new(|| {
    let built =
        Builder::new_current_thread().thread_name("compute").on_thread_start(give_way).build();
    #[expect(clippy::expect_used, reason = "a runtime without a driver opens nothing")]
    built.expect("a runtime without a driver")
});

/// How much nicer such a thread is. Where both want a processor, Linux gives it about a tenth of what
/// a thread of the usual niceness gets.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// Lets the threads that answer requests go first. Elsewhere than on Linux, niceness is of processes.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICER) {
        tracing::warn!(%error, "a thread for long work does not give way to others");
    }
}

/// Does `work` off the asynchronous threads, on a thread that gives way to others. The work begins at
/// once, before the returned future is polled, and goes on when the future is dropped.
///
/// # Errors
/// [`Stopped`], where the work panicked.
pub fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Result<T, Stopped>> + Send {
    let begun = ASIDE.spawn_blocking(work);
    async {
        begun.await.map_err(|error| {
            tracing::error!(%error, "work was stopped");
            Stopped
        })
    }
}

/// Does `work` on `bytes` bytes: at once where they are few, otherwise as [`aside`] does.
///
/// # Errors
/// [`Stopped`], where the work was not done at once and panicked.
pub async fn by_length<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stopped> {
    if bytes <= SMALL { Ok(work()) } else { aside(work).await }
}

/// How much of such work is under way at a time. Clones share it.
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
        aside(work).await
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

    /// Does `work` in a turn of the key `key`, and in a task of its own: where the returned future is dropped, the work goes
    /// on, and so does the turn. A client that asks and goes away, again and again, has one piece of work under way.
    ///
    /// # Errors
    /// [`Stopped`]. What waits for its turn is not begun where the returned future is dropped.
    pub async fn run<T, F>(
        &self,
        key: &str,
        work: impl FnOnce(Turn) -> F + Send,
    ) -> Result<T, Stopped>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let turn = self.turn(key).await?;
        let task = tokio::spawn(work(turn).in_current_span());
        task.await.map_err(|error| {
            tracing::error!(%error, "work was stopped");
            Stopped
        })
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
    async fn work_of_nobody_is_done_elsewhere_where_it_is_long() {
        let here = thread::current().id();
        let id = || thread::current().id();
        assert_eq!(by_length(SMALL, id).await, Ok(here));
        assert_ne!(by_length(SMALL + 1, id).await, Ok(here));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn long_work_gives_way_to_the_threads_that_answer() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let here = niceness();
        assert_eq!(aside(niceness).await, Ok((here + NICER).min(19)));
        assert_eq!(niceness(), here);
    }

    #[tokio::test]
    async fn long_work_begins_before_it_is_awaited() {
        let (begin, begun) = mpsc::channel();
        let work = aside(move || begin.send(()).unwrap());
        begun.recv().unwrap();
        assert_eq!(work.await, Ok(()));
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
    async fn work_that_is_no_longer_waited_for_ends_before_its_turn_does() {
        let turns = Turns::new(1);
        let (go, stopped) = tokio::sync::oneshot::channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let mut asked = Box::pin(turns.run("one", move |turn| async move {
            let _turn = turn;
            let _ = begin.send(());
            let _ = stopped.await;
        }));
        assert!((&mut asked).now_or_never().is_none());
        begun.await.unwrap();
        drop(asked);
        let mut next = Box::pin(turns.turn("one"));
        assert!((&mut next).now_or_never().is_none(), "the work goes on");
        assert!(turns.turn("two").now_or_never().is_some());
        go.send(()).unwrap();
        assert!(next.await.is_ok());
        let panics = turns.run("one", |_| async { panic!("as a test") });
        assert_eq!(panics.await, Err::<(), _>(Stopped));
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
