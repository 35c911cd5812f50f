//! Answers that browsers bring from an identity provider, throttled as wrong passwords are: each may send a request there.

use super::throttle::Wait;
use super::{Address, Attempt, Credentials, slowed};
use crate::problem::Problem;

/// An answer that is looked at. It counts from the beginning, and later if it does not hold.
pub(crate) struct Answer(Attempt);

impl Answer {
    /// It does not hold, as one with a made-up code does not.
    pub(crate) fn failed(self) {
        self.0.failed();
    }
}

impl Credentials {
    /// Begins to look at what a browser brings from the provider of this id.
    ///
    /// # Errors
    /// 429, held back for a while, where too many from this address did not hold, or are being looked at.
    pub(crate) async fn answer(&self, id: &str, address: Address) -> Result<Answer, Problem> {
        let attempt = self.throttle.attempt(self.digests.of_provider(id), address, (self.now)());
        let wait = |Wait(wait)| Problem::too_many_attempts(wait.as_secs().max(1));
        slowed(attempt.map(Answer).map_err(wait)).await
    }
}
