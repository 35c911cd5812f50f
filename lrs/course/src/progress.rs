//! The progress document: all that statements of one actor said that bears on one course.
//!
//! It is a journal, not a result: what came is kept by activity and object, without what says
//! nothing and without repetitions. Results are made of it at reading time, for any learner,
//! rule and day ([`Replay`](super::Replay)), so that enrolling, merging and most changes of a
//! course file need no look at the log.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::evidence::{Evidence, Word};
use super::model::Course;
use super::usage::FirstAnswer;

/// The shape of [`ActorProgress`]; a stored document of another shape must be rebuilt.
const SHAPE: u32 = 5;

/// The most entries that a document has, of all activities together, and the most days. Of more the latest count: a
/// document is read and written whole, and so must have an end, whatever its actor says.
pub const MOST_KEPT: usize = 10_000;

/// The longest IRI, in bytes, under which a document keeps what was said of an object. A longer one is kept by its
/// beginning and its hash: see [`name_of`].
const LONGEST_OBJECT: usize = 512;

/// The most questions of which a document keeps the first answer, and the most objects of which it keeps the beginning. Of
/// more, those whose activity and IRI come first in the order of texts are kept, whatever the order of statements.
pub const MOST_USED: usize = 2_000;

/// How many bytes of an object's IRI weigh as much as an entry.
const BYTES_OF_ENTRY: usize = 200;

/// What one actor said in one course. Everything in it is sorted, so that the same statements
/// serialise to the same bytes, whatever the order in which they came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActorProgress {
    /// The shape of this document.
    pub shape: u32,
    /// How many statements bear on the course, repetitions included.
    pub statements: u64,
    /// By [`Activity::key`](super::Activity::key); only activities with a statement.
    pub activities: BTreeMap<String, Journal>,
}

/// What was said on one activity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    /// The days, in the course's time zone, on which anything happened, each with the first
    /// statement of that day.
    pub days: BTreeMap<Date, Seen>,
    /// What bears on results, by the object's IRI, or what stands for a long one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub objects: BTreeMap<String, Vec<Entry>>,
    /// The first answer to each question, by the question's IRI, or what stands for a long one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, FirstAnswer>,
    /// Of an online activity: when each object that is no question was first used, in microseconds since 1970.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub begun: BTreeMap<String, i64>,
}

/// A statement that says at least that the actor was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When it happened, in microseconds since 1970.
    #[serde(rename = "t")]
    pub timestamp: i64,
    /// When it was stored, in microseconds since 1970.
    #[serde(rename = "k")]
    pub stored: i64,
    /// The `id` of the statement that says so.
    #[serde(rename = "s")]
    pub statement: String,
    /// The hours of the day, in the course's time zone, in which anything happened: bit 0 is from midnight to one.
    #[serde(rename = "h", default)]
    pub hours: u32,
}

/// One statement that bears on results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened, in microseconds since 1970.
    #[serde(rename = "t")]
    pub timestamp: i64,
    /// [`Evidence::fingerprint`]: with `timestamp` the key of the entry.
    #[serde(rename = "f")]
    pub fingerprint: u64,
    /// When it was stored, in microseconds since 1970.
    #[serde(rename = "k")]
    pub stored: i64,
    /// The statement's id; of equal statements the one that was stored first.
    #[serde(rename = "s")]
    pub statement: String,
    /// What it says.
    #[serde(rename = "w")]
    pub word: Word,
}

impl Default for ActorProgress {
    /// Nothing said.
    fn default() -> Self {
        Self { shape: SHAPE, statements: 0, activities: BTreeMap::new() }
    }
}

