//! Where all learners of a course stand on one day, kept in memory and brought up to date from the
//! documents that changed since: a report on a warm server reads neither the log nor documents.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::ScopedJoinHandle;

use super::error::ProgressError;
use super::followed::current;
use super::merges::Merges;
use super::presence::Codes;
use crate::compute;
use crate::memory::{Exhausted, Memory, Reserved};
use access::bounds::Bounds;
use course::{
    ActivityStanding, ActorProgress, Course, Cut, Enrolment, Learner, LearnerList, Replay,
    Standing, Standings, Track,
};
use report::Member;
use store::{
    JournalVersion, KeptCourse, ProgressDocument, Result, Revision, Store, StoreError, Watermark,
};

/// Documents read at once.
const PAGE: usize = 2_000;
/// Learners whose documents are read at once, where each has several.
const REREAD: usize = 200;
/// What the allocator takes beside each piece of memory, and the counts of an `Arc`.
const OVERHEAD: usize = 16;
/// Standings of learners who have done nothing, of which few differ: more than these are not compared.
const UNTOUCHED: usize = 32;

/// A course with its enrolment, as the kept texts say; read once for each revision of them.
pub(super) struct EnrolledCourse {
    pub(super) revision: Revision,
    pub(super) course: Course,
    pub(super) enrolment: Enrolment,
    /// One for each person.
    pub(super) people: LearnerList,
    /// The same, for boards to share.
    members: Vec<Arc<Learner>>,
    /// The position in `people` of the learner whom an actor is.
    by_actor: HashMap<String, usize>,
    /// How many bytes the enrolment has as it is kept.
    bytes: usize,
    pub(super) merges: Merges,
    /// Its sessions by their check-in codes, once one was asked for.
    pub(super) codes: OnceLock<Codes>,
}

impl EnrolledCourse {
    pub(super) fn read(kept: &KeptCourse) -> Result<Self> {
        let corrupt = |what: String| StoreError::Corrupt(format!("course {}: {what}", kept.id));
        let course = Course::parse(&kept.file).map_err(|error| corrupt(error.to_string()))?;
        let enrolment = Enrolment::from_kept(&kept.enrolment).map_err(corrupt)?;
        let people = enrolment.people().map_err(|error| corrupt(error.to_string()))?;
        let mut by_actor = HashMap::new();
        for (position, learner) in people.learners().iter().enumerate() {
            by_actor.extend(learner.known_as().into_iter().map(|it| (it.to_string(), position)));
        }
        let members = people.learners().iter().cloned().map(Arc::new).collect();
        let merges = Merges::of(&enrolment, &people);
        let (revision, bytes) = (kept.revision, kept.enrolment.len());
        Ok(Self {
            revision,
            course,
            enrolment,
            people,
            members,
            by_actor,
            bytes,
            merges,
            codes: OnceLock::new(),
        })
    }

    /// How many people there are within `bounds`, and how many learners are another one of them.
    pub(super) fn counted(&self, bounds: Option<&Bounds>) -> (usize, usize) {
        match bounds {
            None => (self.enrolment.learners.len() - self.merges.count, self.merges.count),
            Some(_) => self.roll(bounds).counted(),
        }
    }

    /// How many bytes it takes at the most to write the enrolment, or a part of it, as text.
    pub(super) const fn weight_as_text(&self) -> usize {
        // A part is copied first, and a text that grows is there twice for a moment.
        self.bytes.saturating_mul(6)
    }

    /// Whether an actor, by the text of the identifier, is a learner.
    pub(super) fn knows(&self, actor: &str) -> bool {
        self.by_actor.contains_key(actor)
    }

    /// The position in `people` of the learner whom an actor is.
    pub(super) fn position_of(&self, actor: &str) -> Option<usize> {
        self.by_actor.get(actor).copied()
    }

    /// The learner whom an actor is, by the text of the identifier.
    pub(super) fn learner_of(&self, actor: &str) -> Option<&Learner> {
        self.people.learners().get(*self.by_actor.get(actor)?)
    }

