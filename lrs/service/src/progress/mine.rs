//! "My data": what is known of one person under their own identifiers, in every course in which they are enrolled.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use lru::LruCache;
use uuid::Uuid;

use super::CourseService;
use super::board::EnrolledCourse;
use super::boards::stopped;
use super::certificates::Frozen;
use super::error::ProgressError;
use super::read::Readable;
use super::theirs::Departed;
use crate::compute::{self, Turns};
use crate::large::with_skimmed;
use crate::memory::{Memory, Reserved};
use course::{Learner, Standing, State, Title, hours_of};
use store::{Revision, StoreError};
use validator::ifi::AGENT;
use validator::json::{Node as _, Shape, Skimmed};
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// What tells whose statement it is.
const ACTOR: Shape = Shape::Members(&[("actor", AGENT)]);

/// A course in which somebody is enrolled.
#[derive(Debug)]
pub struct MyCourse {
    /// The course's id.
    pub course: String,
    /// Its name, by language.
    pub title: Title,
    /// How far they are.
    pub whole: Standing,
    /// Those modules that are for them: id, name by language, and how far they are.
    pub modules: Vec<(String, Title, Standing)>,
    /// The frozen certificate lists that they are in: id, name of the course by language, and when it was frozen.
    pub certificates: Vec<(String, Title, Instant)>,
}

/// The courses of somebody.
#[derive(Debug, Default)]
pub struct CoursesOfMine {
    /// By id.
    pub courses: Vec<MyCourse>,
    /// How many courses of the store cannot be read: the person may be enrolled in them.
    pub unreadable: usize,
}

/// Statements of somebody, the newest first.
#[derive(Debug)]
pub struct MyStatements {
    /// Their texts, as they are kept.
    pub texts: Vec<Bytes>,
    /// Beyond which instant the next page begins; `None` where there are no more.
    pub beyond: Option<Instant>,
    /// The memory of the texts.
    pub held: Reserved,
}

/// How many frozen lists are known by who is in them: one of a hundred thousand people takes 800 kB.
const KNOWN: NonZeroUsize = NonZeroUsize::new(32).unwrap();

/// Who is in the frozen lists that learners asked for lately. Lists never change.
pub(super) struct KnownLists {
    latest: Mutex<LruCache<(String, String), Arc<KnownList>>>,
    /// Who left the lists of learners of courses, at the revisions of these.
    departed: Mutex<LruCache<(String, Revision), Arc<Departed>>>,
    /// One list is read at a time: as a whole it takes many times what is kept of it.
    pub(super) reading: Turns,
    marks: RandomState,
}

/// Who is in a frozen list.
struct KnownList {
    title: Title,
    frozen: Instant,
    /// The [`KnownLists::mark`] of each learner's id, sorted.
    people: Vec<u64>,
}

impl Default for KnownLists {
    fn default() -> Self {
        let latest = Mutex::new(LruCache::new(KNOWN));
        let departed = Mutex::new(LruCache::new(KNOWN));
        Self { latest, departed, reading: Turns::new(1), marks: RandomState::new() }
    }
}

impl KnownLists {
    /// What an id is told from others by: 64 bits of a keyed hash.
    pub(super) fn mark(&self, id: &str) -> u64 {
        self.marks.hash_one(id)
    }

    fn known(&self, key: &(String, String)) -> Option<Arc<KnownList>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn known_departed(&self, key: &(String, Revision)) -> Option<Arc<Departed>> {
        self.departed.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn keep_departed(&self, key: (String, Revision), departed: &Arc<Departed>) {
        self.departed.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(departed));
    }

    fn keep(&self, key: (String, String), list: &Arc<KnownList>) {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(list));
    }
}

impl KnownList {
    fn of(frozen: &Frozen, mark: impl Fn(&str) -> u64) -> Self {
        let mut people: Vec<u64> = frozen.list.people.iter().map(|it| mark(&it.learner)).collect();
        people.sort_unstable();
        let frozen_at = Instant::from_micros(frozen.list.frozen);
        Self { title: frozen.list.title.clone(), frozen: frozen_at, people }
    }
}

