//! Where time and ids come from: arguments, so that tests choose them.

use crate::instant::Instant;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, UTC. It may go back when the machine's clock is set.
    fn now(&self) -> Instant;
}
