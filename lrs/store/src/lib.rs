//! What the rest of Traccia asks of a storage engine. The comments here are the contract: the tests
//! of the crate `store-testkit` hold every engine to it.
//!
//! Every write is atomic, and durable when its future resolves. Every read sees all writes whose
//! futures resolved before the read began.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use access::key::KeptKey;
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf, Unmet};
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::query::Filter;
use xapi::refusal::Refusal;
use xapi::stored::Stored;

pub mod ahead;
mod attached;
pub mod bounds;
pub mod checksum;
pub mod turns;

pub use attached::{KeptAttachment, PIECE, whole};

/// Why a request to a store failed. Nothing was changed, except that after [`Self::Unavailable`] an
/// engine on a network may not know: all of the request, never a part, may turn out to be kept.
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

/// A page of statements.
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
    /// Keeps all statements of `batch` or none. Gives their ids in order, and how many are new.
    ///
    /// New statements get `stored` instants in the batch's order, each later than every earlier one of
    /// the store. A statement whose id is taken by the same statement ([`xapi::same`]) is not new, and
    /// the kept one stays as it is. Where several writers write different statements under one id at
    /// once, one of them succeeds.
    ///
    /// What a batch may change beside its own statements is bounded, alike in every engine
    /// ([`bounds`]): statements inherit at most [`bounds::INHERITED_BY_ALL`] keys together and
    /// [`bounds::MORE_INHERITED`] for each statement of the batch, one statement at most
    /// [`bounds::MOST_INHERITED`], and of the statements kept before only the nearest
    /// [`bounds::MOST_HEIRS`]. A definition of an activity grows up to
    /// [`bounds::LONGEST_DEFINITION`] bytes, and at most [`bounds::DEFINITIONS_AT_ONCE`] bytes of
    /// definitions change. An engine that writes several batches as one group has these bounds for
    /// the group. A statement beyond the bounds is kept all the same.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a different statement is kept under an id.
    /// [`StoreError::Refused`] for a statement that names more than [`bounds::MOST_OWN`] things.
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch>;

    /// The statement with this id, voided or not.
    async fn statement(&self, id: Uuid) -> Result<Option<Kept>>;

    /// A page of the statements that match `filter` and are not voided, by `stored`: at most
    /// `filter.limit`, which is not 0. A page with [`PAGE_BYTES`] ends earlier.
    ///
    /// A statement that refers to another one meets each condition that the other one meets, through
    /// at most [`bounds::LONGEST_CHAIN`] references and within the bounds of
    /// [`Self::put_statements`]. `since`, `until` and `authority` must be met by the statement itself;
    /// with `authority`, all conditions must ([`Filter::is_met_alone`]): a reader of the statements of
    /// one authority must not learn what they refer to.
    ///
    /// A page ends before a statement that cannot be read, with `more` set.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where the first statement of the page cannot be read. Its `stored` is
    /// the [`Filter::beyond`] with which to go on.
    ///
    /// Example: statement 2 refers to statement 1, whose verb is `completed`. A filter for that verb
    /// finds both.
    async fn statements(&self, filter: &Filter) -> Result<Page>;

    /// The attachments among `hashes` whose data is kept, each once, without the data.
    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>>;

    /// The data of a kept attachment from byte `from` on, at most [`PIECE`] bytes; none beyond its end.
    /// Kept data never changes, so pieces that are read at different times fit together.
    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes>;

    /// An instant such that all statements with an earlier or equal `stored`, and none that is kept
    /// later, are visible to a read that begins after this call
    /// (`X-Experience-API-Consistent-Through`).
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
    /// The page of these statements, which are in order: up to the first that cannot be read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where that is the first one; any other error that is among them.
    pub fn of(read: impl IntoIterator<Item = Result<Kept>>, more: bool) -> Result<Self> {
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

/// A page of statements ends with the statement by which it has about this many bytes.
pub const PAGE_BYTES: usize = 16 << 20;

/// Names of an agent that are given at most.
pub const MOST_NAMES: usize = 100;

/// A page of the log ends with the statement by which it has about this many bytes.
pub const LOG_BYTES: usize = 16 << 20;

/// The statements in the order in which they became visible.
#[async_trait]
pub trait StatementLog: Send + Sync {
    /// At most `limit` statements stored after `after`, voided or not, oldest first. A page with
    /// [`LOG_BYTES`] ends earlier, but has one statement where there is one. No statement ever becomes
    /// visible before one that is visible already: a reader that goes on after the last statement of a
    /// page misses none.
    ///
    /// A page ends before a statement that cannot be read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where the first statement of the page cannot be read. The reader goes
    /// on after its `stored`.
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage>;

    /// Returns when a statement stored after `after` may be there, or after `at_most`.
    async fn wait_for_news(&self, after: Instant, at_most: Duration);
}

/// Names of agents and definitions of activities, as statements gave them.
#[async_trait]
pub trait ThingStore: Send + Sync {
    /// The names of the agent with this identifier in the order of their first statements, at most
    /// [`MOST_NAMES`].
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>>;

    /// The merged definitions of those activities that have one. Where they have more than
    /// [`PAGE_BYTES`], only the first activities are looked at, one at least.
    async fn definitions(&self, activities: &[String]) -> Result<Definitions>;
}

/// The definitions of the first of some activities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// How many of the activities were looked at, from the first on.
    pub looked_at: usize,
    /// The id and the JSON text of each definition, in no order.
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
    /// Gives the document as this change left it; `None` where it removed the document.
    ///
    /// # Errors
    /// [`StoreError::Precondition`] where the precondition does not hold, [`StoreError::Refused`] where
    /// the change cannot be made to this document.
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

/// A course as it is kept: texts, read by [`course`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCourse {
    /// The course's id.
    pub id: String,
    /// The course file, TOML.
    pub file: String,
    /// Its learners, the JSON text of [`course::Enrolment`]; empty before the first import.
    pub enrolment: String,
    /// Counts the changes of file and learners; never 0.
    pub revision: i64,
    /// The revision since which the file selects the same statements. Progress documents of an earlier
    /// reading must be made from the log again.
    pub reading: i64,
}

