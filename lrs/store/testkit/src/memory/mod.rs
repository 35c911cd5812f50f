//! An engine in memory, for tests: everything lies in lists that are searched from end to end, under one lock, and a
//! write works on a copy that takes the place of the original where the write succeeds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;
use uuid::Uuid;

use self::audit::AuditLog;
use self::courses::Courses;
use self::documents::Documents;
use self::keys::Keys;
use self::packages::Packages;
use self::people::People;
use self::pipes::Pipes;
use self::statements::Statements;
use store::{
    Batch, CertificateStore, CourseRevision, CourseStore, DOCUMENTS_BYTES, Definitions,
    DocumentStore, Extent, Followed, JournalStore, JournalVersion, Kept, KeptAttachment, KeptBatch,
    KeptCertificates, KeptCourse, Lead, LogPage, Page, ProgressDocument, ProgressPage, Result,
    Revision, Selection, StatementLog, StatementStore, Store, ThingStore, TransferStore, Unnamed,
    Watermark,
};
use store::{
    KeptContent, KeptLaunch, NewVersion, Package, PackageFile, PackageStore, PackageVersion, Pieces,
};
use store::{KeptOrigin, OriginStore, Restored, Within};
use store::{KeptRefusal, Space, SpaceStore};
use xapi::attachment::Attachment;
use xapi::clock::Clock;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

mod audit;
mod courses;
mod documents;
mod erasure;
mod inheritance;
mod keys;
mod packages;
mod people;
mod pipes;
mod refusals;
mod statements;
mod things;

/// The store. Nothing of it outlives it.
pub struct MemoryStore {
    contents: Mutex<Contents>,
    clock: Arc<dyn Clock>,
    newest: watch::Sender<Instant>,
}

/// Everything that is kept.
#[derive(Clone, Default)]
struct Contents {
    statements: Statements,
    documents: Documents,
    courses: Courses,
    packages: Packages,
    people: People,
    pipes: Pipes,
    audit: AuditLog,
    /// By id.
    erasures: Vec<store::KeptErasure>,
    keys: Keys,
    /// The newest first.
    refusals: Vec<KeptRefusal>,
    secret: Option<[u8; 32]>,
    is_used: bool,
    is_unfinished: bool,
}

impl MemoryStore {
    /// An empty store whose statements are stored when `clock` says.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let newest = watch::Sender::new(Instant::default());
        Self { contents: Mutex::default(), clock, newest }
    }

    fn read(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of `write`, or nothing where it fails.
    fn write<T>(&self, write: impl FnOnce(&mut Contents) -> Result<T>) -> Result<T> {
        let mut contents = self.read();
        let mut changed = contents.clone();
        let result = write(&mut changed)?;
        let newest = changed.statements.newest();
        *contents = changed;
        drop(contents);
        self.newest.send_if_modified(|known| std::mem::replace(known, newest) != newest);
        Ok(result)
    }
}

#[async_trait]
impl StatementStore for MemoryStore {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        let now = self.clock.now();
        self.write(|contents| contents.statements.put(batch, now))
    }
    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        Ok(self.read().statements.statement(id))
    }
    async fn statement_within(&self, id: Uuid, most: usize) -> Result<Option<Within>> {
        Ok(self.read().statements.statement(id).map(|kept| kept.within(most)))
    }
    async fn statements(&self, filter: &Filter) -> Result<Page> {
        Ok(self.read().statements.page(filter))
    }
    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        Ok(self.read().statements.attachments(hashes))
    }
    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        self.read().statements.attachment_data(kept, from)
    }
    async fn consistent_through(&self) -> Result<Instant> {
        Ok(self.read().statements.promise(self.clock.now()))
    }
}

#[async_trait]
impl StatementLog for MemoryStore {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        self.read().statements.log(after, limit)
    }
    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        let mut newest = self.newest.subscribe();
        let _ = tokio::time::timeout(at_most, newest.wait_for(|newest| *newest > after)).await;
    }
}

#[async_trait]
impl ThingStore for MemoryStore {
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        Ok(self.read().statements.things.agent_names(ifi))
    }
    async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        Ok(self.read().statements.things.definitions(activities))
    }
}

