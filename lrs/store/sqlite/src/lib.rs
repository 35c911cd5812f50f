//! The embedded engine: one SQLite database in the data folder, one thread that writes, some
//! connections that read.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _};
use uuid::Uuid;

use self::contents::Contents;
use self::damage::Damage;
use self::folder::Folder;
use self::readers::Readers;
use self::scrub::Scrub;
use self::writer::{Guards, Writer};
use access::key::KeptKey;
use store::turns::Turns;
use store::{
    Batch, CertificateStore, CourseRevision, CourseStore, Definitions, DocumentStore, Extent,
    Followed, JournalStore, Kept, KeptAttachment, KeptBatch, KeptCertificates, KeptCourse,
    KeyStore, LogPage, Page, ProgressDocument, Result, Selection, StatementLog, StatementStore,
    Store, StoreError, ThingStore, TransferStore, Unnamed, Watermark,
};
use xapi::attachment::Attachment;
use xapi::clock::Clock;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::index::Kind;
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

mod contents;
mod courses;
mod damage;
mod documents;
mod failure;
mod folder;
mod keys;
mod memory;
mod migrations;
mod packages;
mod progress;
mod readers;
mod reading;
mod scrub;
mod session;
mod statements;
#[cfg(test)]
mod tests;
mod things;
mod writer;

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
    readers: Readers,
    contents: Contents,
    /// `None` where the store was opened to be read.
    writer: Option<Writer>,
    _folder: Arc<Folder>,
}

impl SqliteStore {
    /// Opens the store in `folder`, which must exist, and brings it to the newest layout.
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
        let mut connection = Connection::open(&path)?;
        prepare(&connection)?;
        migrations::migrate(&mut connection)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let count = std::thread::available_parallelism().map_or(4, |n| 2 * n.get());
        let readers = Readers::open(&path, readers::READ_ONLY, count)?;
        folder.complete()?;
        let (folder, damage) = (Arc::new(folder), Arc::new(Damage::default()));
        let guards = Guards { folder: Arc::clone(&folder), damage: Arc::clone(&damage) };
        let writer = Writer::start(connection, clock, guards)?;
        let scrub = Scrub::start(&path, Arc::clone(&damage))?;
        Ok(Self(Arc::new(Inner {
            scrub: Some(scrub),
            damage,
            turns: Turns::default(),
            readers,
            contents,
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
}

/// Sets up the writing connection. `synchronous=FULL` makes every commit reach the disk.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    readers::plan_once(connection)?;
    readers::check_pages(connection)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 8_000)?;
    connection.pragma_update(None, "journal_size_limit", 256 << 20)?;
    connection.pragma_update(None, "cache_size", -128_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

#[async_trait]
impl StatementStore for SqliteStore {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        self.write(move |session| statements::put::put(session, batch)).await
    }

    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        self.read(move |connection| statements::read::statement(connection, id)).await
    }

    async fn statements(&self, filter: &Filter) -> Result<Page> {
        let filter = filter.clone();
        self.read(move |connection| statements::read::statements(connection, &filter)).await
    }

    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        let hashes = hashes.to_vec();
        self.read(move |connection| statements::read::attachments(connection, &hashes)).await
    }

    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        let kept = kept.clone();
        self.read(move |connection| statements::read::attachment_data(connection, &kept, from))
            .await
    }

    async fn consistent_through(&self) -> Result<Instant> {
        match &self.0.writer {
            Some(writer) => Ok(writer.consistent_through()),
            None => Ok(self.extent().await?.newest),
        }
    }
}

#[async_trait]
impl StatementLog for SqliteStore {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        self.read(move |connection| statements::read::log(connection, after, limit)).await
    }

    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        // Nothing comes to a store that is only read.
        let Some(writer) = &self.0.writer else { return tokio::time::sleep(at_most).await };
        let mut newest = writer.newest();
        // After a time-out, and where the writer has stopped, the caller reads the log again.
        let _ = tokio::time::timeout(at_most, newest.wait_for(|newest| *newest > after)).await;
    }
}

