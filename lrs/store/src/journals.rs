//! Journals: what each actor said in each course, read from the log, and how far it was read.

use async_trait::async_trait;
use bytes::Bytes;

use crate::{JournalVersion, Reading, Result};
use xapi::instant::Instant;

/// What one actor said in one course, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressDocument {
    /// The actor's identifier, by its text.
    pub actor: String,
    /// The JSON text of `course::ActorProgress`.
    pub body: Bytes,
}

/// Some progress documents of many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgressPage {
    /// The documents, in the order asked for.
    pub documents: Vec<ProgressDocument>,
    /// Whether those that come after the last one are to be asked for.
    pub more: bool,
}

impl ProgressPage {
    /// Of the actors that were asked for, those whose documents come after this page; none where it is the last one.
    pub fn left<'a>(&self, asked: &'a [String]) -> &'a [String] {
        let last = self.documents.last().filter(|_| self.more);
        let at = last.and_then(|last| asked.iter().position(|actor| *actor == last.actor));
        at.and_then(|at| asked.get(at + 1..)).unwrap_or_default()
    }
}

/// How far the progress documents of one course follow the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// The documents are true up to this instant of `stored`.
    pub through: Instant,
    /// [`KeptCourse::reading`](crate::KeptCourse::reading) of the course that the documents were read for.
    pub reading: Reading,
}

/// The state of a course's progress documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watermark {
    /// How far they follow the log.
    pub followed: Followed,
    /// Grows with every write of documents.
    pub version: JournalVersion,
    /// The version of the last write that replaced all documents.
    pub base: JournalVersion,
}

/// What becomes of a course's documents that a write does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// They stay as they are.
    Stay,
    /// They are removed: the documents named are all there are, and the write is the [`Watermark::base`].
    Go,
}

/// What the documents of a page take together, in bytes, unless the first one alone takes more.
pub const DOCUMENTS_BYTES: usize = 16 << 20;

/// The progress of learners, as journals of actors.
#[async_trait]
pub trait JournalStore: Send + Sync {
    /// The state of a course's progress documents; the default before the first write.
    async fn watermark(&self, course: &str) -> Result<Watermark>;

    /// The progress documents of a course whose actor is greater than `after`, by actor, at most `limit`; fewer, but one at
    /// least, where they take more than [`DOCUMENTS_BYTES`] together. A page without documents is the end.
    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>>;

    /// The progress documents of these actors, where there are any, as one write left them, in the order of `actors`, each
    /// once: of all, or, where the documents take more than [`DOCUMENTS_BYTES`] together, of the first of them, but of one
    /// at least.
    ///
    /// # Example
    /// Of `a`, `b` and `c` each document takes two thirds of that. The page is of `a`, with more; `b` and `c` are asked
    /// for next.
    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<ProgressPage>;

    /// The actors whose documents were written after a version, by actor, with the watermark that the documents are true
    /// for: one read.
    async fn written_since(
        &self,
        course: &str,
        version: JournalVersion,
    ) -> Result<(Watermark, Vec<String>)>;

    /// Replaces the documents of the actors named and says how far they follow the log, in one
    /// write. Gives the new version of the watermark.
    ///
    /// `None`, and nothing changed, where the watermark has another version than `based_on`, which is the version that
    /// the documents were made from; where there is no such course; or where the first documents of a course, based on
    /// 0, are of another reading than the course has. No version is that of an earlier course of the same id. Another follower works on the course then: what
    /// is kept must be read again.
    ///
    /// # Example
    /// Two followers read version 3. One writes, and gets 4. The other's write, based on 3, gives `None`.
    async fn put_progress(
        &self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<JournalVersion>>;
}
