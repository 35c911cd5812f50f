//! The report: how many learners are how far, by module and by where they work.

use std::borrow::Borrow;
use std::collections::HashMap;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::grouping::{GroupKey, Grouping};
use super::learner::Learner;
use super::model::Course;
use super::progress::{LearnerProgress, State};
use super::standing::{Standing, Standings};

/// The answer of `GET /api/v1/courses/{id}/progress`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProgressReport {
    /// The course's id.
    pub course: String,
    /// The `stored` of the last statement that is in it, in RFC 3339 and UTC; `null` before any.
    pub through: Option<String>,
    /// The course's time zone.
    pub time_zone: String,
    /// What the rows are told apart by.
    #[serde(skip)]
    pub grouping: Grouping,
    /// Sorted by the grouping's keys in turn: modules as in the course, everything else as text.
    pub rows: Vec<ReportRow>,
}

/// One row: as JSON an object with a member for each key of the grouping, then the figures.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRow {
    /// The grouping's keys in order with the row's values; empty text for learners without one.
    pub group: Vec<(GroupKey, String)>,
    /// The figures.
    pub figures: Figures,
}

/// How far the learners of one row are in its module, or in the whole course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Learners; the sum of the next three.
    pub enrolled: u64,
    /// Learners without a statement.
    pub not_started: u64,
    /// Learners with a statement who have not completed.
    pub in_progress: u64,
    /// Learners who fulfil the module's rule, or for the course that of every module.
    pub completed: u64,
    /// Learners whose latest success is true.
    pub passed: u64,
    /// Learners whose latest success is false.
    pub failed: u64,
    /// The mean, over learners with a score, of their mean best scaled score; four decimals.
    pub score_mean: Option<f64>,
    /// Hours spent by all together, two decimals; rounded once, at the end.
    pub hours: f64,
}

impl ProgressReport {
    /// Adds up the progress of a course's learners, each given once; those without a document
    /// have not started. `through` is in microseconds since 1970.
    ///
    /// The order of the learners does not show. Where the same learners are reported on again and
    /// again, keep their [`Standings`] and use [`ProgressReport::from_standings`].
    pub fn new<'a>(
        course: &Course,
        grouping: Grouping,
        through: Option<i64>,
        learners: impl IntoIterator<Item = (&'a Learner, Option<&'a LearnerProgress>)>,
    ) -> Self {
        let learners = learners.into_iter().map(|(learner, progress)| {
            (learner, progress.map(|progress| progress.standings(course)))
        });
        Self::from_standings(course, grouping, through, learners)
    }

    /// The same from standings, in one pass over them.
    pub fn from_standings<'a, S: Borrow<Standings>>(
        course: &Course,
        grouping: Grouping,
        through: Option<i64>,
        learners: impl IntoIterator<Item = (&'a Learner, Option<S>)>,
    ) -> Self {
        let columns = if grouping.has_modules() { course.modules().len() } else { 1 };
        let mut groups: HashMap<Place<'a>, Vec<Tally>> = HashMap::new();
        if grouping.keys().iter().all(|key| *key == GroupKey::Module) {
            groups.insert(Place::default(), vec![Tally::default(); columns]);
        }
        for (learner, standings) in learners {
            let place = place(&grouping, learner);
            let tallies = groups.entry(place).or_insert_with(|| vec![Tally::default(); columns]);
            let standings = standings.as_ref().map(Borrow::borrow);
            let of_module = |m: usize| standings.and_then(|all| all.modules.get(m));
            for (m, tally) in tallies.iter_mut().enumerate() {
                let whole = || standings.map(|all| &all.course);
                let standing = if grouping.has_modules() { of_module(m) } else { whole() };
                tally.add(standing.copied().unwrap_or_default());
            }
        }
        Self {
            course: course.id().to_owned(),
            through: through
                .and_then(|micros| Timestamp::from_microsecond(micros).ok())
                .map(|instant| instant.to_string()),
            time_zone: course.time_zone().to_owned(),
            rows: rows(course, &grouping, groups),
            grouping,
        }
    }
}

