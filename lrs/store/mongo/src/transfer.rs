//! Reading and writing the store as a whole.

use async_trait::async_trait;
use mongodb::bson::doc;

use crate::MongoStore;
use crate::call::call;
use store::{Batch, Extent, Result, StoreError, TransferStore};
use xapi::attachment::Attachment;
use xapi::document::{Document, DocumentKey};
use xapi::prepare::Prepared;
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
        let at = statements.iter().map(|kept| kept.stored).collect();
        let prepare = |kept: &Stored| {
            Prepared::again(kept)
                .map_err(|error| StoreError::Corrupt(format!("statement {}: {error}", kept.id)))
        };
        let statements = statements.iter().map(prepare).collect::<Result<_>>()?;
        self.0.writer.put(Batch { statements, attachments }, Some(at)).await.map(drop)
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
}
