//! The fold: from evidence, in any order and any number of times, to progress.

use std::collections::BTreeMap;

use super::evidence::{Evidence, TimeSpent};
use super::model::{Activity, ActivityRule, Course, Module};
use super::progress::{
    ActivityProgress, LearnerProgress, Mark, ModuleProgress, ObjectTime, SHAPE, State,
};

const MICROS_PER_HOUR: f64 = 3.6e9;

impl Default for LearnerProgress {
    /// Nothing begun.
    fn default() -> Self {
        Self { shape: SHAPE, activities: BTreeMap::new(), modules: BTreeMap::new() }
    }
}

impl LearnerProgress {
    /// Takes one statement of this learner into account; says whether the document changed.
    ///
    /// The result depends only on the set of evidence applied: order and repetition change
    /// nothing. The caller has found the learner by [`Evidence::actor`], leaves out voided
    /// statements, and recomputes from `default()` when one applied earlier is voided or the
    /// course file changed. Evidence on objects of other courses changes nothing.
    pub fn apply(&mut self, course: &Course, evidence: &Evidence) -> bool {
        let Some(place) = course.place_of(&evidence.object) else {
            return false;
        };
        let Some((module, activity)) = course.at(place) else {
            return false;
        };
        let is_new = !self.activities.contains_key(activity.key());
        let progress = self.activities.entry(activity.key().to_owned()).or_default();
        let changed = progress.absorb(evidence) || is_new;
        if changed {
            self.modules.insert(module.id.clone(), self.module(module));
        }
        changed
    }

    /// The progress after a whole history, given in any order.
    pub fn rebuild<'a>(course: &Course, history: impl IntoIterator<Item = &'a Evidence>) -> Self {
        let mut progress = Self::default();
        for evidence in history {
            progress.apply(course, evidence);
        }
        progress
    }

    /// Whether the document has the shape this program writes; if not, rebuild it.
    pub fn is_current(&self) -> bool {
        self.shape == SHAPE
    }

    fn module(&self, module: &Module) -> ModuleProgress {
        let mut sum = ModuleProgress::default();
        let mut fulfilled = 0;
        for activity in &module.activities {
            let Some(progress) = self.activities.get(activity.key()) else {
                continue;
            };
            sum.state = State::InProgress;
            fulfilled += usize::from(progress.fulfils(activity.complete_when));
            if let Some(score) = progress.best_score {
                sum.score_sum += score;
                sum.scored += 1;
            }
            sum.micros = sum.micros.saturating_add(progress.micros(activity));
            keep_later(&mut sum.success, progress.success.as_ref());
        }
        if module.complete_when.is_met(fulfilled, module.activities.len()) {
            sum.state = State::Completed;
        }
        sum
    }
}

impl ActivityProgress {
    fn absorb(&mut self, evidence: &Evidence) -> bool {
        let mark = |value| Mark {
            value,
            timestamp: evidence.timestamp,
            stored: evidence.stored,
            statement: evidence.statement.clone(),
        };
        let completion = keep_later(&mut self.completion, evidence.completion.map(mark).as_ref());
        let success = keep_later(&mut self.success, evidence.success.map(mark).as_ref());
        let score = keep_larger(&mut self.best_score, evidence.scaled);
        let time = evidence.time.is_some_and(|time| {
            self.objects.entry(evidence.object.clone()).or_default().absorb(time)
        });
        completion || success || score || time
    }

    fn fulfils(&self, rule: ActivityRule) -> bool {
        let says_yes = |mark: &Option<Mark>| mark.as_ref().is_some_and(|mark| mark.value);
        match rule {
            ActivityRule::Completed => says_yes(&self.completion),
            ActivityRule::Passed => says_yes(&self.success),
            ActivityRule::Score(least) => self.best_score.is_some_and(|best| best >= least),
            ActivityRule::Experienced => true,
        }
    }

    /// The sum over the objects, at most the activity's hours.
    fn micros(&self, activity: &Activity) -> u64 {
        let spent =
            self.objects.values().fold(0_u64, |sum, object| sum.saturating_add(object.micros()));
        activity.hours.map_or(spent, |hours| spent.min(micros_of_hours(hours)))
    }
}

impl ObjectTime {
    fn absorb(&mut self, time: TimeSpent) -> bool {
        match time {
            TimeSpent::Session { micros, fingerprint } => {
                self.sessions.insert(format!("{fingerprint:016x}"), micros) != Some(micros)
            }
            TimeSpent::Outcome { micros } => keep_larger(&mut self.outcome, Some(micros)),
        }
    }
}

fn keep_later(held: &mut Option<Mark>, mark: Option<&Mark>) -> bool {
    let Some(mark) = mark else { return false };
    if held.as_ref().is_some_and(|held| !mark.outranks(held)) {
        return false;
    }
    *held = Some(mark.clone());
    true
}

fn keep_larger<T: PartialOrd>(held: &mut Option<T>, value: Option<T>) -> bool {
    match (&held, value) {
        (_, None) => false,
        (Some(held), Some(value)) if *held >= value => false,
        (_, value) => {
            *held = value;
            true
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "course files hold 0 to 100,000 hours"
)]
fn micros_of_hours(hours: f64) -> u64 {
    (hours * MICROS_PER_HOUR).round() as u64
}
