//! Stores around another store: they pass every call on, with something done before it and after it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use store::{
    Batch, CertificateStore, CourseRevision, CourseStore, Definitions, DocumentStore, Extent,
    Followed, JournalStore, JournalVersion, Kept, KeptAttachment, KeptBatch, KeptCertificates,
    KeptCourse, KeptOrigin, Lead, LogPage, OriginStore, Page, ProgressDocument, ProgressPage,
    Restored, Result, Revision, Selection, StatementLog, StatementStore, Store, ThingStore,
    TransferStore, Unnamed, Watermark, Within,
};
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf};
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

mod callers;
mod erasure;
mod packages;
mod pipes;

/// What was asked, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A batch of so many statements.
    PutStatements(usize),
    /// A page of statements, of so many.
    Statements(usize),
    /// A statement by its id.
    Statement,
    /// A statement by its id, where its text has at most so many bytes.
    StatementWithin(usize),
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

/// What is done around the calls of a store.
#[async_trait]
pub trait Hook: Send + Sync + 'static {
    /// Before the method of this name. An error is the answer, and the store is not asked.
    async fn before(&self, _method: &'static str) -> Result<()> {
        Ok(())
    }

    /// Beside a call whose work is counted.
    fn after(&self, _call: Call) {}
}

/// A store, and what is done around its calls.
pub struct Around<H> {
    store: Arc<dyn Store>,
    /// What is done.
    pub hook: H,
}

impl<H: Hook> Around<H> {
    /// Calls of `store`, with `hook` around them.
    pub fn new(store: Arc<dyn Store>, hook: H) -> Arc<Self> {
        Arc::new(Self { store, hook })
    }
}

#[async_trait]
impl<H: Hook> StatementStore for Around<H> {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        self.hook.before("put_statements").await?;
        self.hook.after(Call::PutStatements(batch.statements.len()));
        self.store.put_statements(batch).await
    }
    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        self.hook.before("statement").await?;
        self.hook.after(Call::Statement);
        self.store.statement(id).await
    }
    async fn statement_within(&self, id: Uuid, most: usize) -> Result<Option<Within>> {
        self.hook.before("statement_within").await?;
        self.hook.after(Call::StatementWithin(most));
        self.store.statement_within(id, most).await
    }
    async fn statements(&self, filter: &Filter) -> Result<Page> {
        self.hook.before("statements").await?;
        let page = self.store.statements(filter).await?;
        self.hook.after(Call::Statements(page.statements.len()));
        Ok(page)
    }
    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        self.hook.before("attachments").await?;
        self.hook.after(Call::Attachments(hashes.len()));
        self.store.attachments(hashes).await
    }
    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        self.hook.before("attachment_data").await?;
        let piece = self.store.attachment_data(kept, from).await?;
        self.hook.after(Call::AttachmentData(piece.len()));
        Ok(piece)
    }
    async fn consistent_through(&self) -> Result<Instant> {
        self.hook.before("consistent_through").await?;
        self.store.consistent_through().await
    }
}

#[async_trait]
impl<H: Hook> StatementLog for Around<H> {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        self.hook.before("log").await?;
        let page = self.store.log(after, limit).await?;
        self.hook.after(Call::Log(page.statements.len()));
        Ok(page)
    }
    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        self.store.wait_for_news(after, at_most).await;
    }
}

#[async_trait]
impl<H: Hook> ThingStore for Around<H> {
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        self.hook.before("agent_names").await?;
        self.hook.after(Call::AgentNames);
        self.store.agent_names(ifi).await
    }
    async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        self.hook.before("definitions").await?;
        self.store.definitions(activities).await
    }
}

#[async_trait]
impl<H: Hook> DocumentStore for Around<H> {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        self.hook.before("document").await?;
        self.store.document(key).await
    }
    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        self.hook.before("document_ids").await?;
        self.store.document_ids(shelf, since).await
    }
    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        self.hook.before("change_document").await?;
        self.store.change_document(key, precondition, change).await
    }
    async fn delete_documents(&self, shelf: &Shelf) -> Result<()> {
        self.hook.before("delete_documents").await?;
        self.store.delete_documents(shelf).await
    }
}

#[async_trait]
impl<H: Hook> CourseStore for Around<H> {
    async fn delete_course(&self, id: &str, based_on: Revision) -> Result<bool> {
        self.hook.before("delete_course").await?;
        self.store.delete_course(id, based_on).await
    }
    async fn courses(&self) -> Result<Vec<CourseRevision>> {
        self.hook.before("courses").await?;
        self.store.courses().await
    }
    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>> {
        self.hook.before("course_revision").await?;
        self.store.course_revision(id).await
    }
    async fn course(&self, id: &str) -> Result<Option<KeptCourse>> {
        self.hook.before("course").await?;
        self.store.course(id).await
    }
    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> Result<bool> {
        self.hook.before("put_course").await?;
        self.store.put_course(id, file, based_on, selection).await
    }
    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: Revision) -> Result<bool> {
        self.hook.before("put_enrolment").await?;
        self.store.put_enrolment(id, enrolment, based_on).await
    }
}

