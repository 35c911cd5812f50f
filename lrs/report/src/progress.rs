//! How many learners are how far, in how many hours, by anything.

use std::collections::HashMap;

use super::figure;
use super::small;
use super::view::{Member, View};
use crate::grouping::{GroupKey, Grouping};
use crate::table::{Cell, Column, Kind, Table};
use course::State;
use course::Words;
use course::{Activity, Module};
use course::{ActivityStanding, Standing, Standings};

/// The title of the report.
fn title() -> Words {
    Words::new("Avanzamento", "Progress")
}

/// Rows by the grouping's keys in turn: parts of the course in its order, everything else as
/// text. A learner counts in the modules that are for them.
///
/// `target` is the hours that a head is to do in the row's part of the course, `target_year`
/// those of a year in the whole course.
pub fn progress(view: &View<'_>, grouping: &Grouping) -> Table {
    rows(view.table("progress", title(), columns(grouping)), view, grouping)
}

/// The same as rows of another report.
pub(super) fn rows(mut table: Table, view: &View<'_>, grouping: &Grouping) -> Table {
    let parts = parts(view, grouping);
    let keys = grouping.of_learners();
    let mut groups: HashMap<Vec<&str>, Vec<Tally>> = HashMap::new();
    if keys.is_empty() {
        groups.insert(Vec::new(), vec![Tally::default(); parts.len()]);
    }
    let mut place: Vec<&str> = Vec::with_capacity(keys.len());
    for member in &view.members {
        place.clear();
        place.extend(keys.iter().map(|key| key.of(&member.learner)));
        if let Some(tallies) = groups.get_mut(&place) {
            add(tallies, &parts, member);
        } else {
            let mut tallies = vec![Tally::default(); parts.len()];
            add(&mut tallies, &parts, member);
            groups.insert(place.clone(), tallies);
        }
    }
    let mut sorted: Vec<(Vec<&str>, Vec<Tally>)> = groups.into_iter().collect();
    let totals = totals(view, &keys, &parts, sorted.iter().map(|(_, tallies)| tallies.as_slice()));
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut rows: Vec<(Order<'_>, Vec<Cell>)> = Vec::new();
    for (p, part) in parts.iter().enumerate() {
        let enrolled = |tallies: &[Tally]| tallies.get(p).map_or(0, |tally| tally.enrolled);
        let sizes: Vec<(&[&str], u64)> =
            sorted.iter().map(|(place, t)| (place.as_slice(), enrolled(t))).collect();
        let hidden = small::hidden_in(&mut table, view, &keys, &sizes);
        for ((place, tallies), hidden) in sorted.iter().zip(hidden) {
            let Some(tally) = tallies.get(p) else { continue };
            let mut row = part.names(grouping, place);
            let first = row.len();
            row.extend(tally.cells(part, view));
            if hidden {
                small::hide(&mut row, first);
            }
            rows.push((part.order(grouping, place, p), row));
        }
    }
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    table.rows.extend(rows.into_iter().map(|(_, row)| row));
    table.add_up(totals.iter().map(|(key, figure)| (key.as_str(), figure.clone())));
    table
}

/// The figures of all groups together. Rows of parts of the course have hours that add up; a
/// learner counts in several parts, so that numbers of people do not.
fn totals<'t>(
    view: &View<'_>,
    keys: &[&GroupKey],
    parts: &[Part<'_>],
    groups: impl Iterator<Item = &'t [Tally]>,
) -> Vec<(String, Cell)> {
    const OF_PARTS: [&str; 3] = ["hours_online", "hours_presence", "hours"];
    let mut all = Tally::default();
    for tally in groups.flatten() {
        all.merge(tally);
    }
    let is_whole = matches!(parts, [Part::Whole]);
    let figures = figure_columns().into_iter().zip(all.cells(&Part::Whole, view));
    figures
        .filter(|(column, _)| is_whole || OF_PARTS.contains(&column.key.as_str()))
        .map(|(column, cell)| (column.key, small::total(view, keys, all.enrolled, cell)))
        .collect()
}

/// Where a row stands: for each key of the grouping a position or a text.
type Order<'a> = Vec<(usize, &'a str)>;

/// A part of the course that has rows of its own.
enum Part<'a> {
    Whole,
    Module(usize, &'a Module),
    /// The module, the position among all activities, and the activity.
    Activity(usize, &'a Module, usize, &'a Activity),
}

