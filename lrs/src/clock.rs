//! Where time and ids come from: arguments, so that tests choose them.

use uuid::Uuid;

use crate::xapi::instant::Instant;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, UTC. It may go back when the machine's clock is set.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Instant {
        Instant::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}

/// A new statement id. Random (version 4): some clients know no UUIDs above version 5.
pub fn new_id() -> Uuid {
    Uuid::new_v4()
}
