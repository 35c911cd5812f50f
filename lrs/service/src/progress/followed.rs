//! One course as the follower has it in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use uuid::Uuid;

use super::boards::stopped;
use super::read::{Lost, Read, Readable, Unreadable, evidence_of, taken_back};
use crate::compute;
use course::{ActorProgress, Course, Evidence};
use store::{
    Followed, JournalVersion, KeptCourse, ProgressDocument, Reading, Result, Store, StoreError,
    Unnamed,
};
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// Statements read at once.
pub(super) const CHUNK: usize = 1000;
/// Documents read at once, where they are no longer than a page of them may be.
const DOCUMENTS: usize = 64;
/// Documents up to this many bytes together are read on the calling thread: handing them over would cost more.
const SMALL: usize = 64 << 10;
/// What the documents of one write may weigh ([`ActorProgress::weight`]) before it is made: some 16 MiB.
const WRITTEN: usize = 80_000;
/// Actors whose documents are computed again before the next write.
const ANEW: usize = 16;
/// Statements that are known to have been voided when they were read.
const PASSED_OVER: usize = 100_000;
/// Long statements that a course remembers.
const MOST_LONG: usize = 100_000;
/// An actor's identifier is remembered with a long statement where it has no more bytes.
const SHORT_ACTOR: usize = 256;

/// A course and what its actors said up to the mark.
pub(super) struct FollowedCourse {
    pub(super) id: String,
    /// How far the documents follow the log, once those of `anew` are computed.
    pub(super) mark: Followed,
    /// The version of the watermark that the documents in memory go with.
    version: JournalVersion,
    course: Course,
    /// Documents that were read or changed lately; when `whole`, all there are.
    documents: HashMap<String, ActorProgress>,
    changed: BTreeSet<String>,
    /// What the changed documents weigh.
    weight: usize,
    /// Actors who lost a statement: their documents are computed again, up to the mark.
    anew: BTreeMap<String, Anew>,
    remembered: usize,
    /// The long statements that bear on the course, of those that were stored after `since` and followed, with their actors
    /// where these are short.
    long: HashMap<Uuid, Option<Box<str>>>,
    since: Instant,
    /// Those of them that were voided and whose actor is not known before they are read.
    unread: BTreeSet<Uuid>,
    /// Statements that were voided already when they were read; no document needs to be computed again for them.
    passed_over: HashSet<Uuid>,
    /// Statements that could not be read when documents were computed again: each is logged once.
    named: BTreeSet<Instant>,
    whole: bool,
}

/// A document that is computed from the log again, as far as that was read.
#[derive(Default)]
struct Anew {
    progress: ActorProgress,
    beyond: Option<Instant>,
}

impl FollowedCourse {
    /// The course as far as its kept documents go; from nothing where they were read for another
    /// file or have another shape. A kept course that does not parse is reported.
    pub(super) async fn load(store: &dyn Store, kept: &KeptCourse) -> Result<Self> {
        let corrupt = |what: String| StoreError::Corrupt(format!("course {}: {what}", kept.id));
        let course = Course::parse(&kept.file).map_err(|error| corrupt(error.to_string()))?;
        let watermark = store.watermark(&kept.id).await?;
        let mark = watermark.followed;
        let first = store.progress(&kept.id, "", 1).await?;
        let is_current = mark.reading == kept.reading
            && first.first().is_none_or(|document| current(document).is_some());
        let mut followed = Self {
            id: kept.id.clone(),
            mark,
            version: watermark.version,
            course,
            documents: HashMap::new(),
            changed: BTreeSet::new(),
            weight: 0,
            anew: BTreeMap::new(),
            remembered: 0,
            long: HashMap::new(),
            since: mark.through,
            unread: BTreeSet::new(),
            passed_over: HashSet::new(),
            named: BTreeSet::new(),
            whole: false,
        };
        if !is_current {
            followed.start_over(kept.reading);
        }
        Ok(followed)
    }

