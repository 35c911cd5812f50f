//! Whether the machine's clock was right when the latest statements were stored.

use std::fmt;

use super::{Record, RecordError};
use store::ahead::ahead;
use xapi::instant::Instant;

/// Statements are stored in the future: a clock jumped ahead, or this machine's is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredAhead {
    /// The latest `stored`. Until the clock shows it, all statements are stored later than it.
    pub latest: Instant,
    /// How far that is ahead of the clock, in microseconds.
    pub micros: i64,
}

impl fmt::Display for StoredAhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { latest, micros } = self;
        let seconds = micros / 1_000_000;
        write!(
            f,
            "`stored` runs {seconds} s ahead of this machine's clock, up to {latest}: a clock jumped, or this one is \
             behind; set it by NTP"
        )
    }
}

impl Record {
    /// How far `stored` runs ahead of the clock; `None` where no more than is usual.
    pub async fn stored_ahead(&self) -> Result<Option<StoredAhead>, RecordError> {
        let latest = self.store.latest().await?;
        let ahead = ahead(latest, self.clock.now());
        Ok(ahead.map(|micros| StoredAhead { latest, micros }))
    }
}
