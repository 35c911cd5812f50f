//! Whose secret is hashed next. Hashing is slow on purpose, so secrets wait for it in turns, and
//! not many do: an address that sends many wrong secrets fills its own room alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::address::Address;
use super::digest::Digest;

/// Secrets of one key name that wait, of one address.
const WAITING_OF_A_NAME: usize = 4;
/// Secrets that wait in all.
const WAITING: usize = 64;

/// A queue for one secret at a time. The addresses that wait take turns, each first come, first
/// served.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_taken: bool,
    waiting: VecDeque<Waiting>,
    /// The addresses that wait, the next one first.
    order: VecDeque<Address>,
}

struct Waiting {
    name: Digest,
    address: Address,
    go: oneshot::Sender<Turn>,
}

/// The right to hash one secret. Dropping it gives the turn to the next.
pub(super) struct Turn(Turns);

/// No more secrets may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Turns {
    /// Waits for a turn to hash a secret that was shown for `name` from `address`.
    ///
    /// # Errors
    /// [`Full`] where four of this name and address wait, or 64 in all. In the second case a secret
    /// of the address that has most waiting makes room for one of an address that has fewer.
    pub(super) async fn turn(&self, name: Digest, address: Address) -> Result<Turn, Full> {
        let (go, turn) = oneshot::channel();
        self.wait(Waiting { name, address, go })?;
        // A sender that was dropped had to make room.
        turn.await.map_err(|_| Full)
    }

    fn wait(&self, new: Waiting) -> Result<(), Full> {
        let mut state = self.lock();
        state.waiting.retain(|waiting| !waiting.go.is_closed());
        if !state.is_taken {
            state.is_taken = true;
            drop(state);
            // Dropped with the request where that is gone already.
            let _ = new.go.send(Turn(self.clone()));
            return Ok(());
        }
        let is_same = |it: &&Waiting| it.name == new.name && it.address == new.address;
        if state.waiting.iter().filter(is_same).count() >= WAITING_OF_A_NAME {
            return Err(Full);
        }
        if state.waiting.len() >= WAITING {
            state.make_room(new.address)?;
        }
        if !state.order.contains(&new.address) {
            state.order.push_back(new.address);
        }
        state.waiting.push_back(new);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&self, address: Address) -> usize {
        self.waiting.iter().filter(|waiting| waiting.address == address).count()
    }

    /// Sends the newest of the address that has most waiting away.
    fn make_room(&mut self, newcomer: Address) -> Result<(), Full> {
        let most = self.order.iter().copied().max_by_key(|address| self.count(*address));
        let most = most.filter(|most| self.count(*most) > self.count(newcomer) + 1).ok_or(Full)?;
        if let Some(newest) = self.waiting.iter().rposition(|it| it.address == most) {
            self.waiting.remove(newest);
        }
        Ok(())
    }

    fn next(&mut self) -> Option<Waiting> {
        while let Some(address) = self.order.pop_front() {
            let first = self.waiting.iter().position(|waiting| waiting.address == address);
            let next = first.and_then(|first| self.waiting.remove(first));
            if self.count(address) > 0 {
                self.order.push_back(address);
            }
            if next.is_some() {
                return next;
            }
        }
        None
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.waiting.retain(|waiting| !waiting.go.is_closed());
        let next = state.next();
        state.is_taken = next.is_some();
        drop(state);
        if let Some(next) = next {
            // Where the request is gone, the turn is dropped here and goes on to the next.
            let _ = next.go.send(Self(self.0.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures::FutureExt as _;
    use futures::future::BoxFuture;

    use super::*;

    type Asked = BoxFuture<'static, Result<Turn, Full>>;

    fn from(n: u8) -> Address {
        Address::of(Ipv4Addr::new(192, 0, 2, n).into())
    }

    /// Asks for a turn and waits where there is none yet.
    fn ask(turns: &Turns, name: u8, address: u8) -> Asked {
        let turns = turns.clone();
        let mut asked =
            async move { turns.turn(Digest::new([name; 32]), from(address)).await }.boxed();
        match (&mut asked).now_or_never() {
            Some(turn) => futures::future::ready(turn).boxed(),
            None => asked,
        }
    }

    fn is_refused(asked: &mut Asked) -> bool {
        matches!(asked.now_or_never(), Some(Err(Full)))
    }

    #[tokio::test]
    async fn four_of_a_name_and_address_wait_and_others_are_not_in_their_way() {
        let turns = Turns::default();
        let first = ask(&turns, 0, 1).await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..4 {
            waiting.push(ask(&turns, 0, 1));
        }
        assert!(is_refused(&mut ask(&turns, 0, 1)), "the fifth");
        let mut of_other_name = ask(&turns, 9, 1);
        let mut from_elsewhere = ask(&turns, 0, 2);
        // Addresses take turns: a request from another address waits for one hash, not for five.
        drop(first);
        let second = waiting.remove(0).await.unwrap();
        assert!((&mut from_elsewhere).now_or_never().is_none());
        drop(second);
        drop(from_elsewhere.await.unwrap());
        for asked in waiting {
            assert!((&mut of_other_name).now_or_never().is_none());
            drop(asked.await.unwrap());
        }
        drop(of_other_name.await.unwrap());
        drop(ask(&turns, 0, 1).await.unwrap());
    }

    #[tokio::test]
    async fn an_address_with_many_names_makes_room_for_others_and_not_for_itself() {
        let turns = Turns::default();
        let first = ask(&turns, 0, 1).await.unwrap();
        let mut of_many_names = Vec::new();
        for name in 0..64 {
            of_many_names.push(ask(&turns, name, 1));
        }
        assert!(is_refused(&mut ask(&turns, 99, 1)));
        let elsewhere = ask(&turns, 99, 2);
        assert!(is_refused(of_many_names.last_mut().unwrap()), "the newest made room");
        drop(first);
        drop(of_many_names.remove(0).await.unwrap());
        drop(elsewhere.await.unwrap());
    }

    #[tokio::test]
    async fn who_has_gone_away_takes_no_room_and_no_turn() {
        let turns = Turns::default();
        let first = ask(&turns, 0, 1).await.unwrap();
        for _ in 0..100 {
            drop(ask(&turns, 0, 1));
        }
        let granted = ask(&turns, 0, 1);
        let second = ask(&turns, 0, 1);
        drop(first);
        drop(granted);
        drop(second.await.unwrap());
    }
}
