//! How a learner uses what a course is made of: first answers to questions, parts that were begun, hours of activity.
//!
//! Results do not depend on it, so that it is no part of the replay.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::evidence::{Answer, Evidence};
use super::learner::Learner;
use super::model::{Activity, ActivityPlace, Course, Window};
use super::progress::{ActorProgress, Journal};
use super::replay::Cut;

/// The first answer of an actor to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstAnswer {
    /// When it was given, in microseconds since 1970.
    #[serde(rename = "t")]
    pub timestamp: i64,
    /// When it was stored, in microseconds since 1970.
    #[serde(rename = "k")]
    pub stored: i64,
    /// The id of the statement that says so.
    #[serde(rename = "s")]
    pub statement: String,
    /// [`Answer::success`].
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// [`Answer::response`].
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
}

impl FirstAnswer {
    pub(super) fn of(evidence: &Evidence, answer: &Answer) -> Self {
        Self {
            timestamp: evidence.timestamp,
            stored: evidence.stored,
            statement: evidence.statement.clone(),
            success: answer.success,
            response: answer.response.clone(),
        }
    }

    /// The one of the lowest rank is the first.
    pub(super) fn rank(&self) -> (i64, i64, &str) {
        (self.timestamp, self.stored, &self.statement)
    }
}

/// What the documents of one learner tell of use, up to the end of a day.
///
/// As in the replay, only days count that the learner's edition and the activity are open on. A first answer, or a first
/// use, on another day is none: what came later on the same question or object is not known.
#[derive(Clone, Copy, Debug)]
pub struct Usage<'a> {
    course: &'a Course,
    learner: &'a Learner,
    documents: &'a [ActorProgress],
    cut: Option<Cut>,
}

impl<'a> Usage<'a> {
    /// Of the documents of all identifiers of a learner, to the end of a day or to the end.
    pub const fn new(
        course: &'a Course,
        learner: &'a Learner,
        documents: &'a [ActorProgress],
        cut: Option<Cut>,
    ) -> Self {
        Self { course, learner, documents, cut }
    }

    /// The first answer to each question of an activity, by the question's IRI.
    pub fn answers(&self, activity: &Activity) -> BTreeMap<&'a str, &'a FirstAnswer> {
        let mut first: BTreeMap<&str, &FirstAnswer> = BTreeMap::new();
        for (question, answer) in self.journals(activity).flat_map(|it| &it.answers) {
            let held = first.entry(question).or_insert(answer);
            if answer.rank() < held.rank() {
                *held = answer;
            }
        }
        first.retain(|_, answer| self.counts(activity, answer.timestamp));
        first
    }

    /// When each object of an online activity that is no question was first used, by its IRI, in microseconds since 1970.
    pub fn begun(&self, activity: &Activity) -> BTreeMap<&'a str, i64> {
        let mut first: BTreeMap<&str, i64> = BTreeMap::new();
        for (object, begun) in self.journals(activity).flat_map(|it| &it.begun) {
            let held = first.entry(object).or_insert(*begun);
            *held = (*held).min(*begun);
        }
        first.retain(|_, begun| self.counts(activity, *begun));
        first
    }

    /// The objects of an activity of which a statement says that they were completed or passed.
    pub fn completed(&self, activity: &Activity) -> Vec<&'a str> {
        let objects = self.journals(activity).flat_map(|it| &it.objects);
        let is_said = |entry: &super::progress::Entry| {
            let says = entry.word.completion == Some(true) || entry.word.success == Some(true);
            says && self.counts(activity, entry.timestamp)
        };
        let completed = objects.filter(|(_, entries)| entries.iter().any(is_said));
        let mut completed: Vec<&str> = completed.map(|(object, _)| object.as_str()).collect();
        completed.sort_unstable();
        completed.dedup();
        completed
    }

    /// The hours of each day in which the learner did anything in the modules that are for them: bit 0 is from midnight
    /// to one, in the course's time zone.
    pub fn hours(&self) -> BTreeMap<Date, u32> {
        let mut hours: BTreeMap<Date, u32> = BTreeMap::new();
        let modules = self.course.activities_in_modules();
        for (_, _, activity) in
            modules.filter(|(_, module, _)| module.audience.includes(self.learner))
        {
            let days = self.journals(activity).flat_map(|it| &it.days);
            let is_past = |day: Date| self.cut.is_none_or(|cut| day <= cut.day);
            for (day, seen) in
                days.filter(|(day, _)| is_past(**day) && self.is_open(activity, **day))
            {
                *hours.entry(*day).or_default() |= seen.hours;
            }
        }
        hours
    }

    fn journals(&self, activity: &Activity) -> impl Iterator<Item = &'a Journal> {
        self.documents.iter().filter_map(|document| document.activities.get(&activity.key))
    }

    /// Whether what happened at an instant counts: before the end of the day asked for, and on an open day.
    fn counts(&self, activity: &Activity, timestamp: i64) -> bool {
        let is_past = self.cut.is_none_or(|cut| timestamp < cut.before);
        is_past && self.course.day_of(timestamp).is_some_and(|day| self.is_open(activity, day))
    }

    fn is_open(&self, activity: &Activity, day: Date) -> bool {
        let window: Window = self.course.window_of(&self.learner.edition);
        window.holds(day) && activity.window.holds(day)
    }

    /// Whether a module is for the learner.
    pub fn includes(&self, place: ActivityPlace) -> bool {
        self.course.at(place).is_some_and(|(module, _)| module.audience.includes(self.learner))
    }
}