fn parts<'a>(view: &View<'a>, grouping: &Grouping) -> Vec<Part<'a>> {
    let course = view.course;
    if grouping.has_activities() {
        let activities = course.activities().enumerate().filter_map(|(n, (place, activity))| {
            let (module, _) = course.at(place)?;
            Some(Part::Activity(place.module, module, n, activity))
        });
        return activities.collect();
    }
    if grouping.has_modules() {
        return course.modules().iter().enumerate().map(|(m, it)| Part::Module(m, it)).collect();
    }
    vec![Part::Whole]
}

impl Part<'_> {
    fn names(&self, grouping: &Grouping, place: &[&str]) -> Vec<Cell> {
        let mut of_learners = place.iter();
        let mut cells = Vec::new();
        for key in grouping.keys() {
            match (key, self) {
                (GroupKey::Module, Self::Module(_, module) | Self::Activity(_, module, ..)) => {
                    cells.push(Cell::Text(module.id.clone()));
                    cells.push(Cell::Words(Words::of_title(&module.title)));
                }
                (GroupKey::Activity, Self::Activity(.., activity)) => {
                    cells.push(Cell::Text(activity.key.clone()));
                    cells.push(Cell::Words(activity_name(activity)));
                }
                _ => cells.push(Cell::Text(
                    of_learners.next().map(|text| (*text).to_owned()).unwrap_or_default(),
                )),
            }
        }
        cells
    }

    /// Parts of the course in its order, values as text.
    fn order<'p>(&self, grouping: &Grouping, place: &[&'p str], part: usize) -> Order<'p> {
        let mut of_learners = place.iter();
        let module = match self {
            Self::Module(m, _) | Self::Activity(m, ..) => *m,
            Self::Whole => 0,
        };
        let order = grouping.keys().iter().map(|key| match key {
            GroupKey::Module => (module, ""),
            GroupKey::Activity => (part, ""),
            _ => (0, of_learners.next().copied().unwrap_or_default()),
        });
        order.collect()
    }

    fn target(&self, view: &View<'_>) -> Option<f64> {
        match self {
            Self::Whole => view.course.hours(),
            Self::Module(_, module) => module.hours,
            Self::Activity(.., activity) => activity.hours,
        }
    }
}

/// The title of an activity, or its key.
pub(super) fn activity_name(activity: &Activity) -> Words {
    activity
        .title
        .as_ref()
        .map_or_else(|| Words::new(&activity.key, &activity.key), Words::of_title)
}

/// The columns of the grouping's keys; parts of the course have their titles beside them.
pub(super) fn group_columns(grouping: &Grouping) -> Vec<Column> {
    let mut columns = Vec::new();
    for key in grouping.keys() {
        let words = key.words();
        columns.push(Column { key: key.as_str().to_owned(), heading: words, kind: Kind::Text });
        match key {
            GroupKey::Module => columns.push(Column::new(
                "module_title",
                Kind::Text,
                "Titolo del modulo",
                "Module title",
            )),
            GroupKey::Activity => columns.push(Column::new(
                "activity_title",
                Kind::Text,
                "Titolo dell'attività",
                "Activity title",
            )),
            _ => {}
        }
    }
    columns
}

/// The columns of those keys that tell learners apart.
pub(super) fn learner_columns(grouping: &Grouping) -> Vec<Column> {
    let column = |key: &&GroupKey| {
        let key = *key;
        Column { key: key.as_str().to_owned(), heading: key.words(), kind: Kind::Text }
    };
    grouping.of_learners().iter().map(column).collect()
}

fn columns(grouping: &Grouping) -> Vec<Column> {
    let mut columns = group_columns(grouping);
    columns.extend(figure_columns());
    columns
}

