//! What was refused since the server started, counted by key and rule: so that somebody can be
//! told why their statements do not arrive.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use xapi::instant::Instant;

/// How many pairs of key and rule are counted apart; all others are counted together.
const MOST: usize = 1_000;

/// How often a key's requests were refused for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The key's name; empty for requests without a good one.
    pub key: String,
    /// The rule, as problem documents name it.
    pub rule: String,
    /// How many times.
    pub count: u64,
    /// The last time.
    pub last: Instant,
}

/// The counts of one server, in memory.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<(String, String), (u64, Instant)>>);

impl Refusals {
    /// Counts a refusal.
    pub fn count(&self, key: &str, rule: &str, now: Instant) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut place = (key.to_owned(), rule.to_owned());
        if counts.len() >= MOST && !counts.contains_key(&place) {
            place = (String::new(), "others".to_owned());
        }
        let (count, last) = counts.entry(place).or_insert((0, now));
        *count += 1;
        *last = now;
    }

    /// All counts, by key and rule.
    pub fn all(&self) -> Vec<Refused> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = |((key, rule), (count, last)): (&(String, String), &(u64, Instant))| {
            Refused { key: key.clone(), rule: rule.clone(), count: *count, last: *last }
        };
        counts.iter().map(refused).collect()
    }
}
