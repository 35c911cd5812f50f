//! Where a learner stands in one activity while the replay goes on.

use std::collections::HashMap;

use jiff::civil::Date;

use super::Step;
use super::since::Since;
use super::time::ObjectTime;
use crate::evidence::{Time, Word};
use crate::model::{Activity, Credit, Form, Fulfilment, ScoreRule, micros_of_hours};
use crate::progress::State;
use crate::standing::ActivityStanding;

/// What came so far.
#[derive(Clone, Debug, Default)]
pub struct ActivityState<'a> {
    seen: bool,
    completion: Option<bool>,
    /// The latest word on success.
    pub(super) success: Option<bool>,
    attended: bool,
    best: Option<f64>,
    last: Option<f64>,
    attempts: u16,
    attempts_to_pass: Option<u16>,
    /// By object and registration: how many of the attempts ended passed or failed, and how many completed.
    ended: HashMap<(&'a str, u64), [u16; 2]>,
    /// The time on each of its objects, by the object's IRI.
    pub objects: Vec<(&'a str, ObjectTime)>,
    /// Where each object stands among them: there may be thousands below a prefix.
    places: HashMap<&'a str, usize>,
    /// The microseconds of all objects together, online and in presence.
    online: u128,
    in_presence: u128,
    /// Whether its own rule is met.
    met: bool,
    /// Whether it is fulfilled: its rule, and what it requires.
    pub fulfilled: Since,
}

impl<'a> ActivityState<'a> {
    /// Takes a step on this activity; says whether anything changed, for the activity or by a
    /// word that may be the latest in its module.
    pub(super) fn absorb(&mut self, activity: &Activity, step: &Step<'a>) -> bool {
        let before = (self.fulfilment(activity), self.attempts);
        self.seen = true;
        if let Some((object, entry)) = step.said {
            if activity.selection.judges(object) {
                self.hear(object, &entry.word);
            }
            if let Some(time) = entry.word.time {
                self.attended |= matches!(time, Time::Attended(_) | Time::Join);
                self.tell(object, step.timestamp, time);
            }
        }
        let now = self.fulfilment(activity);
        self.met = activity.complete_when.is_met(&now);
        let judges = step.said.is_some_and(|(object, entry)| {
            entry.word.success.is_some() && activity.selection.judges(object)
        });
        judges || before != (now, self.attempts)
    }

    fn hear(&mut self, object: &'a str, word: &Word) {
        self.completion = word.completion.or(self.completion);
        self.success = word.success.or(self.success);
        if let Some(score) = word.score {
            self.last = Some(score);
            self.best = Some(self.best.map_or(score, |best| best.max(score)));
        }
        if word.ends_attempt {
            let ended = word
                .registration
                .map_or(1, |registration| self.end(object, registration, word.judges));
            self.attempts = self.attempts.saturating_add_signed(ended);
        }
        if word.success == Some(true) && self.attempts_to_pass.is_none() {
            self.attempts_to_pass = Some(self.attempts.max(1));
        }
    }

    /// By how much the attempts grow where one ends under this registration: of what is passed or failed, and completed
    /// with a score as well, the judgements alone count, whichever came first.
    fn end(&mut self, object: &'a str, registration: u64, is_judged: bool) -> i16 {
        let [judged, completed] = self.ended.entry((object, registration)).or_default();
        let count = |judged: u16, completed: u16| if judged > 0 { judged } else { completed };
        let before = count(*judged, *completed);
        let of = if is_judged { &mut *judged } else { &mut *completed };
        *of = of.saturating_add(1);
        i16::try_from(i32::from(count(*judged, *completed)) - i32::from(before)).unwrap_or(0)
    }

    /// Takes what a step tells of the time on an object, and keeps the sums of all objects true.
    fn tell(&mut self, object: &'a str, timestamp: i64, time: Time) {
        let at = *self.places.entry(object).or_insert(self.objects.len());
        if at == self.objects.len() {
            self.objects.push((object, ObjectTime::default()));
        }
        let Some((_, clock)) = self.objects.get_mut(at) else { return };
        let of = |clock: &ObjectTime| (u128::from(clock.online()), u128::from(clock.in_presence()));
        let (online, in_presence) = of(clock);
        clock.absorb(timestamp, time);
        let now = of(clock);
        self.online = self.online + now.0 - online;
        self.in_presence = self.in_presence + now.1 - in_presence;
    }

    fn fulfilment(&self, activity: &Activity) -> Fulfilment {
        Fulfilment {
            seen: self.seen,
            completion: self.completion,
            success: self.success,
            attended: self.attended,
            score: self.score(activity),
            micros: self.measured(activity),
        }
    }

    pub(super) const fn score(&self, activity: &Activity) -> Option<f64> {
        match activity.form {
            Form::Online { score: ScoreRule::Last, .. } => self.last,
            _ => self.best,
        }
    }

    /// The time on all objects, at most the activity's hours.
    pub fn measured(&self, activity: &Activity) -> u64 {
        let sum = if activity.is_event() { self.in_presence } else { self.online };
        let sum = u64::try_from(sum).unwrap_or(u64::MAX);
        activity.hours.map_or(sum, |hours| sum.min(micros_of_hours(hours)))
    }

    /// The time that counts: as measured, or the activity's hours where these are given for it.
    pub fn micros(&self, activity: &Activity) -> u64 {
        match (&activity.form, activity.hours) {
            (Form::Online { credit: Credit::Nominal, .. }, Some(hours)) => {
                if self.fulfilled.holds {
                    micros_of_hours(hours)
                } else {
                    0
                }
            }
            _ => self.measured(activity),
        }
    }

    /// Whether there was any statement.
    pub(super) const fn is_seen(&self) -> bool {
        self.seen
    }

    /// Whether the own rule is met.
    pub(super) const fn is_met(&self) -> bool {
        self.met
    }

    /// How far the learner is, with what happened so far.
    pub fn state(&self) -> State {
        match (self.fulfilled.holds, self.seen) {
            (true, _) => State::Completed,
            (false, true) => State::InProgress,
            (false, false) => State::NotStarted,
        }
    }

    pub(super) fn standing(&self, activity: &Activity, since: Option<Date>) -> ActivityStanding {
        ActivityStanding {
            state: self.state(),
            success: self.success,
            attended: self.attended,
            score: self.score(activity),
            attempts: self.attempts,
            attempts_to_pass: self.attempts_to_pass,
            micros: self.micros(activity),
            since,
        }
    }
}
