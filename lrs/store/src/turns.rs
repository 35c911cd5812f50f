//! Turns of those who change large documents. A change of a document writes all of it, on the thread or into the
//! collection that others write to as well: without turns, one key that changes large documents again and again leaves
//! no time to others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Fair, OwnedMutexGuard};
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

/// The turns of one store: one large document is changed at a time, so that one document at a time is held in memory as it was
/// and as it becomes. After a change, its key rests for as long as the change took: half of the time of each key is others'.
/// Keys that wait take turns, and the key whose change has just ended comes last, however much it has waiting.
///
/// Example: a change of a key takes 80 ms, from 10:00:00.000 on. The next change of another key that waits begins at
/// 10:00:00.080, and the next one of the same key at 10:00:00.160 at the earliest.
#[derive(Debug, Default)]
pub struct Turns {
    /// Held by the key whose turn it is. A [`Lane`] is waited for before, so that each key waits for this once at a time.
    turn: Arc<Fair<()>>,
    lanes: Mutex<HashMap<Arc<str>, Arc<Lane>>>,
}

/// Held by what is done for one key, or is next to be done; the others of the key wait in the order in which they came. It has
/// the end of the key's rest.
type Lane = Fair<Option<Instant>>;

/// The turn to change a large document, until it is dropped.
#[derive(Debug)]
pub struct LargeTurn {
    /// None where the key does not rest after it.
    begun: Option<Instant>,
    /// Given back before the lane: other keys that wait come before what waits of this one.
    _turn: OwnedMutexGuard<()>,
    lane: OwnedMutexGuard<Option<Instant>>,
}

impl Turns {
    /// Waits for the turn to change a document. `bytes` is the length of what is kept, or of what is sent where that is
    /// more. A small document needs none. Whose turn it is, [`asked_by`] says.
    pub async fn take(&self, bytes: usize) -> Option<LargeTurn> {
        if bytes <= LARGE {
            return None;
        }
        let lane = self.lane().lock_owned().await;
        if let Some(rested) = lane.filter(|it| *it > Instant::now()) {
            sleep_until(rested).await;
        }
        let turn = Arc::clone(&self.turn).lock_owned().await;
        Some(LargeTurn { begun: Some(Instant::now()), _turn: turn, lane })
    }

    /// Waits for a turn for something else than a document, before and after which nothing rests. Whose turn it is, [`asked_by`]
    /// says.
    pub async fn turn(&self) -> LargeTurn {
        let lane = self.lane().lock_owned().await;
        LargeTurn { begun: None, _turn: Arc::clone(&self.turn).lock_owned().await, lane }
    }

    /// The lane of the key that asks. Lanes of keys that neither wait nor rest are forgotten.
    fn lane(&self) -> Arc<Lane> {
        let key = asker();
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        lanes.retain(|_, lane| match Arc::get_mut(lane) {
            Some(idle) => idle.get_mut().is_some_and(|rested| rested > now),
            None => true,
        });
        Arc::clone(lanes.entry(key).or_default())
    }
}

impl Drop for LargeTurn {
    fn drop(&mut self) {
        if let Some(begun) = self.begun {
            let now = Instant::now();
            *self.lane = Some(now + (now - begun));
        }
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
    async fn after_a_large_document_its_key_rests_for_as_long() {
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

    #[tokio::test(start_paused = true)]
    async fn another_key_does_not_wait_for_the_rest_of_one() {
        const TOOK: Duration = Duration::from_secs(4);
        let turns = Turns::default();
        let began = Instant::now();
        let change = async |key| {
            let change = async {
                let turn = turns.take(LARGE + 1).await;
                let waited = began.elapsed();
                sleep(TOOK).await;
                drop(turn);
                waited
            };
            asked_by(key, change).await
        };
        let began_at =
            futures::future::join_all(["one", "one", "two", "two", "three"].map(change)).await;
        assert_eq!(began_at, [0, 3, 1, 4, 2].map(|changes| TOOK * changes));
        // The last one rests, and has another change that waits for that.
        let alone = Instant::now();
        let resting = async {
            drop(asked_by("two", turns.take(LARGE + 1)).await);
            alone.elapsed()
        };
        let coming = async {
            sleep(TOOK / 4).await;
            drop(asked_by("four", turns.take(LARGE + 1)).await);
            alone.elapsed()
        };
        assert_eq!(futures::future::join(resting, coming).await, (TOOK, TOOK / 4));
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
        sleep(Duration::from_millis(10)).await;
        asked_by("two", turns.take(LARGE + 1)).await.unwrap();
        let lanes: Vec<_> = turns.lanes.lock().unwrap().keys().map(ToString::to_string).collect();
        assert_eq!(lanes, ["two"], "no other key waits or rests");
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
