//! Erasing a person from the tables, and the table of erasures.
//!
//! Deleted rows leave their bytes in pages until the pages are used again. A scrub of everything writes the whole database
//! anew, and empties the journal: after it the files hold what the tables hold.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::failure::Result;
use crate::session::Session;
use crate::{BUSY, SqliteStore};
use store::{
    ErasedPart, ErasureStore, KeptCertificates, KeptErasure, RemovedStatement, Rewrite, Scrub,
    StoreError, erase_documents,
};
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::stored::Stored;

use self::removed::Removal;
use self::statements::Rewriting;

mod effort;
mod heirs;
mod index;
mod kept;
mod losing;
mod removed;
mod rows;
mod statements;

/// Attachments that one job of the writer removes at most; and bytes of theirs, after which others have their turn.
const ATTACHMENTS: usize = if cfg!(debug_assertions) { 2 } else { 1_000 };
const ATTACHMENT_BYTES: i64 = 8 << 20;

/// Removes attachments, the last first, as many as one job may, and forgets their hashes.
fn remove_attachments(session: &Session<'_>, hashes: &mut Vec<String>) -> Result<()> {
    let (mut count, mut bytes) = (0_usize, 0_i64);
    while count < ATTACHMENTS
        && bytes < ATTACHMENT_BYTES
        && let Some(hash) = hashes.pop()
    {
        let hash = hash.to_ascii_lowercase();
        let sql = "SELECT length(body) FROM attachment WHERE sha2 = ?1";
        let length: Option<i64> = session.one(sql, [&hash], |row| row.get(0))?;
        session.run("DELETE FROM attachment WHERE sha2 = ?1", [hash])?;
        count = count.saturating_add(1);
        bytes = bytes.saturating_add(length.unwrap_or_default());
    }
    Ok(())
}

fn replace_certificates(
    session: &Session<'_>,
    course: &str,
    list: &KeptCertificates,
) -> Result<bool> {
    let body = std::str::from_utf8(&list.body)
        .map_err(|_| StoreError::Corrupt("a certificate list that is not UTF-8".into()))?;
    let sql = "UPDATE certificate_list SET created = ?3, body = ?4 WHERE course = ?1 AND id = ?2";
    Ok(session.run(sql, params![course, list.id, list.created.micros(), body])? == 1)
}

fn remove_certificates(session: &Session<'_>, course: &str, id: &str) -> Result<bool> {
    let sql = "DELETE FROM certificate_list WHERE course = ?1 AND id = ?2";
    Ok(session.run(sql, params![course, id])? == 1)
}

/// Reads statements whose texts may be of any length: neither on the thread that writes nor on an asynchronous one.
async fn read_aside<T: Send + 'static>(
    read: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> store::Result<T> {
    let stopped = |error| StoreError::Unavailable(format!("reading was stopped: {error}"));
    tokio::task::spawn_blocking(read).await.map_err(stopped)?
}

/// How long emptying the journal is tried again.
const PATIENCE: Duration = Duration::from_mins(1);
/// The pause between two attempts, in which others write.
const PAUSE: Duration = Duration::from_millis(20);
/// How long one attempt waits for readers of the journal, while nobody writes.
const ATTEMPT: Duration = Duration::from_millis(50);

/// Writes the database anew without free pages.
fn vacuum(connection: &Connection) -> Result<()> {
    connection.flush_prepared_statement_cache();
    Ok(connection.execute_batch("VACUUM")?)
}

