//! R9: how well learners do in tests.

use course::{Activity, ActivityStanding, Assessment, Course, Form, Standings};

use crate::descriptor::{Asked, Grouped, Report};
use crate::figure;
use crate::groups::{GroupedBy, Groups, People, Row, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::Member;
use crate::words::{Value, activity_name, words, words_with};

/// For each activity with a score, a pass or a fail: how many took it, the pass
/// rate, attempts up to the first pass, and the scores in tenths. `gap` of an exit test is the
/// mean, over learners who took both, of their score less their mean score in entry tests.
pub(crate) static REPORT: Report =
    Report { grouped: Grouped::ByLearners, ..Report::plain("assessment", "(R9) tests", table) };

/// Scores from 0 to 1 in tenths; the last holds 1 too, the first what is below 0.
const BINS: usize = 10;

#[derive(Clone, Copy, Debug, Default)]
struct TestSum {
    learners: u64,
    takers: u64,
    passed: u64,
    failed: u64,
    attempts: u64,
    attempts_to_pass: u64,
    score: f64,
    scored: u64,
    bins: [u64; BINS],
    /// Over learners with both an entry score and one here.
    gap: f64,
    gaps: u64,
}

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let by = GroupedBy::new(view, asked.grouping);
    let activities = view.course.activities_in_modules();
    let mut tests: Vec<(_, Groups<'_, '_, TestSum>)> =
        activities.map(|activity| (activity, by.groups())).collect();
    for member in &view.members {
        let entry = entry_score(view.course, member);
        let Standings { modules, activities, .. } = &*member.standings;
        for (((place, _, activity), groups), standing) in tests.iter_mut().zip(activities) {
            if modules.get(place.module).is_some_and(|module| module.applies) {
                let sum = groups.of(&member.learner, TestSum::default);
                sum.add(standing, entry.filter(|_| is(activity, Assessment::Exit)));
            }
        }
    }
    let mut table = view.table(&REPORT, columns(&by));
    for ((_, module, activity), groups) in &tests {
        if !groups.is_any(|sum| sum.takers > 0) {
            continue;
        }
        let takers = |sum: &TestSum| sum.takers;
        let rows = groups.rows_of(&mut table.notes, takers, |place, sum| {
            let mut cells = vec![
                Cell::Text(module.id.clone()),
                Cell::Text(activity.key.clone()),
                Cell::bilingual(activity_name(activity)),
            ];
            cells.extend(names(place));
            Row { names: cells, figures: sum.cells() }
        });
        table.rows.extend(rows);
    }
    table
}

impl People for TestSum {
    fn people(&self) -> u64 {
        self.learners
    }
}

fn is(activity: &Activity, wanted: Assessment) -> bool {
    matches!(activity.form, Form::Online { assessment: Some(it), .. } if it == wanted)
}

/// The mean score of a learner's entry tests.
fn entry_score(course: &Course, member: &Member) -> Option<f64> {
    let entries = course.activities().zip(&member.standings.activities);
    let entries = entries.filter(|((_, activity), _)| is(activity, Assessment::Entry));
    let scores: Vec<f64> = entries.filter_map(|(_, standing)| standing.score).collect();
    figure::mean(scores.iter().sum(), scores.len() as u64)
}

impl TestSum {
    fn add(&mut self, standing: &ActivityStanding, entry: Option<f64>) {
        self.learners += 1;
        if standing.score.is_none() && standing.success.is_none() {
            return;
        }
        self.takers += 1;
        // Some players tell the outcome alone.
        self.attempts += u64::from(standing.attempts.max(1));
        match standing.success {
            Some(true) => self.passed += 1,
            Some(false) => self.failed += 1,
            None => {}
        }
        if let Some(attempts) = standing.attempts_to_pass.filter(|_| standing.success == Some(true))
        {
            self.attempts_to_pass += u64::from(attempts);
        }
        let Some(score) = standing.score else { return };
        self.score += score;
        self.scored += 1;
        if let Some(bin) = self.bins.get_mut(bin(score)) {
            *bin += 1;
        }
        if let Some(entry) = entry {
            self.gap += score - entry;
            self.gaps += 1;
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let mean = |sum: u64, of: u64| {
            #[expect(clippy::cast_precision_loss, reason = "attempts are fewer than 2^52")]
            let mean = figure::mean(sum as f64, of);
            mean.map_or(Cell::Empty, |mean| Cell::Score(figure::four(mean)))
        };
        let mut cells = vec![
            Cell::Count(self.learners),
            Cell::Count(self.takers),
            Cell::Count(self.passed),
            Cell::Count(self.failed),
            figure::share(self.passed, self.passed + self.failed),
            mean(self.attempts, self.takers),
            mean(self.attempts_to_pass, self.passed),
            figure::score(figure::mean(self.score, self.scored)),
            figure::score(figure::mean(self.gap, self.gaps)),
        ];
        cells.extend(self.bins.into_iter().map(Cell::Count));
        cells
    }
}

/// The tenth a score lies in.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=9 before"
)]
fn bin(score: f64) -> usize {
    (score * 10.0).floor().clamp(0.0, 9.0) as usize
}

fn columns(by: &GroupedBy<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> =
        ["module", "activity", "activity_title"].map(|key| Column::of(key, Kind::Text)).into();
    columns.extend(by.columns());
    columns.extend([
        Column::of("enrolled", Kind::Count),
        Column::of("takers", Kind::Count),
        Column::headed("passed", Kind::Count, words("column-passed-test")),
        Column::headed("failed", Kind::Count, words("column-failed-test")),
        Column::of("pass_rate", Kind::Share),
        Column::of("attempts_mean", Kind::Score),
        Column::of("attempts_to_pass", Kind::Score),
        Column::of("score_mean", Kind::Score),
        Column::of("gap", Kind::Score),
    ]);
    for bin in 0..BINS {
        let [from, to] = [bin * 10, bin * 10 + 10].map(|percent| percent.to_string());
        let key = format!("score_{from}_{to}");
        let tenth = [("from", Value::Text(from)), ("to", Value::Text(to))];
        columns.push(Column::headed(key, Kind::Count, words_with("column-score-tenth", &tenth)));
    }
    columns
}