impl CourseService {
    /// The courses in which the person of these identifiers is enrolled, by id.
    ///
    /// # Errors
    /// [`ProgressError`] where a course cannot be read.
    pub async fn courses_of(&self, identifiers: &[String]) -> Result<CoursesOfMine, ProgressError> {
        let mut mine = CoursesOfMine::default();
        for revision in self.store.courses().await? {
            let enrolled = match self.boards.enrolled(&revision.id).await {
                Ok(enrolled) => enrolled,
                // Deleted meanwhile.
                Err(ProgressError::NoCourse(_)) => continue,
                // The other courses are theirs all the same.
                Err(ProgressError::Store(StoreError::Corrupt(what))) => {
                    tracing::error!(what, "a course cannot be read");
                    mine.unreadable += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if enrolled.known_as(identifiers).is_some() {
                mine.courses.extend(self.my_course(&revision.id, identifiers).await?);
            }
        }
        Ok(mine)
    }

    async fn my_course(
        &self,
        id: &str,
        identifiers: &[String],
    ) -> Result<Option<MyCourse>, ProgressError> {
        let board = self.boards.board(id, None).await?;
        let Some(learner) = board.enrolled.known_as(identifiers) else { return Ok(None) };
        let Some(member) = board.members.iter().find(|it| it.learner.id == learner.id) else {
            return Ok(None);
        };
        let course = &board.enrolled.course;
        let modules = course.modules().iter().zip(&member.standings.modules);
        let modules = modules.filter(|(_, standing)| standing.applies);
        let modules = modules.map(|(it, standing)| (it.id.clone(), it.title.clone(), *standing));
        Ok(Some(MyCourse {
            course: id.to_owned(),
            title: course.outline().title.clone(),
            whole: member.standings.course,
            modules: modules.collect(),
            certificates: self.my_certificates(id, &board.enrolled, learner, identifiers).await?,
        }))
    }

    /// The frozen lists that a learner is in, under their own id or those that were merged into it; not those in which
    /// somebody else is, who had the id then.
    async fn my_certificates(
        &self,
        id: &str,
        enrolled: &Arc<EnrolledCourse>,
        learner: &Learner,
        identifiers: &[String],
    ) -> Result<Vec<(String, Title, Instant)>, ProgressError> {
        let ids = enrolled.merged_into(&learner.id).iter().chain([&learner.id]);
        let ids: Vec<u64> = ids.map(|it| self.lists.mark(it)).collect();
        let person = self.person_marks(learner, identifiers);
        let mut mine = Vec::new();
        for list in self.store.certificate_ids(id).await? {
            // A course that is deleted meanwhile takes its lists along.
            let Some(known) = self.list(id, &list).await? else { continue };
            let listed = ids.iter().filter(|it| known.people.binary_search(it).is_ok());
            let listed: Vec<u64> = listed.copied().collect();
            if listed.is_empty() {
                continue;
            }
            let (departed, at) = (self.departed(id, enrolled).await?, known.frozen.micros());
            if listed.into_iter().any(|it| departed.is_theirs(it, at, &person)) {
                mine.push((list, known.title.clone(), known.frozen));
            }
        }
        Ok(mine)
    }

    /// Who is in a frozen list: read once, however many requests ask for it at the same time.
    async fn list(
        &self,
        course: &str,
        list: &str,
    ) -> Result<Option<Arc<KnownList>>, ProgressError> {
        let key = (course.to_owned(), list.to_owned());
        if let Some(known) = self.lists.known(&key) {
            return Ok(Some(known));
        }
        let _turn = self.lists.reading.turn("").await.map_err(|_| stopped())?;
        if let Some(known) = self.lists.known(&key) {
            return Ok(Some(known));
        }
        let Some(kept) = self.store.certificate(course, list).await? else { return Ok(None) };
        let lists = Arc::clone(&self.lists);
        let read = move || {
            let frozen = Frozen::read(kept)?;
            let known = Arc::new(KnownList::of(&frozen, |id| lists.mark(id)));
            lists.keep(key, &known);
            Ok::<_, StoreError>(known)
        };
        Ok(Some(compute::aside(read).await.map_err(|_| stopped())??))
    }

    /// At most `limit` statements whose actor has one of these identifiers, the newest first, voided ones left out. A page
    /// for each identifier is gathered, in `memory`.
    ///
    /// # Errors
    /// [`ProgressError::Store`]; [`ProgressError::Exhausted`] where the pages do not fit: fewer statements may.
    pub async fn statements_of(
        &self,
        identifiers: &[String],
        beyond: Option<Instant>,
        limit: usize,
        memory: &Memory,
    ) -> Result<MyStatements, ProgressError> {
        let mut found: BTreeMap<(Instant, Uuid), Bytes> = BTreeMap::new();
        let mut held = memory.reserve(0)?;
        let (mut more, mut read_to) = (false, Instant::default());
        for identifier in known_forms(identifiers) {
            let agent = Some(Match { text: identifier.clone(), related: false });
            let filter = Filter { agent, beyond, limit, ..Filter::default() };
            let page = Readable::next(&*self.store, &filter).await?;
            held.grow(page.statements.iter().map(|it| it.body.len()).sum())?;
            if let Some(end) = page.beyond {
                // Beyond this instant other statements of this identifier may be newer than those of others.
                (more, read_to) = (true, read_to.max(end));
            }
            let mine = move || {
                let mine = page.statements.into_iter().filter(|it| is_by(it, &identifier));
                mine.map(|it| ((it.stored, it.id), it.body)).collect::<Vec<_>>()
            };
            found.extend(compute::aside(mine).await.map_err(|_| stopped())?);
        }
        found.retain(|(stored, _), _| !more || *stored >= read_to);
        let mut beyond = more.then_some(read_to);
        let mut texts = Vec::new();
        for ((stored, _), text) in found.into_iter().rev() {
            if texts.len() == limit {
                beyond = Some(stored.next());
                break;
            }
            texts.push(text);
        }
        Ok(MyStatements { texts, beyond, held })
    }
}

impl EnrolledCourse {
    /// The learner who has one of these identifiers.
    fn known_as(&self, identifiers: &[String]) -> Option<&Learner> {
        known_forms(identifiers).iter().find_map(|identifier| self.learner_of(identifier))
    }
}

/// Identifiers, with the hashed form of mail addresses.
fn known_forms(identifiers: &[String]) -> Vec<String> {
    let read = identifiers.iter().filter_map(|text| text.parse::<course::Identifier>().ok());
    let learner = Learner { identifiers: read.collect(), ..Learner::default() };
    learner.known_as().iter().map(ToString::to_string).collect()
}

/// Whether a statement's actor is the agent of this identifier.
fn is_by(statement: &Stored, identifier: &str) -> bool {
    let actor = |value: &Skimmed<'_>| value.get("actor").and_then(course::Identifier::of_agent);
    let actor = with_skimmed(statement, &ACTOR, actor).ok().flatten();
    actor.is_some_and(|actor| actor.to_string() == identifier)
}

/// A state's name for programs.
pub const fn state_name(state: State) -> &'static str {
    match state {
        State::NotStarted => "not_started",
        State::InProgress => "in_progress",
        State::Completed => "completed",
    }
}

/// The hours of a standing, to a hundredth.
pub fn hours_in(standing: &Standing) -> f64 {
    hours_of(standing.micros())
}
