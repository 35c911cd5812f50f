//! Reading and writing the store as a whole.

use async_trait::async_trait;

use crate::SqliteStore;
use crate::{documents, secret_or, statements};
use store::{Extent, Result, TransferStore};
use xapi::attachment::Attachment;
use xapi::document::{Document, DocumentKey};
use xapi::stored::Stored;

#[async_trait]
impl TransferStore for SqliteStore {
    async fn extent(&self) -> Result<Extent> {
        self.read(statements::read::extent).await
    }

    /// At once: a page is restored in one transaction, which leaves nothing when it is cut off.
    async fn ready_to_restore(&self) -> Result<()> {
        Ok(())
    }

    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()> {
        self.write(move |session| statements::put::restore(session, &statements, &attachments))
            .await
    }

    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>> {
        let after = after.cloned();
        self.read(move |connection| documents::beyond(connection, after.as_ref(), limit)).await
    }

    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool> {
        let kept = self.write(move |session| secret_or(session, secret)).await?;
        Ok(kept == secret)
    }

    async fn is_used(&self) -> Result<bool> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM setting WHERE name = 'used')";
            Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        })
        .await
    }
}
