//! How much a key may send whose secret everybody can read: one that is bound to activities.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

/// Requests that may come at once: a class that begins.
const AT_ONCE: u32 = 600;
/// And then one in this time: 50 a second.
const BETWEEN: Duration = Duration::from_millis(20);
/// How many keys are counted; an older one is begun anew.
const KEYS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// What keys have sent lately.
pub struct Rates(Mutex<LruCache<String, Instant>>);

impl Default for Rates {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(KEYS)))
    }
}

impl Rates {
    /// Counts a request of the key of this name.
    ///
    /// # Errors
    ///
    /// The seconds after which it may come again.
    pub fn pass(&self, key: &str, now: Instant) -> Result<(), u64> {
        let mut paid_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Each request pays one interval; up to all of `AT_ONCE` may be owed.
        let until = paid_until.get(key).copied().unwrap_or(now).max(now);
        let owed = until.duration_since(now) + BETWEEN;
        if let Some(wait) = owed.checked_sub(BETWEEN * AT_ONCE).filter(|wait| !wait.is_zero()) {
            return Err(wait.as_secs() + 1);
        }
        paid_until.put(key.to_owned(), until + BETWEEN);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_sends_too_much_waits_alone_and_not_for_long() {
        let (rates, now) = (Rates::default(), Instant::now());
        for n in 0..AT_ONCE {
            assert_eq!(rates.pass("a", now), Ok(()), "{n}");
        }
        assert_eq!(rates.pass("a", now), Err(1));
        assert_eq!(rates.pass("b", now), Ok(()));
        assert_eq!(rates.pass("a", now + BETWEEN), Ok(()));
        assert_eq!(rates.pass("a", now + BETWEEN), Err(1));
    }
}
