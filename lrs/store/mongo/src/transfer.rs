//! Reading and writing the store as a whole.

use async_trait::async_trait;
use mongodb::bson::doc;

use crate::MongoStore;
use crate::call::{call, insert};
use store::{Extent, OriginStore as _, Restored, Result, TransferStore};
use xapi::attachment::Attachment;
use xapi::document::{Document, DocumentKey};
use xapi::stored::Stored;

#[async_trait]
impl TransferStore for MongoStore {
    async fn extent(&self) -> Result<Extent> {
        self.0.statements.reader.extent().await
    }

    async fn ready_to_restore(&self) -> Result<()> {
        self.0.statements.claims.ready_to_restore().await
    }

    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()> {
        let restored = |statement| Restored { statement, origin: None };
        self.restore_from(statements.into_iter().map(restored).collect(), attachments).await
    }

    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>> {
        self.0.documents.beyond(after, limit).await
    }

    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool> {
        Ok(self.secret_or(secret).await? == secret)
    }

    async fn is_used(&self) -> Result<bool> {
        Ok(call(self.0.settings.find_one(doc! {"_id": "used"})).await?.is_some())
    }

    async fn mark_unfinished(&self, is_unfinished: bool) -> Result<()> {
        let mark = doc! {"_id": "unfinished"};
        if is_unfinished {
            insert(&self.0.settings, mark).await.map(drop)
        } else {
            call(self.0.settings.delete_one(mark)).await.map(drop)
        }
    }

    async fn is_unfinished(&self) -> Result<bool> {
        Ok(call(self.0.settings.find_one(doc! {"_id": "unfinished"})).await?.is_some())
    }
}
