//! Whose erasure is next, and how many may wait. Each reads all that the store has, so one is under way at a time; those of
//! who manages the server come before those that keys ask for of their own statements.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use super::ErasureError;
use crate::audit::Actor;

/// The most erasures of one key that are not done, where the key has people erased from its own statements alone; and of all
/// such keys together.
const OF_KEY: usize = 10;
const OF_KEYS: usize = 100;
/// The most erasures of one key, and of all such keys together, of which only the files are not cleared yet: these wait for the
/// quiet hour, and cost nothing until then.
const WAITING_OF_KEY: usize = 2_000;
const WAITING_OF_KEYS: usize = 10_000;
/// The most erasures of one who manages the server that are not done; and of all of these.
const OF_MANAGER: usize = 100;
const OF_MANAGERS: usize = 500;
/// After how many seconds one who has too many may ask again.
pub const ERASURES_AGAIN: u64 = 30;

/// Whose erasure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// Of who manages the server, or of the server itself.
    Manager,
    /// Of a key that has people erased from its own statements.
    Key,
}

impl Rank {
    /// That of an erasure within an authority, or of everything.
    pub(super) const fn of(within: Option<&String>) -> Self {
        if within.is_some() { Self::Key } else { Self::Manager }
    }

    const fn most(self) -> (usize, usize) {
        match self {
            Self::Manager => (OF_MANAGER, OF_MANAGERS),
            Self::Key => (OF_KEY, OF_KEYS),
        }
    }
}

/// Places that are held.
#[derive(Default)]
struct Places {
    all: usize,
    /// By who holds them.
    of: HashMap<(bool, String), usize>,
}

impl Places {
    fn add(&mut self, by: (bool, String)) {
        self.all += 1;
        *self.of.entry(by).or_default() += 1;
    }

    fn give_up(&mut self, by: &(bool, String)) {
        self.all = self.all.saturating_sub(1);
        if let Some(held) = self.of.get_mut(by) {
            *held = held.saturating_sub(1);
            if *held == 0 {
                self.of.remove(by);
            }
        }
    }

    /// Refuses one more where as many are held: `own` by one, or `all`.
    fn has_room(
        &self,
        by: &(bool, String),
        (own, all): (usize, usize),
    ) -> Result<(), ErasureError> {
        if self.of.get(by).is_some_and(|held| *held >= own) {
            return Err(ErasureError::Waiting { most: own, is_own: true });
        }
        if self.all >= all {
            return Err(ErasureError::Waiting { most: all, is_own: false });
        }
        Ok(())
    }
}

/// How many erasures of either rank there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) managers: usize,
    pub(super) keys: usize,
}

impl Numbers {
    const fn of(&mut self, rank: Rank) -> &mut usize {
        match rank {
            Rank::Manager => &mut self.managers,
            Rank::Key => &mut self.keys,
        }
    }
}

/// The erasures of a process that are not done. Clones share it.
#[derive(Clone)]
pub(super) struct Queue(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// How many are under way or wait for their turn.
    left: watch::Sender<Numbers>,
}

#[derive(Default)]
struct State {
    is_taken: bool,
    managers: VecDeque<oneshot::Sender<Turn>>,
    keys: VecDeque<oneshot::Sender<Turn>>,
    of_managers: Places,
    of_keys: Places,
    /// Of erasures of keys whose files alone are not cleared.
    waiting: Places,
}

impl State {
    const fn places(&mut self, rank: Rank, is_waiting: bool) -> &mut Places {
        match rank {
            Rank::Manager => &mut self.of_managers,
            Rank::Key if is_waiting => &mut self.waiting,
            Rank::Key => &mut self.of_keys,
        }
    }
}

impl Default for Queue {
    fn default() -> Self {
        let left = watch::Sender::new(Numbers::default());
        Self(Arc::new(Shared { state: Mutex::default(), left }))
    }
}

/// A place among the erasures that are not done; dropping it gives it up.
#[must_use = "dropping it gives the place up"]
pub struct ErasurePlace {
    queue: Queue,
    rank: Rank,
    /// Whether it waits for its files alone.
    is_waiting: bool,
    by: (bool, String),
}