#[async_trait]
impl<H: Hook> JournalStore for Around<H> {
    async fn watermark(&self, course: &str) -> Result<Watermark> {
        self.hook.before("watermark").await?;
        self.store.watermark(course).await
    }
    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>> {
        self.hook.before("progress").await?;
        let page = self.store.progress(course, after, limit).await?;
        self.hook.after(Call::Documents(course.to_owned(), page.len()));
        Ok(page)
    }
    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<ProgressPage> {
        self.hook.before("progress_of").await?;
        self.hook.after(Call::Documents(course.to_owned(), actors.len()));
        self.store.progress_of(course, actors).await
    }
    async fn written_since(
        &self,
        course: &str,
        version: JournalVersion,
    ) -> Result<(Watermark, Vec<String>)> {
        self.hook.before("written_since").await?;
        self.store.written_since(course, version).await
    }
    async fn put_progress(
        &self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<JournalVersion>> {
        self.hook.before("put_progress").await?;
        self.hook.after(Call::PutProgress {
            course: course.to_owned(),
            documents: documents.len(),
            bytes: documents.iter().map(|document| document.body.len()).sum(),
            through: followed.through,
        });
        self.store.put_progress(course, based_on, followed, documents, unnamed).await
    }
}

#[async_trait]
impl<H: Hook> CertificateStore for Around<H> {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.hook.before("add_certificates").await?;
        self.store.add_certificates(course, list).await
    }
    async fn certificate_ids(&self, course: &str) -> Result<Vec<String>> {
        self.hook.before("certificate_ids").await?;
        self.store.certificate_ids(course).await
    }
    async fn certificate(&self, course: &str, id: &str) -> Result<Option<KeptCertificates>> {
        self.hook.before("certificate").await?;
        self.store.certificate(course, id).await
    }
    async fn certificates(&self, course: &str) -> Result<Vec<KeptCertificates>> {
        self.hook.before("certificates").await?;
        self.store.certificates(course).await
    }
}

#[async_trait]
impl<H: Hook> TransferStore for Around<H> {
    async fn extent(&self) -> Result<Extent> {
        self.hook.before("extent").await?;
        self.store.extent().await
    }
    async fn ready_to_restore(&self) -> Result<()> {
        self.hook.before("ready_to_restore").await?;
        self.store.ready_to_restore().await
    }
    async fn restore(&self, statements: Vec<Stored>, attachments: Vec<Attachment>) -> Result<()> {
        self.hook.before("restore").await?;
        self.store.restore(statements, attachments).await
    }
    async fn documents_beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>> {
        self.hook.before("documents_beyond").await?;
        self.store.documents_beyond(after, limit).await
    }
    async fn adopt_secret(&self, secret: [u8; 32]) -> Result<bool> {
        self.hook.before("adopt_secret").await?;
        self.store.adopt_secret(secret).await
    }
    async fn is_used(&self) -> Result<bool> {
        self.hook.before("is_used").await?;
        self.store.is_used().await
    }
    async fn mark_unfinished(&self, is_unfinished: bool) -> Result<()> {
        self.hook.before("mark_unfinished").await?;
        self.store.mark_unfinished(is_unfinished).await
    }
    async fn is_unfinished(&self) -> Result<bool> {
        self.hook.before("is_unfinished").await?;
        self.store.is_unfinished().await
    }
}

#[async_trait]
impl<H: Hook> OriginStore for Around<H> {
    async fn origins(
        &self,
        after: Instant,
        through: Instant,
        limit: usize,
    ) -> Result<Vec<KeptOrigin>> {
        self.hook.before("origins").await?;
        self.store.origins(after, through, limit).await
    }
    async fn restore_from(
        &self,
        statements: Vec<Restored>,
        attachments: Vec<Attachment>,
    ) -> Result<()> {
        self.hook.before("restore_from").await?;
        self.store.restore_from(statements, attachments).await
    }
}

#[async_trait]
impl<H: Hook> Store for Around<H> {
    async fn lead(&self, lead: Lead) -> Result<bool> {
        self.hook.before("lead").await?;
        self.store.lead(lead).await
    }
    async fn mark_used(&self) -> Result<()> {
        self.hook.before("mark_used").await?;
        self.store.mark_used().await
    }
    async fn secret(&self) -> Result<[u8; 32]> {
        self.hook.before("secret").await?;
        self.store.secret().await
    }
    async fn ping(&self) -> Result<()> {
        self.hook.before("ping").await?;
        self.store.ping().await
    }
    async fn latest(&self) -> Result<Instant> {
        self.hook.before("latest").await?;
        self.store.latest().await
    }
}
