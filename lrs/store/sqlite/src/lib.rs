//! The embedded engine: one SQLite database in the data folder, one thread that writes, some
//! connections that read.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _};

use self::checkpoint::Checkpointer;
use self::contents::Contents;
use self::damage::Damage;
use self::folder::Folder;
use self::readers::Readers;
use self::recent::Recent;
use self::scrub::Scrub;
use self::writer::{Guards, Writer};
use store::turns::Turns;
use store::{Batch, KeptBatch, Lead, Result, Store, StoreError};
use xapi::clock::Clock;
use xapi::document::{Change, DocumentKey, Precondition};
use xapi::instant::Instant;

mod added;
mod audit;
mod certificates;
mod checkpoint;
mod contents;
mod courses;
mod damage;
mod documents;
mod erasure;
mod failure;
mod folder;
mod keys;
mod memory;
mod mend;
mod migrations;
mod open_mark;
mod origins;
mod packages;
mod packed;
mod people;
mod pipes;
mod progress;
mod readers;
mod reading;
mod recent;
mod refusals;
mod restoring;
mod scrub;
mod session;
mod sessions;
mod settle;
mod snapshot;
mod space;
mod statements;
#[cfg(test)]
mod tests;
mod things;
mod transfer;
mod watch;
mod writer;

pub use restoring::{Restoring, all_in_database};
pub use snapshot::{CopiedContents, snapshot};

/// The database's name in the data folder.
const FILE: &str = "traccia.sqlite";
/// The file whose lock says that a process has the folder.
const LOCK: &str = "traccia.lock";

/// The embedded store. Clones share it; when the last one goes, what was queued is written.
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

/// Dropped in this order: the writer's connection must be the last one that is closed, so that SQLite can remove the
/// journal, and the folder is unlocked after it.
struct Inner {
    #[cfg_attr(not(test), expect(dead_code, reason = "it ends when this is dropped"))]
    scrub: Option<Scrub>,
    damage: Arc<Damage>,
    turns: Turns,
    /// Held by the one that compares large statements.
    comparing: Turns,
    /// Held by the wide batch that is being kept.
    wide: Turns,
    readers: Readers,
    recent: Arc<Recent>,
    contents: Contents,
    #[expect(dead_code, reason = "it ends when this is dropped")]
    checkpointer: Option<Checkpointer>,
    /// `None` where the store was opened to be read.
    writer: Option<Writer>,
    _folder: Arc<Folder>,
}

impl SqliteStore {
    /// Opens the store in `folder`, which must exist, and brings it to the newest layout. Where newest parts of the index
    /// are damaged, they are computed anew from the statements first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where another process has the folder open, and where its database was removed: see
    /// [`Folder::take`].
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self::open_at(folder, clock)?)
    }

    fn open_at(folder: &Path, clock: Arc<dyn Clock>) -> failure::Result<Self> {
        let path = folder.join(FILE);
        let contents = Contents::beside(folder);
        let mut folder = Folder::take(folder)?;
        let left = folder.left();
        let mut connection = Connection::open(&path)?;
        prepare(&connection).map_err(|error| folder.explained(error))?;
        migrations::migrate(&mut connection)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        open_mark::begin(&connection, left)?;
        let count = std::thread::available_parallelism().map_or(4, |n| 2 * n.get());
        let readers = Readers::open(&path, readers::READ_ONLY, count)?;
        folder.complete()?;
        let (folder, damage) = (Arc::new(folder), Arc::new(Damage::default()));
        let guards = Guards { folder: Arc::clone(&folder), damage: Arc::clone(&damage) };
        let (recent, damaged) = Recent::load(&connection)?;
        let recent = Arc::new(recent);
        mend::mend(&connection, &recent, &damaged)?;
        let checkpointer = Checkpointer::start(&path, &mut connection)?;
        let restarts = checkpointer.restarts();
        let writer = Writer::start(connection, Arc::clone(&recent), clock, guards, restarts)?;
        let scrub = Scrub::start(&path, Arc::clone(&damage))?;
        Ok(Self(Arc::new(Inner {
            scrub: Some(scrub),
            damage,
            turns: Turns::default(),
            comparing: Turns::default(),
            wide: Turns::default(),
            readers,
            recent,
            contents,
            checkpointer: Some(checkpointer),
            writer: Some(writer),
            _folder: folder,
        })))
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> failure::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.readers.run(read).await.inspect_err(|error| self.0.damage.note(error))
    }

    async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut session::Session<'_>) -> failure::Result<T> + Send + 'static,
    ) -> Result<T> {
        let writer = self.0.writer.as_ref().ok_or_else(reading::not_written)?;
        writer.write(write).await.inspect_err(|error| self.0.damage.note(error))
    }

    /// See [`Writer::write_settled`].
    async fn write_settled<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut session::Session<'_>) -> failure::Result<T> + Send + 'static,
    ) -> Result<T> {
        let writer = self.0.writer.as_ref().ok_or_else(reading::not_written)?;
        writer.write_settled(write).await.inspect_err(|error| self.0.damage.note(error))
    }

    /// See [`Writer::end_run`].
    async fn end_run(&self) -> Result<()> {
        let writer = self.0.writer.as_ref().ok_or_else(reading::not_written)?;
        writer.end_run().await.inspect_err(|error| self.0.damage.note(error))
    }
}