impl ErasurePlace {
    /// Among the erasures whose files alone are not cleared: others of the same key may be under way meanwhile.
    pub(super) fn waiting(mut self) -> Self {
        let mut state = self.queue.state();
        state.places(self.rank, self.is_waiting).give_up(&self.by);
        self.is_waiting = true;
        state.places(self.rank, true).add(self.by.clone());
        drop(state);
        self
    }
}

/// The erasure that is under way; dropping it lets the next one begin.
#[must_use = "dropping it ends the turn"]
pub(super) struct Turn {
    queue: Queue,
    rank: Rank,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for an erasure that `by` asks for.
    ///
    /// # Errors
    /// [`ErasureError::Waiting`] where too many are not done.
    pub(super) fn admit(&self, by: &Actor, rank: Rank) -> Result<ErasurePlace, ErasureError> {
        let (mut state, by) = (self.state(), of(by));
        state.places(rank, false).has_room(&by, rank.most())?;
        if rank == Rank::Key {
            state.waiting.has_room(&by, (WAITING_OF_KEY, WAITING_OF_KEYS))?;
        }
        Ok(self.hold(&mut state, by, rank))
    }

    /// A place for an erasure that was begun before, however many there are.
    pub(super) fn place(&self, by: &Actor, rank: Rank) -> ErasurePlace {
        self.hold(&mut self.state(), of(by), rank)
    }

    fn hold(&self, state: &mut State, by: (bool, String), rank: Rank) -> ErasurePlace {
        state.places(rank, false).add(by.clone());
        ErasurePlace { queue: self.clone(), rank, is_waiting: false, by }
    }

    /// Waits until no other erasure is under way, and none of an earlier rank waits.
    pub(super) async fn turn(&self, rank: Rank) -> Turn {
        let waits = {
            let mut state = self.state();
            self.0.left.send_modify(|left| *left.of(rank) += 1);
            if !std::mem::replace(&mut state.is_taken, true) {
                return Turn { queue: self.clone(), rank };
            }
            let (next, waits) = oneshot::channel();
            match rank {
                Rank::Manager => state.managers.push_back(next),
                Rank::Key => state.keys.push_back(next),
            }
            waits
        };
        #[expect(
            clippy::expect_used,
            reason = "the queue, which has the other end, is held by `self`"
        )]
        waits.await.expect("a turn is handed on")
    }

    /// Waits until no erasure of this rank, or of an earlier one, is under way or waits for its turn.
    pub(super) async fn rests(&self, rank: Rank) {
        let mut left = self.0.left.subscribe();
        let is_over =
            |left: &Numbers| left.managers == 0 && (rank == Rank::Manager || left.keys == 0);
        // It ends with the queue, which is held by `self`.
        let _ = left.wait_for(is_over).await;
    }
}

/// Who holds a place: keys and people have names apart.
fn of(by: &Actor) -> (bool, String) {
    (matches!(by, Actor::Key(_)), by.name().to_owned())
}

