//! Which learners have come to something in a course: what reactions ask.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::CourseService;
use super::board::{Board, EnrolledCourse};
use super::boards::stopped;
use super::error::ProgressError;
use super::reports::day_of;
use crate::compute;
use course::{Course, Learner, Standings, State};
use store::JournalVersion;

/// Something that a learner comes to in a course.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Milestone {
    /// A module that is for the learner is completed, by its rule.
    ModuleCompleted {
        /// The module's id.
        module: String,
    },
    /// Every module that is for the learner is completed.
    CourseCompleted {},
    /// The learner has a right to the certificate.
    Certified {},
    /// The learner is at risk of dropping out, as the report `at-risk` says: once they were, they count for good.
    AtRisk {},
}

/// Up to where the learners of a course were looked at. The next look is at those of whom something was read since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAt {
    /// The number of the [`JournalVersion`].
    version: i64,
    /// The number of the course's revision.
    revision: i64,
    /// The day, in the course's time zone.
    day: Date,
}

/// The learners who have come to something, of those who had to be looked at.
#[derive(Clone)]
pub struct ReachedBy {
    /// Up to where this is true.
    pub looked_at: LookedAt,
    /// In the order of the list of learners.
    pub learners: Vec<Arc<Learner>>,
    enrolled: Arc<EnrolledCourse>,
}

impl ReachedBy {
    /// The course as it was then.
    pub fn course(&self) -> &Course {
        &self.enrolled.course
    }
}

/// Who is enrolled in a course, for looking up one actor after the other.
#[derive(Clone)]
pub struct Actors(Arc<EnrolledCourse>);

impl Actors {
    /// The course.
    pub fn course(&self) -> &Course {
        &self.0.course
    }

    /// The learner whom an actor is, by the text of the identifier.
    pub fn learner_of(&self, actor: &str) -> Option<&Learner> {
        self.0.learner_of(actor)
    }
}

impl Milestone {
    /// Whether a learner has come to it, on the day `from` or later.
    fn is_reached(&self, course: &Course, standings: &Standings, from: Date, today: Date) -> bool {
        let since = match self {
            Self::ModuleCompleted { module } => {
                let at = course.modules().iter().position(|it| it.id == *module);
                let standing = at.and_then(|at| standings.modules.get(at));
                let done = standing.filter(|it| it.applies && it.state == State::Completed);
                done.and_then(|standing| standing.since)
            }
            Self::CourseCompleted {} => {
                let done = Some(standings.course).filter(|it| it.state == State::Completed);
                done.and_then(|standing| standing.since)
            }
            Self::Certified {} => standings.certified,
            Self::AtRisk {} => {
                return from <= today && report::is_at_risk(course, standings, today);
            }
        };
        // What has held from the beginning, nobody has come to.
        since.is_some_and(|since| since >= from)
    }
}

impl CourseService {
    /// The day now in the time zone of a course.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn day_in(&self, id: &str) -> Result<Date, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        let now = self.clock.now();
        let day = enrolled.course.day_of(now.micros());
        day.ok_or_else(|| super::reports::no_day(now).into())
    }

    /// Who is enrolled in a course.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn actors(&self, id: &str) -> Result<Actors, ProgressError> {
        Ok(Actors(self.boards.enrolled(id).await?))
    }

    /// The ids of the modules of a course.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn module_ids(&self, id: &str) -> Result<Vec<String>, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        Ok(enrolled.course.modules().iter().map(|module| module.id.clone()).collect())
    }

    /// The learners who have come to a milestone on the day `from` or later: of all, or, where `before` is of the same
    /// course file and list of learners, of those of whom something was read since. `None` where nothing was.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`], [`ProgressError::Computing`], [`ProgressError::Exhausted`].
    pub async fn reached(
        &self,
        id: &str,
        milestone: &Milestone,
        from: Date,
        before: Option<LookedAt>,
    ) -> Result<Option<ReachedBy>, ProgressError> {
        let board = self.boards.board(id, None).await?;
        let today = day_of(&board, self.clock.now())?;
        let looked_at = LookedAt {
            version: board.watermark.version.number(),
            revision: board.enrolled.revision.number(),
            day: today,
        };
        // Time alone makes nobody complete anything, but it does put learners at risk.
        let is_of_days = matches!(milestone, Milestone::AtRisk {});
        let is_same_day = |it: &LookedAt| !is_of_days || it.day == today;
        let before = before.filter(|it| it.revision == looked_at.revision && is_same_day(it));
        if before.is_some_and(|it| it.version == looked_at.version) {
            return Ok(None);
        }
        let changed = self.changed_since(id, &board, before).await?;
        let (enrolled, milestone) = (Arc::clone(&board.enrolled), milestone.clone());
        let look = move || {
            let is_changed = |at: &usize| changed.as_ref().is_none_or(|it| it.contains(at));
            let course = &board.enrolled.course;
            let members = board.members.iter().enumerate().filter(|(at, _)| is_changed(at));
            let reached =
                members.filter(|(_, it)| milestone.is_reached(course, &it.standings, from, today));
            reached.map(|(_, member)| Arc::clone(&member.learner)).collect()
        };
        let learners = compute::aside(look).await.map_err(|_| stopped())?;
        Ok(Some(ReachedBy { looked_at, learners, enrolled }))
    }

    /// The positions of the learners of whom something was read since; `None` for all.
    async fn changed_since(
        &self,
        id: &str,
        board: &Board,
        before: Option<LookedAt>,
    ) -> Result<Option<HashSet<usize>>, ProgressError> {
        let Some(before) = before else { return Ok(None) };
        let version = JournalVersion::from_number(before.version);
        if version == JournalVersion::NONE || version < board.watermark.base {
            return Ok(None);
        }
        let (watermark, actors) = self.store.written_since(id, version).await?;
        if version < watermark.base {
            return Ok(None);
        }
        let changed = actors.iter().filter_map(|actor| board.enrolled.position_of(actor));
        Ok(Some(changed.collect()))
    }
}