    /// How many bytes a board of this course takes at the most, however much its learners did.
    pub(super) fn weight_of_board(&self) -> usize {
        let modules = self.course.modules();
        let activities: usize = modules.iter().map(|module| module.activities.len()).sum();
        let standings = size_of::<Standings>()
            + modules.len() * size_of::<Standing>()
            + activities * size_of::<ActivityStanding>()
            + 4 * OVERHEAD;
        self.members.len().saturating_mul(standings + size_of::<Member>())
    }

    /// All learners, who have done nothing by a day. Those for whom the same modules are share standings and track.
    fn untouched(&self, cut: Option<Cut>) -> Vec<Member> {
        let mut different: Vec<(Arc<Standings>, Track)> = Vec::new();
        let member = |learner: &Arc<Learner>| {
            let (replay, track) = Replay::new(&self.course, learner, []).tracked(cut);
            let standings = replay.standings();
            let is_like = |known: &&(Arc<_>, Track)| *known.0 == standings && known.1 == track;
            let known = different.iter().find(is_like).cloned();
            let (standings, track) = known.unwrap_or_else(|| {
                let new = (Arc::new(standings), track);
                if different.len() < UNTOUCHED {
                    different.push(new.clone());
                }
                new
            });
            Member { learner: Arc::clone(learner), standings, track }
        };
        self.members.iter().map(member).collect()
    }
}

/// The standings of one course on one day. A clone shares the standings.
#[derive(Clone)]
pub(super) struct Board {
    pub(super) enrolled: Arc<EnrolledCourse>,
    cut: Option<Cut>,
    pub(super) watermark: Watermark,
    pub(super) members: Vec<Member>,
    /// The memory of the standings.
    _held: Arc<Reserved>,
    /// The memory of the tracks, which are as long as learners did much.
    of_tracks: Arc<Reserved>,
}

/// Where a learner stands on the day of a board, and the way there.
struct Stand {
    position: usize,
    standings: Standings,
    track: Track,
}

impl Board {
    /// The board that all documents give; true up to `watermark`, which was read before. Its standings are reserved in
    /// `memory` before documents are read, its tracks page by page.
    ///
    /// # Errors
    /// Of the store, and [`ProgressError::Exhausted`].
    pub(super) async fn read(
        store: &dyn Store,
        enrolled: Arc<EnrolledCourse>,
        cut: Option<Cut>,
        watermark: Watermark,
        memory: &Memory,
    ) -> std::result::Result<Self, ProgressError> {
        let held = Arc::new(memory.reserve(enrolled.weight_of_board())?);
        let of_tracks = Arc::new(memory.reserve(0)?);
        let of = Arc::clone(&enrolled);
        let members = aside(move || of.untouched(cut)).await?;
        let mut board = Self { enrolled, cut, watermark, members, _held: held, of_tracks };
        board.load(store, memory).await?;
        Ok(board)
    }

    /// Brings the board up to date with `watermark`, which was read before; false where all documents were replaced
    /// since, so that the board must be read anew. What the tracks take more than before is reserved in `memory`.
    ///
    /// # Errors
    /// Of the store, and [`ProgressError::Exhausted`]: the board is of no use then.
    pub(super) async fn refresh(
        &mut self,
        store: &dyn Store,
        watermark: Watermark,
        memory: &Memory,
    ) -> std::result::Result<bool, ProgressError> {
        if watermark == self.watermark {
            return Ok(true);
        }
        if self.watermark.version < watermark.base || self.watermark.version == JournalVersion::NONE
        {
            return Ok(false);
        }
        let id = self.enrolled.course.id().to_owned();
        let (watermark, actors) = store.written_since(&id, self.watermark.version).await?;
        if self.watermark.version < watermark.base {
            return Ok(false);
        }
        let changed = actors.iter().filter_map(|actor| self.enrolled.by_actor.get(actor));
        let changed: BTreeSet<usize> = changed.copied().collect();
        self.reread(store, changed).await?;
        self.hold_tracks(memory)?;
        self.watermark = watermark;
        Ok(true)
    }

