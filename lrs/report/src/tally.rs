//! How many learners are how far in each part of a course: the figures that several reports show,
//! each its own choice of them.

use course::{
    Activity, ActivityPlace, ActivityStanding, Bilingual, Module, Standing, Standings, State,
};

use crate::descriptor::Report;
use crate::figure;
use crate::grouping::{GroupKey, Grouping};
use crate::groups::{Figures, GroupedBy, Groups, People, Place, Row};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::{Member, View};
use crate::words::{activity_name, words};

/// A figure of the learners of a group in a part of the course, and the column that shows it.
pub(crate) struct Figure {
    /// The key of the column.
    pub(crate) key: &'static str,
    /// The message of its heading.
    pub(crate) heading: &'static str,
    /// What its cells are.
    pub(crate) kind: Kind,
    /// Whether its values add up over parts of the course: hours do, numbers of people do not, for a
    /// learner counts in several parts.
    pub(crate) adds_up: bool,
    /// Its cell for one part of the course, from the sums over some learners.
    pub(crate) of: fn(&Tally, &CoursePart<'_>, &View<'_>) -> Cell,
}

impl Figure {
    /// A figure under the heading `column-KEY` that does not add up over parts of the course.
    pub(crate) const fn new(
        key: &'static str,
        heading: &'static str,
        kind: Kind,
        of: fn(&Tally, &CoursePart<'_>, &View<'_>) -> Cell,
    ) -> Self {
        Self { key, heading, kind, adds_up: false, of }
    }

    const fn of_hours(
        key: &'static str,
        heading: &'static str,
        of: fn(&Tally, &CoursePart<'_>, &View<'_>) -> Cell,
    ) -> Self {
        Self { adds_up: true, ..Self::new(key, heading, Kind::Hours, of) }
    }

    fn column(&self) -> Column {
        Column::headed(self.key, self.kind, words(self.heading))
    }
}

pub(crate) const ENROLLED: Figure =
    Figure::new("enrolled", "column-enrolled", Kind::Count, |it, _, _| Cell::Count(it.enrolled));
pub(crate) const NOT_STARTED: Figure =
    Figure::new("not_started", "column-not_started", Kind::Count, |it, _, _| {
        Cell::Count(it.not_started)
    });
pub(crate) const IN_PROGRESS: Figure =
    Figure::new("in_progress", "column-in_progress", Kind::Count, |it, _, _| {
        Cell::Count(it.in_progress)
    });
pub(crate) const COMPLETED: Figure =
    Figure::new("completed", "column-completed", Kind::Count, |it, _, _| Cell::Count(it.completed));
pub(crate) const PASSED: Figure =
    Figure::new("passed", "column-passed", Kind::Count, |it, _, _| Cell::Count(it.passed));
pub(crate) const FAILED: Figure =
    Figure::new("failed", "column-failed", Kind::Count, |it, _, _| Cell::Count(it.failed));
pub(crate) const SCORE_MEAN: Figure =
    Figure::new("score_mean", "column-score_mean", Kind::Score, |it, _, _| {
        figure::score(figure::mean(it.score_sum, it.scored))
    });
pub(crate) const PROGRESS: Figure =
    Figure::new("progress", "column-progress-mean", Kind::Share, |it, _, _| {
        let progress = figure::mean(it.progress, it.enrolled);
        progress.map_or(Cell::Empty, |mean| Cell::Share(figure::four(mean)))
    });
pub(crate) const HOURS_ONLINE: Figure =
    Figure::of_hours("hours_online", "column-hours_online", |it, _, _| {
        figure::hours_cell(it.online)
    });
pub(crate) const HOURS_PRESENCE: Figure =
    Figure::of_hours("hours_presence", "column-hours_presence", |it, _, _| {
        figure::hours_cell(it.presence)
    });
pub(crate) const HOURS: Figure =
    Figure::of_hours("hours", "column-hours", |it, _, _| figure::hours_cell(it.micros()));
