//! From what a learner's actors said to where the learner stands, on any day.
//!
//! What was said is gone through in the order in which it happened, so that a later word takes
//! an earlier one back, and every result is known with the day since which it has held.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::learner::Learner;
use super::model::{Activity, ActivityPlace, Course};
use super::progress::{ActorProgress, Entry, Journal, Seen};
use super::standing::{ActivityStanding, Standings};

mod activity;
mod module;
mod since;
mod time;
mod track;

pub use activity::ActivityState;
use module::{CourseState, ModuleState};
pub use since::Since;
pub use time::ObjectTime;
pub use track::{Reached, Track};

/// The end of a day in a course's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The day.
    pub day: Date,
    /// Its end, which is not part of it, in microseconds since 1970.
    pub before: i64,
}

/// One learner's way through a course, up to a day.
pub struct Replay<'a> {
    course: &'a Course,
    learner: &'a Learner,
    documents: Vec<&'a ActorProgress>,
    steps: Vec<Step<'a>>,
    gone: usize,
    activities: Vec<Vec<ActivityState<'a>>>,
    modules: Vec<ModuleState>,
    whole: CourseState,
    cut: Option<Cut>,
}

/// Something that happened on one activity.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// When it happened, in microseconds since 1970.
    pub timestamp: i64,
    /// The activity that it happened on.
    pub place: ActivityPlace,
    /// The statement's id.
    pub statement: &'a str,
    /// The object and what was said of it; nothing where the learner was only there.
    pub said: Option<(&'a str, &'a Entry)>,
}

impl Course {
    /// The end of a day in the course's time zone; `None` for days too far off.
    pub fn end_of(&self, day: Date) -> Option<Cut> {
        let next = day.tomorrow().ok()?.to_zoned(self.zone().clone()).ok()?;
        Some(Cut { day, before: next.timestamp().as_microsecond() })
    }

    /// The day of an instant, in microseconds since 1970, in the course's time zone.
    pub fn day_of(&self, micros: i64) -> Option<Date> {
        let instant = Timestamp::from_microsecond(micros).ok()?;
        Some(self.zone().to_datetime(instant).date())
    }
}

impl<'a> Replay<'a> {
    /// A replay that has gone nowhere yet. `documents` are those of all identifiers of the
    /// learner, in any order.
    pub fn new(
        course: &'a Course,
        learner: &'a Learner,
        documents: impl IntoIterator<Item = &'a ActorProgress>,
    ) -> Self {
        let documents: Vec<&ActorProgress> = documents.into_iter().collect();
        let modules = course.modules();
        Self {
            course,
            learner,
            steps: steps(course, learner, &documents),
            documents,
            gone: 0,
            activities: modules
                .iter()
                .map(|module| vec![ActivityState::default(); module.activities.len()])
                .collect(),
            modules: modules.iter().map(|module| ModuleState::new(module, learner)).collect(),
            whole: CourseState::default(),
            cut: None,
        }
    }

    /// Goes on to the end of a day, or to the end where there is no day. Never goes back.
    #[must_use]
    pub fn until(mut self, cut: Option<Cut>) -> Self {
        self.advance(cut);
        self
    }

    /// Goes on to the end of a day, or to the end where there is no day. Never goes back.
    pub fn advance(&mut self, cut: Option<Cut>) {
        if self.gone == 0 {
            // Modules without activities of their own rule may be complete from the beginning.
            self.derive_results(None);
        }
        while let Some(step) = self.steps.get(self.gone).copied() {
            if cut.is_some_and(|cut| step.timestamp >= cut.before) {
                break;
            }
            self.gone += 1;
            self.take(step);
        }
        self.cut = cut;
    }

    fn take(&mut self, step: Step<'a>) {
        let (_, activity) = self.course.at_own(step.place);
        let states = self.activities.get_mut(step.place.module);
        #[expect(clippy::expect_used, reason = "there is a state for each activity of the course")]
        let state = states.and_then(|states| states.get_mut(step.place.activity)).expect("a state");
        if state.absorb(activity, &step) {
            self.derive_results(Some(step));
        }
    }

    /// Derives the results of modules and course from those of the activities, after a step or, where
    /// there is none, before the first.
    fn derive_results(&mut self, step: Option<Step<'a>>) {
        for (m, module) in self.course.modules().iter().enumerate() {
            if step.is_some_and(|step| step.place.module != m) {
                continue;
            }
            let states = self.activities.get_mut(m).map(Vec::as_mut_slice).unwrap_or_default();
            if let Some(state) = self.modules.get_mut(m) {
                state.derive_from_activities(self.course, module, states, step.as_ref());
            }
        }
        let at = step.map(|step| step.timestamp);
        module::complete_in_order(self.course, &mut self.modules, at);
        self.whole.derive_from_modules(self.course, &self.modules, step.as_ref());
    }

