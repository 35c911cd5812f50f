//! A store that remembers what was asked of another one: tests count its work in place of its time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use access::key::KeptKey;
use store::{
    Batch, CertificateStore, CourseRevision, CourseStore, Definitions, DocumentStore, Extent,
    Followed, JournalStore, Kept, KeptAttachment, KeptBatch, KeptCertificates, KeptCourse,
    KeyStore, LogPage, Page, ProgressDocument, Result, StatementLog, StatementStore, Store,
    ThingStore, TransferStore, Watermark,
};
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

/// What was asked, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A page of statements, of so many.
    Statements(usize),
    /// A statement by its id.
    Statement,
    /// A page of the log, of so many.
    Log(usize),
    /// Progress documents of a course, of so many actors or a page.
    Documents(String, usize),
    /// Progress documents of a course were written.
    PutProgress {
        /// The course's id.
        course: String,
        /// How many.
        documents: usize,
        /// All of them together.
        bytes: usize,
        /// Up to where they are true.
        through: Instant,
    },
    /// The names of an agent.
    AgentNames,
    /// Attachments without their data, of so many hashes.
    Attachments(usize),
    /// A piece of the data of an attachment, of so many bytes.
    AttachmentData(usize),
}

/// See the module.
pub struct Watched {
    store: Arc<dyn Store>,
    calls: Mutex<Vec<Call>>,
}

impl Watched {
    /// Watches `store`.
    pub fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, calls: Mutex::default() })
    }

    /// What was asked since the last time.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, call: Call) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }
}

#[async_trait]
impl StatementStore for Watched {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        self.store.put_statements(batch).await
    }
    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        self.note(Call::Statement);
        self.store.statement(id).await
    }
    async fn statements(&self, filter: &Filter) -> Result<Page> {
        let page = self.store.statements(filter).await?;
        self.note(Call::Statements(page.statements.len()));
        Ok(page)
    }
    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        self.note(Call::Attachments(hashes.len()));
        self.store.attachments(hashes).await
    }
    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        let piece = self.store.attachment_data(kept, from).await?;
        self.note(Call::AttachmentData(piece.len()));
        Ok(piece)
    }
    async fn consistent_through(&self) -> Result<Instant> {
        self.store.consistent_through().await
    }
}

#[async_trait]
impl StatementLog for Watched {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        let page = self.store.log(after, limit).await?;
        self.note(Call::Log(page.statements.len()));
        Ok(page)
    }
    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        self.store.wait_for_news(after, at_most).await;
    }
}

#[async_trait]
impl ThingStore for Watched {
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        self.note(Call::AgentNames);
        self.store.agent_names(ifi).await
    }
    async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        self.store.definitions(activities).await
    }
}

#[async_trait]
impl DocumentStore for Watched {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        self.store.document(key).await
    }
    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        self.store.document_ids(shelf, since).await
    }
    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        self.store.change_document(key, precondition, change).await
    }
    async fn delete_documents(&self, shelf: &Shelf) -> Result<()> {
        self.store.delete_documents(shelf).await
    }
}

#[async_trait]
impl KeyStore for Watched {
    async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        self.store.key(name).await
    }
    async fn keys(&self) -> Result<Vec<KeptKey>> {
        self.store.keys().await
    }
    async fn add_key(&self, key: KeptKey) -> Result<bool> {
        self.store.add_key(key).await
    }
    async fn remove_key(&self, name: &str) -> Result<bool> {
        self.store.remove_key(name).await
    }
}

#[async_trait]
impl CourseStore for Watched {
    async fn delete_course(&self, id: &str, based_on: i64) -> Result<bool> {
        self.store.delete_course(id, based_on).await
    }
    async fn courses(&self) -> Result<Vec<CourseRevision>> {
        self.store.courses().await
    }
    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        self.store.course_revision(id).await
    }
    async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        self.store.course(id).await
    }
    async fn put_course(&self, id: &str, file: &str, based_on: i64, reread: bool) -> Result<bool> {
        self.store.put_course(id, file, based_on, reread).await
    }
    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: i64) -> Result<bool> {
        self.store.put_enrolment(id, enrolment, based_on).await
    }
}

#[async_trait]
impl JournalStore for Watched {
    async fn watermark(&self, course: &str) -> Result<Watermark> {
        self.store.watermark(course).await
    }
    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>> {
        let page = self.store.progress(course, after, limit).await?;
        self.note(Call::Documents(course.to_owned(), page.len()));
        Ok(page)
    }
    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<Vec<ProgressDocument>> {
        self.note(Call::Documents(course.to_owned(), actors.len()));
        self.store.progress_of(course, actors).await
    }
    async fn progress_since(
        &self,
        course: &str,
        version: i64,
    ) -> Result<(Watermark, Vec<ProgressDocument>)> {
        self.store.progress_since(course, version).await
    }
    async fn put_progress(
        &self,
        course: &str,
        based_on: i64,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        whole: bool,
    ) -> Result<Option<i64>> {
        self.note(Call::PutProgress {
            course: course.to_owned(),
            documents: documents.len(),
            bytes: documents.iter().map(|document| document.body.len()).sum(),
            through: followed.through,
        });
        self.store.put_progress(course, based_on, followed, documents, whole).await
    }
}

#[async_trait]
impl CertificateStore for Watched {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.store.add_certificates(course, list).await
    }
    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        self.store.certificates(course).await
    }
}

#[async_trait]
impl TransferStore for Watched {
    async fn extent(&self) -> Result<Extent> {
        self.store.extent().await
    }
    async fn ready_to_restore(&self) -> Result<()> {
        self.store.ready_to_restore().await
    }
    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()> {
        self.store.restore(statements, attachments).await
    }
    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>> {
        self.store.documents_beyond(after, limit).await
    }
    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool> {
        self.store.adopt_secret(secret).await
    }
    async fn is_used(&self) -> Result<bool> {
        self.store.is_used().await
    }
}

#[async_trait]
impl Store for Watched {
    async fn lead(&self, insist: bool) -> Result<bool> {
        self.store.lead(insist).await
    }
    async fn mark_used(&self) -> Result<()> {
        self.store.mark_used().await
    }
    async fn secret(&self) -> Result<[u8; 32]> {
        self.store.secret().await
    }
    async fn ping(&self) -> Result<()> {
        self.store.ping().await
    }
    async fn latest(&self) -> Result<Instant> {
        self.store.latest().await
    }
}
