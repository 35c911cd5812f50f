//! Clocks for tests of engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use xapi::clock::Clock;
use xapi::instant::Instant;

/// Tells the machine's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "engines are tested on the machine's time")]
    fn now(&self) -> Instant {
        Instant::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}

/// Shows what a test sets it to. Clones show the same.
#[derive(Clone, Debug, Default)]
pub struct TurnedClock(Arc<AtomicI64>);

impl TurnedClock {
    /// A clock that shows `now`.
    pub fn at(now: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(now.micros())))
    }

    /// Turns the clock to `now`, forward or back.
    pub fn set(&self, now: Instant) {
        self.0.store(now.micros(), Ordering::SeqCst);
    }

    /// Turns the clock forward.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}