    /// Forgets all progress, to follow the log from its beginning; the next save replaces all.
    pub(super) fn start_over(&mut self, reading: Reading) {
        self.documents = HashMap::new();
        self.remembered = 0;
        self.changed.clear();
        self.weight = 0;
        self.anew.clear();
        self.long.clear();
        self.since = Instant::default();
        self.unread.clear();
        self.passed_over.clear();
        self.whole = true;
        self.mark = Followed { through: Instant::default(), reading };
    }

    /// Whether the log must be read to its end before the documents can be used.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether documents must be computed again before anything can be saved or followed.
    pub(super) fn is_behind(&self) -> bool {
        !self.anew.is_empty() || !self.unread.is_empty()
    }

    /// The course knows of every long statement that it followed and that was stored after this instant whether it bears on
    /// the course. Too many of them are forgotten.
    pub(super) fn since(&mut self) -> Instant {
        if self.long.len() >= MOST_LONG {
            self.long.clear();
            self.since = self.mark.through;
        }
        self.since
    }

    /// What was read or written of documents since they were last forgotten: what is in memory weighs no more.
    pub(super) const fn remembered(&self) -> usize {
        self.remembered
    }

    /// Gives the memory of the documents back; they are read again when they are needed. Nothing is forgotten that is not
    /// kept yet.
    pub(super) fn forget_documents(&mut self) {
        if !self.whole && self.changed.is_empty() {
            self.documents = HashMap::new();
            self.remembered = 0;
        }
    }

    /// Takes the next statements of the log into account, as many as one write should hold; says
    /// whether that was all of them. No document may be behind before; some may be afterwards.
    pub(super) async fn follow(&mut self, store: &dyn Store, log: &[Read]) -> Result<bool> {
        let first = log.partition_point(|read| read.stored <= self.mark.through);
        let (_, mut news) = log.split_at(first);
        while !news.is_empty() {
            let (now, later) = news.split_at(self.remember(store, news).await?);
            for read in now {
                self.take(read);
                self.mark.through = read.stored;
                if self.anew.len() + self.unread.len() >= ANEW
                    || self.weight >= WRITTEN && !self.whole
                {
                    return Ok(log.last().is_some_and(|last| last.stored == read.stored));
                }
            }
            news = later;
        }
        Ok(true)
    }

    /// Reads the documents of the next actors who say something, one page of them at the most; of how many statements
    /// these are all.
    async fn remember(&mut self, store: &dyn Store, news: &[Read]) -> Result<usize> {
        if self.whole {
            return Ok(news.len());
        }
        // In the order of their first statements, which is where a page may end.
        let (mut missing, mut first): (Vec<String>, HashMap<String, usize>) = Default::default();
        let mut covered = news.len();
        for (at, read) in news.iter().enumerate() {
            let evidence = read.evidence.as_ref().filter(|evidence| self.bears(evidence));
            let Some(actor) = evidence.map(|evidence| evidence.actor.to_string()) else { continue };
            if self.documents.contains_key(&actor) || first.contains_key(&actor) {
                continue;
            }
            if missing.len() == DOCUMENTS {
                covered = at;
                break;
            }
            missing.push(actor.clone());
            first.insert(actor, at);
        }
        let page = store.progress_of(&self.id, &missing).await?;
        let next = page.left(&missing).first().and_then(|actor| first.get(actor));
        covered = next.copied().unwrap_or(covered);
        let read = read(&self.id, page.documents).await?;
        self.remembered += read.iter().map(|(_, progress)| progress.weight()).sum::<usize>();
        self.documents.extend(read);
        Ok(covered)
    }

