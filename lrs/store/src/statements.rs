//! Statements, by id and by filter.

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use crate::{KeptAttachment, Result};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::query::Filter;
use xapi::stored::Stored;

/// A page of statements ends with the statement whose text makes the page weigh this many bytes or more.
pub const PAGE_BYTES: usize = 16 << 20;

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
    /// Whether a voiding statement refers to this statement, which is no voiding statement itself (Data 2.3.2).
    pub voided: bool,
}

impl Kept {
    /// The statement, where its text has at most `most` bytes.
    pub fn within(self, most: usize) -> Within {
        let (bytes, stored) = (self.statement.body.len(), self.statement.stored);
        if bytes > most { Within::Longer { bytes, stored } } else { Within::Whole(self) }
    }
}

/// A statement that is asked for by its id, as far as its text may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    /// The statement.
    Whole(Kept),
    /// Its text is longer than may be read.
    Longer {
        /// How many bytes it has.
        bytes: usize,
        /// When the statement was stored.
        stored: Instant,
    },
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
    /// Keeps all statements of `batch` or none, and gives their ids in order and how many are new. New statements get
    /// `stored` instants in the batch's order, each greater than every earlier instant of the store.
    ///
    /// A statement that is kept already is left as it is when the new one is the same ([`xapi::same`]). Of writers
    /// that send different statements under one id at once, one wins and the others get a conflict. The first data
    /// under an attachment's hash stays.
    ///
    /// An engine keeps every statement, but limits what other writers wait for ([`bounds`](crate::bounds)):
    /// - because of one batch (or of all batches that an engine writes as one group), statements inherit at most
    ///   [`INHERITED_BY_ALL`] things together and [`MORE_INHERITED`] for each of the first [`MOST_COUNTED`] statements of the
    ///   batch, in equal portions; one statement inherits at most [`MOST_INHERITED`] of them; of the statements that came
    ///   before the batch, the nearest [`MOST_HEIRS`] inherit. The statements that these inherit from are read as far as
    ///   [`READ_OF_TARGETS`], [`TEXTS_OF_TARGETS`] and [`TEXTS_OF_CHAINS`] go, which grow with a batch up to
    ///   [`MOST_COUNTED`] statements too: what is not read passes on nothing;
    /// - a definition of an activity is learned up to [`LONGEST_DEFINITION`] bytes, a name and an activity's id up to
    ///   [`LONGEST_NAME`] bytes; one batch changes definitions of [`DEFINITIONS_AT_ONCE`] bytes together. A definition that is
    ///   heavier than [`HEAVIEST_DEFINITION`] is not learned.
    ///
    /// # Errors
    /// - [`StoreError::Conflict`](crate::StoreError::Conflict) where another statement is kept under an id;
    /// - [`StoreError::Refused`](crate::StoreError::Refused) where a statement names more than [`MOST_OWN`] agents,
    ///   verbs, activities and registrations.
    ///
    /// # Example
    /// A batch of A and B where B differs from a kept B fails: A is not kept, and no instant of A is seen by a reader.
    ///
    /// [`DEFINITIONS_AT_ONCE`]: crate::bounds::DEFINITIONS_AT_ONCE
    /// [`HEAVIEST_DEFINITION`]: crate::bounds::HEAVIEST_DEFINITION
    /// [`INHERITED_BY_ALL`]: crate::bounds::INHERITED_BY_ALL
    /// [`LONGEST_DEFINITION`]: crate::bounds::LONGEST_DEFINITION
    /// [`LONGEST_NAME`]: crate::bounds::LONGEST_NAME
    /// [`MORE_INHERITED`]: crate::bounds::MORE_INHERITED
    /// [`MOST_COUNTED`]: crate::bounds::MOST_COUNTED
    /// [`MOST_HEIRS`]: crate::bounds::MOST_HEIRS
    /// [`MOST_INHERITED`]: crate::bounds::MOST_INHERITED
    /// [`MOST_OWN`]: crate::bounds::MOST_OWN
    /// [`READ_OF_TARGETS`]: crate::bounds::READ_OF_TARGETS
    /// [`TEXTS_OF_CHAINS`]: crate::bounds::TEXTS_OF_CHAINS
    /// [`TEXTS_OF_TARGETS`]: crate::bounds::TEXTS_OF_TARGETS
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch>;

    /// The statement with this id, voided or not.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`](crate::StoreError::Unreadable) where the statement is not as it was written.
    async fn statement(&self, id: Uuid) -> Result<Option<Kept>>;

    /// The statement with this id, voided or not, where its text has at most `most` bytes; else how many it has, so that a
    /// caller makes room for them first, and when it was stored. The embedded engine reads no longer text.
    ///
    /// # Errors
    /// Those of [`Self::statement`], for a text that is read.
    async fn statement_within(&self, id: Uuid, most: usize) -> Result<Option<Within>>;

    /// The statements that match `filter` and are not voided, by `stored`, at most `filter.limit`, which must not be 0.
    ///
    /// A page is shorter than the limit, with more to follow perhaps, where its statements would weigh more than
    /// [`PAGE_BYTES`]; and where a statement cannot be read, before which the page ends, with more to follow.
    ///
    /// Statements that are voided are passed over by their marks. No text of them is read, so that neither its length nor
    /// damage to it matters to a page; only the MongoDB engine may have some of these texts in its first answer. How many are
    /// passed over has no bound: a page without statements of which more follow would look like an end to many clients.
    ///
    /// A statement meets every condition that the statement it refers to meets. Each condition is followed by itself,
    /// through at most [`LONGEST_CHAIN`](crate::bounds::LONGEST_CHAIN) references, as far as the bounds of
    /// [`Self::put_statements`] go. `since`, `until` and `authority` are always the statement's own. With `authority`,
    /// all conditions are the statement's own ([`Filter::is_met_alone`]): a reader of the statements of one authority
    /// learns nothing of the statements that these refer to.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`](crate::StoreError::Unreadable) where the first statement of the page cannot be read;
    /// the `stored` of this error is the [`Filter::beyond`] with which to go on.
    ///
    /// # Example
    /// Statement B refers to A. A filter for A's actor and B's verb finds B: the actor through the reference, the verb
    /// as its own.
    async fn statements(&self, filter: &Filter) -> Result<Page>;

    /// The attachments among `hashes` whose data is kept, each once, without the data, in no order.
    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>>;

    /// The data of a kept attachment from byte `from` on, at most [`PIECE`](crate::PIECE) bytes.
    ///
    /// Beyond the end of the data: no bytes. Data that is kept never changes, so pieces that are read at different
    /// times fit together.
    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes>;

    /// An instant such that every statement with an earlier or equal `stored`, now or ever, is visible to a read that
    /// starts after this call (`X-Experience-API-Consistent-Through`).
    ///
    /// # Example
    /// After 12:00:00 was given, no statement ever appears with `stored` 11:59:59.
    async fn consistent_through(&self) -> Result<Instant>;
}
