//! Which bodies take part, and how far: body by body, or how many of each region or size.

use std::collections::{BTreeMap, BTreeSet};

use super::figure;
use super::progress::learner_columns;
use super::small;
use super::view::View;
use crate::grouping::{GroupKey, Grouping};
use crate::table::{Cell, Column, Kind, Table};
use course::Learner;
use course::Standing;
use course::State;
use course::Words;

/// Sums over the learners of a body, or of several.
#[derive(Clone, Copy, Default)]
struct Sum {
    enrolled: u64,
    started: u64,
    completed: u64,
    progress: f64,
    online: u64,
    presence: u64,
}

/// A body: region, province, name, ISTAT code and population class.
type Body<'a> = [&'a str; 5];

/// Without a grouping each body with the people it enrolled and how far they are.
/// With a grouping how many bodies there are, in how many of them anybody has started or
/// completed, and the sums.
pub fn bodies(view: &View<'_>, grouping: &Grouping) -> Table {
    if grouping.of_learners().is_empty() { list(view) } else { summary(view, grouping) }
}

fn title() -> Words {
    Words::new("Enti partecipanti", "Bodies that take part")
}

fn body(learner: &Learner) -> Body<'_> {
    let Learner { region, province, body, istat, population_class, .. } = learner;
    [region, province, body, istat, population_class]
}

fn list(view: &View<'_>) -> Table {
    let mut columns = vec![
        Column::new("region", Kind::Text, "Regione", "Region"),
        Column::new("province", Kind::Text, "Provincia", "Province"),
        Column::new("body", Kind::Text, "Ente", "Body"),
        Column::new("istat", Kind::Text, "Codice ISTAT", "ISTAT code"),
        Column::new("population_class", Kind::Text, "Classe demografica", "Population class"),
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
    ];
    columns.extend(figure_columns());
    let mut table = view.table("bodies", title(), columns);
    let mut sums: BTreeMap<Body<'_>, Sum> = BTreeMap::new();
    for member in &view.members {
        sums.entry(body(&member.learner)).or_default().add(&member.standings.course);
    }
    let groups: Vec<(&[&str], u64)> =
        sums.iter().map(|(body, sum)| (body.get(..3).unwrap_or_default(), sum.enrolled)).collect();
    let hide = small::hidden_in(&mut table, view, &[], &groups);
    for (n, (body, sum)) in sums.iter().enumerate() {
        let mut row: Vec<Cell> = body.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        let first = row.len();
        row.push(Cell::Count(sum.enrolled));
        row.extend(sum.cells());
        if hide.get(n) == Some(&true) {
            small::hide(&mut row, first);
        }
        table.rows.push(row);
    }
    let mut all = Sum::default();
    for sum in sums.values() {
        all.merge(sum);
    }
    add_up(&mut table, view, &[], &all);
    table
}

/// The totals of the figures of people.
fn add_up(table: &mut Table, view: &View<'_>, keys: &[&GroupKey], all: &Sum) {
    let figures = figure_columns();
    let figures = figures.iter().map(|column| column.key.as_str()).zip(all.cells());
    let figures = std::iter::once(("enrolled", Cell::Count(all.enrolled))).chain(figures);
    table.add_up(figures.map(|(key, cell)| (key, small::total(view, keys, all.enrolled, cell))));
}

#[derive(Default)]
struct Group<'a> {
    bodies: BTreeSet<Body<'a>>,
    started: BTreeSet<Body<'a>>,
    completed: BTreeSet<Body<'a>>,
    sum: Sum,
}

fn summary(view: &View<'_>, grouping: &Grouping) -> Table {
    let keys = grouping.of_learners();
    let mut columns = learner_columns(grouping);
    columns.extend([
        Column::new("bodies", Kind::Count, "Enti", "Bodies"),
        Column::new("bodies_started", Kind::Count, "Enti con avviati", "Bodies that started"),
        Column::new(
            "bodies_completed",
            Kind::Count,
            "Enti con completati",
            "Bodies that completed",
        ),
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
    ]);
    columns.extend(figure_columns());
    let mut table = view.table("bodies", title(), columns);
    let mut groups: BTreeMap<Vec<&str>, Group<'_>> = BTreeMap::new();
    for member in &view.members {
        let place = keys.iter().map(|key| key.of(&member.learner)).collect();
        let (group, body) = (groups.entry(place).or_default(), body(&member.learner));
        let standing = &member.standings.course;
        group.bodies.insert(body);
        if standing.state != State::NotStarted {
            group.started.insert(body);
        }
        if standing.state == State::Completed {
            group.completed.insert(body);
        }
        group.sum.add(standing);
    }
    let sizes: Vec<(&[&str], u64)> =
        groups.iter().map(|(place, group)| (place.as_slice(), group.sum.enrolled)).collect();
    let hide = small::hidden_in(&mut table, view, &keys, &sizes);
    for (n, (place, group)) in groups.iter().enumerate() {
        let mut row: Vec<Cell> = place.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        row.push(Cell::Count(group.bodies.len() as u64));
        let first = row.len();
        row.extend([
            Cell::Count(group.started.len() as u64),
            Cell::Count(group.completed.len() as u64),
            Cell::Count(group.sum.enrolled),
        ]);
        row.extend(group.sum.cells());
        if hide.get(n) == Some(&true) {
            small::hide(&mut row, first);
        }
        table.rows.push(row);
    }
    let mut all = Sum::default();
    for group in groups.values() {
        all.merge(&group.sum);
    }
    add_up(&mut table, view, &keys, &all);
    table
}

fn figure_columns() -> [Column; 8] {
    [
        Column::new("started", Kind::Count, "Avviati", "Started"),
        Column::new("completed", Kind::Count, "Completati", "Completed"),
        Column::new("progress", Kind::Share, "Avanzamento medio", "Mean progress"),
        Column::new("hours_online", Kind::Hours, "Ore a distanza", "Hours online"),
        Column::new("hours_presence", Kind::Hours, "Ore in presenza", "Hours in presence"),
        Column::new("hours", Kind::Hours, "Ore totali", "Hours"),
        Column::new("presence_share", Kind::Share, "Quota in presenza", "Share in presence"),
        Column::new("hours_mean", Kind::Hours, "Ore per persona", "Hours per head"),
    ]
}

impl Sum {
    fn add(&mut self, standing: &Standing) {
        self.enrolled += 1;
        self.started += u64::from(standing.state != State::NotStarted);
        self.completed += u64::from(standing.state == State::Completed);
        self.progress += standing.progress;
        self.online = self.online.saturating_add(standing.online);
        self.presence = self.presence.saturating_add(standing.presence);
    }

    /// Adds the learners of another group.
    fn merge(&mut self, other: &Self) {
        self.enrolled += other.enrolled;
        self.started += other.started;
        self.completed += other.completed;
        self.progress += other.progress;
        self.online = self.online.saturating_add(other.online);
        self.presence = self.presence.saturating_add(other.presence);
    }

    fn cells(&self) -> [Cell; 8] {
        let all = self.online.saturating_add(self.presence);
        let progress = figure::mean(self.progress, self.enrolled);
        [
            Cell::Count(self.started),
            Cell::Count(self.completed),
            progress.map_or(Cell::Empty, |mean| Cell::Share(figure::four(mean))),
            figure::hours_cell(self.online),
            figure::hours_cell(self.presence),
            figure::hours_cell(all),
            figure::share(self.presence, all),
            all.checked_div(self.enrolled).map_or(Cell::Empty, figure::hours_cell),
        ]
    }
}
