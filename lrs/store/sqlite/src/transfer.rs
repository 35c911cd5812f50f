//! Reading and writing the store as a whole.

use async_trait::async_trait;

use crate::SqliteStore;
use crate::{documents, secret_or, statements};
use store::{Extent, OriginStore as _, Restored, Result, TransferStore};
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
        let restored = |statement| Restored { statement, origin: None };
        self.restore_from(statements.into_iter().map(restored).collect(), attachments).await
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

    async fn mark_unfinished(&self, is_unfinished: bool) -> Result<()> {
        self.write(move |session| {
            let sql = if is_unfinished {
                "INSERT OR IGNORE INTO setting (name, value) VALUES ('unfinished', x'01')"
            } else {
                "DELETE FROM setting WHERE name = 'unfinished'"
            };
            session.run(sql, [])?;
            Ok(())
        })
        .await
    }

    async fn is_unfinished(&self) -> Result<bool> {
        self.read(|connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM setting WHERE name = 'unfinished')";
            Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        })
        .await
    }
}
