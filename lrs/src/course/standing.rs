//! Where a learner stands: what a report needs of a progress document, small and in one piece.

use super::model::Course;
use super::progress::{LearnerProgress, Mark, ModuleProgress, State};

/// How far a learner is in one module or in the course.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// By the rule.
    pub state: State,
    /// The latest word on success.
    pub success: Option<bool>,
    /// The mean of the best scores of the activities that have one.
    pub score: Option<f64>,
    /// Time that counts, in microseconds.
    pub micros: u64,
}

/// A learner's standing in a course and in each module. A server that keeps these in memory, one
/// for each learner, reports without touching documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standings {
    /// Completed when every module is; the rest is over all modules together.
    pub course: Standing,
    /// In the order of [`Course::modules`].
    pub modules: Vec<Standing>,
}

impl LearnerProgress {
    /// Where the learner stands. Changes only when [`LearnerProgress::apply`] says so.
    pub fn standings(&self, course: &Course) -> Standings {
        let of_module = |id: &String| self.modules.get(id).map(standing).unwrap_or_default();
        let modules = course.modules().iter().map(|module| of_module(&module.id)).collect();
        Standings { course: standing(&self.whole_course(course)), modules }
    }

    fn whole_course(&self, course: &Course) -> ModuleProgress {
        let mut sum = ModuleProgress::default();
        let mut completed = 0;
        let mut success: Option<&Mark> = None;
        for module in self.modules.values() {
            sum.state = State::InProgress;
            completed += usize::from(module.state == State::Completed);
            sum.score_sum += module.score_sum;
            sum.scored += module.scored;
            sum.micros = sum.micros.saturating_add(module.micros);
            if let Some(mark) = &module.success
                && success.is_none_or(|held| mark.outranks(held))
            {
                success = Some(mark);
            }
        }
        if completed == course.modules().len() {
            sum.state = State::Completed;
        }
        sum.success = success.cloned();
        sum
    }
}

fn standing(progress: &ModuleProgress) -> Standing {
    Standing {
        state: progress.state,
        success: progress.success.as_ref().map(|mark| mark.value),
        score: (progress.scored > 0).then(|| progress.score_sum / f64::from(progress.scored)),
        micros: progress.micros,
    }
}
