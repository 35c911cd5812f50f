//! Where statements were before they came here.

use async_trait::async_trait;

use crate::Result;
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::stored::Stored;

/// The origin of the statement that is stored here at `at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOrigin {
    /// The `stored` of the statement in this store.
    pub at: Instant,
    /// Where it was before.
    pub origin: Origin,
}

/// A statement of another store, and where it was before that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The statement as it is to be kept.
    pub statement: Stored,
    /// Where it was before; `None` for a statement that was sent to that store by who made it.
    pub origin: Option<Origin>,
}

/// Origins of statements, kept with them.
///
/// An origin is kept by the call that keeps its statement, together with it or not at all: of a statement of
/// [`put_statements`](crate::StatementStore::put_statements) whose
/// [`origin`](xapi::prepare::Prepared::origin) is set, or of [`Self::restore_from`]. It never changes afterwards: a
/// statement that is kept already has the origin it has, or none, whatever comes with an equal one. So the rows of a range
/// of `stored` that is complete are always the same.
///
/// # Example
/// A pipe pulls a statement that a player has sent here before. The statement is known, and has no origin.
#[async_trait]
pub trait OriginStore: Send + Sync {
    /// The origins of the statements stored after `after` and up to `through`, in the order of `at`, at most `limit`. One
    /// page after the other gives all, where the next begins after the last `at`. Only what [`StatementLog::log`] gives
    /// is spoken of.
    ///
    /// [`StatementLog::log`]: crate::StatementLog::log
    async fn origins(
        &self,
        after: Instant,
        through: Instant,
        limit: usize,
    ) -> Result<Vec<KeptOrigin>>;

    /// Keeps statements of another store as [`TransferStore::restore`](crate::TransferStore::restore) does, with their
    /// origins.
    ///
    /// # Errors
    /// As those of `restore`.
    async fn restore_from(
        &self,
        statements: Vec<Restored>,
        attachments: Vec<Attachment>,
    ) -> Result<()>;
}
