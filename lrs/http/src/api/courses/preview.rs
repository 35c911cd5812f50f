//! What a course file would change.

use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use course::{Standing, State, hours_of};
use service::progress::{Changed, Effect, Loaded};
use store::Revision;

/// What a course file would change for the learners of the course.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseEffect {
    /// How many learners the course has; those merged count once.
    learners: usize,
    /// How many of them were evaluated by both files.
    looked_at: usize,
    /// Whether these are all who have done anything, or all.
    complete: bool,
    /// How many of those looked at would stand otherwise.
    learners_changed: usize,
    /// The ids of modules that are new.
    modules_added: Vec<String>,
    /// The ids of modules that would be gone.
    modules_removed: Vec<String>,
    /// How many of those looked at have completed the course now.
    completed_before: usize,
    /// How many of those looked at would have completed the course.
    completed_after: usize,
    /// The first of those who would stand otherwise, ten at most.
    examples: Vec<ChangedLearner>,
}

/// A learner who would stand otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedLearner {
    /// The learner's id.
    learner: String,
    /// The learner's name.
    name: String,
    /// In the course, now.
    before: CourseStanding,
    /// In the course, with the new file.
    after: CourseStanding,
}

/// Where a learner stands in a course.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseStanding {
    /// `not_started`, `in_progress` or `completed`.
    state: &'static str,
    /// The share of the weight that is fulfilled, from 0 to 1.
    progress: f64,
    /// The hours that count, online and in presence.
    hours: f64,
}

impl From<Standing> for CourseStanding {
    fn from(standing: Standing) -> Self {
        let state = match standing.state {
            State::NotStarted => "not_started",
            State::InProgress => "in_progress",
            State::Completed => "completed",
        };
        Self { state, progress: standing.progress, hours: hours_of(standing.micros()) }
    }
}

impl From<Effect> for CourseEffect {
    fn from(effect: Effect) -> Self {
        let changed = |Changed { learner, name, before, after }| ChangedLearner {
            learner,
            name,
            before: before.into(),
            after: after.into(),
        };
        Self {
            complete: effect.is_complete,
            learners: effect.learners,
            looked_at: effect.looked_at,
            learners_changed: effect.changed,
            modules_added: effect.modules_added,
            modules_removed: effect.modules_removed,
            completed_before: effect.completed_before,
            completed_after: effect.completed_after,
            examples: effect.examples.into_iter().map(changed).collect(),
        }
    }
}

/// What a loaded file would change, of a dry run; in turn with the reports of the key, of which it costs as much.
pub(super) async fn effect(
    server: &Server,
    caller: &Caller,
    loaded: &Loaded,
    dry_run: bool,
) -> Result<Option<Effect>, Problem> {
    if !dry_run {
        return Ok(None);
    }
    let _turn = server.reports.turn(&caller.key.name).await?;
    Ok(Some(server.progress.effect(loaded.checked.course.clone()).await?))
}

/// The revision of a number that a client sends.
pub(super) fn revision(number: usize) -> Revision {
    Revision::from_number(i64::try_from(number).unwrap_or(i64::MAX))
}
