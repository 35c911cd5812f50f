//! When keys are used: noted in the store, seldom.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Credentials, Moment};

/// How far apart two notes of one key are, in microseconds: ten minutes.
const EVERY: i64 = 600_000_000;

/// When this process noted last that a key was used, by name: of keys that are there alone, so there are not many.
#[derive(Default)]
pub(super) struct KeyUses(Mutex<HashMap<String, Moment>>);

impl KeyUses {
    /// Whether a use at this instant is to be noted.
    fn is_due(&self, name: &str, at: Moment) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(name).is_some_and(|last| at.micros().saturating_sub(last.micros()) < EVERY) {
            return false;
        }
        noted.insert(name.to_owned(), at);
        true
    }
}

impl Credentials {
    /// Notes that a key was used. The request does not wait for it; where the store cannot note it, nobody is told.
    pub(super) fn note_use(&self, name: &str, at: Moment) {
        if !self.uses.is_due(name, at) {
            return;
        }
        let (keys, name) = (Arc::clone(&self.keys), name.to_owned());
        tokio::spawn(async move {
            if let Err(error) = keys.note_key_use(&name, at).await {
                tracing::debug!(key = name, %error, "the use of a key was not noted");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_noted_each_ten_minutes_of_each_key() {
        let uses = KeyUses::default();
        let at = |seconds: i64| Moment::from_micros(seconds * 1_000_000);
        for (name, seconds, is_due) in
            [("a", 0, true), ("a", 599, false), ("b", 1, true), ("a", 600, true), ("a", 601, false)]
        {
            assert_eq!(uses.is_due(name, at(seconds)), is_due, "{name} {seconds}");
        }
    }
}