/// The memory in KiB in which the writing connection holds pages. Pages of the index and of ids are written in the order of
/// the tables, one after the other, so more memory spares few reads: `docs/scaling.md` has the figures.
const WRITER_CACHE: i64 = 16_000;

/// The bytes of a page in a new database; one that is there keeps its own. A commit writes whole pages, of which a few hold
/// little that is new, so small pages write less for each statement: `docs/scaling.md` has the figures.
const PAGE: i64 = 4096;

/// How long the writing connection waits for others that hold the database.
const BUSY: Duration = Duration::from_secs(5);

/// Sets up the writing connection. `synchronous=FULL` makes every commit reach the disk.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    readers::plan_once(connection)?;
    readers::check_pages(connection)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "page_size", PAGE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // See checkpoint.rs.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 256 << 20)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// The store's secret; `new` where it has none yet.
fn secret_or(session: &session::Session<'_>, new: [u8; 32]) -> failure::Result<[u8; 32]> {
    session.run("INSERT OR IGNORE INTO setting (name, value) VALUES ('secret', ?1)", [new])?;
    let sql = "SELECT value FROM setting WHERE name = 'secret'";
    let secret = session.one(sql, [], |row| row.get(0))?;
    Ok(secret.ok_or_else(|| StoreError::Corrupt("the store's secret is missing".into()))?)
}

/// The secret of a store that is only read.
fn kept_secret(connection: &Connection) -> failure::Result<[u8; 32]> {
    let sql = "SELECT value FROM setting WHERE name = 'secret'";
    let secret = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    let none = "the store has no secret yet: no server has ever worked on it";
    Ok(secret.ok_or_else(|| StoreError::Unavailable(none.into()))?)
}

#[async_trait]
impl Store for SqliteStore {
    /// Always: the folder is locked for this process.
    async fn lead(&self, _lead: Lead) -> Result<bool> {
        Ok(true)
    }

    async fn mark_used(&self) -> Result<()> {
        self.write(|session| {
            session
                .run("INSERT OR IGNORE INTO setting (name, value) VALUES ('used', x'01')", [])?;
            Ok(())
        })
        .await
    }

    async fn secret(&self) -> Result<[u8; 32]> {
        if self.0.writer.is_none() {
            return self.read(kept_secret).await;
        }
        self.write(|session| secret_or(session, rand::random())).await
    }

    async fn ping(&self) -> Result<()> {
        // A new value each time: writing the same one again would not fail on a full disk.
        self.write(|session| {
            session.run(
                "INSERT INTO setting (name, value) VALUES ('ping', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [rand::random::<[u8; 16]>()],
            )?;
            Ok(())
        })
        .await?;
        self.read(|connection| {
            let _: Option<i64> = connection
                .prepare_cached("SELECT seq FROM statement LIMIT 1")?
                .query_row([], |row| row.get(0))
                .optional()?;
            Ok(())
        })
        .await?;
        self.0.damage.verify()
    }

    async fn latest(&self) -> Result<Instant> {
        match &self.0.writer {
            Some(writer) => Ok(writer.latest()),
            None => self.read(statements::read::newest).await,
        }
    }

    async fn put_statements_and_document(
        &self,
        batch: Batch,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<KeptBatch> {
        documents::change_with_statements(self, batch, key, precondition, change).await
    }
}
