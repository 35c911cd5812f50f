//! Turns of those who change large documents. A change of a document writes all of it, on the thread or into the
//! collection that others write to as well: without turns, one key that changes large documents again and again leaves
//! no time to others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

/// Documents of more bytes are large: what players keep of a learner mostly has less.
const LARGE: usize = 64 * 1024;

tokio::task_local! {
    /// For whom the work of a task is done.
    static ASKED_BY: Arc<str>;
}

/// For whom this task works: see [`asked_by`].
pub fn asker() -> Arc<str> {
    ASKED_BY.try_with(Arc::clone).unwrap_or_else(|_| "".into())
}

/// Does `work` on behalf of `key`, with whose turns it waits. Work that nobody has asked for, as the server's own, has turns of
/// its own together.
pub async fn asked_by<F: Future>(key: &str, work: F) -> F::Output {
    ASKED_BY.scope(key.into(), work).await
}

/// The turns of one store: one large document is changed at a time, and after each none for as long as its change took.
/// So half of the time is others', and one document at a time is held in memory as it was and as it becomes. Keys that
/// wait take turns, and the key whose change has just ended comes last, however much it has waiting.
///
/// Example: a change takes 80 ms, from 10:00:00.000 on. The next one that waits begins at 10:00:00.160. It is the second one
/// of the same key where no other key waits.
#[derive(Debug, Default)]
pub struct Turns(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// When the next change may begin.
    next: Option<Instant>,
    /// Whose turn it is.
    current: Option<Arc<str>>,
    /// The other keys that wait, in the order of their turns.
    order: VecDeque<Arc<str>>,
    /// What waits of each key, in the order in which it came.
    waiting: HashMap<Arc<str>, VecDeque<oneshot::Sender<LargeTurn>>>,
}

/// The turn to change a large document, until it is dropped.
#[derive(Debug)]
pub struct LargeTurn {
    /// None while it waits for the time of others to end, and where nothing rests after it.
    begun: Option<Instant>,
    turns: Arc<Mutex<State>>,
}

impl Turns {
    /// Waits for the turn to change a document. `bytes` is the length of what is kept, or of what is sent where that is
    /// more. A small document needs none. Whose turn it is, [`asked_by`] says.
    pub async fn take(&self, bytes: usize) -> Option<LargeTurn> {
        if bytes <= LARGE {
            return None;
        }
        let mut turn = self.turn().await;
        let next = lock(&self.0).next;
        if let Some(next) = next {
            sleep_until(next).await;
        }
        turn.begun = Some(Instant::now());
        Some(turn)
    }

    /// Waits for a turn for something else than a document, after which nothing rests. Whose turn it is, [`asked_by`] says.
    pub async fn turn(&self) -> LargeTurn {
        let key = ASKED_BY.try_with(Arc::clone).unwrap_or_else(|_| "".into());
        let (give, given) = oneshot::channel();
        let is_free = lock(&self.0).is_free_or_waits(key, give);
        if is_free { LargeTurn::of(&self.0) } else { awaited(given).await }
    }
}

async fn awaited(given: oneshot::Receiver<LargeTurn>) -> LargeTurn {
    #[expect(clippy::expect_used, reason = "what waits is given its turn before it is forgotten")]
    given.await.expect("a turn")
}

impl State {
    /// Whether it is the turn of `key` at once; `give` is kept where it is not.
    fn is_free_or_waits(&mut self, key: Arc<str>, give: oneshot::Sender<LargeTurn>) -> bool {
        let Some(current) = &self.current else {
            self.current = Some(key);
            return true;
        };
        if *current != key && !self.waiting.contains_key(&key) {
            self.order.push_back(Arc::clone(&key));
        }
        self.waiting.entry(key).or_default().push_back(give);
        false
    }

    /// Ends a turn, and says whose is the next.
    fn end(&mut self, begun: Option<Instant>) -> Option<oneshot::Sender<LargeTurn>> {
        if let Some(begun) = begun {
            let now = Instant::now();
            self.next = Some(now + (now - begun));
        }
        let last = self.current.take().filter(|key| self.waiting.contains_key(key));
        self.order.extend(last);
        while let Some(key) = self.order.pop_front() {
            let Some(queue) = self.waiting.get_mut(&key) else { continue };
            // Some are waited for no longer.
            let give = std::iter::from_fn(|| queue.pop_front()).find(|give| !give.is_closed());
            if queue.is_empty() {
                self.waiting.remove(&key);
            }
            if give.is_some() {
                self.current = Some(key);
                return give;
            }
        }
        None
    }
}

impl LargeTurn {
    fn of(turns: &Arc<Mutex<State>>) -> Self {
        Self { begun: None, turns: Arc::clone(turns) }
    }
}

impl Drop for LargeTurn {
    /// A turn that is not waited for any longer is dropped where it was given, and goes to the one after.
    fn drop(&mut self) {
        let next = lock(&self.turns).end(self.begun);
        if let Some(give) = next {
            drop(give.send(Self::of(&self.turns)));
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// One key with many changes that wait, and another one that comes last.
    #[tokio::test(start_paused = true)]
    async fn keys_take_turns_however_much_one_of_them_has_waiting() {
        let turns = Turns::default();
        let ended = Mutex::new(Vec::new());
        let change = async |key| {
            let turn = turns.take(LARGE + 1).await.unwrap();
            sleep(Duration::from_millis(10)).await;
            ended.lock().unwrap().push(key);
            drop(turn);
        };
        let of = |key| asked_by(key, change(key));
        let many = futures::future::join_all(std::iter::repeat_n("many", 40).map(of));
        let other = futures::future::join_all(["one", "two", "one"].map(of));
        futures::future::join(many, other).await;
        let ended = ended.into_inner().unwrap();
        assert_eq!(ended[..5], ["many", "one", "two", "many", "one"]);
        assert_eq!(ended.len(), 43);
        assert!(turns.0.lock().unwrap().waiting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_no_longer_waited_for_goes_to_the_next() {
        let turns = Turns::default();
        let first = turns.take(LARGE + 1).await;
        let mut gone = ["one", "two"].map(|key| Box::pin(asked_by(key, turns.take(LARGE + 1))));
        let mut last = Box::pin(asked_by("three", turns.take(LARGE + 1)));
        for waits in gone.iter_mut().chain([&mut last]) {
            assert!(waits.as_mut().now_or_never().is_none());
        }
        let [given, waiting] = gone;
        drop(waiting);
        drop(first);
        drop(given);
        assert!(last.await.is_some());
        assert!(turns.take(LARGE + 1).now_or_never().is_some());
    }
}