impl ActorProgress {
    /// Takes one statement of this actor into account; says whether it bears on the course.
    ///
    /// The result depends only on the collection of evidence applied, not on its order, and but
    /// for the count of `statements` not on repetitions. Of more than [`MOST_KEPT`] entries or days
    /// the latest are kept. The caller leaves out voided statements,
    /// and starts from `default()` when one applied earlier is voided or the course reads
    /// otherwise ([`Course::reads_like`]).
    pub fn apply(&mut self, course: &Course, evidence: &Evidence) -> bool {
        let Evidence { object, parents, groupings, .. } = evidence;
        let Some(place) = course.place_of(object, parents, groupings) else { return false };
        let (_, activity) = course.at_own(place);
        self.statements += 1;
        let is_named = activity.selection.ids.contains(object);
        let journal = self.activities.entry(activity.key.clone()).or_default();
        if let Ok(instant) = Timestamp::from_microsecond(evidence.timestamp) {
            let local = course.zone().to_datetime(instant);
            journal.see(local.date(), 1 << local.hour(), evidence);
        }
        journal.note_use(activity.is_event(), evidence);
        if !evidence.word.is_silent() && (is_named || !evidence.is_interaction) {
            let entries = journal.objects.entry(name_of(object).into_owned()).or_default();
            keep(entries, Entry::of(evidence));
        }
        self.drop_earliest();
        true
    }

    /// How many entries and days it has, and how long the IRIs of their objects are: what it weighs, some 200 bytes
    /// each.
    pub fn weight(&self) -> usize {
        let names = self.activities.values().flat_map(|journal| journal.objects.keys());
        let used = self.activities.values().map(Journal::bytes_of_use).sum::<usize>();
        let bytes = names.map(String::len).sum::<usize>() + used;
        self.entries() + self.days() + bytes / BYTES_OF_ENTRY
    }

    fn entries(&self) -> usize {
        let of = |journal: &Journal| journal.objects.values().map(Vec::len).sum::<usize>();
        self.activities.values().map(of).sum()
    }

    fn days(&self) -> usize {
        self.activities.values().map(|journal| journal.days.len()).sum()
    }

    /// Leaves the latest [`MOST_KEPT`] entries and days.
    fn drop_earliest(&mut self) {
        for _ in MOST_KEPT..self.entries() {
            let journals = self.activities.values_mut();
            let first = |journal: &Journal| journal.earliest().map(|(key, _)| key);
            let Some(journal) =
                journals.filter(|it| first(it).is_some()).min_by_key(|it| first(it))
            else {
                return;
            };
            journal.drop_entry();
        }
        for _ in MOST_KEPT..self.days() {
            let journals = self.activities.values_mut().filter(|it| !it.days.is_empty());
            let Some(journal) = journals.min_by_key(|it| it.days.keys().next().copied()) else {
                return;
            };
            journal.days.pop_first();
        }
        self.drop_most_used();
    }

    /// Leaves the first [`MOST_USED`] questions and objects, in the order of activities and IRIs: which ones these are does
    /// not depend on the order in which they came.
    fn drop_most_used(&mut self) {
        let questions: usize = self.activities.values().map(|it| it.answers.len()).sum();
        for _ in MOST_USED..questions {
            let mut journals = self.activities.values_mut().rev();
            if let Some(journal) = journals.find(|it| !it.answers.is_empty()) {
                journal.answers.pop_last();
            }
        }
        let objects: usize = self.activities.values().map(|it| it.begun.len()).sum();
        for _ in MOST_USED..objects {
            let mut journals = self.activities.values_mut().rev();
            if let Some(journal) = journals.find(|it| !it.begun.is_empty()) {
                journal.begun.pop_last();
            }
        }
    }

    /// The document after a whole history, given in any order, each statement once.
    pub fn rebuild<'a>(course: &Course, history: impl IntoIterator<Item = &'a Evidence>) -> Self {
        let mut progress = Self::default();
        for evidence in history {
            progress.apply(course, evidence);
        }
        progress
    }

    /// Whether the document has the shape this program writes; if not, rebuild it.
    pub const fn is_current(&self) -> bool {
        self.shape == SHAPE
    }

    /// The last day on which anything happened.
    pub fn last_day(&self) -> Option<Date> {
        let last = |journal: &Journal| journal.days.keys().next_back().copied();
        self.activities.values().filter_map(last).max()
    }
}

impl Journal {
    /// The object with the earliest entry.
    fn earliest(&self) -> Option<((i64, u64), &String)> {
        let first = |(object, entries): (_, &Vec<Entry>)| Some((entries.first()?.key(), object));
        self.objects.iter().filter_map(first).min()
    }

    fn drop_entry(&mut self) {
        let Some(object) = self.earliest().map(|(_, object)| object.clone()) else { return };
        #[expect(clippy::expect_used, reason = "the object of the earliest entry is one of these")]
        let entries = self.objects.get_mut(&object).expect("entries");
        entries.remove(0);
        if entries.is_empty() {
            self.objects.remove(&object);
        }
    }