#[async_trait]
impl DocumentStore for MemoryStore {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        Ok(self.read().documents.document(key))
    }
    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        self.read().documents.ids(shelf, since)
    }
    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        self.write(|contents| contents.documents.change(key, &precondition, change))
    }
    async fn delete_documents(&self, shelf: &Shelf) -> Result<()> {
        self.write(|contents| {
            contents.documents.delete(shelf);
            Ok(())
        })
    }
}

#[async_trait]
impl CourseStore for MemoryStore {
    async fn courses(&self) -> Result<Vec<CourseRevision>> {
        Ok(self.read().courses.revisions())
    }
    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        Ok(self.read().courses.revisions().into_iter().find(|course| course.id == id))
    }
    async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        Ok(self.read().courses.course(id))
    }
    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> Result<bool> {
        self.write(|contents| Ok(contents.courses.put(id, file, based_on, selection)))
    }
    async fn delete_course(&self, id: &str, based_on: Revision) -> Result<bool> {
        self.write(|contents| Ok(contents.courses.delete(id, based_on)))
    }
    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: Revision) -> Result<bool> {
        self.write(|contents| Ok(contents.courses.put_enrolment(id, enrolment, based_on)))
    }
}

#[async_trait]
impl JournalStore for MemoryStore {
    async fn watermark(&self, course: &str) -> Result<Watermark> {
        Ok(self.read().courses.journal(course).watermark)
    }
    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>> {
        let found = self.read().courses.journal(course).after_version(JournalVersion::NONE);
        let mut bytes = 0;
        let fits = |(at, document): &(usize, ProgressDocument)| {
            bytes += document.body.len();
            *at == 0 || bytes <= DOCUMENTS_BYTES
        };
        let page = found.into_iter().filter(|it| it.actor.as_str() > after).take(limit);
        Ok(page.enumerate().take_while(fits).map(|(_, document)| document).collect())
    }
    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<ProgressPage> {
        let mut found = self.read().courses.journal(course).after_version(JournalVersion::NONE);
        let (mut page, mut bytes) = (ProgressPage::default(), 0);
        for actor in actors {
            let Some(at) = found.iter().position(|it| it.actor == *actor) else { continue };
            let document = found.swap_remove(at);
            bytes += document.body.len();
            if bytes > DOCUMENTS_BYTES && !page.documents.is_empty() {
                page.more = true;
                break;
            }
            page.documents.push(document);
        }
        Ok(page)
    }
    async fn written_since(
        &self,
        course: &str,
        version: JournalVersion,
    ) -> Result<(Watermark, Vec<String>)> {
        let journal = self.read().courses.journal(course);
        let written = journal.after_version(version).into_iter().map(|it| it.actor);
        Ok((journal.watermark, written.collect()))
    }
    async fn put_progress(
        &self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<JournalVersion>> {
        self.write(|contents| {
            Ok(contents.courses.put_progress(course, based_on, followed, documents, unnamed))
        })
    }
}

#[async_trait]
impl CertificateStore for MemoryStore {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.write(|contents| Ok(contents.courses.add_certificates(course, list)))
    }
    async fn certificate_ids(&self, course: &str) -> Result<Vec<String>> {
        let lists = self.read().courses.certificates(course);
        Ok(lists.into_iter().map(|list| list.id).collect())
    }
    async fn certificate(&self, course: &str, id: &str) -> Result<Option<KeptCertificates>> {
        let lists = self.read().courses.certificates(course);
        Ok(lists.into_iter().find(|list| list.id == id))
    }
    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        Ok(self.read().courses.certificates(course))
    }
}

