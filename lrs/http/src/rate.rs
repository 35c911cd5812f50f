//! How much a key may send whose secret everybody can read: one that is bound to activities; and how much the player of a
//! launch may.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

/// Of a key: a class that begins, and then 50 requests a second.
const OF_KEY: Rate = Rate { at_once: 600, between: Duration::from_millis(20) };
/// Of one learner's ticket: what a browser sends every second or two, and what waited.
const OF_TICKET: Rate = Rate { at_once: 60, between: Duration::from_millis(500) };
/// Exchanges of one key for tickets: one for each learner of a class, and then two a second.
const OF_EXCHANGE: Rate = Rate { at_once: 200, between: Duration::from_millis(500) };
/// Commits of one launch, which is one learner.
const OF_COMMITS: Rate = Rate { at_once: 600, between: Duration::from_millis(20) };
/// The pages of one launch: the states of all SCOs are read for each.
const OF_PAGES: Rate = Rate { at_once: 60, between: Duration::from_secs(1) };
/// How many names are counted of each; an older one is begun anew.
const NAMES: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// How much may come.
struct Rate {
    /// Requests that may come at once.
    at_once: u32,
    /// And then one in this time.
    between: Duration,
}

/// What was sent lately under one name, and up to when that is paid for.
type Paid = Mutex<LruCache<String, Instant>>;

/// What keys have sent lately.
pub struct Rates {
    keys: Paid,
    tickets: Paid,
    exchanges: Paid,
    commits: Paid,
    launched: Paid,
}

impl Default for Rates {
    fn default() -> Self {
        let [keys, tickets, exchanges, commits, launched] =
            [(); 5].map(|()| Mutex::new(LruCache::new(NAMES)));
        Self { keys, tickets, exchanges, commits, launched }
    }
}

impl Rates {
    /// Counts a request of the key of this name.
    ///
    /// # Errors
    ///
    /// The seconds after which it may come again.
    pub fn pass(&self, key: &str, now: Instant) -> Result<(), u64> {
        OF_KEY.pass(&self.keys, key, now)
    }

    /// Counts a request with one learner's ticket of the key of this name.
    ///
    /// # Errors
    ///
    /// The seconds after which it may come again.
    pub(crate) fn pass_ticket(&self, key: &str, learner: &str, now: Instant) -> Result<(), u64> {
        OF_TICKET.pass(&self.tickets, &format!("{key}\n{learner}"), now)
    }

    /// Counts an exchange of the key of this name.
    ///
    /// # Errors
    ///
    /// The seconds after which it may come again.
    pub(crate) fn pass_exchange(&self, key: &str, now: Instant) -> Result<(), u64> {
        OF_EXCHANGE.pass(&self.exchanges, key, now)
    }

    /// Counts a commit of a launch that is known.
    ///
    /// # Errors
    ///
    /// The seconds after which it may come again.
    pub(crate) fn pass_commit(&self, launch: &str, now: Instant) -> Result<(), u64> {
        OF_COMMITS.pass(&self.commits, launch, now)
    }

    /// Counts a page of a launch that is known.
    ///
    /// # Errors
    ///
    /// The seconds after which it may come again.
    pub(crate) fn pass_page(&self, launch: &str, now: Instant) -> Result<(), u64> {
        OF_PAGES.pass(&self.launched, launch, now)
    }
}

impl Rate {
    fn pass(&self, paid: &Paid, name: &str, now: Instant) -> Result<(), u64> {
        let mut paid_until = paid.lock().unwrap_or_else(PoisonError::into_inner);
        // Each request pays one interval; up to all of `at_once` may be owed.
        let until = paid_until.get(name).copied().unwrap_or(now).max(now);
        let owed = until.duration_since(now) + self.between;
        let over = owed.checked_sub(self.between * self.at_once);
        if let Some(wait) = over.filter(|wait| !wait.is_zero()) {
            return Err(wait.as_secs() + 1);
        }
        paid_until.put(name.to_owned(), until + self.between);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_sends_too_much_waits_alone_and_not_for_long() {
        let (rates, now) = (Rates::default(), Instant::now());
        let Rate { at_once, between } = OF_KEY;
        for n in 0..at_once {
            assert_eq!(rates.pass("a", now), Ok(()), "{n}");
        }
        assert_eq!(rates.pass("a", now), Err(1));
        assert_eq!(rates.pass("b", now), Ok(()));
        assert_eq!(rates.pass("a", now + between), Ok(()));
        assert_eq!(rates.pass("a", now + between), Err(1));
    }

    #[test]
    fn launches_are_counted_apart_from_keys() {
        let (rates, now) = (Rates::default(), Instant::now());
        for _ in 0..OF_KEY.at_once {
            assert_eq!(rates.pass("a", now), Ok(()));
        }
        for n in 0..=NAMES.get() {
            assert_eq!(rates.pass_commit(&n.to_string(), now), Ok(()));
            assert_eq!(rates.pass_page(&n.to_string(), now), Ok(()));
        }
        assert_eq!(rates.pass("a", now), Err(1), "a key is not begun anew");
        for _ in 0..OF_PAGES.at_once {
            assert_eq!(rates.pass_page("l", now), Ok(()));
        }
        assert_eq!(rates.pass_page("l", now), Err(2));
        assert_eq!(rates.pass_commit("l", now), Ok(()));
    }

    #[test]
    fn one_learner_who_sends_too_much_holds_up_no_other_of_the_same_key() {
        let (rates, now) = (Rates::default(), Instant::now());
        for _ in 0..OF_TICKET.at_once {
            assert_eq!(rates.pass_ticket("k", "anna", now), Ok(()));
        }
        assert_eq!(rates.pass_ticket("k", "anna", now), Err(1));
        assert_eq!(rates.pass_ticket("k", "bea", now), Ok(()));
        for _ in 0..OF_EXCHANGE.at_once {
            assert_eq!(rates.pass_exchange("k", now), Ok(()));
        }
        assert_eq!(rates.pass_exchange("k", now), Err(1));
        assert_eq!(rates.pass_exchange("l", now), Ok(()));
    }
}
