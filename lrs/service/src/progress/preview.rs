//! What a course file would change for its learners, before it is kept.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::CourseService;
use super::board::{Board, EnrolledCourse};
use super::boards::stopped;
use super::error::ProgressError;
use super::followed::{current, of_agent};
use super::read::{Readable, evidence_of};
use crate::compute;
use course::{
    ActorProgress, Course, Evidence, Identifier, Learner, Replay, Standing, Standings, State,
};
use store::{ProgressDocument, StoreError};
use xapi::instant::Instant;
use xapi::query::{Filter, Match};

/// Learners whose documents are read at once.
const AT_ONCE: usize = 200;
/// Learners who did something are evaluated up to this number, where their documents are good for the new file too.
const MOST: usize = 20_000;
/// Learners whose statements are read anew, where the new file takes other statements.
const SAMPLE: usize = 200;
/// Statements of one identifier that are read anew.
const MOST_STATEMENTS: usize = 5_000;
/// Activities that are new in the file, whose learners are looked at first; and statements of each.
const FIRST_ACTIVITIES: usize = 10;
const FIRST_STATEMENTS: usize = 500;
/// How many learners are named.
const EXAMPLES: usize = 10;

/// What a course file would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// How many learners the course has, those merged counted once.
    pub learners: usize,
    /// How many of them were evaluated by both files: all, or a part that shows the most.
    pub looked_at: usize,
    /// Whether these are all whom the new file can concern: all learners, or all who have done anything.
    pub is_complete: bool,
    /// How many of these would stand otherwise.
    pub changed: usize,
    /// The ids of modules that the file before did not have.
    pub modules_added: Vec<String>,
    /// The ids of modules that the new file does not have.
    pub modules_removed: Vec<String>,
    /// How many of those looked at have completed the course by the file before.
    pub completed_before: usize,
    /// And by the new one.
    pub completed_after: usize,
    /// The first of those who would stand otherwise.
    pub examples: Vec<Changed>,
}

/// A learner who would stand otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// [`Learner::id`]
    pub learner: String,
    /// [`Learner::name`]
    pub name: String,
    /// In the course, by the file before.
    pub before: Standing,
    /// In the course, by the new file.
    pub after: Standing,
}

impl CourseService {
    /// What the file of `new` would change, had the course it from now on. Nothing is changed by it.
    ///
    /// Where the new file takes other statements into the course, what learners said must be read from the log anew: this
    /// is done for a part of them, first of all for those who used an activity that is new in the file.
    ///
    /// # Errors
    /// As of a report on the course; a course that is not there has no learners, which is no error.
    pub async fn effect(&self, new: Course) -> Result<Effect, ProgressError> {
        let id = new.id().to_owned();
        let ids = |course: &Course| course.modules().iter().map(|it| it.id.clone()).collect();
        match self.boards.enrolled(&id).await {
            Ok(_) => {}
            Err(ProgressError::NoCourse(_) | ProgressError::Store(StoreError::Corrupt(_))) => {
                let modules_added = ids(&new);
                return Ok(Effect { modules_added, is_complete: true, ..Effect::default() });
            }
            Err(other) => return Err(other),
        }
        let board = self.boards.board(&id, None).await?;
        let old = &board.enrolled.course;
        let (before, after): (Vec<String>, Vec<String>) = (ids(old), ids(&new));
        let mut effect = Effect {
            learners: board.members.len(),
            modules_added: missing(&after, &before),
            modules_removed: missing(&before, &after),
            ..Effect::default()
        };
        let is_same = new.reads_like(old);
        let positions = if is_same { active(&board) } else { self.first(&board, &new).await? };
        let most = if is_same { MOST } else { SAMPLE };
        effect.is_complete = positions.len() < most || positions.len() == board.members.len();
        let new = Arc::new(new);
        for some in positions.chunks(AT_ONCE) {
            let journals = if is_same {
                self.documents(&board, some).await?
            } else {
                self.read_anew(&board, &new, some).await?
            };
            let (board, new, some) = (Arc::clone(&board), Arc::clone(&new), some.to_vec());
            let work = move || {
                for (at, journal) in some.iter().zip(&journals) {
                    effect.compare(&board, *at, &new, journal);
                }
                effect
            };
            effect = compute::aside(work).await.map_err(|_| stopped())?;
        }
        Ok(effect)
    }