/// The columns of the figures.
pub(super) fn figure_columns() -> Vec<Column> {
    vec![
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
        Column::new("not_started", Kind::Count, "Non iniziati", "Not started"),
        Column::new("in_progress", Kind::Count, "In corso", "In progress"),
        Column::new("completed", Kind::Count, "Completati", "Completed"),
        Column::new("passed", Kind::Count, "Superati", "Passed"),
        Column::new("failed", Kind::Count, "Non superati", "Failed"),
        Column::new("score_mean", Kind::Score, "Punteggio medio", "Mean score"),
        Column::new("progress", Kind::Share, "Avanzamento medio", "Mean progress"),
        Column::new("hours_online", Kind::Hours, "Ore a distanza", "Hours online"),
        Column::new("hours_presence", Kind::Hours, "Ore in presenza", "Hours in presence"),
        Column::new("hours", Kind::Hours, "Ore totali", "Hours"),
        Column::new("hours_mean", Kind::Hours, "Ore per persona", "Hours per head"),
        Column::new("target", Kind::Hours, "Ore previste a persona", "Target hours per head"),
        Column::new(
            "target_year",
            Kind::Hours,
            "Ore annue previste a persona",
            "Target hours per head and year",
        ),
    ]
}

/// Sums over the learners of one group in one part of the course.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    enrolled: u64,
    not_started: u64,
    in_progress: u64,
    completed: u64,
    passed: u64,
    failed: u64,
    score_sum: f64,
    scored: u64,
    progress: f64,
    online: u64,
    presence: u64,
}

fn add(tallies: &mut [Tally], parts: &[Part<'_>], member: &Member) {
    let Standings { course, modules, activities, .. } = &member.standings;
    for (tally, part) in tallies.iter_mut().zip(parts) {
        match part {
            Part::Whole => tally.add(course),
            Part::Module(m, _) => {
                if let Some(standing) = modules.get(*m) {
                    tally.add(standing);
                }
            }
            Part::Activity(m, _, n, activity) => {
                let applies = modules.get(*m).is_some_and(|module| module.applies);
                if let Some(standing) = activities.get(*n).filter(|_| applies) {
                    tally.add(&as_standing(standing, activity));
                }
            }
        }
    }
}

fn as_standing(standing: &ActivityStanding, activity: &Activity) -> Standing {
    let in_presence = activity.is_in_presence();
    Standing {
        applies: true,
        state: standing.state,
        success: standing.success,
        score: standing.score,
        progress: if standing.state == State::Completed { 1.0 } else { 0.0 },
        online: if in_presence { 0 } else { standing.micros },
        presence: if in_presence { standing.micros } else { 0 },
        since: standing.since,
    }
}

impl Tally {
    fn add(&mut self, standing: &Standing) {
        if !standing.applies {
            return;
        }
        self.enrolled += 1;
        match standing.state {
            State::NotStarted => self.not_started += 1,
            State::InProgress => self.in_progress += 1,
            State::Completed => self.completed += 1,
        }
        match standing.success {
            Some(true) => self.passed += 1,
            Some(false) => self.failed += 1,
            None => {}
        }
        if let Some(score) = standing.score {
            self.score_sum += score;
            self.scored += 1;
        }
        self.progress += standing.progress;
        self.online = self.online.saturating_add(standing.online);
        self.presence = self.presence.saturating_add(standing.presence);
    }

    /// Adds the learners of another group.
    fn merge(&mut self, other: &Self) {
        self.enrolled += other.enrolled;
        self.not_started += other.not_started;
        self.in_progress += other.in_progress;
        self.completed += other.completed;
        self.passed += other.passed;
        self.failed += other.failed;
        self.score_sum += other.score_sum;
        self.scored += other.scored;
        self.progress += other.progress;
        self.online = self.online.saturating_add(other.online);
        self.presence = self.presence.saturating_add(other.presence);
    }

    fn cells(&self, part: &Part<'_>, view: &View<'_>) -> Vec<Cell> {
        let micros = self.online.saturating_add(self.presence);
        let progress = figure::mean(self.progress, self.enrolled);
        let outline = view.course.outline();
        let of_year = matches!(part, Part::Whole).then_some(outline.hours_per_year);
        vec![
            Cell::Count(self.enrolled),
            Cell::Count(self.not_started),
            Cell::Count(self.in_progress),
            Cell::Count(self.completed),
            Cell::Count(self.passed),
            Cell::Count(self.failed),
            figure::score(figure::mean(self.score_sum, self.scored)),
            progress.map_or(Cell::Empty, |mean| Cell::Share(figure::four(mean))),
            figure::hours_cell(self.online),
            figure::hours_cell(self.presence),
            figure::hours_cell(micros),
            micros.checked_div(self.enrolled).map_or(Cell::Empty, figure::hours_cell),
            figure::target(part.target(view)),
            figure::target(of_year),
        ]
    }
}