    fn take(&mut self, read: &Read) {
        if let Some(id) = read.voided {
            self.pass_over(id);
        }
        if let Some(evidence) = read.evidence.as_ref().filter(|evidence| self.bears(evidence)) {
            let actor = evidence.actor.to_string();
            let progress = self.documents.entry(actor.clone()).or_default();
            progress.apply(&self.course, evidence);
            if let Some(id) = read.long {
                let short = Some(actor.as_str()).filter(|actor| actor.len() <= SHORT_ACTOR);
                self.long.insert(id, short.map(Into::into));
            }
            self.note_change(actor);
        }
        let Some(target) = read.target else { return };
        match &read.lost {
            Lost::Said(lost) if self.bears(lost) && !self.passed_over.remove(&target) => {
                self.anew.insert(lost.actor.to_string(), Anew::default());
            }
            Lost::Followed => match self.long.remove(&target) {
                Some(Some(actor)) => {
                    self.anew.insert(actor.into(), Anew::default());
                }
                Some(None) => {
                    self.unread.insert(target);
                }
                None => {}
            },
            Lost::Nothing | Lost::Said(_) => {}
        }
    }

    fn pass_over(&mut self, id: Uuid) {
        if self.passed_over.len() >= PASSED_OVER {
            self.passed_over.clear();
        }
        self.passed_over.insert(id);
    }

    fn note_change(&mut self, actor: String) {
        let weight = self.documents.get(&actor).map_or(0, ActorProgress::weight);
        if self.changed.insert(actor) {
            self.weight += weight;
        }
    }

    fn bears(&self, evidence: &Evidence) -> bool {
        let Evidence { object, parents, groupings, .. } = evidence;
        self.course.place_of(object, parents, groupings).is_some()
    }

    /// Reads a long statement that was voided, to know its actor, or one page of what an actor who lost a statement said, up
    /// to the mark, and not voided; gives how many bytes these statements are. A statement that cannot be read is logged once
    /// and passed over.
    pub(super) async fn compute_on(&mut self, store: &dyn Store) -> Result<usize> {
        if let Some(target) = self.unread.pop_first() {
            let (bytes, said) = taken_back(store, target).await?;
            if let Some(lost) = said.filter(|said| self.bears(said)) {
                self.anew.insert(lost.actor.to_string(), Anew::default());
            }
            return Ok(bytes);
        }
        let Some((actor, mut anew)) = self.anew.pop_first() else { return Ok(0) };
        let filter = of_agent(&actor, self.mark.through, anew.beyond);
        let page = Readable::next(store, &filter).await?;
        if let Some(Unreadable { stored, error, .. }) = page.unreadable
            && self.named.insert(stored)
        {
            tracing::error!(error, "a statement does not count");
        }
        let bytes = page.statements.iter().map(|statement| statement.body.len()).sum();
        for evidence in all_evidence(page.statements).await? {
            if evidence.actor.to_string() == actor {
                anew.progress.apply(&self.course, &evidence);
            }
        }
        if page.beyond.is_some() {
            anew.beyond = page.beyond;
            self.anew.insert(actor, anew);
        } else {
            self.documents.insert(actor.clone(), anew.progress);
            self.note_change(actor);
        }
        Ok(bytes)
    }

    /// Writes what changed, with the mark up to which it is true. False where another process has
    /// written, or the course is gone: what is in memory is worth nothing then. No document may be
    /// behind.
    pub(super) async fn save(&mut self, store: &dyn Store) -> Result<bool> {
        let taken: Vec<(String, ActorProgress)> = if self.whole {
            std::mem::take(&mut self.documents).into_iter().collect()
        } else {
            let of_actor = |actor: &String| {
                self.documents.remove_entry(actor).ok_or_else(|| {
                    let id = &self.id;
                    StoreError::Corrupt(format!("the progress of {actor} in {id} is not in memory"))
                })
            };
            self.changed.iter().map(of_actor).collect::<Result<_>>()?
        };
        let (documents, taken) = written(&self.id, taken).await?;
        self.documents.extend(taken);
        let (version, whole) = (self.version, self.whole);
        let unnamed = if whole { Unnamed::Go } else { Unnamed::Stay };
        let written = store.put_progress(&self.id, version, self.mark, documents, unnamed).await?;
        let Some(version) = written else { return Ok(false) };
        self.version = version;
        self.remembered += self.weight;
        self.weight = 0;
        self.changed.clear();
        if whole {
            self.whole = false;
            self.forget_documents();
        }
        Ok(true)
    }
}

