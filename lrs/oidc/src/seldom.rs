//! How often the same thing is logged.

use std::sync::{Mutex, PoisonError};

use xapi::instant::Instant;

/// How much is logged at most in one [`WINDOW`].
const MOST: u32 = 10;
/// A minute, in microseconds.
const WINDOW: i64 = 60_000_000;

/// Lets [`MOST`] of many in a minute through, and counts the others.
#[derive(Default)]
pub(super) struct Seldom(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    /// When the window began that counts now.
    since: Option<Instant>,
    let_through: u32,
    left_out: u64,
}

impl Seldom {
    /// Whether one more is let through, and how many were not since the last that was.
    pub(super) fn next(&self, now: Instant) -> Option<u64> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back begins a window, too.
        let is_within = |since: Instant| (0..WINDOW).contains(&(now.micros() - since.micros()));
        if !counted.since.is_some_and(is_within) {
            (counted.since, counted.let_through) = (Some(now), 0);
        }
        if counted.let_through == MOST {
            counted.left_out += 1;
            return None;
        }
        counted.let_through += 1;
        Some(std::mem::take(&mut counted.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_a_minute_are_let_through_and_the_others_counted() {
        let seldom = Seldom::default();
        let at = |second: i64| seldom.next(Instant::from_micros(second * 1_000_000));
        for second in 0..10 {
            assert_eq!(at(second), Some(0));
        }
        for second in 10..60 {
            assert_eq!(at(second), None);
        }
        assert_eq!(at(60), Some(50));
        assert_eq!(at(61), Some(0));
        assert_eq!(at(1), Some(0), "the clock was set back");
    }
}
