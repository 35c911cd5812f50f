//! Progress documents. Each write keeps its documents under a version of its own and then moves the
//! course's watermark, a cell, to that version. A document whose version the watermark does not name
//! is not there. Fields of a document:
//! `_id`, `course`, `actor`, `version`, `body`; of a watermark: `through`, `reading`, `version`,
//! `base`, `spans`.
//!
//! A version is the number of a *span*, which one process has for itself, times [`SPAN`], plus a count
//! of that process's writes. The watermark names of each span the last version that was written in
//! full. So the documents of a process that died, or that was too late, are never seen.
//!
//! Example: process A, span 1, writes version 1·2³² in full, dies while it writes 1·2³²+1, and process
//! B, span 2, writes 2·2³². The watermark names 1·2³² and 2·2³²; what A wrote last is not there.

use self::mark::{Mark, SPAN, version_in};
use crate::MongoStore;
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use store::JournalStore;

use bytes::Bytes;
use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};

use crate::blob::{Blobs, Holder, INLINE};
use crate::call::{BATCH, all, call};
use crate::cell::{self, Cells, Held};
use crate::field;
use store::{
    DOCUMENTS_BYTES, Followed, JournalVersion, ProgressDocument, ProgressPage, Reading, Result,
    Revision, StoreError, Unnamed, Watermark,
};
use xapi::instant::Instant;

mod mark;

/// Superseded documents are removed this many writes later: a reader may still be reading them.
const LAG: usize = 16;
/// How often a read is tried again that [`LAG`] writes overtook.
const TRIES: u32 = 50;
/// Documents of a page that are read at once, about: each may have hundreds of kilobytes.
const AT_ONCE: usize = 500;
/// Actors, or ids of documents, in one call at most.
const ASKED: usize = 1_000;
/// Documents whose bodies one call reads: those that lie in the documents take a page's bytes at most.
const BODIES: usize = DOCUMENTS_BYTES / INLINE;

/// The collections, and what this process is writing.
#[derive(Clone)]
pub(super) struct Progress {
    pub(super) documents: Collection<Document>,
    pub(super) watermarks: Cells,
    pub(super) courses: Cells,
    pub(super) blobs: Blobs,
    /// By course.
    pub(super) writing: Arc<Mutex<HashMap<String, Writing>>>,
}

/// Which documents of a course to read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    /// See [`store::JournalStore::progress`].
    Page { after: &'a str, limit: usize },
    /// See [`store::JournalStore::progress_of`].
    Of(&'a [String]),
    /// See [`store::JournalStore::written_since`]: without bodies.
    Since(JournalVersion),
}

/// The span of a course's versions that this process writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Writing {
    /// The last version used.
    version: JournalVersion,
    /// What the latest writes superseded, the oldest first.
    superseded: Vec<Vec<Bson>>,
}

impl Progress {
    async fn mark(&self, course: &str) -> Result<(Held, Mark)> {
        let held = self.watermarks.newest(&cell::name(&[course])).await?;
        let mark = Mark::from_cell(&held)?;
        Ok((held, mark))
    }

    /// See [`store::JournalStore::watermark`].
    pub(super) async fn watermark(&self, course: &str) -> Result<Watermark> {
        Ok(self.mark(course).await?.1.watermark)
    }

    /// Documents that the course's mark names, with the watermark that they belong to. They are read
    /// again where [`LAG`] writes were made meanwhile: superseded ones may be gone.
    pub(super) async fn named(
        &self,
        course: &str,
        wanted: Wanted<'_>,
    ) -> Result<(Watermark, ProgressPage)> {
        let whole = |documents| ProgressPage { documents, more: false };
        for _ in 0..TRIES {
            let (_, mark) = self.mark(course).await?;
            let page = match wanted {
                Wanted::Page { after, limit } => {
                    self.page(&mark, course, after, limit).await.map(whole)
                }
                Wanted::Of(actors) => self.of_actors(&mark, course, actors).await,
                Wanted::Since(version) => self.since(&mark, course, version).await.map(whole),
            };
            let now = self.watermark(course).await?;
            let lag = now.version.number() - mark.watermark.version.number();
            let is_overtaken = usize::try_from(lag).is_ok_and(|lag| lag >= LAG);
            let still = now.base == mark.watermark.base && !is_overtaken;
            if still {
                return Ok((mark.watermark, page?));
            }
        }
        Err(cell::busy())
    }