    /// Reserves what the tracks take together, and somewhat more, where it is not reserved yet.
    fn hold_tracks(&mut self, memory: &Memory) -> std::result::Result<(), Exhausted> {
        let weight: usize = self.members.iter().map(|member| member.track.weight()).sum();
        if weight > self.of_tracks.bytes() {
            self.of_tracks = Arc::new(memory.reserve(weight.saturating_add(weight / 8))?);
        }
        Ok(())
    }

    /// Reads all documents of the course: while one page is worked through, the next is read. Learners of whom a page
    /// has one of several documents are read once more at the end, with all of theirs.
    async fn load(
        &mut self,
        store: &dyn Store,
        memory: &Memory,
    ) -> std::result::Result<(), ProgressError> {
        let mut of_tracks = memory.reserve(0)?;
        let id = self.enrolled.course.id().to_owned();
        let mut reached = vec![false; self.members.len()];
        let mut again = BTreeSet::new();
        let mut page = store.progress(&id, "", PAGE).await?;
        while let Some(last) = page.last() {
            let after = last.actor.clone();
            let (next, read) = tokio::join!(store.progress(&id, &after, PAGE), self.parts(page));
            let read = read?;
            of_tracks.grow(read.iter().map(|stand| stand.track.weight()).sum())?;
            for stand in read {
                if let Some(reached) = reached.get_mut(stand.position)
                    && std::mem::replace(reached, true)
                {
                    again.insert(stand.position);
                }
                self.stand(stand);
            }
            page = next?;
        }
        self.of_tracks = Arc::new(of_tracks);
        self.reread(store, again).await?;
        self.hold_tracks(memory)?;
        let mut members = std::mem::take(&mut self.members);
        self.members = aside(move || {
            in_order(&mut members);
            members
        })
        .await?;
        Ok(())
    }

    /// Where the learner of each document of a page stands by that document alone, on all cores.
    async fn parts(&self, page: Vec<ProgressDocument>) -> Result<Vec<Stand>> {
        let (enrolled, cut) = (Arc::clone(&self.enrolled), self.cut);
        let work = move || {
            let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
            let chunks = page.chunks(page.len().div_ceil(cores).max(1));
            std::thread::scope(|scope| {
                let enrolled = &enrolled;
                let read = |chunk| scope.spawn(move || parts(enrolled, cut, chunk));
                let threads: Vec<_> = chunks.map(read).collect();
                let join = |thread: ScopedJoinHandle<'_, Result<_>>| {
                    thread.join().unwrap_or_else(|_| Err(stopped()))
                };
                threads.into_iter().map(join).collect::<Result<Vec<Vec<_>>>>()
            })
        };
        Ok(aside(work).await??.into_iter().flatten().collect())
    }

    /// Reads the learners at these positions with all their documents, some at a time; where these are no page together,
    /// one at a time.
    async fn reread(&mut self, store: &dyn Store, positions: BTreeSet<usize>) -> Result<()> {
        let positions: Vec<usize> = positions.into_iter().collect();
        let id = self.enrolled.course.id().to_owned();
        for some in positions.chunks(REREAD) {
            let page = store.progress_of(&id, &self.actors(some)).await?;
            if !page.more {
                self.stand_by(some, page.documents).await?;
                continue;
            }
            drop(page);
            for one in some.chunks(1) {
                let actors = self.actors(one);
                let (mut left, mut documents) = (&actors[..], Vec::new());
                loop {
                    let page = store.progress_of(&id, left).await?;
                    left = page.left(left);
                    documents.extend(page.documents);
                    if left.is_empty() {
                        break;
                    }
                }
                self.stand_by(one, documents).await?;
            }
        }
        Ok(())
    }

    /// The identifiers of the learners at these positions.
    fn actors(&self, positions: &[usize]) -> Vec<String> {
        let learners = positions.iter().filter_map(|at| self.enrolled.members.get(*at));
        learners.flat_map(|it| it.known_as()).map(|identifier| identifier.to_string()).collect()
    }

    /// Puts the learners at these positions where they stand by all of their documents.
    async fn stand_by(&mut self, some: &[usize], documents: Vec<ProgressDocument>) -> Result<()> {
        let (enrolled, cut, some) = (Arc::clone(&self.enrolled), self.cut, some.to_vec());
        let read = aside(move || wholes(&enrolled, cut, &some, &documents)).await??;
        for stand in read {
            self.stand(stand);
        }
        Ok(())
    }

    fn stand(&mut self, Stand { position, standings, track }: Stand) {
        if let Some(member) = self.members.get_mut(position) {
            member.standings = Arc::new(standings);
            member.track = track;
        }
    }
}