#[async_trait]
impl PackageStore for MemoryStore {
    async fn keep_content(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent> {
        let mut whole = Vec::new();
        while let Some(piece) = bytes.next().await? {
            whole.extend_from_slice(&piece);
        }
        self.write(|contents| Ok(contents.packages.keep(import, whole.into())))
    }
    async fn add_package_version(&self, import: Uuid, name: &str, new: NewVersion) -> Result<u32> {
        self.write(|contents| contents.packages.add(import, name, new))
    }
    async fn drop_import(&self, import: Uuid) -> Result<()> {
        self.write(|contents| {
            contents.packages.drop_import(import);
            Ok(())
        })
    }
    async fn packages(&self) -> Result<Vec<Package>> {
        Ok(self.read().packages.all())
    }
    async fn package(&self, name: &str) -> Result<Option<Package>> {
        Ok(self.read().packages.all().into_iter().find(|it| it.name == name))
    }
    async fn set_current_version(&self, name: &str, number: u32) -> Result<bool> {
        self.write(|contents| Ok(contents.packages.set_current(name, number)))
    }
    async fn remove_package_version(&self, name: &str, number: u32) -> Result<bool> {
        self.write(|contents| Ok(contents.packages.remove_version(name, number)))
    }
    async fn remove_package(&self, name: &str) -> Result<bool> {
        self.write(|contents| Ok(contents.packages.remove(name)))
    }
    async fn package_version(&self, key: &str) -> Result<Option<(PackageVersion, String)>> {
        Ok(self.read().packages.version(key))
    }
    async fn package_file(&self, key: &str, path: &str) -> Result<Option<PackageFile>> {
        Ok(self.read().packages.files(key).into_iter().find(|file| file.path == path))
    }
    async fn package_files(
        &self,
        key: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PackageFile>> {
        let files = self.read().packages.files(key);
        Ok(files.into_iter().filter(|file| file.path.as_str() > after).take(limit).collect())
    }
    async fn content_data(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        self.read().packages.data(content, from)
    }
    async fn add_launch(&self, launch: KeptLaunch) -> Result<bool> {
        self.write(|contents| Ok(contents.packages.add_launch(launch)))
    }
    async fn launch(&self, token: &str) -> Result<Option<KeptLaunch>> {
        Ok(self.read().packages.launches.iter().find(|it| it.token == token).cloned())
    }
    async fn launches(
        &self,
        package: &str,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        Ok(self.read().packages.launches_of(package, alive, limit))
    }
    async fn launches_beyond(
        &self,
        after: Option<&str>,
        alive: Instant,
        limit: usize,
    ) -> Result<Vec<KeptLaunch>> {
        Ok(self.read().packages.launches_beyond(after.unwrap_or_default(), alive, limit))
    }
    async fn good_launches(&self, key: &str, now: Instant) -> Result<u64> {
        Ok(self.read().packages.good_launches(key, now))
    }
    async fn revoke_launch(&self, token: &str) -> Result<bool> {
        self.write(|contents| Ok(contents.packages.revoke(token)))
    }
    async fn remove_launches(&self, instant: Instant) -> Result<()> {
        self.write(|contents| {
            contents.packages.launches.retain(|launch| launch.expires >= instant);
            Ok(())
        })
    }
}

#[async_trait]
impl SpaceStore for MemoryStore {
    /// Unknown: nothing lies on a disk.
    async fn space(&self) -> Result<Space> {
        Ok(Space::default())
    }
}

#[async_trait]
impl TransferStore for MemoryStore {
    async fn extent(&self) -> Result<Extent> {
        Ok(self.read().statements.extent())
    }
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
        Ok(self.read().documents.beyond(after, limit))
    }
    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool> {
        self.write(|contents| Ok(*contents.secret.get_or_insert(secret) == secret))
    }
    async fn is_used(&self) -> Result<bool> {
        Ok(self.read().is_used)
    }
    async fn mark_unfinished(&self, is_unfinished: bool) -> Result<()> {
        self.write(|contents| {
            contents.is_unfinished = is_unfinished;
            Ok(())
        })
    }
    async fn is_unfinished(&self) -> Result<bool> {
        Ok(self.read().is_unfinished)
    }
}

#[async_trait]
impl OriginStore for MemoryStore {
    async fn origins(
        &self,
        after: Instant,
        through: Instant,
        limit: usize,
    ) -> Result<Vec<KeptOrigin>> {
        Ok(self.read().statements.origins(after, through, limit))
    }
    async fn restore_from(
        &self,
        statements: Vec<Restored>,
        attachments: Vec<Attachment>,
    ) -> Result<()> {
        self.write(|contents| contents.statements.restore(statements, attachments))
    }
}

#[async_trait]
impl Store for MemoryStore {
    /// The store is this process's alone.
    async fn lead(&self, _lead: Lead) -> Result<bool> {
        Ok(true)
    }
    async fn mark_used(&self) -> Result<()> {
        self.write(|contents| {
            contents.is_used = true;
            Ok(())
        })
    }
    async fn secret(&self) -> Result<[u8; 32]> {
        self.write(|contents| Ok(*contents.secret.get_or_insert_with(rand::random)))
    }
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
    async fn latest(&self) -> Result<Instant> {
        Ok(self.read().statements.latest())
    }
}