#[async_trait]
impl ThingStore for SqliteStore {
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        let ifi = ifi.to_owned();
        self.read(move |connection| things::agent_names(connection, &ifi)).await
    }

    async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        let activities = activities.to_vec();
        self.read(move |connection| things::definitions(connection, &activities)).await
    }
}

#[async_trait]
impl DocumentStore for SqliteStore {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        let key = key.clone();
        self.read(move |connection| documents::document(connection, &key)).await
    }

    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        let shelf = shelf.clone();
        self.read(move |connection| documents::ids(connection, &shelf, since)).await
    }

    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        documents::change(self, key, precondition, change).await
    }

    async fn delete_documents(&self, shelf: &Shelf) -> Result<()> {
        let shelf = shelf.clone();
        self.write(move |session| documents::delete(session, &shelf)).await
    }
}

#[async_trait]
impl KeyStore for SqliteStore {
    async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        let name = name.to_owned();
        self.read(move |connection| keys::key(connection, &name)).await
    }

    async fn keys(&self) -> Result<Vec<KeptKey>> {
        self.read(keys::keys).await
    }

    async fn add_key(&self, key: KeptKey) -> Result<bool> {
        self.write(move |session| keys::add(session, &key)).await
    }

    async fn remove_key(&self, name: &str) -> Result<bool> {
        let name = name.to_owned();
        self.write(move |session| keys::remove(session, &name)).await
    }
}

#[async_trait]
impl CourseStore for SqliteStore {
    async fn courses(&self) -> Result<Vec<CourseRevision>> {
        self.read(courses::courses).await
    }

    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        let id = id.to_owned();
        self.read(move |connection| courses::revision(connection, &id)).await
    }

    async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        let id = id.to_owned();
        self.read(move |connection| courses::course(connection, &id)).await
    }

    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: i64,
        selection: Selection,
    ) -> Result<bool> {
        let (id, file) = (id.to_owned(), file.to_owned());
        self.write(move |session| {
            courses::put_course(session, &id, &file, based_on, selection == Selection::Changed)
        })
        .await
    }

    async fn delete_course(&self, id: &str, based_on: i64) -> Result<bool> {
        let id = id.to_owned();
        self.write(move |session| courses::delete_course(session, &id, based_on)).await
    }

    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: i64) -> Result<bool> {
        let (id, enrolment) = (id.to_owned(), enrolment.to_owned());
        self.write(move |session| courses::put_enrolment(session, &id, &enrolment, based_on)).await
    }
}

#[async_trait]
impl JournalStore for SqliteStore {
    async fn watermark(&self, course: &str) -> Result<Watermark> {
        let course = course.to_owned();
        self.read(move |connection| progress::watermark(connection, &course)).await
    }

    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>> {
        let (course, after) = (course.to_owned(), after.to_owned());
        self.read(move |connection| progress::page(connection, &course, &after, limit)).await
    }

    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<Vec<ProgressDocument>> {
        let (course, actors) = (course.to_owned(), actors.to_vec());
        self.read(move |connection| progress::of_actors(connection, &course, &actors)).await
    }

    async fn progress_since(
        &self,
        course: &str,
        version: i64,
    ) -> Result<(Watermark, Vec<ProgressDocument>)> {
        let course = course.to_owned();
        self.read(move |connection| progress::since(connection, &course, version)).await
    }

    async fn put_progress(
        &self,
        course: &str,
        based_on: i64,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<i64>> {
        let course = course.to_owned();
        self.write(move |session| {
            progress::put(session, &course, based_on, followed, &documents, unnamed == Unnamed::Go)
        })
        .await
    }
}

#[async_trait]
impl CertificateStore for SqliteStore {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        let course = course.to_owned();
        self.write(move |session| courses::add_certificates(session, &course, &list)).await
    }

    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        let course = course.to_owned();
        self.read(move |connection| courses::certificates(connection, &course)).await
    }
}

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
    async fn lead(&self, _insist: bool) -> Result<bool> {
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
            None => Ok(self.extent().await?.newest),
        }
    }
}
