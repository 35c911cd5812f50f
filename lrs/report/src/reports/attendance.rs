//! How the kinds of events are attended.

use std::collections::{BTreeMap, BTreeSet};

use course::{Activity, Course};

use crate::descriptor::{Asked, Grouped, Report};
use crate::figure;
use crate::groups::{Figures, GroupedBy, People, Row, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::View;
use crate::words::{activity_kind, words};

/// For each kind of event, by anything: how many sessions were held by the day of the report, how many
/// people came to one at least, how often, for how many hours.
pub(crate) static REPORT: Report =
    Report { grouped: Grouped::ByLearners, ..Report::plain("attendance", "events by kind", table) };

/// How the learners of a group attend the events of each kind.
#[derive(Default)]
struct AttendanceOfGroup<'a> {
    enrolled: u64,
    kinds: BTreeMap<&'a str, Attendance<'a>>,
}

#[derive(Default)]
struct Attendance<'a> {
    people: BTreeSet<&'a str>,
    attendances: u64,
    micros: u64,
}

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let by = GroupedBy::new(view, asked.grouping);
    let mut groups = by.groups();
    for member in &view.members {
        let group = groups.of(&member.learner, AttendanceOfGroup::default);
        group.enrolled += 1;
        let attended = view.course.activities().zip(&member.standings.activities);
        let attended = attended.filter(|((_, it), standing)| it.is_event() && standing.attended);
        for ((_, activity), standing) in attended {
            let sum = group.kinds.entry(&activity.kind).or_default();
            sum.people.insert(&member.learner.id);
            sum.attendances += 1;
            sum.micros = sum.micros.saturating_add(standing.micros);
        }
    }
    let mut table = view.table(&REPORT, columns(&by));
    for (kind, events) in events_by_kind(view.course) {
        let none = Attendance::default();
        let rows = groups.rows(&mut table.notes, |place, group| {
            let Attendance { people, attendances, micros } = group.kinds.get(kind).unwrap_or(&none);
            let mut cells = vec![Cell::code(kind, activity_kind(kind))];
            cells.extend(names(place));
            let figures = vec![
                Cell::Count(events.len() as u64),
                Cell::Count(sessions_held(view, &events)),
                Cell::Count(group.enrolled),
                Cell::Count(people.len() as u64),
                Cell::Count(*attendances),
                figure::hours_cell(*micros),
            ];
            Row { names: cells, figures }
        });
        table.rows.extend(rows);
    }
    table.add_up(groups.totals(|all| {
        let attendances = all.kinds.values().map(|it| it.attendances).sum();
        let micros = all.kinds.values().fold(0, |sum: u64, it| sum.saturating_add(it.micros));
        vec![("attendances", Cell::Count(attendances)), ("hours", figure::hours_cell(micros))]
    }));
    table
}

fn columns(by: &GroupedBy<'_>) -> Vec<Column> {
    let mut columns = vec![Column::headed("kind", Kind::Text, words("column-kind-of-event"))];
    columns.extend(by.columns());
    columns.extend(
        ["events", "sessions", "enrolled", "participants", "attendances"]
            .map(|key| Column::of(key, Kind::Count)),
    );
    columns.push(Column::headed("hours", Kind::Hours, words("column-hours-plain")));
    columns
}

fn events_by_kind(course: &Course) -> BTreeMap<&str, Vec<&Activity>> {
    let mut kinds: BTreeMap<&str, Vec<&Activity>> = BTreeMap::new();
    for (_, activity) in course.activities().filter(|(_, activity)| activity.is_event()) {
        kinds.entry(&activity.kind).or_default().push(activity);
    }
    kinds
}

/// How many sessions of these events were held by the day of the report.
fn sessions_held(view: &View<'_>, events: &[&Activity]) -> u64 {
    let sessions = events.iter().flat_map(|event| event.sessions());
    sessions.filter(|session| session.date <= view.day).count() as u64
}

impl People for AttendanceOfGroup<'_> {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

impl Figures for AttendanceOfGroup<'_> {
    fn merge(&mut self, other: &Self) {
        self.enrolled += other.enrolled;
        for (kind, attendance) in &other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            sum.people.extend(&attendance.people);
            sum.attendances += attendance.attendances;
            sum.micros = sum.micros.saturating_add(attendance.micros);
        }
    }
}