/// Standings are made in the order of the documents. In the order of the members they lie in memory as reports go
/// through them.
fn in_order(members: &mut [Member]) {
    for member in members {
        if Arc::strong_count(&member.standings) == 1 {
            member.standings = Arc::new(Standings::clone(&*member.standings));
        }
    }
}

/// Where the learners of documents stand, each by one document alone.
fn parts(
    enrolled: &EnrolledCourse,
    cut: Option<Cut>,
    documents: &[ProgressDocument],
) -> Result<Vec<Stand>> {
    let course = &enrolled.course;
    let mut parts = Vec::with_capacity(documents.len());
    for document in documents {
        let Some(&position) = enrolled.by_actor.get(&document.actor) else { continue };
        let Some(learner) = enrolled.members.get(position) else { continue };
        let progress = progress_of(course.id(), document)?;
        let (replay, track) = Replay::new(course, learner, [&progress]).tracked(cut);
        parts.push(Stand { position, standings: replay.standings(), track });
    }
    Ok(parts)
}

/// Where the learners at these positions stand by all of their `documents` together.
fn wholes(
    enrolled: &EnrolledCourse,
    cut: Option<Cut>,
    positions: &[usize],
    documents: &[ProgressDocument],
) -> Result<Vec<Stand>> {
    let course = &enrolled.course;
    let mut of_learner: HashMap<usize, Vec<ActorProgress>> = HashMap::new();
    for document in documents {
        let Some(&position) = enrolled.by_actor.get(&document.actor) else { continue };
        of_learner.entry(position).or_default().push(progress_of(course.id(), document)?);
    }
    let whole = |position: &usize| {
        let learner = enrolled.members.get(*position)?;
        let documents = of_learner.remove(position).unwrap_or_default();
        let (replay, track) = Replay::new(course, learner, &documents).tracked(cut);
        Some(Stand { position: *position, standings: replay.standings(), track })
    };
    Ok(positions.iter().filter_map(whole).collect())
}

fn stopped() -> StoreError {
    StoreError::Unavailable("reading progress was stopped".into())
}

/// Does `work` off the asynchronous threads.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    compute::aside(work).await.map_err(|_| stopped())
}

/// All that was said by the actors who are a learner, and `held` grown by what that takes in memory.
pub(super) async fn documents_of(
    store: &dyn Store,
    course: &str,
    learner: &Learner,
    held: &mut Reserved,
) -> std::result::Result<Vec<ActorProgress>, ProgressError> {
    let actors: Vec<String> = learner.known_as().iter().map(ToString::to_string).collect();
    let (mut left, mut all) = (&actors[..], Vec::new());
    while !left.is_empty() {
        let page = store.progress_of(course, left).await?;
        left = page.left(left);
        let bytes: usize = page.documents.iter().map(|document| document.body.len()).sum();
        held.grow(bytes.saturating_mul(READ))?;
        let course = course.to_owned();
        let read =
            move || page.documents.iter().map(|it| progress_of(&course, it)).collect::<Result<_>>();
        // Most are small: handing them over would cost more.
        let read: Vec<ActorProgress> = if bytes <= SMALL { read()? } else { aside(read).await?? };
        all.extend(read);
    }
    Ok(all)
}

/// How many times its text a document takes once it is read, at the most.
const READ: usize = 2;
/// Documents up to this size together are read on the calling thread.
const SMALL: usize = 64 << 10;

fn progress_of(course: &str, document: &ProgressDocument) -> Result<ActorProgress> {
    current(document).ok_or_else(|| {
        StoreError::Corrupt(format!("the progress of {} in {course}: rebuild it", document.actor))
    })
}
