//! What the rest of Traccia asks of a storage engine. The comments here are the contract: the
//! tests in `contract` hold every engine to it.
//!
//! Every write is atomic and durable when its future resolves: an answer follows the commit.
//! Every read sees all writes that were answered before it began.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::access::key::KeptKey;
use crate::xapi::attachment::Attachment;
use crate::xapi::document::{Change, Document, DocumentKey, Precondition, Shelf, Unmet};
use crate::xapi::instant::Instant;
use crate::xapi::prepare::Prepared;
use crate::xapi::query::Filter;
use crate::xapi::refusal::Refusal;
use crate::xapi::stored::Stored;

pub mod ahead;
mod attached;
pub mod bounds;
mod checksum;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod mongo;
pub mod sqlite;
mod turns;

pub use attached::{KeptAttachment, PIECE, whole};

/// Why a store did not do what it was asked. It changed nothing; but with [`Self::Unavailable`] an
/// engine on a network may not know, and all of the request, never half, may turn out to be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another statement is kept under this id.
    #[error("a different statement is kept under the id {id}")]
    Conflict {
        /// The id.
        id: Uuid,
        /// JSON pointers of the places where they differ.
        differences: Vec<String>,
    },
    /// The document's precondition does not hold.
    #[error("the precondition does not hold")]
    Precondition(Unmet),
    /// The change cannot be made to this document.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The engine cannot work now: a full disk, a lost connection. Trying again may help.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The engine is there and does not take this. Nothing of it is kept; trying again does not
    /// help.
    #[error("the store does not take this: {0}")]
    Rejected(String),
    /// What is kept cannot be read. Trying again does not help.
    #[error("the store holds what it cannot read: {0}")]
    Corrupt(String),
    /// A kept statement is not as it was written. Trying again does not help; all others can be read.
    #[error("{} cannot be read: {reason}", named(*.id, *.stored))]
    Unreadable {
        /// Its id; `None` where not even that can be read.
        id: Option<Uuid>,
        /// When it was stored.
        stored: Instant,
        /// What is wrong with it.
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

/// Statements to be kept together or not at all.
#[derive(Debug, Default)]
pub struct Batch {
    /// The statements, with different ids.
    pub statements: Vec<Prepared>,
    /// The data of their attachments.
    pub attachments: Vec<Attachment>,
}

/// What became of a batch that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptBatch {
    /// The statements' ids, in the batch's order.
    pub ids: Vec<Uuid>,
    /// How many of them were not kept before.
    pub new: usize,
}

/// A statement and whether it is voided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The statement.
    pub statement: Stored,
    /// Whether a voiding statement refers to it and it is not itself one (Data 2.3.2).
    pub voided: bool,
}

/// Some statements of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The statements, in the order asked for.
    pub statements: Vec<Stored>,
    /// Whether more follow the last one.
    pub more: bool,
}

/// Statements, by id and by filter.
#[async_trait]
pub trait StatementStore: Send + Sync {
    /// Keeps all statements of `batch` or none, and gives their ids in order and how many are new.
    ///
    /// A statement that is kept already is left as it is when the new one is the same
    /// ([`crate::xapi::same`]); otherwise the batch fails with [`StoreError::Conflict`].
    /// New ones get `stored` instants in the batch's order, each greater than every earlier one
    /// of the store. Writers of one id at once agree on one winner.
    ///
    /// What other writers wait for is bounded, alike in every engine ([`bounds`]). Because of one batch
    /// (of all batches that an engine writes as one group) statements inherit at most
    /// [`bounds::INHERITED_BY_ALL`] things together and [`bounds::MORE_INHERITED`] for each of its
    /// statements; one of them at most [`bounds::MOST_INHERITED`]; and of those that came before the
    /// nearest [`bounds::MOST_HEIRS`]. A definition of an activity is learned up to
    /// [`bounds::LONGEST_DEFINITION`] bytes, and those of at most [`bounds::DEFINITIONS_AT_ONCE`]
    /// bytes are changed. The statements themselves are kept in any case, but one that names more
    /// than [`bounds::MOST_OWN`] things is refused.
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch>;

