//! Where a learner stands in modules, course and certificate while the replay goes on.

use jiff::civil::Date;

use super::Step;
use super::activity::ActivityState;
use super::since::Since;
use crate::learner::Learner;
use crate::model::{Certificate, Course, Module, ModuleFulfilment, micros_of_hours, reaches_score};
use crate::progress::State;
use crate::standing::Standing;

/// One module.
#[derive(Clone, Debug, Default)]
pub(super) struct ModuleState {
    /// Whether the module is for this learner.
    pub(super) applies: bool,
    seen: bool,
    met: bool,
    completed: Since,
    /// The latest word on success.
    success: Option<bool>,
    score: Option<f64>,
    progress: f64,
    online: u64,
    presence: u64,
}

impl ModuleState {
    pub(super) fn new(module: &Module, learner: &Learner) -> Self {
        Self { applies: module.audience.includes(learner), ..Self::default() }
    }

    /// Derives the module's results from those of its activities, after a step on one of them.
    pub(super) fn derive_from_activities(
        &mut self,
        course: &Course,
        module: &Module,
        states: &mut [ActivityState<'_>],
        step: Option<&Step<'_>>,
    ) {
        fulfil_in_order(course, module, states, step.map(|step| step.timestamp));
        let word = step.and_then(|step| {
            let (object, entry) = step.said?;
            let activity = module.activities.get(step.place.activity)?;
            entry.word.success.filter(|_| activity.selection.judges(object))
        });
        self.success = word.or(self.success);
        self.seen = states.iter().any(ActivityState::is_seen);
        let (mut scores, mut scored, mut done, mut all) = (0.0, 0.0, 0.0, 0.0);
        (self.online, self.presence) = (0, 0);
        for (activity, state) in module.activities.iter().zip(states.iter()) {
            all += activity.weight;
            done += if state.fulfilled.holds { activity.weight } else { 0.0 };
            if let Some(score) = state.score(activity) {
                scores += score * activity.weight;
                scored += activity.weight;
            }
            let hours =
                if activity.is_in_presence() { &mut self.presence } else { &mut self.online };
            *hours = hours.saturating_add(state.micros(activity));
        }
        self.score = (scored > 0.0).then(|| scores / scored);
        self.progress = if all > 0.0 { done / all } else { 0.0 };
        self.met = module.complete_when.is_met(&ModuleFulfilment {
            activities: states.len(),
            fulfilled: states.iter().filter(|state| state.fulfilled.holds).count(),
            score: self.score,
            micros: self.micros(),
        });
    }

    const fn micros(&self) -> u64 {
        self.online.saturating_add(self.presence)
    }

    const fn state(&self) -> State {
        match (self.completed.holds, self.seen) {
            (true, _) => State::Completed,
            (false, true) => State::InProgress,
            (false, false) => State::NotStarted,
        }
    }

    pub(super) fn standing(&self, day: &impl Fn(Option<i64>) -> Option<Date>) -> Standing {
        if !self.applies {
            return Standing::default();
        }
        Standing {
            applies: true,
            state: self.state(),
            success: self.success,
            score: self.score,
            progress: self.progress,
            online: self.online,
            presence: self.presence,
            since: day(self.completed.at),
        }
    }
}

/// Fulfils the activities whose rules and requirements are met. They require each other in no
/// circle, so that each round but the last fulfils at least one more.
fn fulfil_in_order(
    course: &Course,
    module: &Module,
    states: &mut [ActivityState<'_>],
    at: Option<i64>,
) {
    for _ in 0..=module.activities.len() {
        let mut changed = false;
        for (a, activity) in module.activities.iter().enumerate() {
            let done =
                |required: &usize| states.get(*required).is_some_and(|it| it.fulfilled.holds);
            let ready = activity.requires.iter().all(done);
            if let Some(state) = states.get_mut(a) {
                changed |= state.fulfilled.turn(ready && state.is_met(), at, course);
            }
        }
        if !changed {
            return;
        }
    }
}

/// Completes the modules whose rules and requirements are met. A module that is not for the
/// learner counts as completed where another one requires it.
pub(super) fn complete_in_order(course: &Course, states: &mut [ModuleState], at: Option<i64>) {
    for _ in 0..=states.len() {
        let mut changed = false;
        for (m, module) in course.modules().iter().enumerate() {
            let done = |required: &usize| {
                states.get(*required).is_some_and(|it| it.completed.holds || !it.applies)
            };
            let ready = module.requires.iter().all(done);
            if let Some(state) = states.get_mut(m) {
                changed |= state.completed.turn(ready && state.met, at, course);
            }
        }
        if !changed {
            return;
        }
    }
}

/// The course as a whole, and the certificate.
#[derive(Clone, Debug, Default)]
pub(super) struct CourseState {
    completed: Since,
    success: Option<bool>,
    score: Option<f64>,
    progress: f64,
    /// Whether the learner has a right to the certificate.
    pub(super) certified: Since,
}

impl CourseState {
    /// Derives the course's results from those of its modules, after a step in one of them.
    pub(super) fn derive_from_modules(
        &mut self,
        course: &Course,
        states: &[ModuleState],
        step: Option<&Step<'_>>,
    ) {
        let at = step.map(|step| step.timestamp);
        let is_theirs =
            |step: &&Step<'_>| states.get(step.place.module).is_some_and(|module| module.applies);
        let word = step.filter(is_theirs).and_then(|step| step.said);
        self.success = word.and_then(|(_, entry)| entry.word.success).or(self.success);
        let applying = || course.modules().iter().zip(states).filter(|(_, state)| state.applies);
        let (mut scores, mut scored, mut progress, mut all) = (0.0, 0.0, 0.0, 0.0);
        for (module, state) in applying() {
            all += module.weight;
            progress += state.progress * module.weight;
            if let Some(score) = state.score {
                scores += score * module.weight;
                scored += module.weight;
            }
        }
        self.score = (scored > 0.0).then(|| scores / scored);
        self.progress = if all > 0.0 { progress / all } else { 0.0 };
        let completed = all > 0.0 && applying().all(|(_, state)| state.completed.holds);
        self.completed.turn(completed, at, course);
        if let Some(certificate) = &course.outline().certificate {
            self.certify(course, certificate, states, at);
        }
    }

    /// Nothing that happens after the certificate's last day gives or takes it.
    fn certify(
        &mut self,
        course: &Course,
        rule: &Certificate,
        states: &[ModuleState],
        at: Option<i64>,
    ) {
        let Some(at) = at else { return };
        let day = course.day_of(at);
        if rule.by.is_some_and(|by| day.is_none_or(|day| day > by)) {
            return;
        }
        let right = self.is_met(rule, states);
        self.certified.turn(right, Some(at), course);
    }

    fn is_met(&self, rule: &Certificate, states: &[ModuleState]) -> bool {
        let applying = || states.iter().filter(|state| state.applies);
        let sum = |of: fn(&ModuleState) -> u64| applying().map(of).fold(0, u64::saturating_add);
        let reaches = |least: Option<f64>, micros: u64| {
            least.is_none_or(|hours| micros >= micros_of_hours(hours))
        };
        let done = |m: &usize| {
            states.get(*m).is_none_or(|module| module.completed.holds || !module.applies)
        };
        rule.modules.iter().all(done)
            && reaches(rule.hours, sum(ModuleState::micros))
            && reaches(rule.hours_presence, sum(|module| module.presence))
            && rule.score.is_none_or(|least| self.score.is_some_and(|it| reaches_score(it, least)))
    }

    /// [`Standing::state`] and [`Standing::micros`] of [`Self::standing`] alone.
    pub(super) fn reached(&self, states: &[ModuleState]) -> (State, u64) {
        let applying = || states.iter().filter(|state| state.applies);
        let sum = |of: fn(&ModuleState) -> u64| applying().map(of).fold(0, u64::saturating_add);
        let micros = sum(|state| state.online).saturating_add(sum(|state| state.presence));
        (self.state(states), micros)
    }

    fn state(&self, states: &[ModuleState]) -> State {
        if self.completed.holds {
            State::Completed
        } else if states.iter().any(|state| state.applies && state.seen) {
            State::InProgress
        } else {
            State::NotStarted
        }
    }

    pub(super) fn standing(
        &self,
        course: &Course,
        states: &[ModuleState],
        day: &impl Fn(Option<i64>) -> Option<Date>,
    ) -> Standing {
        let applying = || states.iter().filter(|state| state.applies);
        let sum = |of: fn(&ModuleState) -> u64| applying().map(of).fold(0, u64::saturating_add);
        debug_assert_eq!(course.modules().len(), states.len());
        Standing {
            applies: applying().next().is_some(),
            state: self.state(states),
            success: self.success,
            score: self.score,
            progress: self.progress,
            online: sum(|state| state.online),
            presence: sum(|state| state.presence),
            since: day(self.completed.at),
        }
    }
}