pub(crate) const HOURS_MEAN: Figure =
    Figure::new("hours_mean", "column-hours_mean", Kind::Hours, |it, _, _| {
        it.micros().checked_div(it.enrolled).map_or(Cell::Empty, figure::hours_cell)
    });
/// The hours that a head is to do in the part of the course.
pub(crate) const TARGET: Figure =
    Figure::new("target", "column-target-head-of-part", Kind::Hours, |_, part, view| {
        figure::target(part.target(view))
    });
/// The hours of a year, which are those of the whole course.
pub(crate) const TARGET_YEAR: Figure =
    Figure::new("target_year", "column-target_year-head-of-part", Kind::Hours, |_, part, view| {
        let is_whole = matches!(part, CoursePart::Whole);
        figure::target(view.course.outline().hours_per_year.filter(|_| is_whole))
    });

/// Sums over the learners of one group in one part of the course.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) enrolled: u64,
    pub(crate) not_started: u64,
    in_progress: u64,
    pub(crate) completed: u64,
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    score_sum: f64,
    scored: u64,
    progress: f64,
    online: u64,
    presence: u64,
}

/// A part of the course that has rows of its own.
pub(crate) enum CoursePart<'a> {
    /// All of it.
    Whole,
    /// The module at a position.
    Module(usize, &'a Module),
    /// The module's position, the module, the position among all activities, and the activity.
    Activity(usize, &'a Module, usize, &'a Activity),
}

/// The tallies of a group, one for each part of the course.
#[derive(Default)]
struct Tallies(Vec<Tally>);

/// The table of a report whose rows are groups in parts of the course: these `figures` by the keys of
/// `grouping` in turn, parts of the course in its order, everything else as text. A learner counts in
/// the modules that are for them.
pub(crate) fn table(
    report: &Report,
    view: &View<'_>,
    grouping: &Grouping,
    figures: &[Figure],
) -> Table {
    let parts = parts(view, grouping);
    let by = GroupedBy::new(view, grouping);
    let groups = tallied(view, &by, &parts);
    let mut columns = columns(grouping);
    columns.extend(figures.iter().map(Figure::column));
    let mut table = view.table(report, columns);
    let mut rows: Vec<(Order<'_>, Vec<Cell>)> = Vec::new();
    for (p, part) in parts.iter().enumerate() {
        let mut orders = Vec::new();
        let of_part = groups.part(|Tallies(all)| all.get(p));
        let of_part = of_part.rows(&mut table.notes, |place, tally| {
            orders.push(part.order(grouping, place, p));
            let figures = figures.iter().map(|figure| (figure.of)(tally, part, view));
            Row { names: part.names(grouping, place), figures: figures.collect() }
        });
        rows.extend(orders.into_iter().zip(of_part));
    }
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    table.rows.extend(rows.into_iter().map(|(_, row)| row));
    let is_whole = matches!(*parts, [CoursePart::Whole]);
    table.add_up(groups.totals(|Tallies(all)| {
        let mut sum = Tally::default();
        for tally in all {
            sum.merge(tally);
        }
        let summed = figures.iter().filter(|figure| is_whole || figure.adds_up);
        summed.map(|it| (it.key, (it.of)(&sum, &CoursePart::Whole, view))).collect()
    }));
    table
}

fn tallied<'g, 'v>(
    view: &View<'v>,
    by: &GroupedBy<'g>,
    parts: &[CoursePart<'_>],
) -> Groups<'g, 'v, Tallies> {
    let new = || Tallies(vec![Tally::default(); parts.len()]);
    let mut groups = by.groups();
    if by.is_everybody() {
        *groups.at(Vec::new()) = new();
    }
    for member in &view.members {
        let known = groups.len();
        groups.of(&member.learner, new).add(parts, member);
        let is_new = groups.len() > known;
        if is_new && !view.room.take(parts.len() * size_of::<Tally>()) {
            break;
        }
    }
    groups
}

/// Where a row stands: for each key of the grouping a position or a text.
type Order<'a> = Vec<(usize, &'a str)>;

fn parts<'a>(view: &View<'a>, grouping: &Grouping) -> Vec<CoursePart<'a>> {
    let course = view.course;
    if grouping.has_activities() {
        let activities = course.activities_in_modules().enumerate();
        let part = |(n, (place, module, activity)): (usize, (ActivityPlace, _, _))| {
            CoursePart::Activity(place.module, module, n, activity)
        };
        return activities.map(part).collect();
    }
    if grouping.has_modules() {
        let modules = course.modules().iter().enumerate();
        return modules.map(|(m, module)| CoursePart::Module(m, module)).collect();
    }
    vec![CoursePart::Whole]
}

