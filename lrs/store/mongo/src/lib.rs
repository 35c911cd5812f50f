//! The engine for several machines: a database that speaks `MongoDB`'s protocol, and any number of
//! Traccia processes that keep nothing themselves.
//!
//! Written for what `MongoDB` 5, `FerretDB` 1.24 and the `DocumentDB` servers have in common: no
//! transactions, and updates that need not be atomic. Everything that must happen once is the
//! insertion of a document under an `_id` ([`cell`], [`version_log`]).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use mongodb::bson::{Document as Fields, doc};
use mongodb::{Collection, Database};
use uuid::Uuid;

use self::blob::Blobs;
use self::call::{call, insert};
use self::cell::Cells;
use self::courses::Courses;
use self::documents::Documents;
use self::housekeeping::House;
use self::keys::Keys;
use self::lease::Lease;
use self::orphans::Orphans;
use self::packages::Packages;
use self::progress::{Progress, Wanted};
use self::statements::{Statements, Writer, watch_over};
use self::task::Task;
use self::things::Things;
use self::version_log::VersionLog;
use access::key::KeptKey;
use store::{
    Batch, CertificateStore, CourseRevision, CourseStore, Definitions, DocumentStore, Extent,
    Followed, JournalStore, Kept, KeptAttachment, KeptBatch, KeptCertificates, KeptCourse,
    KeyStore, LogPage, Page, ProgressDocument, Result, Selection, StatementLog, StatementStore,
    Store, StoreError, ThingStore, TransferStore, Unnamed, Watermark,
};
use xapi::attachment::Attachment;
use xapi::clock::Clock;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::query::Filter;
use xapi::stored::Stored;

mod blob;
mod call;
mod cell;
mod connect;
mod courses;
mod documents;
mod field;
mod head;
mod housekeeping;
mod keys;
mod lease;
mod migrations;
mod orphans;
mod packages;
mod progress;
mod statements;
mod task;
#[cfg(test)]
mod tests;
mod things;
mod version_log;

/// How often a process renews what it holds: the lease, and its claims.
const BEAT: Duration = Duration::from_secs(1);
/// A holder that did not renew for this long, by the clock of one observer, is held for dead.
const LEASE: Duration = Duration::from_secs(6);

/// A store in a database. Clones share it.
#[derive(Clone)]
pub struct MongoStore(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    versions: VersionLog,
    statements: Statements,
    writer: Writer,
    things: Things,
    documents: Documents,
    keys: Keys,
    courses: Courses,
    packages: Packages,
    progress: Progress,
    lease: Lease,
    settings: Collection<Fields>,
    _tasks: Vec<Task>,
}

impl MongoStore {
    /// Connects to the database that `uri` names, `mongodb://HOST[,…]/DATABASE[?…]`, and brings it
    /// to the newest layout. Any number of processes may have it open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], which says what to do, where the database cannot be used.
    pub async fn open(uri: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let database = connect::connect(uri, clock.now()).await?;
        connect::try_out(&database).await?;
        migrations::migrate(&database).await?;
        Ok(Self(Arc::new(Inner::new(&database, clock, true))))
    }

    /// Opens a store for reading only: nothing is changed. The database must be a store already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also where no store is there.
    pub async fn open_to_read(uri: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        let database = connect::connect(uri, clock.now()).await?;
        migrations::check(&database).await?;
        Ok(Self(Arc::new(Inner::new(&database, clock, false))))
    }

    /// The store's secret; `new` where it has none yet.
    async fn secret_or(&self, new: [u8; 32]) -> Result<[u8; 32]> {
        let new = doc! {"_id": "secret", "value": field::of_bytes(&new)};
        insert(&self.0.settings, new).await?;
        let kept = call(self.0.settings.find_one(doc! {"_id": "secret"})).await?;
        let kept = kept.as_ref().and_then(|kept| kept.get_binary_generic("value").ok());
        kept.and_then(|bytes| bytes.as_slice().try_into().ok())
            .ok_or_else(|| StoreError::Corrupt("the store's secret is missing".into()))
    }
}

impl Inner {
    /// With `tasks`, this process observes claims, and removes what is not needed any more.
    fn new(database: &Database, clock: Arc<dyn Clock>, tasks: bool) -> Self {
        let collection = |name: &str| database.collection::<Fields>(name);
        let cells = |name: &str| Cells::new(collection(name));
        let blobs = Blobs::new(database);
        let things = Things { definitions: cells("definition"), names: collection("agent_name") };
        let versions = VersionLog::new(collection("head"));
        let statements = Statements::new(database, &versions, &blobs, things.clone(), &clock);
        let turns = Arc::default();
        let documents = Documents { cells: cells("document"), blobs: blobs.clone(), turns };
        let packages = Packages::new(database, &blobs);
        let courses = Courses {
            cells: cells("course"),
            certificates: collection("certificate_list"),
            blobs: blobs.clone(),
        };
        let progress = Progress {
            documents: collection("progress"),
            watermarks: cells("followed"),
            courses: cells("course"),
            blobs: blobs.clone(),
            writing: Arc::default(),
        };
        let house = House {
            documents: documents.cells.clone(),
            orphans: Orphans { database: database.clone(), blobs, versions: versions.clone() },
            packages: packages.clone(),
            settings: collection("setting"),
            clock: Arc::clone(&clock),
        };
        let start = || vec![watch_over(statements.observer()), house.start()];
        let tasks = if tasks { start() } else { Vec::new() };
        Self {
            writer: statements.writer(),
            keys: Keys(collection("api_key")),
            lease: Lease::new(cells("lease"), Uuid::new_v4().to_string()),
            settings: collection("setting"),
            clock,
            versions,
            statements,
            things,
            documents,
            courses,
            packages,
            progress,
            _tasks: tasks,
        }
    }
}

