//! What the rest of Traccia asks of a storage engine: a trait for each kind of thing, in a file each. The comments are
//! the contract, in one order (what is guaranteed, edge cases, errors, an example), and `store-testkit` holds every
//! engine to it.
//!
//! For every method:
//! - a write is atomic and durable when its future resolves: an answer follows the commit;
//! - a read sees all writes that were answered before the read began;
//! - [`StoreError::Unavailable`] and [`StoreError::Corrupt`] are possible, and are named only where they mean more.

use async_trait::async_trait;
use uuid::Uuid;

use xapi::document::{Change, DocumentKey, Precondition, Unmet};
use xapi::instant::Instant;
use xapi::refusal::Refusal;

pub mod ahead;
mod attached;
mod audit;
pub mod bounds;
mod certificates;
pub mod checksum;
pub mod comparison;
mod courses;
pub mod damage;
mod documents;
mod erasure;
pub mod inheritance;
mod journals;
mod keys;
mod log;
mod numbers;
mod origin;
mod packages;
mod people;
mod pipes;
mod refusals;
mod sessions;
mod space;
mod statements;
mod things;
mod transfer;
pub mod turns;

pub use attached::{KeptAttachment, PIECE, typed, whole};
pub use audit::AuditStore;
pub use certificates::{CertificateStore, KeptCertificates};
pub use courses::{CourseRevision, CourseStore, KeptCourse, Selection};
pub use documents::DocumentStore;
pub use erasure::{
    ERASURES_BYTES, ErasedPart, ErasureStore, FORMER_LEARNERS, KeptErasure, RemovedStatement,
    Rewrite, Scrub, changes_of_others, erase_documents, erased_entry, names_person,
};
pub use journals::{
    DOCUMENTS_BYTES, Followed, JournalStore, ProgressDocument, ProgressPage, Unnamed, Watermark,
};
pub use keys::KeyStore;
pub use log::{LOG_BYTES, LogPage, StatementLog};
pub use numbers::{JournalVersion, Reading, Revision};
pub use origin::{KeptOrigin, OriginStore, Restored};
pub use packages::{
    KeptContent, KeptLaunch, NewVersion, Package, PackageFile, PackageStore, PackageVersion, Pieces,
};
pub use people::{HeldPerson, PeopleStore};
pub use pipes::{DeadLetter, HeldPipe, LONGEST_LETTER, PipeStore};
pub use refusals::{KeptRefusal, MOST_BYTES, MOST_OF_KEY, RefusalFilter, RefusalStore};
pub use sessions::SessionStore;
pub use space::{Space, SpaceStore};
pub use statements::{Batch, Kept, KeptBatch, PAGE_BYTES, Page, StatementStore, Within};
pub use things::{Definitions, MOST_NAMES, ThingStore};
pub use transfer::{Extent, TransferStore};

/// Why a request to a store failed. Nothing was changed, except that after [`Self::Unavailable`] an
/// engine on a network may not know: all of the request, never a part, may turn out to be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another statement is kept under this id, or one was kept that an erasure removed.
    #[error("a different statement is kept under the id {id}, or the one that was kept was erased")]
    Conflict {
        /// The id.
        id: Uuid,
        /// JSON pointers of the places where they differ; none where the kept one was erased.
        differences: Vec<String>,
    },
    /// The document's precondition does not hold.
    #[error("the precondition does not hold")]
    Precondition(Unmet),
    /// The change cannot be made to this document.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The engine cannot work now, for example because the disk is full or the connection is lost.
    /// Trying again may help.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The engine works and does not take this request. Trying again does not help.
    #[error("the store does not take this: {0}")]
    Rejected(String),
    /// What is kept cannot be read. Trying again does not help.
    #[error("the store holds what it cannot read: {0}")]
    Corrupt(String),
    /// A kept statement is not as it was written. Trying again does not help. Other statements can be
    /// read.
    #[error("{} cannot be read: {reason}", named(*.id, *.stored))]
    Unreadable {
        /// The statement's id; `None` where not even the id can be read.
        id: Option<Uuid>,
        /// When the statement was stored: a reader goes on after this instant.
        stored: Instant,
        /// Why the statement cannot be read.
        reason: String,
    },
}

/// A kept statement, for people.
fn named(id: Option<Uuid>, stored: Instant) -> String {
    match id {
        Some(id) => format!("the statement {id}, stored {stored},"),
        None => format!("the statement stored {stored}"),
    }
}

/// What every store method gives.
pub type Result<T> = std::result::Result<T, StoreError>;

/// How a process asks for the lead ([`Store::lead`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// Takes the lead where no other process has it.
    WhereFree,
    /// Takes the lead from any other process as well.
    Insist,
}

/// A whole storage engine.
#[async_trait]
pub trait Store:
    StatementStore
    + StatementLog
    + ThingStore
    + DocumentStore
    + KeyStore
    + CourseStore
    + JournalStore
    + CertificateStore
    + PackageStore
    + RefusalStore
    + SpaceStore
    + PeopleStore
    + SessionStore
    + AuditStore
    + ErasureStore
    + PipeStore
    + TransferStore
    + OriginStore
{
    /// Whether this process is the one that follows the log, of all processes that share the store. The answer stays
    /// true for a process that asks again and again, until it has not asked for some seconds.
    ///
    /// With [`Lead::Insist`] the lead is taken from the process that has it, which may need further calls. The lead only
    /// spares work: [`JournalStore::put_progress`] is safe without it.
    async fn lead(&self, lead: Lead) -> Result<bool>;

    /// Says, for good, that a server works on the store: it is not only what a copy has left.
    async fn mark_used(&self) -> Result<()>;

    /// 32 random bytes that belong to this store for good: the secret of its cursors, made at the first call.
    async fn secret(&self) -> Result<[u8; 32]>;

    /// Whether the store can answer a read and a write.
    ///
    /// # Errors
    /// - [`StoreError::Unavailable`] where it cannot;
    /// - [`StoreError::Refused`] under the rule `writing-stuck` where writes are taken and do not become visible;
    /// - [`StoreError::Corrupt`] once something was found in it that cannot be read.
    async fn ping(&self) -> Result<()>;

    /// The latest `stored` that was given to a statement or promised. Where a clock was wrong, it is
    /// later than the clock by more than [`ahead::AHEAD`].
    async fn latest(&self) -> Result<Instant>;
    /// Keeps a batch as [`StatementStore::put_statements`] does, and changes a document as
    /// [`DocumentStore::change_document`] does: the document is changed only where the statements are kept.
    ///
    /// An engine that can does both in one transaction, so that the two cost one commit. Any other keeps the statements
    /// first: where the change then fails, they stay.
    ///
    /// # Errors
    /// Those of both, and then the document is as it was. [`StoreError::Precondition`] is also possible where somebody
    /// else changes the document meanwhile.
    ///
    /// # Example
    /// A player's commit is statements and the state of its SCO. A crash between the two leaves the old state, so the
    /// commit that is sent again makes the same statements again, which changes nothing.
    async fn put_statements_and_document(
        &self,
        batch: Batch,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<KeptBatch> {
        let kept = self.put_statements(batch).await?;
        self.change_document(key, precondition, change).await?;
        Ok(kept)
    }
}