    async fn page(
        &self,
        mark: &Mark,
        course: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProgressDocument>> {
        let mut after = after.to_owned();
        let mut page = Vec::new();
        while page.len() < limit {
            // More than a page: an actor may have several versions. Those of the last actor may not all be read.
            let wanted = 2 * (limit - page.len()).min(AT_ONCE) + LAG;
            let filter = doc! {"course": course, "actor": {"$gt": &after}};
            let found = self.documents.find(filter).sort(doc! {"actor": 1, "version": 1});
            let limited = i64::try_from(wanted).unwrap_or(i64::MAX);
            let mut found = all(found.limit(limited).batch_size(BATCH)).await?;
            let whole = found.len() < wanted;
            if !whole && let Some(alone) = cut_last(&mut found)? {
                let of_one = doc! {"course": course, "actor": alone};
                found = all(self.documents.find(of_one).batch_size(BATCH)).await?;
            }
            let Some(last) = found.last() else { break };
            let last = field::text(last, "actor")?;
            page.extend(self.newest(mark, found).await?);
            if is_cut(&mut page) || whole {
                break;
            }
            after = last;
        }
        page.truncate(limit);
        Ok(page)
    }

    async fn of_actors(
        &self,
        mark: &Mark,
        course: &str,
        actors: &[String],
    ) -> Result<ProgressPage> {
        let (mut page, mut bytes) = (ProgressPage::default(), 0);
        let mut seen = HashSet::new();
        let once: Vec<&String> = actors.iter().filter(|it| seen.insert(*it)).collect();
        for actors in once.chunks(ASKED) {
            let filter = doc! {"course": course, "actor": {"$in": actors}};
            let find = self.documents.find(filter).projection(doc! {"body": 0});
            let mut newest = newest(mark, all(find).await?)?;
            let marks: Vec<Document> = actors.iter().filter_map(|it| newest.remove(*it)).collect();
            for marks in marks.chunks(BODIES) {
                let documents = self.with_bodies(marks).await?;
                let lengths = self.blobs.lengths(&documents).await?;
                for (document, length) in documents.iter().zip(lengths) {
                    bytes += length;
                    if bytes > DOCUMENTS_BYTES && !page.documents.is_empty() {
                        page.more = true;
                        return Ok(page);
                    }
                    page.documents.push(self.read(document).await?);
                }
            }
        }
        Ok(page)
    }

    /// The documents of these marks with their bodies, in their order. One that was superseded meanwhile may be gone.
    async fn with_bodies(&self, marks: &[Document]) -> Result<Vec<Document>> {
        let ids = marks.iter().map(|it| field::text(it, "_id")).collect::<Result<Vec<_>>>()?;
        let find = self.documents.find(doc! {"_id": {"$in": &ids}});
        let found = all(find.batch_size(BATCH)).await?.into_iter();
        let with_id = found.map(|document| Ok((field::text(&document, "_id")?, document)));
        let mut found = with_id.collect::<Result<HashMap<String, Document>>>()?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    async fn since(
        &self,
        mark: &Mark,
        course: &str,
        version: JournalVersion,
    ) -> Result<Vec<ProgressDocument>> {
        let from = version.number().max(mark.watermark.base.number() - 1);
        let filter = doc! {"course": course, "version": {"$gt": from}};
        let find = self.documents.find(filter).projection(doc! {"actor": 1, "version": 1});
        let newest = newest(mark, all(find).await?)?;
        let without_body = |actor| ProgressDocument { actor, body: Bytes::new() };
        let mut actors: Vec<String> = newest.into_keys().collect();
        actors.sort_unstable();
        Ok(actors.into_iter().map(without_body).collect())
    }

    /// Of each actor the newest document that the mark names, by actor.
    async fn newest(&self, mark: &Mark, found: Vec<Document>) -> Result<Vec<ProgressDocument>> {
        let newest = newest(mark, found)?;
        let mut documents = Vec::with_capacity(newest.len());
        for document in newest.values() {
            documents.push(self.read(document).await?);
        }
        documents.sort_unstable_by(|one, other| one.actor.cmp(&other.actor));
        Ok(documents)
    }

    async fn read(&self, document: &Document) -> Result<ProgressDocument> {
        let actor = field::text(document, "actor")?;
        Ok(ProgressDocument { actor, body: self.blobs.bytes(document, "body").await? })
    }

    /// See [`store::JournalStore::put_progress`].
    pub(super) async fn put(
        &self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<JournalVersion>> {
        let (held, mark) = self.mark(course).await?;
        let Some(reading) = self.reading(course).await? else { return Ok(None) };
        let is_stale = based_on == JournalVersion::NONE && followed.reading != reading;
        if mark.watermark.version != based_on || is_stale {
            return Ok(None);
        }
        let Writing { version, superseded } = self.begin(course, &mark).await?;
        let superseding = self.superseding(course, &documents, unnamed).await?;
        self.write(course, version, documents).await?;
        let after = mark.after(version, followed, unnamed);
        let name = cell::name(&[course]);
        // Nothing is visible yet. Where the change fails, no watermark ever names this version.
        if !self.watermarks.change(&name, &held, after.document()).await? {
            return Ok(None);
        }
        self.end(course, version, superseded, superseding).await?;
        Ok(Some(version))
    }

    /// The number of the newest span of a course's versions; 0 before the first.
    pub(super) async fn spans(&self, course: &str) -> Result<i64> {
        Ok(self.watermarks.newest(&cell::name(&[course, "spans"])).await?.n)
    }

    /// Removes what is kept of a deleted course: the watermark, unless its reading is later than
    /// `revision`, and the documents of all spans up to `spans`, which was read before the course was
    /// deleted. So a course that takes the id right after keeps its own. The cell of spans stays, so
    /// that no version is used twice.
    pub(super) async fn remove(
        &self,
        course: &str,
        revision: Revision,
        spans: i64,
        now: Instant,
    ) -> Result<()> {
        self.lock().remove(course);
        loop {
            let (held, mark) = self.mark(course).await?;
            let name = cell::name(&[course]);
            let is_gone = held.value().is_none()
                || mark.watermark.followed.reading > Reading::since(revision);
            if is_gone || self.watermarks.remove(&name, &held, doc! {}, now).await? {
                break;
            }
        }
        let old = doc! {"course": course, "version": {"$lt": (spans + 1) * SPAN}};
        let mut in_files = old.clone();
        in_files.insert("body", doc! {"$type": "objectId"});
        for document in all(self.documents.find(in_files)).await? {
            self.blobs.remove(document.get_object_id("body").ok()).await?;
        }
        call(self.documents.delete_many(old)).await.map(drop)
    }

    /// The reading of a course; none where there is no such course.
    async fn reading(&self, course: &str) -> Result<Option<Reading>> {
        let held = self.courses.newest(&cell::name(&[course])).await?;
        let reading = held.value().map(|kept| field::integer(kept, "reading")).transpose()?;
        Ok(reading.map(Reading::from_number))
    }

    /// Takes the next version of the span that this process has, or the first of a new span. A write
    /// that fails before [`Progress::end`] leaves this process without a span.
    async fn begin(&self, course: &str, mark: &Mark) -> Result<Writing> {
        let known = self.lock().remove(course);
        if let Some(mut writing) = known.filter(|it| it.version == mark.watermark.version) {
            writing.version = writing.version.next();
            return Ok(writing);
        }
        // The version of the cell `spans` is the number of the newest span.
        let name = cell::name(&[course, "spans"]);
        loop {
            let held = self.watermarks.newest(&name).await?;
            if self.watermarks.change(&name, &held, doc! {}).await? {
                let version = JournalVersion::from_number((held.n + 1) * SPAN);
                return Ok(Writing { version, superseded: Vec::new() });
            }
        }
    }

    /// The ids of the documents that this write supersedes.
    async fn superseding(
        &self,
        course: &str,
        documents: &[ProgressDocument],
        unnamed: Unnamed,
    ) -> Result<Vec<Bson>> {
        let ids = async |filter: Document| -> Result<Vec<Bson>> {
            let found = all(self.documents.find(filter).projection(doc! {"_id": 1})).await?;
            found.iter().map(|document| field::any(document, "_id").cloned()).collect()
        };
        if unnamed == Unnamed::Go {
            return ids(doc! {"course": course}).await;
        }
        let mut superseding = Vec::new();
        for documents in documents.chunks(ASKED) {
            let actors: Vec<&str> = documents.iter().map(|it| it.actor.as_str()).collect();
            superseding.extend(ids(doc! {"course": course, "actor": {"$in": actors}}).await?);
        }
        Ok(superseding)
    }

    async fn write(
        &self,
        course: &str,
        version: JournalVersion,
        documents: Vec<ProgressDocument>,
    ) -> Result<()> {
        for documents in documents.chunks(ASKED) {
            let mut rows = Vec::with_capacity(documents.len());
            for ProgressDocument { actor, body } in documents {
                let text = std::str::from_utf8(body).map_err(|_| {
                    StoreError::Corrupt("a progress document that is not UTF-8".into())
                })?;
                let id = format!("{}/{}", cell::name(&[course, actor]), version.number());
                let holder = Holder::new(&self.documents, doc! {"_id": &id});
                rows.push(doc! {
                    "_id": id,
                    "course": course,
                    "actor": actor,
                    "version": version.number(),
                    "body": self.blobs.text_field(text, holder).await?,
                });
            }
            call(self.documents.insert_many(rows).ordered(false)).await?;
        }
        Ok(())
    }

    /// Remembers the span, and removes what was superseded long enough ago.
    async fn end(
        &self,
        course: &str,
        version: JournalVersion,
        mut superseded: Vec<Vec<Bson>>,
        superseding: Vec<Bson>,
    ) -> Result<()> {
        superseded.push(superseding);
        let old: Vec<Bson> = if superseded.len() > LAG { superseded.remove(0) } else { Vec::new() };
        self.lock().insert(course.to_owned(), Writing { version, superseded });
        for ids in old.chunks(ASKED) {
            let in_files = doc! {"_id": {"$in": ids.to_vec()}, "body": {"$type": "objectId"}};
            for document in all(self.documents.find(in_files)).await? {
                self.blobs.remove(document.get_object_id("body").ok()).await?;
            }
            call(self.documents.delete_many(doc! {"_id": {"$in": ids.to_vec()}})).await?;
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Writing>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of each actor the newest of documents that the mark names.
fn newest(mark: &Mark, found: Vec<Document>) -> Result<HashMap<String, Document>> {
    let mut newest: HashMap<String, (JournalVersion, Document)> = HashMap::new();
    for document in found {
        let version = version_in(&document, "version")?;
        let actor = field::text(&document, "actor")?;
        let known = newest.get(&actor).map_or(JournalVersion::NONE, |(version, _)| *version);
        if version > known && mark.names(version) {
            newest.insert(actor, (version, document));
        }
    }
    Ok(newest.into_iter().map(|(actor, (_, document))| (actor, document)).collect())
}

/// Leaves out the documents of the last actor of a page, whose newest version may not have been read.
/// Where all documents are of that actor, leaves them and gives the actor.
fn cut_last(found: &mut Vec<Document>) -> Result<Option<String>> {
    // Nothing was found: there is nothing to cut.
    let Some(last) = found.last() else { return Ok(None) };
    let last = field::text(last, "actor")?;
    let first = found.first().map(|first| field::text(first, "actor")).transpose()?;
    if first.as_ref() == Some(&last) {
        return Ok(Some(last));
    }
    // A document without an actor stays: reading it fails.
    found.retain(|document| document.get_str("actor").ok() != Some(last.as_str()));
    Ok(None)
}

/// Cuts a page where its documents take more than a page may, behind the first one at the earliest; whether it was cut.
fn is_cut(page: &mut Vec<ProgressDocument>) -> bool {
    let mut bytes = 0;
    let over = page.iter().position(|document| {
        bytes += document.body.len();
        bytes > DOCUMENTS_BYTES
    });
    let Some(over) = over else { return false };
    page.truncate(over.max(1));
    true
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
        Ok(self.0.progress.named(course, Wanted::Page { after, limit }).await?.1.documents)
    }

    async fn progress_of(&self, course: &str, actors: &[String]) -> Result<ProgressPage> {
        Ok(self.0.progress.named(course, Wanted::Of(actors)).await?.1)
    }

    async fn written_since(
        &self,
        course: &str,
        version: JournalVersion,
    ) -> Result<(Watermark, Vec<String>)> {
        let (watermark, page) = self.0.progress.named(course, Wanted::Since(version)).await?;
        Ok((watermark, page.documents.into_iter().map(|it| it.actor).collect()))
    }

    async fn put_progress(
        &self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> Result<Option<JournalVersion>> {
        self.0.progress.put(course, based_on, followed, documents, unnamed).await
    }
}
