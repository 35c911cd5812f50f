//! State and profile documents.

use async_trait::async_trait;

use crate::Result;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;

/// State and profile documents.
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// The document at `key`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`](crate::StoreError::Corrupt) where the document is not as it was written.
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>>;

    /// The ids of a shelf's documents that changed after `since`, sorted, each once, and the instant of the latest of
    /// those changes.
    ///
    /// A shelf without a registration stands for the documents of every registration and of none.
    ///
    /// # Errors
    /// [`StoreError::Refused`](crate::StoreError::Refused) where the ids take more than
    /// [`LISTED_IDS`](crate::bounds::LISTED_IDS) together. No engine reads many more than it lists.
    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)>;

    /// Changes the document at `key` if `precondition` holds for it: check and change are one. Gives the document as
    /// this change left it; `None` where there is no document after the change.
    ///
    /// # Errors
    /// - [`StoreError::Precondition`](crate::StoreError::Precondition) where the precondition does not hold;
    /// - [`StoreError::Refused`](crate::StoreError::Refused) where the change cannot be made to this document.
    ///
    /// # Example
    /// Of 32 writers that send `If-Match` with the tag of the same document, one changes it and 31 get `Precondition`.
    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>>;

    /// Removes all documents of a shelf; without a registration, those of every registration and of none.
    async fn delete_documents(&self, shelf: &Shelf) -> Result<()>;
}
