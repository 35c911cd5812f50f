//! Waiting for what another process has to do first.

use std::time::Duration;

use store::StoreError;

/// The first pause, and the longest: each is twice as long as the one before. Many wait at once where processes die, and each
/// look asks the database.
const FIRST: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_millis(250);
/// How often another look is taken before waiting is given up, after about half a minute.
pub(super) const LOOKS: u32 = 130;

/// The pause before the next look.
pub(super) struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pause {
    pub(super) async fn rest(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }
}

/// What to answer when waiting was given up.
pub(super) fn stuck() -> StoreError {
    StoreError::Unavailable("others who write to the same database hold it up".into())
}
