//! Passwords of people: compared in turns and throttled as the secrets of keys are, apart from these.

use std::sync::Arc;

use super::throttle::Wait;
use super::turns::Full;
use super::{Address, Attempt, Credentials, NO_ROOM, slowed};
use crate::problem::Problem;
use service::compute;

/// What the names of browsers begin with. No key is named so: a key's name has no colon.
const BROWSER: &str = "browser:";

/// A password that was right. What comes after it, such as a wrong code, may still count as a failure.
pub(crate) struct Right(Attempt);

impl Right {
    /// What came after the password was wrong.
    pub(crate) fn failed(self) {
        self.0.failed();
    }
}

impl Credentials {
    /// What a browser shows from now on with which somebody has just signed in.
    pub(crate) fn known_browser(&self, name: &str) -> String {
        self.made_up.secret(&format!("{BROWSER}{name}"))
    }

    /// Whether a browser shows what it was given when somebody signed in as `name`.
    pub(crate) fn is_known_browser(&self, name: &str, shown: &str) -> bool {
        self.made_up.is_of(&format!("{BROWSER}{name}"), shown)
    }

    /// The hash that `password` was found to be right for. `hash` finds it, which is that of the person who signs in as
    /// `name`, or `None` where nobody does: that takes the same way and the same time. Where there were too many attempts,
    /// `hash` is not awaited: the store is not asked. A browser with which somebody has
    /// signed in as `name` is counted by itself and waits apart: whoever sends wrong passwords through the same proxy is not
    /// in its way.
    ///
    /// # Errors
    /// 401 where the password is wrong; 429, held back for a while, where too many wrong ones came for this name from this
    /// address, or too many wait; those of `hash`.
    pub(crate) async fn password(
        &self,
        name: &str,
        address: Address,
        (password, hash): (&str, impl Future<Output = Result<Option<String>, Problem>> + Send),
        browser: Option<&str>,
    ) -> Result<(Right, String), Problem> {
        slowed(self.in_turn(name, address, (password, hash), browser).await).await
    }

    async fn in_turn(
        &self,
        name: &str,
        address: Address,
        (password, hash): (&str, impl Future<Output = Result<Option<String>, Problem>> + Send),
        browser: Option<&str>,
    ) -> Result<(Right, String), Problem> {
        let (name, turns) = match browser {
            Some(browser) => {
                let named = format!("{BROWSER}{name}");
                (self.digests.of_credentials(&named, browser), &self.known)
            }
            None => (self.digests.of_person(name), &self.passwords),
        };
        let attempt = self.throttle.attempt(name, address, (self.now)());
        let attempt =
            attempt.map_err(|Wait(wait)| Problem::too_many_attempts(wait.as_secs().max(1)))?;
        let turn = turns.turn(name, address).await;
        let turn = turn.map_err(|Full| Problem::too_many_attempts(NO_ROOM))?;
        let hash = hash.await?;
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.clone());
        let (compare, password) = (Arc::clone(&self.compare), password.to_owned());
        // Once it was begun, it is finished and counts, whether somebody waits for it or not.
        let compared = compute::aside(move || {
            let is_good = compare(&password, &hash) && is_known;
            drop(turn);
            if is_good {
                return Some((Right(attempt), hash));
            }
            attempt.failed();
            None
        });
        compared.await.map_err(|_| Problem::stopped())?.ok_or_else(Problem::sign_in)
    }
}