    /// The statement with this id, voided or not.
    async fn statement(&self, id: Uuid) -> Result<Option<Kept>>;

    /// The statements that match `filter` and are not voided, by `stored`, at most
    /// `filter.limit` (which is not 0); fewer, with more to follow perhaps, where they would weigh
    /// more than [`PAGE_BYTES`]. A statement meets every condition that the one it refers
    /// to meets, each by itself and through references in turn
    /// ([`bounds::LONGEST_CHAIN`]), as far as the bounds of [`Self::put_statements`] go, but for `since`,
    /// `until` and `authority`, which are always its own. With `authority`, all conditions are: who
    /// may read the statements of one authority alone learns nothing of what these refer to
    /// ([`Filter::is_met_alone`]).
    ///
    /// A page ends before a statement that cannot be read, with more to follow; where that is the first one, the
    /// answer is [`StoreError::Unreadable`], and its `stored` is the [`Filter::beyond`] with which to go on.
    async fn statements(&self, filter: &Filter) -> Result<Page>;

    /// The attachments among `hashes` whose data is kept, each once, without the data.
    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>>;

    /// The data of a kept attachment from byte `from` on, [`PIECE`] bytes at the most: none beyond
    /// its end. Data that is kept never changes, so pieces that are read at any times fit together.
    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes>;

    /// An instant such that every statement with an earlier or equal `stored`, now or ever, is
    /// visible to a read that starts after this call (`X-Experience-API-Consistent-Through`).
    async fn consistent_through(&self) -> Result<Instant>;
}

/// Statements of the log, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The statements.
    pub statements: Vec<Kept>,
    /// Whether more may follow the last one.
    pub more: bool,
}

impl LogPage {
    /// The page of what was read, in order: up to the first that cannot be read.
    fn of(read: impl IntoIterator<Item = Result<Kept>>, more: bool) -> Result<Self> {
        let mut statements = Vec::new();
        for kept in read {
            match kept {
                Ok(kept) => statements.push(kept),
                Err(StoreError::Unreadable { .. }) if !statements.is_empty() => {
                    return Ok(Self { statements, more: true });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Self { statements, more })
    }
}

/// A page of statements ends with the one by which it weighs so many bytes, about.
pub const PAGE_BYTES: usize = 16 << 20;

/// So many names of an agent are given.
pub const MOST_NAMES: usize = 100;

/// A page of the log ends with the statement by which it weighs so many bytes, about.
pub const LOG_BYTES: usize = 16 << 20;

/// The statements in the order in which they became visible.
#[async_trait]
pub trait StatementLog: Send + Sync {
    /// At most `limit` statements stored after `after`, voided or not, oldest first; fewer where
    /// they would weigh more than [`LOG_BYTES`], but never none where there is one. One that is
    /// visible now never gets an earlier neighbour later.
    ///
    /// A page ends before a statement that cannot be read; where that is the first one, the answer
    /// is [`StoreError::Unreadable`], and its `stored` is where to go on.
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage>;

    /// Returns when a statement stored after `after` may be there, or after `at_most`.
    async fn wait_for_news(&self, after: Instant, at_most: Duration);
}

/// What statements said of agents and activities.
#[async_trait]
pub trait ThingStore: Send + Sync {
    /// The names that the agent with this identifier was seen under, in order of appearance, the
    /// first [`MOST_NAMES`] of them.
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>>;

    /// The merged definitions of those activities that have one. Fewer activities are looked at,
    /// but never none, where their definitions would weigh more than [`PAGE_BYTES`].
    async fn definitions(&self, activities: &[String]) -> Result<Definitions>;
}

/// What is known of the first of some activities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// How many of the activities were looked at, from the first on.
    pub looked_at: usize,
    /// Of those that have one the id and the JSON text of the definition, in no order.
    pub found: Vec<(String, String)>,
}

/// State and profile documents.
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// The document at `key`.
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>>;