/// Empties the journal; false where readers have a part of it, or the thread that copies its pages (`checkpoint`) is at work.
fn empty_journal(connection: &Connection) -> Result<bool> {
    connection.busy_timeout(ATTEMPT)?;
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy = connection.query_row(sql, [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(BUSY)?;
    Ok(!is_busy?)
}

#[async_trait]
impl ErasureStore for SqliteStore {
    async fn add_erasure(&self, erasure: KeptErasure) -> store::Result<bool> {
        self.write(move |session| kept::add(session, &erasure)).await
    }

    async fn change_erasure(&self, erasure: KeptErasure) -> store::Result<bool> {
        self.write(move |session| kept::change(session, &erasure)).await
    }

    async fn erasures(&self, after: Option<Uuid>, limit: usize) -> store::Result<Vec<KeptErasure>> {
        self.read(move |connection| kept::list(connection, after, limit)).await
    }

    async fn rewrite_statements(&self, statements: Vec<Rewrite>) -> store::Result<u64> {
        let mut rewriting = read_aside(move || Rewriting::of(statements)).await?;
        loop {
            let job =
                move |session: &mut Session<'_>| rewriting.advance(session).map(|()| rewriting);
            rewriting = self.write_settled(job).await?;
            if let Some(changed) = rewriting.changed() {
                return Ok(changed);
            }
        }
    }

    async fn remove_statements(&self, statements: Vec<Stored>, by: Uuid) -> store::Result<u64> {
        let mut removal = read_aside(move || Removal::of(statements, by)).await?;
        loop {
            let job = move |session: &mut Session<'_>| removal.advance(session).map(|()| removal);
            removal = self.write_settled(job).await?;
            if let Some(changed) = removal.changed() {
                return Ok(changed);
            }
        }
    }

    async fn removed_statements(
        &self,
        after: Instant,
        limit: usize,
    ) -> store::Result<Vec<RemovedStatement>> {
        self.read(move |connection| removed::list(connection, after, limit)).await
    }

    async fn removed_among(&self, ids: &[Uuid]) -> store::Result<Vec<Uuid>> {
        let ids = ids.to_vec();
        self.read(move |connection| removed::among(connection, ids)).await
    }

    async fn restore_removed(&self, removed: Vec<RemovedStatement>) -> store::Result<()> {
        self.write_settled(move |session| {
            removed.iter().try_for_each(|it| removed::restore(session, it))
        })
        .await
    }

    async fn remove_attachments(&self, hashes: &[String]) -> store::Result<()> {
        let mut left = hashes.to_vec();
        while !left.is_empty() {
            let job = move |session: &mut Session<'_>| {
                remove_attachments(session, &mut left).map(|()| left)
            };
            left = self.write(job).await?;
        }
        Ok(())
    }

    async fn replace_certificates(
        &self,
        course: &str,
        list: KeptCertificates,
    ) -> store::Result<bool> {
        let course = course.to_owned();
        self.write(move |session| replace_certificates(session, &course, &list)).await
    }

    async fn remove_certificates(&self, course: &str, id: &str) -> store::Result<bool> {
        let (course, id) = (course.to_owned(), id.to_owned());
        self.write(move |session| remove_certificates(session, &course, &id)).await
    }

    async fn erase(&self, part: ErasedPart, eraser: &Arc<Eraser>, by: Uuid) -> store::Result<u64> {
        let table = match part {
            ErasedPart::Documents => return erase_documents(self, eraser).await,
            ErasedPart::Index => return index::erase(self, eraser).await,
            ErasedPart::Journals => &rows::JOURNALS,
            ErasedPart::Launches => &rows::LAUNCHES,
            ErasedPart::Refusals => &rows::REFUSALS,
            ErasedPart::Origins => &rows::ORIGINS,
            ErasedPart::DeadLetters => &rows::LETTERS,
            ErasedPart::Audit => &rows::AUDIT,
        };
        rows::erase(self, table, eraser, by).await
    }

    async fn scrub(&self, scrub: Scrub) -> store::Result<()> {
        match scrub {
            Scrub::Everything => self.alone(vacuum).await?,
            Scrub::Records => self.write(kept::write_over).await?,
        }
        let begun = std::time::Instant::now();
        while !self.alone(empty_journal).await? {
            if begun.elapsed() > PATIENCE {
                let reason =
                    "readers hold an earlier state of the database, which stays in its journal";
                return Err(StoreError::Unavailable(reason.into()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Does work outside of a transaction. Writers wait meanwhile.
    async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let writer = self.0.writer.as_ref().ok_or_else(crate::reading::not_written)?;
        writer.alone(work).await.inspect_err(|error| self.0.damage.note(error))
    }
}
