//! Sessions of people.

use async_trait::async_trait;

use crate::Result;
use access::session::KeptSession;
use xapi::instant::Instant;

/// Sessions. They are no part of a copy of the store: who is signed in at one is not at the other.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Keeps a session. False where there is one of this id, which is left as it is.
    async fn add_session(&self, session: KeptSession) -> Result<bool>;

    /// The session of this id.
    async fn session(&self, id: &str) -> Result<Option<KeptSession>>;

    /// The sessions of a person, the newest first.
    async fn sessions_of(&self, person: &str) -> Result<Vec<KeptSession>>;

    /// Notes that a session was used at an instant. An earlier instant than the last one changes nothing. A session that
    /// is gone, or is removed meanwhile, stays gone.
    async fn use_session(&self, id: &str, at: Instant) -> Result<()>;

    /// Removes a session. False where there is no session of this id.
    async fn remove_session(&self, id: &str) -> Result<bool>;

    /// Removes the sessions of a person, but for the one of the id `but`.
    async fn remove_sessions_of(&self, person: &str, but: Option<&str>) -> Result<()>;

    /// Removes the sessions that ended before an instant in any case.
    async fn remove_sessions(&self, ended: Instant) -> Result<()>;
}
