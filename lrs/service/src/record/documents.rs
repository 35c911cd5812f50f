//! State and profile documents (Communication 2.2, 2.3, 2.6, 2.7).

use super::{Record, RecordError};
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;

impl Record {
    /// The document at `key`.
    pub async fn document(&self, key: &DocumentKey) -> Result<Option<Document>, RecordError> {
        Ok(self.store.document(key).await?)
    }

    /// The ids of a shelf's documents changed after `since`, and the latest of those changes.
    pub async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>), RecordError> {
        Ok(self.store.document_ids(shelf, since).await?)
    }

    /// Changes the document at `key` under `precondition`, and gives what it is then.
    pub async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>, RecordError> {
        Ok(self.store.change_document(key, precondition, change).await?)
    }

    /// Removes all documents of a shelf.
    pub async fn delete_documents(&self, shelf: &Shelf) -> Result<(), RecordError> {
        Ok(self.store.delete_documents(shelf).await?)
    }

    /// The instant that a document which comes now is changed at.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}
