//! How often wrong secrets may be tried for one key name from one address.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::address::Address;
use super::digest::Digest;

/// Wrong secrets that may be tried at once.
const AT_ONCE: u32 = 10;
/// And then one in this time.
const BETWEEN: Duration = Duration::from_secs(6);
/// Pairs of name and address that are counted: each takes a failed attempt, and so a slow hash.
const COUNTED: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

type Pair = (Digest, Address);

/// Counts wrong secrets by name and address together. Other names pass from the same address, which
/// may be a proxy's, and the same name from other addresses.
#[derive(Clone)]
pub(super) struct Throttle(Arc<Mutex<LruCache<Pair, Instant>>>);

/// An attempt that is under way. It counts as a failure once [`Attempt::failed`] says so; dropped
/// before, it never was.
pub(super) struct Attempt {
    throttle: Throttle,
    pair: Pair,
    has_failed: bool,
}

/// Too many failed: another attempt may be made after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait(pub(super) Duration);

impl Throttle {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(COUNTED))))
    }

    /// Begins an attempt. Attempts under way count too, so that many at once are no way around.
    pub(super) fn attempt(
        &self,
        name: Digest,
        address: Address,
        now: Instant,
    ) -> Result<Attempt, Wait> {
        let pair = (name, address);
        let mut paid_until = self.lock();
        // Each attempt pays one interval; up to all of `AT_ONCE` may be owed.
        let until = paid_until.get(&pair).copied().unwrap_or(now).max(now);
        let owed = until.duration_since(now);
        if let Some(wait) =
            (owed + BETWEEN).checked_sub(BETWEEN * AT_ONCE).filter(|it| !it.is_zero())
        {
            return Err(Wait(wait));
        }
        paid_until.put(pair, until + BETWEEN);
        Ok(Attempt { throttle: self.clone(), pair, has_failed: false })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<Pair, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// The secret was wrong.
    pub(super) fn failed(mut self) {
        self.has_failed = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.has_failed {
            return;
        }
        if let Some(until) = self.throttle.lock().get_mut(&self.pair) {
            *until = until.checked_sub(BETWEEN).unwrap_or(*until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const NAME: Digest = Digest::new([1; 32]);
    const HERE: Address = Address::of(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST));

    #[test]
    fn ten_wrong_secrets_may_be_tried_and_then_one_in_six_seconds() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..10 {
            throttle.attempt(NAME, HERE, now).ok().unwrap().failed();
        }
        let refused =
            |now| throttle.attempt(NAME, HERE, now).err().map(|Wait(wait)| wait.as_secs());
        assert_eq!(refused(now), Some(6));
        assert_eq!(refused(now + Duration::from_secs(4)), Some(2));
        let later = now + Duration::from_secs(6);
        throttle.attempt(NAME, HERE, later).ok().unwrap().failed();
        assert_eq!(refused(later), Some(6));
        let elsewhere = Address::of(Ipv4Addr::new(192, 0, 2, 1).into());
        assert!(throttle.attempt(NAME, elsewhere, now).is_ok(), "the name from elsewhere");
        assert!(throttle.attempt(Digest::new([2; 32]), HERE, now).is_ok(), "others from here");
    }

    #[test]
    fn an_attempt_that_did_not_fail_never_was_and_those_under_way_count() {
        let (throttle, now) = (Throttle::new(), Instant::now());
        for _ in 0..100 {
            drop(throttle.attempt(NAME, HERE, now).ok().unwrap());
        }
        let under_way: Vec<Attempt> =
            (0..10).map(|_| throttle.attempt(NAME, HERE, now).ok().unwrap()).collect();
        assert!(throttle.attempt(NAME, HERE, now).is_err());
        drop(under_way);
        assert!(throttle.attempt(NAME, HERE, now).is_ok());
    }
}