    /// Where the learner stands.
    pub fn standings(&self) -> Standings {
        let day = |micros: Option<i64>| micros.and_then(|micros| self.course.day_of(micros));
        let mut activities: Vec<ActivityStanding> = Vec::new();
        for (module, states) in self.course.modules().iter().zip(&self.activities) {
            let standing = |(activity, state): (_, &ActivityState<'_>)| {
                state.standing(activity, day(state.fulfilled.at))
            };
            activities.extend(module.activities.iter().zip(states).map(standing));
        }
        Standings {
            course: self.whole.standing(self.course, &self.modules, &day),
            modules: self.modules.iter().map(|module| module.standing(&day)).collect(),
            activities,
            last_seen: self.last_seen(),
            certified: day(self.whole.certified.at),
        }
    }

    /// The last day, up to the cut, on which the learner did anything that counts.
    fn last_seen(&self) -> Option<Date> {
        let window = self.course.window_of(&self.learner.edition);
        let journals = self.documents.iter().flat_map(|document| &document.activities);
        let last = journals.filter_map(|(key, journal)| {
            let place = self.course.place_of_key(key)?;
            let (_, activity) = self.course.at(place).filter(|_| self.includes(place.module))?;
            let holds = |day: &&Date| window.holds(**day) && activity.window.holds(**day);
            let known = journal.days.keys().rev();
            known.filter(|day| self.cut.is_none_or(|cut| **day <= cut.day)).find(holds)
        });
        last.max().copied()
    }

    /// The steps gone so far on one activity, in order.
    pub fn steps_on(&self, place: ActivityPlace) -> impl Iterator<Item = &Step<'a>> {
        self.steps.iter().take(self.gone).filter(move |step| step.place == place)
    }

    /// Where the learner stands in this activity; `None` where the course has none at `place`.
    pub fn state_on(&self, place: ActivityPlace) -> Option<&ActivityState<'a>> {
        self.activities.get(place.module)?.get(place.activity)
    }

    /// The course.
    pub const fn course(&self) -> &'a Course {
        self.course
    }

    /// Whether a module is for this learner.
    pub fn includes(&self, module: usize) -> bool {
        self.modules.get(module).is_some_and(|module| module.applies)
    }
}

/// What happened in the modules that are for the learner, in order, each statement once.
fn steps<'a>(
    course: &'a Course,
    learner: &Learner,
    documents: &[&'a ActorProgress],
) -> Vec<Step<'a>> {
    let window = course.window_of(&learner.edition);
    let mut steps: Vec<Step<'a>> = Vec::new();
    for (key, journal) in documents.iter().flat_map(|document| &document.activities) {
        let Some(place) = course.place_of_key(key) else { continue };
        let (module, activity) = course.at_own(place);
        if !module.audience.includes(learner) {
            continue;
        }
        let holds = |day: Date| window.holds(day) && activity.window.holds(day);
        let is_open = window.is_open() && activity.window.is_open();
        steps.extend(first_seen(journal, holds).map(|seen| Step {
            timestamp: seen.timestamp,
            place,
            statement: &seen.statement,
            said: None,
        }));
        for (object, entries) in &journal.objects {
            let in_time =
                |entry: &&Entry| is_open || course.day_of(entry.timestamp).is_some_and(holds);
            steps.extend(entries.iter().filter(in_time).map(|entry| Step {
                timestamp: entry.timestamp,
                place,
                statement: &entry.statement,
                said: Some((object, entry)),
            }));
        }
    }
    let rank = |step: &Step<'a>| (step.timestamp, step.said.map(|(_, entry)| entry.rank()));
    steps.sort_by(|a, b| rank(a).cmp(&rank(b)));
    // In one document equal statements meet unless they name different places around them.
    let is_by_place = |activity: &Activity| !activity.selection.within.is_empty();
    if documents.len() > 1 || course.activities().any(|(_, activity)| is_by_place(activity)) {
        // Sorted, the one that was stored first comes first.
        let mut counted = HashSet::new();
        steps.retain(|step| {
            step.said.is_none_or(|(object, entry)| counted.insert((object, entry.key())))
        });
    }
    steps
}

/// The first statement of the first day that counts.
fn first_seen(journal: &Journal, holds: impl Fn(Date) -> bool) -> Option<&Seen> {
    journal.days.iter().find(|(day, _)| holds(**day)).map(|(_, seen)| seen)
}