impl CoursePart<'_> {
    fn names(&self, grouping: &Grouping, place: &[&str]) -> Vec<Cell> {
        let mut of_learners = place.iter().map(|text| Cell::Text((*text).to_owned()));
        let mut cells = Vec::new();
        for key in grouping.keys() {
            match (key, self) {
                (GroupKey::Module, Self::Module(_, module) | Self::Activity(_, module, ..)) => {
                    cells.push(Cell::Text(module.id.clone()));
                    cells.push(Cell::bilingual(Bilingual::of_title(&module.title)));
                }
                (GroupKey::Activity, Self::Activity(.., activity)) => {
                    cells.push(Cell::Text(activity.key.clone()));
                    cells.push(Cell::bilingual(activity_name(activity)));
                }
                // A place has a text for each key of learners.
                _ => cells.extend(of_learners.next()),
            }
        }
        cells
    }

    /// Parts of the course in its order, values as text.
    fn order<'p>(&self, grouping: &Grouping, place: &Place<'p>, part: usize) -> Order<'p> {
        let mut of_learners = place.iter();
        let module = match self {
            Self::Module(m, _) | Self::Activity(m, ..) => *m,
            Self::Whole => 0,
        };
        let order = grouping.keys().iter().map(|key| match key {
            GroupKey::Module => (module, ""),
            GroupKey::Activity => (part, ""),
            _ => (0, of_learners.next().copied().unwrap_or("")),
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

/// The columns of the grouping's keys; parts of the course have their titles beside them.
fn columns(grouping: &Grouping) -> Vec<Column> {
    let mut columns = Vec::new();
    for key in grouping.keys() {
        columns.push(Column::headed(key.as_str(), Kind::Text, key.words()));
        match key {
            GroupKey::Module => columns.push(Column::of("module_title", Kind::Text)),
            GroupKey::Activity => columns.push(Column::of("activity_title", Kind::Text)),
            _ => {}
        }
    }
    columns
}

impl Tallies {
    fn add(&mut self, parts: &[CoursePart<'_>], member: &Member) {
        let Standings { course, modules, activities, .. } = &*member.standings;
        for (tally, part) in self.0.iter_mut().zip(parts) {
            match part {
                CoursePart::Whole => tally.add(course),
                CoursePart::Module(m, _) => {
                    if let Some(standing) = modules.get(*m) {
                        tally.add(standing);
                    }
                }
                CoursePart::Activity(m, _, n, activity) => {
                    let applies = modules.get(*m).is_some_and(|module| module.applies);
                    if let Some(standing) = activities.get(*n).filter(|_| applies) {
                        tally.add(&as_standing(standing, activity));
                    }
                }
            }
        }
    }
}

impl People for Tally {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

impl People for Tallies {
    /// As many as the largest part has: a learner counts once, in however many parts.
    fn people(&self) -> u64 {
        self.0.iter().map(|tally| tally.enrolled).max().unwrap_or(0)
    }
}

impl Figures for Tallies {
    fn merge(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), Tally::default());
        for (tally, other) in self.0.iter_mut().zip(&other.0) {
            tally.merge(other);
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

    /// Adds the learners of another group, or the same in another part.
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

    fn micros(&self) -> u64 {
        self.online.saturating_add(self.presence)
    }
}