    /// The ids of a shelf's documents that changed after `since`, sorted, and the instant of
    /// the latest of those changes.
    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)>;

    /// Changes the document at `key` if `precondition` holds for it: check and change are one.
    /// Gives the document as this change left it; `None` for one that is gone.
    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>>;

    /// Removes all documents of a shelf.
    async fn delete_documents(&self, shelf: &Shelf) -> Result<()>;
}

/// Keys.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// The key of this name.
    async fn key(&self, name: &str) -> Result<Option<KeptKey>>;
    /// All keys, by name.
    async fn keys(&self) -> Result<Vec<KeptKey>>;
    /// Adds a key; false when one of this name is there, which is left as it is.
    async fn add_key(&self, key: KeptKey) -> Result<bool>;
    /// Removes a key; false when there is none of this name.
    async fn remove_key(&self, name: &str) -> Result<bool>;
}

/// A course as it is kept: texts, read by [`crate::course`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCourse {
    /// The course's id.
    pub id: String,
    /// The course file, TOML.
    pub file: String,
    /// Its learners, the JSON text of [`crate::course::Enrolment`]; empty before the first import.
    pub enrolment: String,
    /// Counts the changes of file and learners; never 0.
    pub revision: i64,
    /// The revision since which the file takes the same statements: progress documents of an
    /// earlier one must be read from the log again.
    pub reading: i64,
}

/// What changed of a course, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseRevision {
    /// The course's id.
    pub id: String,
    /// [`KeptCourse::revision`].
    pub revision: i64,
    /// [`KeptCourse::reading`].
    pub reading: i64,
}

/// What one actor said in one course, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressDocument {
    /// The actor's identifier, by its text.
    pub actor: String,
    /// The JSON text of [`crate::course::ActorProgress`].
    pub body: Bytes,
}

/// How far the progress documents of one course follow the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// They are true up to this instant of `stored`.
    pub through: Instant,
    /// [`KeptCourse::reading`] of the course they were read for.
    pub reading: i64,
}

/// The state of a course's progress documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watermark {
    /// How far they follow the log.
    pub followed: Followed,
    /// Grows with every write of documents; 0 before the first.
    pub version: i64,
    /// The version of the last write that replaced them all.
    pub base: i64,
}

/// A certificate list that was frozen, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCertificates {
    /// Unique in the course.
    pub id: String,
    /// When it was frozen.
    pub created: Instant,
    /// The JSON text of [`crate::course::FrozenCertificates`].
    pub body: Bytes,
}

/// Courses and the progress of their learners.
#[async_trait]
pub trait CourseStore: Send + Sync {
    /// All courses, by id, without their texts: cheap, however many learners they have.
    async fn courses(&self) -> Result<Vec<CourseRevision>>;

    /// The revision of the course of this id, without its texts.
    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>>;

    /// The course of this id.
    async fn course(&self, id: &str) -> Result<Option<KeptCourse>>;

    /// Adds the course, where `based_on` is 0 and there is none, or replaces its file, where its
    /// revision is `based_on`; learners stay. The revision grows, and with `reread` it becomes the reading.
    /// False, and nothing changed, when the course is not as `based_on` says.
    async fn put_course(&self, id: &str, file: &str, based_on: i64, reread: bool) -> Result<bool>;

    /// Removes the course whose revision is `based_on`, with its file, its learners, its progress
    /// documents and its frozen lists; statements stay. False, and nothing changed, when there is
    /// no such course at this revision.
    ///
    /// A course that is put under the same id later begins anew: nothing of this one is seen again,
    /// its revisions are greater than all of this one's, and progress based on a version of this
    /// one's documents is refused.
    async fn delete_course(&self, id: &str, based_on: i64) -> Result<bool>;