#[async_trait]
impl StatementStore for MongoStore {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        self.0.writer.put(batch, None).await
    }

    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        self.0.statements.reader.one(id).await
    }

    async fn statements(&self, filter: &Filter) -> Result<Page> {
        self.0.statements.reader.page(filter).await
    }

    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        self.0.statements.attachments.kept(hashes).await
    }

    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        self.0.statements.attachments.data(kept, from).await
    }

    async fn consistent_through(&self) -> Result<Instant> {
        self.0.statements.news.consistent_through().await
    }
}

#[async_trait]
impl StatementLog for MongoStore {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        self.0.statements.reader.log(after, limit).await
    }

    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        self.0.statements.news.wait_for_news(after, at_most).await;
    }
}

#[async_trait]
impl ThingStore for MongoStore {
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        self.0.things.agent_names(ifi).await
    }

    async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        self.0.things.definitions(activities).await
    }
}

#[async_trait]
impl DocumentStore for MongoStore {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        self.0.documents.document(key).await
    }

    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        self.0.documents.ids(shelf, since).await
    }

    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        self.0.documents.change(&key, &precondition, change, self.0.clock.now()).await
    }

    async fn delete_documents(&self, shelf: &Shelf) -> Result<()> {
        self.0.documents.delete(shelf, self.0.clock.now()).await
    }
}

#[async_trait]
impl KeyStore for MongoStore {
    async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        self.0.keys.key(name).await
    }

    async fn keys(&self) -> Result<Vec<KeptKey>> {
        self.0.keys.keys().await
    }

    async fn add_key(&self, key: KeptKey) -> Result<bool> {
        self.0.keys.add(&key).await
    }

    async fn remove_key(&self, name: &str) -> Result<bool> {
        self.0.keys.remove(name).await
    }
}

#[async_trait]
impl CourseStore for MongoStore {
    async fn courses(&self) -> Result<Vec<CourseRevision>> {
        self.0.courses.courses().await
    }

    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        self.0.courses.revision(id).await
    }

    async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        self.0.courses.course(id).await
    }

    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: i64,
        selection: Selection,
    ) -> Result<bool> {
        self.0.courses.put_course(id, file, based_on, selection == Selection::Changed).await
    }

    async fn delete_course(&self, id: &str, based_on: i64) -> Result<bool> {
        let spans = self.0.progress.spans(id).await?;
        let now = self.0.clock.now();
        if !self.0.courses.delete_course(id, based_on, now).await? {
            return Ok(false);
        }
        self.0.progress.remove(id, based_on, spans, now).await?;
        Ok(true)
    }

    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: i64) -> Result<bool> {
        self.0.courses.put_enrolment(id, enrolment, based_on).await
    }
}

#[async_trait]
impl JournalStore for MongoStore {
    async fn watermark(&self, course: &str) -> Result<Watermark> {
        self.0.progress.watermark(course).await
    }

    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>> {
        Ok(self.0.progress.named(course, Wanted::Page { after, limit }).await?.1)
    }

    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<Vec<ProgressDocument>> {
        Ok(self.0.progress.named(course, Wanted::Of(actors)).await?.1)
    }

    async fn progress_since(
        &self,
        course: &str,
        version: i64,
    ) -> Result<(Watermark, Vec<ProgressDocument>)> {
        self.0.progress.named(course, Wanted::Since(version)).await
    }

    async fn put_progress(
        &self,
        course: &str,
        based_on: i64,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<i64>> {
        self.0.progress.put(course, based_on, followed, documents, unnamed == Unnamed::Go).await
    }
}

#[async_trait]
impl CertificateStore for MongoStore {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.0.courses.add_certificates(course, &list).await
    }

    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        self.0.courses.certificates(course).await
    }
}

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

#[async_trait]
impl Store for MongoStore {
    async fn lead(&self, insist: bool) -> Result<bool> {
        self.0.lease.lead(insist).await
    }

    async fn mark_used(&self) -> Result<()> {
        insert(&self.0.settings, doc! {"_id": "used"}).await.map(drop)
    }

    async fn secret(&self) -> Result<[u8; 32]> {
        self.secret_or(rand::random()).await
    }

    async fn ping(&self) -> Result<()> {
        let id = format!("ping/{}", Uuid::new_v4());
        insert(&self.0.settings, doc! {"_id": &id}).await?;
        call(self.0.settings.delete_one(doc! {"_id": &id})).await?;
        self.0.versions.head().await.map(drop)
    }

    async fn latest(&self) -> Result<Instant> {
        let head = self.0.versions.head().await?;
        Ok(head.last)
    }
}
