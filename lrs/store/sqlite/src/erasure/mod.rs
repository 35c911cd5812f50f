//! Erasing a person from the tables, and the table of erasures.
//!
//! Deleted rows leave their bytes in pages until the pages are used again. [`scrub`] writes the whole database anew, and
//! empties the journal: after it the files hold what the tables hold.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::SqliteStore;
use crate::failure::Result;
use crate::session::Session;
use store::{
    ErasedPart, ErasureStore, KeptCertificates, KeptErasure, RemovedStatement, Rewrite, StoreError,
    erase_documents,
};
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::stored::Stored;

use self::removed::Removal;
use self::statements::Rewriting;

mod effort;
mod heirs;
mod index;
mod removed;
mod rows;
mod statements;

fn erasure(row: &Row<'_>) -> rusqlite::Result<(String, KeptErasure)> {
    let kept = KeptErasure {
        id: Uuid::nil(),
        created: Instant::from_micros(row.get(1)?),
        is_done: row.get(2)?,
        body: row.get(3)?,
    };
    Ok((row.get(0)?, kept))
}

fn erasures(
    connection: &Connection,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<KeptErasure>> {
    let mut select = connection.prepare_cached(
        "SELECT id, created, done, body FROM erasure WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found: rusqlite::Result<Vec<_>> =
        select.query_map(params![after, limit], erasure)?.collect();
    let with_id = |(id, kept): (String, KeptErasure)| {
        let read = id.parse();
        let read: std::result::Result<Uuid, _> =
            read.map_err(|error| StoreError::Corrupt(format!("erasure {id}: {error}")));
        Ok(KeptErasure { id: read?, ..kept })
    };
    found?.into_iter().map(with_id).collect()
}

fn add(session: &Session<'_>, erasure: &KeptErasure) -> Result<bool> {
    let KeptErasure { id, created, is_done, body } = erasure;
    let sql = "INSERT OR IGNORE INTO erasure (id, created, done, body) VALUES (?1, ?2, ?3, ?4)";
    Ok(session.run(sql, params![id.to_string(), created.micros(), is_done, body])? == 1)
}

fn change(session: &Session<'_>, erasure: &KeptErasure) -> Result<bool> {
    let KeptErasure { id, created, is_done, body } = erasure;
    let sql = "UPDATE erasure SET created = ?2, done = ?3, body = ?4 WHERE id = ?1 AND done = 0";
    Ok(session.run(sql, params![id.to_string(), created.micros(), is_done, body])? == 1)
}

fn remove_attachments(session: &Session<'_>, hashes: &[String]) -> Result<()> {
    for hash in hashes {
        session.run("DELETE FROM attachment WHERE sha2 = ?1", [hash.to_ascii_lowercase()])?;
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

/// How long emptying the journal is tried again.
const PATIENCE: Duration = Duration::from_mins(1);
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// Writes the database anew without free pages, then empties the journal.
fn scrub(connection: &Connection) -> Result<()> {
    connection.flush_prepared_statement_cache();
    connection.execute_batch("VACUUM")?;
    // The thread that copies pages from the journal (`checkpoint`) is called by what was written just now. While it
    // copies, nobody else may, and SQLite does not wait for that as it waits for readers.
    let begun = std::time::Instant::now();
    loop {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool = connection.query_row(sql, [], |row| row.get(0))?;
        if !is_busy {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            let reason =
                "readers hold an earlier state of the database, which stays in its journal";
            return Err(StoreError::Unavailable(reason.into()).into());
        }
        std::thread::sleep(PAUSE);
    }
}

#[async_trait]
impl ErasureStore for SqliteStore {
    async fn add_erasure(&self, erasure: KeptErasure) -> store::Result<bool> {
        self.write(move |session| add(session, &erasure)).await
    }

    async fn change_erasure(&self, erasure: KeptErasure) -> store::Result<bool> {
        self.write(move |session| change(session, &erasure)).await
    }

    async fn erasures(&self, after: Option<Uuid>, limit: usize) -> store::Result<Vec<KeptErasure>> {
        self.read(move |connection| erasures(connection, after, limit)).await
    }

    async fn rewrite_statements(&self, statements: Vec<Rewrite>) -> store::Result<u64> {
        let mut rewriting = Rewriting::of(statements);
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
        let mut removal = Removal::of(statements, by);
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

    async fn restore_removed(&self, removed: Vec<RemovedStatement>) -> store::Result<()> {
        self.write_settled(move |session| {
            removed.iter().try_for_each(|it| removed::restore(session, it))
        })
        .await
    }

    async fn remove_attachments(&self, hashes: &[String]) -> store::Result<()> {
        let hashes = hashes.to_vec();
        self.write(move |session| remove_attachments(session, &hashes)).await
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
        if part == ErasedPart::Documents {
            return erase_documents(self, eraser).await;
        }
        if part == ErasedPart::Index {
            return index::erase(self, eraser).await;
        }
        let eraser = Arc::clone(eraser);
        self.write(move |session| match part {
            ErasedPart::Index | ErasedPart::Documents => Ok(0),
            ErasedPart::Journals => rows::erase_journals(session, &eraser),
            ErasedPart::Launches => {
                rows::erase_named(session, "launch", "token", |it| eraser.is_actor_of(it))
            }
            ErasedPart::Refusals => {
                rows::erase_named(session, "refusal", "id", |it| eraser.json(it).is_some())
            }
            ErasedPart::Origins => rows::erase_texts(session, &rows::ORIGINS, &eraser),
            ErasedPart::DeadLetters => rows::erase_texts(session, &rows::LETTERS, &eraser),
            ErasedPart::Audit => rows::erase_audit(session, &eraser, by),
        })
        .await
    }

    async fn scrub(&self) -> store::Result<()> {
        let writer = self.0.writer.as_ref().ok_or_else(crate::reading::not_written)?;
        writer.alone(scrub).await.inspect_err(|error| self.0.damage.note(error))
    }
}