/// A learner's values of the grouping's keys, in the order of the grouping.
type Place<'a> = [&'a str; GroupKey::ALL.len()];

fn place<'a>(grouping: &Grouping, learner: &'a Learner) -> Place<'a> {
    let mut place = Place::default();
    for (value, key) in place.iter_mut().zip(grouping.keys()) {
        *value = key.of(learner);
    }
    place
}

#[derive(Clone, Debug, Default)]
struct Tally {
    figures: Figures,
    score_sum: f64,
    scored: u64,
    micros: u64,
}

impl Tally {
    fn add(&mut self, standing: Standing) {
        self.figures.enrolled += 1;
        match standing.state {
            State::NotStarted => self.figures.not_started += 1,
            State::InProgress => self.figures.in_progress += 1,
            State::Completed => self.figures.completed += 1,
        }
        match standing.success {
            Some(true) => self.figures.passed += 1,
            Some(false) => self.figures.failed += 1,
            None => {}
        }
        if let Some(score) = standing.score {
            self.score_sum += score;
            self.scored += 1;
        }
        self.micros = self.micros.saturating_add(standing.micros);
    }

    fn figures(&self) -> Figures {
        Figures { score_mean: self.score_mean(), hours: hours(self.micros), ..self.figures }
    }

    #[expect(clippy::cast_precision_loss, reason = "learners are fewer than 2^52")]
    fn score_mean(&self) -> Option<f64> {
        let mean = || self.score_sum / self.scored as f64;
        // Adding zero turns -0.0, which a tiny negative mean rounds to, into 0.
        (self.scored > 0).then(|| (mean() * 1e4).round() / 1e4 + 0.0)
    }
}

/// Hours with two decimals, halves up, in whole numbers until the last division.
#[expect(clippy::cast_precision_loss, reason = "hundredths of hours are fewer than 2^52")]
fn hours(micros: u64) -> f64 {
    const HUNDREDTH: u64 = 36_000_000;
    (micros.saturating_add(HUNDREDTH / 2) / HUNDREDTH) as f64 / 100.0
}

fn rows(
    course: &Course,
    grouping: &Grouping,
    groups: HashMap<Place<'_>, Vec<Tally>>,
) -> Vec<ReportRow> {
    let mut sorted = Vec::new();
    for (place, tallies) in groups {
        for (position, tally) in tallies.into_iter().enumerate() {
            let order: Vec<(usize, &str)> = (grouping.keys().iter().zip(place))
                .map(|(key, text)| match key {
                    GroupKey::Module => (position, ""),
                    _ => (0, text),
                })
                .collect();
            sorted.push((order, position, tally));
        }
    }
    sorted.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let row = |(order, position, tally): (Vec<(usize, &str)>, usize, Tally)| {
        let module = course.modules().get(position).map_or("", |module| &module.id);
        let value = |key: &GroupKey, text: &str| match key {
            GroupKey::Module => module.to_owned(),
            _ => text.to_owned(),
        };
        let keys = grouping.keys().iter().zip(&order);
        let group = keys.map(|(key, (_, text))| (*key, value(key, text))).collect();
        ReportRow { group, figures: tally.figures() }
    };
    sorted.into_iter().map(row).collect()
}

impl Serialize for ReportRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &self.group {
            map.serialize_entry(key, value)?;
        }
        let Figures {
            enrolled,
            not_started,
            in_progress,
            completed,
            passed,
            failed,
            score_mean,
            hours,
        } = &self.figures;
        map.serialize_entry("enrolled", enrolled)?;
        map.serialize_entry("not_started", not_started)?;
        map.serialize_entry("in_progress", in_progress)?;
        map.serialize_entry("completed", completed)?;
        map.serialize_entry("passed", passed)?;
        map.serialize_entry("failed", failed)?;
        map.serialize_entry("score_mean", score_mean)?;
        map.serialize_entry("hours", hours)?;
        map.end()
    }
}
