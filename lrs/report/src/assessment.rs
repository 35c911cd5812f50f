//! R9: how well learners do in tests.

use std::collections::BTreeMap;

use super::figure;
use super::progress::{activity_name, learner_columns};
use super::small;
use super::view::{Member, View};
use crate::grouping::Grouping;
use crate::table::{Cell, Column, Kind, Table};
use course::Words;
use course::{Activity, Assessment, Course, Form};
use course::{ActivityStanding, Standings};

/// Scores from 0 to 1 in tenths; the last holds 1 too, the first what is below 0.
const BINS: usize = 10;

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
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

/// For each activity that anybody was scored, passed or failed in: how many took it, the pass
/// rate, attempts up to the first pass, and the scores in tenths. `gap` of an exit test is the
/// mean, over learners who took both, of their score less their mean score in entry tests.
pub fn assessment(view: &View<'_>, grouping: &Grouping) -> Table {
    let keys = grouping.of_learners();
    let mut sums: BTreeMap<(usize, Vec<&str>), Sum> = BTreeMap::new();
    for member in &view.members {
        let group: Vec<&str> = keys.iter().map(|key| key.of(&member.learner)).collect();
        let entry = entry_score(view.course, member);
        for (n, ((place, activity), standing)) in
            view.course.activities().zip(&member.standings.activities).enumerate()
        {
            let Standings { modules, .. } = &member.standings;
            if modules.get(place.module).is_some_and(|module| module.applies) {
                let sum = sums.entry((n, group.clone())).or_default();
                sum.add(standing, entry.filter(|_| is(activity, Assessment::Exit)));
            }
        }
    }
    let title = Words::new("Esiti delle prove", "Assessment");
    let mut table = view.table("assessment", title, columns(grouping));
    for (n, (place, activity)) in view.course.activities().enumerate() {
        let Some((module, _)) = view.course.at(place) else { continue };
        let rows: Vec<(&Vec<&str>, &Sum)> =
            sums.iter().filter(|((at, _), _)| *at == n).map(|((_, g), sum)| (g, sum)).collect();
        if rows.iter().all(|(_, sum)| sum.takers == 0) {
            continue;
        }
        let groups: Vec<(&[&str], u64)> =
            rows.iter().map(|(place, sum)| (place.as_slice(), sum.learners)).collect();
        let hidden = small::hidden_in(&mut table, view, &keys, &groups);
        for ((group, sum), hidden) in rows.into_iter().zip(hidden) {
            let mut row = vec![
                Cell::Text(module.id.clone()),
                Cell::Text(activity.key.clone()),
                Cell::Words(activity_name(activity)),
            ];
            row.extend(group.iter().map(|text| Cell::Text((*text).to_owned())));
            let first = row.len();
            row.extend(sum.cells());
            if hidden {
                small::hide(&mut row, first);
            }
            table.rows.push(row);
        }
    }
    table
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

impl Sum {
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

fn columns(grouping: &Grouping) -> Vec<Column> {
    let mut columns = vec![
        Column::new("module", Kind::Text, "Modulo", "Module"),
        Column::new("activity", Kind::Text, "Attività", "Activity"),
        Column::new("activity_title", Kind::Text, "Titolo dell'attività", "Activity title"),
    ];
    columns.extend(learner_columns(grouping));
    columns.extend([
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
        Column::new("takers", Kind::Count, "Partecipanti alla prova", "Takers"),
        Column::new("passed", Kind::Count, "Superata", "Passed"),
        Column::new("failed", Kind::Count, "Non superata", "Failed"),
        Column::new("pass_rate", Kind::Share, "Tasso di superamento", "Pass rate"),
        Column::new("attempts_mean", Kind::Score, "Tentativi in media", "Mean attempts"),
        Column::new(
            "attempts_to_pass",
            Kind::Score,
            "Tentativi per superarla",
            "Mean attempts to pass",
        ),
        Column::new("score_mean", Kind::Score, "Punteggio medio", "Mean score"),
        Column::new("gap", Kind::Score, "Guadagno dall'ingresso", "Gain since entry"),
    ]);
    for bin in 0..BINS {
        let (from, to) = (bin * 10, bin * 10 + 10);
        let heading = format!("{from}–{to} %");
        columns.push(Column::new(format!("score_{from}_{to}"), Kind::Count, &heading, &heading));
    }
    columns
}