impl Drop for ErasurePlace {
    fn drop(&mut self) {
        self.queue.state().places(self.rank, self.is_waiting).give_up(&self.by);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        self.queue.0.left.send_modify(|left| {
            let left = left.of(self.rank);
            *left = left.saturating_sub(1);
        });
        let next = match state.managers.pop_front() {
            Some(next) => Some((next, Rank::Manager)),
            None => state.keys.pop_front().map(|next| (next, Rank::Key)),
        };
        state.is_taken = next.is_some();
        drop(state);
        if let Some((next, rank)) = next {
            // Where nobody waits for it any more, the turn comes back and is dropped here: the next one after it gets it.
            drop(next.send(Self { queue: self.queue.clone(), rank }));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn key(name: &str) -> Actor {
        Actor::Key(name.to_owned())
    }

    #[tokio::test]
    async fn who_manages_the_server_comes_before_keys_and_a_turn_that_nobody_waits_for_is_handed_on()
     {
        let queue = Queue::default();
        let first = queue.turn(Rank::Key).await;
        let mut gone = Box::pin(queue.turn(Rank::Key));
        let mut key = Box::pin(queue.turn(Rank::Key));
        let mut manager = Box::pin(queue.turn(Rank::Manager));
        for waiting in [&mut gone, &mut key, &mut manager] {
            assert!(waiting.now_or_never().is_none());
        }
        let mut resting = Box::pin(queue.rests(Rank::Manager));
        assert!((&mut resting).now_or_never().is_none());
        drop(gone);
        drop(first);
        assert!((&mut key).now_or_never().is_none());
        drop(manager.now_or_never().expect("before the keys"));
        assert!(resting.now_or_never().is_some());
        let mut all = Box::pin(queue.rests(Rank::Key));
        assert!((&mut all).now_or_never().is_none());
        drop(key.now_or_never().expect("after the one that nobody waits for"));
        assert!(all.now_or_never().is_some());
        assert!(queue.turn(Rank::Key).now_or_never().is_some());
    }

    #[test]
    fn a_key_has_so_many_places_and_all_keys_together() {
        let queue = Queue::default();
        let mut held: Vec<ErasurePlace> = Vec::new();
        let admit = |by: &Actor, rank| queue.admit(by, rank);
        let refused = |by: &Actor, rank| match admit(by, rank) {
            Ok(_) => None,
            Err(ErasureError::Waiting { most, is_own }) => Some((most, is_own)),
            Err(other) => panic!("{other}"),
        };
        for n in 0..OF_KEYS / OF_KEY {
            let by = key(&n.to_string());
            for _ in 0..OF_KEY {
                held.extend(admit(&by, Rank::Key));
            }
            assert_eq!(refused(&by, Rank::Key), Some((OF_KEY, true)));
        }
        assert_eq!(held.len(), OF_KEYS);
        assert_eq!(refused(&key("other"), Rank::Key), Some((OF_KEYS, false)));
        // Who manages the server is not kept out, nor is a person of the name of a key.
        assert_eq!(refused(&key("admin"), Rank::Manager), None);
        assert_eq!(refused(&Actor::Person("0".into()), Rank::Manager), None);
        // What was begun before has its place anyhow.
        let begun = queue.place(&key("0"), Rank::Key);
        held.truncate(1);
        assert_eq!(refused(&key("other"), Rank::Key), None);
        drop((begun, held));
        let state = queue.state();
        assert!(state.of_keys.of.is_empty() && state.of_managers.of.is_empty());
        assert_eq!((state.of_keys.all, state.of_managers.all), (0, 0));
    }

    #[test]
    fn erasures_that_wait_for_the_quiet_hour_leave_room_for_others_and_are_bounded_too() {
        let queue = Queue::default();
        let north = key("north");
        let waits = |by: &Actor| queue.admit(by, Rank::Key).map(ErasurePlace::waiting);
        let mut waiting: Vec<ErasurePlace> =
            (0..WAITING_OF_KEY).map(|_| waits(&north).ok().unwrap()).collect();
        assert_eq!(queue.state().of_keys.all, 0);
        let is_full = |by: &Actor, number, own| {
            let refused = queue.admit(by, Rank::Key).err();
            matches!(refused, Some(ErasureError::Waiting { most, is_own }) if (most, is_own) == (number, own))
        };
        assert!(is_full(&north, WAITING_OF_KEY, true));
        for n in 1..WAITING_OF_KEYS / WAITING_OF_KEY {
            let by = key(&n.to_string());
            waiting.extend((0..WAITING_OF_KEY).map(|_| waits(&by).ok().unwrap()));
        }
        assert!(is_full(&key("other"), WAITING_OF_KEYS, false));
        assert!(queue.admit(&key("other"), Rank::Manager).is_ok());
        waiting.truncate(1);
        assert!(queue.admit(&north, Rank::Key).is_ok());
        drop(waiting);
        assert!(queue.state().waiting.of.is_empty());
    }
}