    /// Keeps the day, with the statement if it is the first of it, and the hour among the others of the day.
    fn see(&mut self, day: Date, hour: u32, evidence: &Evidence) {
        let rank = (evidence.timestamp, evidence.stored, evidence.statement.as_str());
        let held = self.days.get_mut(&day);
        let hours = held.as_ref().map_or(0, |held| held.hours) | hour;
        match held {
            Some(held) if rank >= (held.timestamp, held.stored, held.statement.as_str()) => {
                held.hours = hours;
            }
            _ => {
                let (timestamp, stored) = (evidence.timestamp, evidence.stored);
                let statement = evidence.statement.clone();
                self.days.insert(day, Seen { timestamp, stored, statement, hours });
            }
        }
    }

    /// Keeps the first answer to a question, and the first use of any other object of an online activity.
    fn note_use(&mut self, is_event: bool, evidence: &Evidence) {
        let name = || name_of(&evidence.object).into_owned();
        if let Some(answer) = &evidence.answer {
            let answer = FirstAnswer::of(evidence, answer);
            let held = self.answers.entry(name()).or_insert_with(|| answer.clone());
            if answer.rank() < held.rank() {
                *held = answer;
            }
        } else if !is_event && !evidence.is_interaction {
            let held = self.begun.entry(name()).or_insert(evidence.timestamp);
            *held = evidence.timestamp.min(*held);
        }
    }

    /// How many bytes of texts tell of answers and beginnings, and of the rest of them about.
    fn bytes_of_use(&self) -> usize {
        const REST: usize = 100;
        let response = |it: &FirstAnswer| it.response.as_ref().map_or(0, String::len);
        let answers = self.answers.iter().map(|(name, it)| name.len() + response(it) + REST);
        let begun = self.begun.keys().map(|name| name.len() + REST);
        answers.sum::<usize>() + begun.sum::<usize>()
    }
}

impl Entry {
    fn of(evidence: &Evidence) -> Self {
        Self {
            timestamp: evidence.timestamp,
            fingerprint: evidence.fingerprint,
            stored: evidence.stored,
            statement: evidence.statement.clone(),
            word: evidence.word,
        }
    }

    /// The same for statements that count once.
    pub const fn key(&self) -> (i64, u64) {
        (self.timestamp, self.fingerprint)
    }

    /// Where the entry stands among what one learner said: the later word holds. By timestamp,
    /// then by stored, then, so that the order of arrival never decides, by statement id.
    pub fn rank(&self) -> (i64, i64, &str) {
        (self.timestamp, self.stored, &self.statement)
    }
}

/// The name of an object in a document: its IRI or, of one that is longer than [`LONGEST_OBJECT`], the beginning and the
/// SHA-256 of the whole. Anybody who sends statements chooses IRIs below a prefix of the course file, and a document is read
/// and written whole.
#[expect(clippy::expect_used, reason = "a boundary of characters was looked for")]
fn name_of(object: &str) -> Cow<'_, str> {
    if object.len() <= LONGEST_OBJECT {
        return Cow::Borrowed(object);
    }
    let digest = Sha256::digest(object.as_bytes());
    let hash = digest.iter().fold(String::from("…"), |hex, byte| format!("{hex}{byte:02x}"));
    let begin = object.get(..object.floor_char_boundary(LONGEST_OBJECT - hash.len()));
    Cow::Owned(begin.expect("the beginning").to_owned() + &hash)
}

/// Keeps `entry` in its place, or of two equal ones that which was stored first.
fn keep(entries: &mut Vec<Entry>, entry: Entry) {
    match entries.binary_search_by_key(&entry.key(), Entry::key) {
        Err(place) => entries.insert(place, entry),
        Ok(place) => {
            if let Some(held) = entries.get_mut(place)
                && entry.rank() < held.rank()
            {
                *held = entry;
            }
        }
    }
}

/// How far a learner is in an activity, a module or a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No statement.
    #[default]
    NotStarted,
    /// A statement, and the rule not fulfilled.
    InProgress,
    /// The rule fulfilled.
    Completed,
}
