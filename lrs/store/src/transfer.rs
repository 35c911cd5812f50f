//! What moving everything to another store needs beside the rest.

use async_trait::async_trait;

use crate::Result;
use xapi::attachment::Attachment;
use xapi::document::{Document, DocumentKey};
use xapi::instant::Instant;
use xapi::stored::Stored;

/// How much there is of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// How many statements, voided ones included; an estimate where counting would take long.
    pub statements: u64,
    /// When the last of them was stored; the epoch where there is none.
    pub newest: Instant,
}

/// Reading and writing a store as a whole.
#[async_trait]
pub trait TransferStore: Send + Sync {
    /// How much there is of the log.
    async fn extent(&self) -> Result<Extent>;

    /// Waits until nothing that a broken-off [`TransferStore::restore`] has left is in the way of the next: the
    /// statements of the broken-off call are there as a whole, or not at all, and their instants are free.
    async fn ready_to_restore(&self) -> Result<()>;

    /// Keeps statements of another store just as they are there, `stored` included, all or none, with the data of
    /// their attachments.
    ///
    /// # Errors
    /// [`StoreError::Refused`](crate::StoreError::Refused) where the statements are not in the order of `stored`, or
    /// not later than all that are kept or promised ([`consistent_through`](crate::StatementStore::consistent_through)).
    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()>;

    /// At most `limit` documents of all shelves beyond `after`, in an order of the store's own.
    ///
    /// Fewer where the documents would weigh more than [`LOG_BYTES`](crate::LOG_BYTES), but never none where there is
    /// one.
    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>>;

    /// Makes this the store's [`secret`](crate::Store::secret). False where the store has another secret already.
    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool>;

    /// Whether a server has ever worked on the store ([`mark_used`](crate::Store::mark_used)).
    async fn is_used(&self) -> Result<bool>;

    /// Says whether the store is only a part of what is being restored into it.
    async fn mark_unfinished(&self, is_unfinished: bool) -> Result<()>;

    /// Whether the store is only a part of what was to be restored into it: no server starts on such a store.
    async fn is_unfinished(&self) -> Result<bool>;
}
