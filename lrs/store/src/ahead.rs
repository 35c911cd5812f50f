//! Whether `stored` runs ahead of the clock: `stored` never goes back, so a clock that jumped ahead for a moment leaves
//! all later statements in the future, until the clock gets there.

use std::sync::atomic::{AtomicBool, Ordering};

use xapi::instant::Instant;

/// `stored` may be so far ahead of the clock, in microseconds: statements that come at once are stored one after another,
/// and the clocks of several machines are never quite the same.
pub const AHEAD: i64 = 5_000_000;

/// How far `stored` is ahead of a clock that shows `now`, in microseconds; `None` where that is usual.
pub fn ahead(stored: Instant, now: Instant) -> Option<i64> {
    let ahead = stored.micros().saturating_sub(now.micros());
    (ahead > AHEAD).then_some(ahead)
}

/// Tells the log when `stored` begins and ceases to run ahead of the clock.
#[derive(Debug, Default)]
pub struct Watch(AtomicBool);

impl Watch {
    /// Notes that statements are stored at `stored` while the clock shows `now`. Says whether that was news.
    pub fn note(&self, stored: Instant, now: Instant) -> bool {
        let ahead = ahead(stored, now);
        let is_news = self.0.swap(ahead.is_some(), Ordering::Relaxed) != ahead.is_some();
        match ahead {
            Some(ahead) if is_news => tracing::warn!(
                seconds = ahead / 1_000_000,
                until = %stored,
                "`stored` runs ahead of this machine's clock, which jumped, or is behind: statements are stored in the \
                 future until the clock gets there"
            ),
            None if is_news => tracing::info!("`stored` does not run ahead of the clock any more"),
            _ => {}
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_ahead_is_told_once_when_it_begins_and_once_when_it_ends() {
        let watch = Watch::default();
        let note =
            |stored, now| watch.note(Instant::from_micros(stored), Instant::from_micros(now));
        let now = 1_795_000_000_000_000;
        assert!(!note(now, now), "no word of what is usual");
        assert!(!note(now + AHEAD, now));
        assert!(note(now + AHEAD + 1, now));
        assert!(!note(now + 2 * AHEAD, now), "told already");
        assert!(note(now + 1, now + 1));
        assert!(!note(now, now + AHEAD));
    }
}