/// A page of the statements about an agent, stored until an instant and beyond another one, that
/// are not voided.
pub(super) fn of_agent(agent: &str, until: Instant, beyond: Option<Instant>) -> Filter {
    let agent = Some(Match { text: agent.to_owned(), related: false });
    let until = Some(until);
    Filter { agent, until, beyond, ascending: true, limit: CHUNK, ..Filter::default() }
}

/// What statements say, those that cannot be read left out; off the asynchronous threads.
async fn all_evidence(statements: Vec<Stored>) -> Result<Vec<Evidence>> {
    let read = move || statements.iter().filter_map(evidence_of).collect();
    compute::aside(read).await.map_err(|_| stopped())
}

/// What documents say, by actor; off the asynchronous threads where they are large.
async fn read(
    course: &str,
    documents: Vec<ProgressDocument>,
) -> Result<Vec<(String, ActorProgress)>> {
    let bytes: usize = documents.iter().map(|document| document.body.len()).sum();
    let course = course.to_owned();
    let read = move || {
        let read = |document: ProgressDocument| {
            let unreadable =
                || format!("the progress of {} in {course}: rebuild it", document.actor);
            let progress = current(&document).ok_or_else(|| StoreError::Corrupt(unreadable()))?;
            Ok((document.actor, progress))
        };
        documents.into_iter().map(read).collect()
    };
    if bytes <= SMALL { read() } else { compute::aside(read).await.map_err(|_| stopped())? }
}

/// Documents as they are kept, and what they were made of; off the asynchronous threads. One that cannot be written is an
/// error: an empty one would lose what the actor did.
async fn written(
    course: &str,
    progress: Vec<(String, ActorProgress)>,
) -> Result<(Vec<ProgressDocument>, Vec<(String, ActorProgress)>)> {
    let course = course.to_owned();
    let write = move || {
        let one = |(actor, progress): &(String, ActorProgress)| {
            let body = serde_json::to_vec(progress).map_err(|error| {
                StoreError::Corrupt(format!("the progress of {actor} in {course}: {error}"))
            })?;
            Ok(ProgressDocument { actor: actor.clone(), body: Bytes::from(body) })
        };
        let documents = progress.iter().map(one).collect::<Result<Vec<_>>>()?;
        Ok((documents, progress))
    };
    compute::aside(write).await.map_err(|_| stopped())?
}

/// The document, where it has the shape that this program writes.
pub(super) fn current(document: &ProgressDocument) -> Option<ActorProgress> {
    let progress: ActorProgress = serde_json::from_slice(&document.body).ok()?;
    progress.is_current().then_some(progress)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use store::Selection;
    use store_testkit::clock::SystemClock;
    use store_testkit::memory::MemoryStore;

    use super::*;

    const FILE: &str = "id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'UTC'\n[[module]]\nid = 'm'\n\
        title = { it = 'M' }\n[[module.activity]]\nid = 'https://x.example/a'\n";

    #[tokio::test]
    async fn too_many_long_statements_are_forgotten_and_those_before_are_not_known_any_more() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        assert!(store.put_course("c", FILE, None, Selection::Changed).await.unwrap());
        let kept = store.course("c").await.unwrap().unwrap();
        let mut followed = FollowedCourse::load(&*store, &kept).await.unwrap();
        followed.start_over(kept.reading);
        followed.mark.through = Instant::from_micros(9);
        followed.long.extend((1..MOST_LONG as u128).map(|n| (Uuid::from_u128(n), None)));
        assert_eq!((followed.since(), followed.long.len()), (Instant::default(), MOST_LONG - 1));
        followed.long.insert(Uuid::nil(), None);
        assert_eq!((followed.since(), followed.long.len()), (Instant::from_micros(9), 0));
    }
}