    /// Replaces the learners of a course whose revision is `based_on`. The revision grows. False,
    /// and nothing changed, when there is no such course at this revision.
    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: i64) -> Result<bool>;

    /// The state of a course's progress documents; the default before the first write.
    async fn watermark(&self, course: &str) -> Result<Watermark>;

    /// The progress documents of a course whose actor is greater than `after`, by actor, at most
    /// `limit`.
    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>>;

    /// Those of these actors that are there, each once, in no order.
    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<Vec<ProgressDocument>>;

    /// The documents written after a version, with the watermark they are true for: one read.
    async fn progress_since(
        &self,
        course: &str,
        version: i64,
    ) -> Result<(Watermark, Vec<ProgressDocument>)>;

    /// Replaces the documents of the actors named and says how far they follow the log, in one
    /// write. With `whole`, documents of actors not named are removed. Gives the new version of
    /// the watermark.
    ///
    /// `based_on` is the version that the documents were made from; `None`, and nothing changed,
    /// where the watermark has another one, or there is no such course: somebody else follows it
    /// too, and what is kept must be read again.
    async fn put_progress(
        &self,
        course: &str,
        based_on: i64,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        whole: bool,
    ) -> Result<Option<i64>>;

    /// Keeps a frozen list for good; false when one of this id is there, which is left as it is.
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool>;

    /// The frozen lists of a course, the newest first.
    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>>;
}

/// How much there is of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// How many statements, voided ones included; about so many where counting would take long.
    pub statements: u64,
    /// When the last of them was stored; the epoch when there is none.
    pub newest: Instant,
}

/// What moving everything to another store needs beside the rest.
#[async_trait]
pub trait TransferStore: Send + Sync {
    /// How much there is of the log.
    async fn extent(&self) -> Result<Extent>;

    /// Waits until nothing is in the way of [`TransferStore::restore`] that an earlier one has
    /// left, which was cut off: its statements are there as a whole, or not at all, and their
    /// instants are free.
    async fn ready_to_restore(&self) -> Result<()>;

    /// Keeps statements of another store just as they are there, `stored` included, all or none,
    /// with the data of their attachments. In order, and later than all that are kept or promised
    /// ([`StatementStore::consistent_through`]); refused otherwise.
    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()>;

    /// At most `limit` documents of all shelves beyond `after`, in an order of the store's own;
    /// fewer where they would weigh more than [`LOG_BYTES`], but never none where there is one.
    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>>;

    /// Makes this the store's [`Store::secret`]; false when it has another one already.
    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool>;

    /// Whether a server has ever worked on the store ([`Store::mark_used`]).
    async fn is_used(&self) -> Result<bool>;
}

/// A whole storage engine.
#[async_trait]
pub trait Store:
    StatementStore + StatementLog + ThingStore + DocumentStore + KeyStore + CourseStore + TransferStore
{
    /// Whether this process is the one that follows the log, of all that share the store: asked
    /// again and again, it stays so until it has not asked for some seconds. With `insist` it is
    /// taken from whoever has it, which may need further calls.
    ///
    /// It only spares work: [`CourseStore::put_progress`] is safe without.
    async fn lead(&self, insist: bool) -> Result<bool>;

    /// Says, for good, that a server works on the store: it is not what a copy has left any more.
    async fn mark_used(&self) -> Result<()>;

    /// 32 random bytes that belong to this store for good: the secret of its cursors.
    async fn secret(&self) -> Result<[u8; 32]>;

    /// Fails when the store cannot answer a read and a write, and, with [`StoreError::Corrupt`], once
    /// something was found in it that cannot be read.
    async fn ping(&self) -> Result<()>;

    /// The latest `stored` that was given to a statement or promised. Later than the clock by more
    /// than [`ahead::AHEAD`] where a clock was wrong.
    async fn latest(&self) -> Result<Instant>;
}
