//! Which bodies take part, and how far: body by body, or how many of each region or size.

use std::collections::BTreeSet;

use course::{Learner, Standing, State};

use crate::descriptor::{Asked, Grouped, Report};
use crate::figure;
use crate::groups::{Figures, GroupedBy, Groups, People, Row, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::View;
use crate::words::words;

/// Without a grouping each body with the people it enrolled and how far they are.
/// With a grouping how many bodies there are, in how many of them a learner has started or
/// completed, and the sums.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::ByLearners,
    ..Report::plain("bodies", "which bodies take part, and how far", table)
};

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let by = GroupedBy::new(view, asked.grouping);
    if by.is_everybody() { list(view, &by) } else { summary(view, &by) }
}

/// Sums over the learners of a body, or of several.
#[derive(Clone, Copy, Default)]
struct FiguresOfBody {
    enrolled: u64,
    started: u64,
    completed: u64,
    progress: f64,
    online: u64,
    presence: u64,
}

/// What tells a body from the others, and describes it.
const OF_BODY: [&str; 5] = ["region", "province", "body", "istat", "population_class"];
/// How many of [`OF_BODY`], from the first, tell bodies apart; the others describe a body.
const TOLD_APART_BY: usize = 3;

/// The texts of [`OF_BODY`].
fn body(learner: &Learner) -> [&str; 5] {
    let Learner { region, province, body, istat, population_class, .. } = learner;
    [region, province, body, istat, population_class]
}

fn list(view: &View<'_>, by: &GroupedBy<'_>) -> Table {
    let mut columns: Vec<Column> = OF_BODY.map(|key| Column::of(key, Kind::Text)).into();
    columns.extend(people_columns());
    let mut table = view.table(&REPORT, columns);
    let mut groups: Groups<'_, '_, FiguresOfBody> = by.groups_told_apart_by(TOLD_APART_BY);
    for member in &view.members {
        groups.at(body(&member.learner).into()).add(&member.standings.course);
    }
    table.rows = groups.rows(&mut table.notes, |place, figures| Row {
        names: names(place),
        figures: figures.cells(),
    });
    table.add_up(groups.totals(FiguresOfBody::totals));
    table
}

/// The bodies of a group.
#[derive(Default)]
struct BodiesOfGroup<'a> {
    all: BTreeSet<[&'a str; 5]>,
    started: BTreeSet<[&'a str; 5]>,
    completed: BTreeSet<[&'a str; 5]>,
    figures: FiguresOfBody,
}

fn summary(view: &View<'_>, by: &GroupedBy<'_>) -> Table {
    let mut columns = by.columns();
    columns.extend(
        ["bodies", "bodies_started", "bodies_completed"].map(|key| Column::of(key, Kind::Count)),
    );
    columns.extend(people_columns());
    let mut table = view.table(&REPORT, columns);
    let mut groups = by.groups();
    for member in &view.members {
        let group = groups.of(&member.learner, BodiesOfGroup::default);
        let (body, standing) = (body(&member.learner), &member.standings.course);
        group.all.insert(body);
        if standing.state != State::NotStarted {
            group.started.insert(body);
        }
        if standing.state == State::Completed {
            group.completed.insert(body);
        }
        group.figures.add(standing);
    }
    table.rows = groups.rows(&mut table.notes, |place, group| {
        // How many bodies a group has is no figure of people.
        let mut names = names(place);
        names.push(Cell::Count(group.all.len() as u64));
        let mut figures = vec![
            Cell::Count(group.started.len() as u64),
            Cell::Count(group.completed.len() as u64),
        ];
        figures.extend(group.figures.cells());
        Row { names, figures }
    });
    table.add_up(groups.totals(|all| all.figures.totals()));
    table
}

/// The columns of figures of people.
fn people_columns() -> Vec<Column> {
    let mut columns: Vec<Column> =
        ["enrolled", "started", "completed"].map(|key| Column::of(key, Kind::Count)).into();
    columns.push(mean_progress());
    columns.extend(figure::hour_columns());
    columns.push(Column::of("presence_share", Kind::Share));
    columns.push(Column::of("hours_mean", Kind::Hours));
    columns
}

fn mean_progress() -> Column {
    Column::headed("progress", Kind::Share, words("column-progress-mean"))
}

impl People for FiguresOfBody {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

impl Figures for FiguresOfBody {
    fn merge(&mut self, other: &Self) {
        self.enrolled += other.enrolled;
        self.started += other.started;
        self.completed += other.completed;
        self.progress += other.progress;
        self.online = self.online.saturating_add(other.online);
        self.presence = self.presence.saturating_add(other.presence);
    }
}

impl People for BodiesOfGroup<'_> {
    fn people(&self) -> u64 {
        self.figures.enrolled
    }
}

impl Figures for BodiesOfGroup<'_> {
    /// A body may be in several groups, so that numbers of bodies do not add up.
    fn merge(&mut self, other: &Self) {
        self.figures.merge(&other.figures);
    }
}

impl FiguresOfBody {
    /// The cells of [`people_columns`] by their keys.
    fn totals(&self) -> Vec<(String, Cell)> {
        people_columns().into_iter().map(|column| column.key).zip(self.cells()).collect()
    }

    fn add(&mut self, standing: &Standing) {
        self.enrolled += 1;
        self.started += u64::from(standing.state != State::NotStarted);
        self.completed += u64::from(standing.state == State::Completed);
        self.progress += standing.progress;
        self.online = self.online.saturating_add(standing.online);
        self.presence = self.presence.saturating_add(standing.presence);
    }

    /// The cells of [`people_columns`].
    fn cells(&self) -> Vec<Cell> {
        let all = self.online.saturating_add(self.presence);
        let progress = figure::mean(self.progress, self.enrolled);
        let mut cells = vec![
            Cell::Count(self.enrolled),
            Cell::Count(self.started),
            Cell::Count(self.completed),
            progress.map_or(Cell::Empty, |mean| Cell::Share(figure::four(mean))),
        ];
        cells.extend(figure::hour_cells(self.online, self.presence));
        cells.extend([
            figure::share(self.presence, all),
            all.checked_div(self.enrolled).map_or(Cell::Empty, figure::hours_cell),
        ]);
        cells
    }
}