    /// The journals of learners as they are kept, of all their identifiers.
    async fn documents(
        &self,
        board: &Board,
        positions: &[usize],
    ) -> Result<Vec<Vec<ActorProgress>>, ProgressError> {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, at) in positions.iter().enumerate() {
            let learner = board.members.get(*at).map(|it| it.learner.known_as());
            let actors = learner.into_iter().flatten().map(|it| it.to_string());
            places.extend(actors.map(|actor| (actor, place)));
        }
        let actors: Vec<String> = places.keys().cloned().collect();
        let (mut left, places) = (&actors[..], Arc::new(places));
        let mut journals = vec![Vec::new(); positions.len()];
        while !left.is_empty() {
            let page = self.store.progress_of(board.enrolled.course.id(), left).await?;
            left = page.left(left);
            let places = Arc::clone(&places);
            let read = move || {
                for document in &page.documents {
                    note(document, &places, &mut journals);
                }
                journals
            };
            journals = compute::aside(read).await.map_err(|_| stopped())?;
        }
        Ok(journals)
    }

    /// The journals of learners as the new file makes them of the log.
    async fn read_anew(
        &self,
        board: &Board,
        new: &Arc<Course>,
        positions: &[usize],
    ) -> Result<Vec<Vec<ActorProgress>>, ProgressError> {
        let until = self.store.consistent_through().await?;
        let mut journals = Vec::with_capacity(positions.len());
        for at in positions {
            #[expect(clippy::expect_used, reason = "positions are those of the board's members")]
            let member = board.members.get(*at).expect("a member of the board");
            let mut of_learner = Vec::new();
            for identifier in member.learner.known_as() {
                of_learner.push(self.journal(new, identifier, until).await?);
            }
            journals.push(of_learner);
        }
        Ok(journals)
    }

    async fn journal(
        &self,
        course: &Arc<Course>,
        identifier: Identifier,
        until: Instant,
    ) -> Result<ActorProgress, ProgressError> {
        let (mut progress, mut beyond, mut count) = (ActorProgress::default(), None, 0);
        while count < MOST_STATEMENTS {
            let filter = of_agent(&identifier.to_string(), until, beyond);
            let page = Readable::next(&*self.store, &filter).await?;
            count += page.statements.len();
            beyond = page.beyond;
            let (course, identifier) = (Arc::clone(course), identifier.clone());
            let apply = move || {
                let said = page.statements.iter().filter_map(evidence_of);
                for evidence in said.filter(|it| it.actor == identifier) {
                    progress.apply(&course, &evidence);
                }
                progress
            };
            progress = compute::aside(apply).await.map_err(|_| stopped())?;
            if beyond.is_none() {
                break;
            }
        }
        Ok(progress)
    }

    /// Whose statements are read anew: who used an activity that is new in the file, then who did anything, then others.
    async fn first(&self, board: &Board, new: &Course) -> Result<Vec<usize>, ProgressError> {
        let enrolled = &board.enrolled;
        let position: HashMap<&str, usize> =
            board.members.iter().enumerate().map(|(at, it)| (it.learner.id.as_str(), at)).collect();
        let mut first: Vec<usize> = Vec::new();
        for iri in added(&enrolled.course, new).into_iter().take(FIRST_ACTIVITIES) {
            let activity = Some(Match { text: iri, related: false });
            let filter = Filter { activity, limit: FIRST_STATEMENTS, ..Filter::default() };
            let page = Readable::next(&*self.store, &filter).await?;
            let (enrolled, statements) = (Arc::clone(enrolled), page.statements);
            let read = move || learners(&enrolled, statements.iter().filter_map(evidence_of));
            let found = compute::aside(read).await.map_err(|_| stopped())?;
            first.extend(found.iter().filter_map(|id| position.get(id.as_str())));
        }
        let others = active(board).into_iter().chain(0..board.members.len());
        let mut seen = BTreeSet::new();
        let all = first.into_iter().chain(others).filter(|at| seen.insert(*at));
        Ok(all.take(SAMPLE).collect())
    }
}

/// Which of `ids` are not among the others, in their order. A file may have tens of thousands.
fn missing(ids: &[String], others: &[String]) -> Vec<String> {
    let others: HashSet<&String> = others.iter().collect();
    ids.iter().filter(|id| !others.contains(id)).cloned().collect()
}

/// The IRIs that a file takes and the one before did not.
fn added(old: &Course, new: &Course) -> Vec<String> {
    let iris = new.activities().flat_map(|(_, it)| &it.selection.ids);
    iris.filter(|iri| old.place_of(iri, &[], &[]).is_none()).cloned().collect()
}

/// The ids of the learners who said something.
fn learners(enrolled: &EnrolledCourse, said: impl Iterator<Item = Evidence>) -> BTreeSet<String> {
    said.filter_map(|it| enrolled.people.find(&it.actor)).map(|it| it.id.clone()).collect()
}

/// Where the learners stand on the board who did anything that counts, the first [`MOST`].
fn active(board: &Board) -> Vec<usize> {
    let members = board.members.iter().enumerate();
    let active = members.filter(|(_, it)| it.standings.last_seen.is_some()).map(|(at, _)| at);
    active.take(MOST).collect()
}

fn note(
    document: &ProgressDocument,
    places: &HashMap<String, usize>,
    journals: &mut [Vec<ActorProgress>],
) {
    let journal = places.get(&document.actor).and_then(|place| journals.get_mut(*place));
    if let (Some(journal), Some(progress)) = (journal, current(document)) {
        journal.push(progress);
    }
}

impl Effect {
    fn compare(&mut self, board: &Board, at: usize, new: &Course, journal: &[ActorProgress]) {
        let Some(member) = board.members.get(at) else { return };
        let learner: &Learner = &member.learner;
        let before = &*member.standings;
        let after = Replay::new(new, learner, journal).until(None).standings();
        self.looked_at += 1;
        self.completed_before += usize::from(before.course.state == State::Completed);
        self.completed_after += usize::from(after.course.state == State::Completed);
        if !differ(&board.enrolled.course, before, new, &after) {
            return;
        }
        self.changed += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Changed {
                learner: learner.id.clone(),
                name: learner.name.clone(),
                before: before.course,
                after: after.course,
            });
        }
    }
}

/// Whether a learner stands otherwise: in the course, in a module that both files have, or for the certificate.
fn differ(old: &Course, before: &Standings, new: &Course, after: &Standings) -> bool {
    let of = |course: &Course, standings: &Standings| -> HashMap<String, Standing> {
        let modules = course.modules().iter().zip(&standings.modules);
        modules.map(|(module, standing)| (module.id.clone(), *standing)).collect()
    };
    let later = of(new, after);
    before.course != after.course
        || before.certified != after.certified
        || of(old, before).iter().any(|(id, it)| later.get(id).is_some_and(|later| later != it))
}