/// A course without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseRevision {
    /// The course's id.
    pub id: String,
    /// [`KeptCourse::revision`].
    pub revision: i64,
    /// [`KeptCourse::reading`].
    pub reading: i64,
}

/// The progress of one actor in one course, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressDocument {
    /// The actor's identifier, by its text.
    pub actor: String,
    /// The JSON text of [`course::ActorProgress`].
    pub body: Bytes,
}

/// How far the progress documents of one course follow the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// All statements up to this instant of `stored` are in the documents.
    pub through: Instant,
    /// [`KeptCourse::reading`] of the course that the statements were selected by.
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
    /// The JSON text of [`report::FrozenCertificates`].
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

    /// Adds a course, where `based_on` is 0, or replaces the file of the course whose revision is
    /// `based_on`; its learners stay. The revision grows, and with `reread` the new revision becomes
    /// the reading too. False, and nothing changed, where the course has another revision, where it is
    /// there and `based_on` is 0, and where it is not there and `based_on` is not.
    async fn put_course(&self, id: &str, file: &str, based_on: i64, reread: bool) -> Result<bool>;

    /// Removes the course whose revision is `based_on`, with its file, its learners, its progress
    /// documents and its frozen lists; statements stay. False, and nothing changed, when there is
    /// no such course at this revision.
    ///
    /// A course that is put under the same id later is a new one: nothing of the removed course is
    /// seen again, its revisions are greater than those of the removed course, and progress based on a
    /// version of the removed course's documents is refused.
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

    /// The progress documents of these actors, each once, in no order.
    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<Vec<ProgressDocument>>;

    /// The documents written after a version, and the watermark of the same moment.
    async fn progress_since(
        &self,
        course: &str,
        version: i64,
    ) -> Result<(Watermark, Vec<ProgressDocument>)>;

    /// Replaces the documents of the actors named and moves the watermark to `followed`, in one write.
    /// With `whole`, documents of actors not named are removed. Gives the new version of the
    /// watermark.
    ///
    /// `based_on` is the version that the documents were made from. `None`, and nothing changed, where
    /// the watermark has another version, because another process follows the course too, and where
    /// there is no such course: then the caller reads what is kept and begins again.
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
    /// How many statements, voided ones included. An engine that would have to count them for long
    /// estimates the number.
    pub statements: u64,
    /// When the last statement was stored; the epoch where there is none.
    pub newest: Instant,
}

/// What copying a whole store into another one needs beside the other traits.
#[async_trait]
pub trait TransferStore: Send + Sync {
    /// How much there is of the log.
    async fn extent(&self) -> Result<Extent>;

    /// Waits until a call of [`TransferStore::restore`] that was cut off has no effects any more: either
    /// all of its statements are there, or none, and their instants are free.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where another copy is still writing to the store.
    async fn ready_to_restore(&self) -> Result<()>;

    /// Keeps statements of another store just as they are there, `stored` included, with the data of
    /// their attachments: all or none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where they are not in order, or not later than all that is kept or
    /// promised ([`StatementStore::consistent_through`]).
    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()>;

    /// At most `limit` documents of all shelves beyond `after`, in an order of the engine's own; fewer,
    /// but one at least, where they have more than [`LOG_BYTES`].
    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>>;

    /// Makes this the store's [`Store::secret`]; false where the store has another secret already.
    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool>;

    /// Whether a server has ever worked on the store ([`Store::mark_used`]).
    async fn is_used(&self) -> Result<bool>;
}

/// A whole storage engine.
#[async_trait]
pub trait Store:
    StatementStore + StatementLog + ThingStore + DocumentStore + KeyStore + CourseStore + TransferStore
{
    /// Whether this process leads: of all processes that share the store, the leader follows the log. A
    /// process that leads and calls this every second goes on leading. With `insist` the lead is taken
    /// from the process that has it, which may need further calls.
    ///
    /// The lead only spares work: [`CourseStore::put_progress`] is safe without it.
    async fn lead(&self, insist: bool) -> Result<bool>;

    /// Records, for good, that a server works on the store: it is no mere copy any more.
    async fn mark_used(&self) -> Result<()>;

    /// 32 random bytes that belong to this store for good: the secret of its cursors.
    async fn secret(&self) -> Result<[u8; 32]>;

    /// Does a read and a write.
    ///
    /// # Errors
    /// Any that these give, and [`StoreError::Corrupt`] once something was found that cannot be read.
    async fn ping(&self) -> Result<()>;

    /// The latest `stored` that was given to a statement or promised. Where a clock was wrong, it is
    /// later than the clock by more than [`ahead::AHEAD`].
    async fn latest(&self) -> Result<Instant>;
}
