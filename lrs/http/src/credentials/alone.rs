//! Requests with the same credentials, of which one finds out about them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::digest::Digest;

type Doors = Arc<Mutex<HashMap<Digest, Arc<tokio::sync::Mutex<()>>>>>;

/// One at a time for each credentials.
#[derive(Default)]
pub(super) struct Alone(Doors);

/// Held by the one; the next goes on when it is dropped.
pub(super) struct Entered {
    doors: Doors,
    credentials: Digest,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Alone {
    /// Waits until no other request is within with these credentials.
    pub(super) async fn enter(&self, credentials: Digest) -> Entered {
        let door = Arc::clone(lock(&self.0).entry(credentials).or_default());
        // Made before the wait: a request that goes away while it waits leaves nothing behind.
        let mut entered = Entered { doors: Arc::clone(&self.0), credentials, guard: None };
        entered.guard = Some(door.lock_owned().await);
        entered
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut doors = lock(&self.doors);
        self.guard = None;
        // The only reference is the map's: no request holds the lock or waits for it.
        if doors.get(&self.credentials).is_some_and(|door| Arc::strong_count(door) == 1) {
            doors.remove(&self.credentials);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn the_same_wait_others_pass_and_nothing_is_left_behind() {
        let alone = Alone::default();
        let (one, other) = (Digest::new([1; 32]), Digest::new([2; 32]));
        let first = alone.enter(one).await;
        drop(alone.enter(other).await);
        {
            let mut second = Box::pin(alone.enter(one));
            let mut third = Box::pin(alone.enter(one));
            assert!((&mut second).now_or_never().is_none());
            assert!((&mut third).now_or_never().is_none());
            drop(second);
            drop(first);
            drop(third.await);
        }
        assert!(lock(&alone.0).is_empty());
    }
}
