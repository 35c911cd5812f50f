//! State and profile documents (Communication 2.2, 2.3, 2.6, 2.7).

use bytes::Bytes;

use super::{Record, RecordError};
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;

/// A document as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentDocument {
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub body: Bytes,
}

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

    /// Replaces the document at `key` under `precondition`, and gives the document as it is then.
    pub async fn put_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        sent: SentDocument,
    ) -> Result<Option<Document>, RecordError> {
        let change = Change::Put(self.received(sent));
        self.change_document(key, precondition, change).await
    }

    /// Merges into the document at `key` under `precondition`, which has at most so many bytes then, or creates it.
    pub async fn post_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        sent: SentDocument,
        most: usize,
    ) -> Result<Option<Document>, RecordError> {
        let change = Change::Post(self.received(sent), most);
        self.change_document(key, precondition, change).await
    }

    /// Removes the document at `key` under `precondition`.
    pub async fn delete_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
    ) -> Result<(), RecordError> {
        self.change_document(key, precondition, Change::Delete).await.map(drop)
    }

    /// A document is changed when it comes.
    fn received(&self, SentDocument { content_type, body }: SentDocument) -> Document {
        Document { content_type, body, updated: self.clock.now() }
    }

    async fn change_document(
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
}
