//! R5 and R6: hours per head, by groups, or by parts of the course.

use std::collections::BTreeMap;

use course::{Course, Standing};
use jiff::civil::Date;

use crate::descriptor::{Asked, Grouped, Report};
use crate::figure;
use crate::groups::{Figures, GroupedBy, People, Row, names};
use crate::people;
use crate::table::{Cell, Column, Kind, Table};
use crate::tally::{self, ENROLLED, HOURS, HOURS_MEAN, HOURS_ONLINE, HOURS_PRESENCE, TARGET};
use crate::view::{Member, View};
use crate::words::{Value, words, words_with};

/// Hours per head against the course's target and the year's (R5); by groups the hours of all and how
/// many reach the targets (R6); by parts of the course the hours of all and per head. The hours of the
/// year are what has been added since the end of the year before that of the report.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::Freely(""),
    compares_with: Some(end_of_the_year_before),
    ..Report::plain("hours", "(R5, R6) per head, or by anything", table)
};

fn end_of_the_year_before(day: Date) -> Option<Date> {
    Date::new(day.year() - 1, 12, 31).ok()
}

fn table(asked: &Asked<'_>) -> Table {
    let Asked { view, earlier, grouping, .. } = asked;
    if grouping.has_modules() || grouping.has_activities() {
        let figures = [ENROLLED, HOURS_ONLINE, HOURS_PRESENCE, HOURS, HOURS_MEAN, TARGET];
        return tally::table(&REPORT, view, grouping, &figures);
    }
    let before = earlier.members.iter();
    let before: BTreeMap<&str, u64> = before
        .map(|member| (member.learner.id.as_str(), member.standings.course.micros()))
        .collect();
    let of_year = |member: &Member| {
        // Who is missing there has done nothing before.
        let before = before.get(member.learner.id.as_str()).copied().unwrap_or(0);
        member.standings.course.micros().saturating_sub(before)
    };
    let by = GroupedBy::new(view, grouping);
    let mut table =
        if by.is_everybody() { by_person(view, of_year) } else { by_group(view, &by, of_year) };
    let year = Value::Text(view.day.year().to_string());
    table.notes.insert(0, words_with("note-year", &[("year", year)]));
    table
}

fn by_person(view: &View<'_>, of_year: impl Fn(&Member) -> u64) -> Table {
    let mut columns = people::columns();
    columns.extend(figure::hour_columns());
    columns.extend([
        Column::headed("target", Kind::Hours, words("column-target-course")),
        Column::of("hours_year", Kind::Hours),
        Column::of("target_year", Kind::Hours),
    ]);
    let mut table = view.table(&REPORT, columns);
    let mut all = HoursOfGroup::default();
    for member in &view.members {
        let standing = &member.standings.course;
        all.add(standing, of_year(member));
        let mut row = people::cells(&member.learner);
        row.extend(figure::hour_cells(standing.online, standing.presence));
        row.extend([
            figure::target(view.course.hours()),
            figure::hours_cell(of_year(member)),
            figure::target(view.course.outline().hours_per_year),
        ]);
        if !view.room.admits(&row) {
            break;
        }
        table.rows.push(row);
    }
    let [online, presence, hours] = figure::hour_cells(all.online, all.presence);
    table.add_up([
        ("hours_online", online),
        ("hours_presence", presence),
        ("hours", hours),
        ("hours_year", figure::hours_cell(all.of_year)),
    ]);
    table
}

#[derive(Clone, Copy, Default)]
struct HoursOfGroup {
    enrolled: u64,
    taking_part: u64,
    online: u64,
    presence: u64,
    of_year: u64,
    reaching: u64,
    reaching_year: u64,
}

fn by_group(view: &View<'_>, by: &GroupedBy<'_>, of_year: impl Fn(&Member) -> u64) -> Table {
    let outline = view.course.outline();
    let reaches = |micros: u64, hours: f64| micros >= course::micros_of_hours(hours);
    let mut groups = by.groups();
    for member in &view.members {
        let group = groups.of(&member.learner, HoursOfGroup::default);
        let (standing, of_year) = (&member.standings.course, of_year(member));
        group.add(standing, of_year);
        let target = outline.hours.filter(|hours| *hours > 0.0);
        group.reaching += u64::from(target.is_some_and(|it| reaches(standing.micros(), it)));
        let target = outline.hours_per_year;
        group.reaching_year += u64::from(target.is_some_and(|it| reaches(of_year, it)));
    }
    let mut columns = by.columns();
    columns.extend(group_columns());
    let mut table = view.table(&REPORT, columns);
    table.rows = groups.rows(&mut table.notes, |place, group| Row {
        names: names(place),
        figures: group.cells(view.course),
    });
    let keys = group_columns().into_iter().map(|column| column.key);
    table.add_up(groups.totals(|all| keys.zip(all.cells(view.course)).collect()));
    table
}

fn group_columns() -> Vec<Column> {
    let mut columns =
        vec![Column::of("enrolled", Kind::Count), Column::of("taking_part", Kind::Count)];
    columns.extend(figure::hour_columns());
    columns.extend([
        Column::of("presence_share", Kind::Share),
        Column::of("hours_mean", Kind::Hours),
        Column::headed("target", Kind::Hours, words("column-target-head")),
        Column::of("reaching", Kind::Count),
        Column::of("hours_year", Kind::Hours),
        Column::headed("target_year", Kind::Hours, words("column-target_year-head")),
        Column::of("reaching_year", Kind::Count),
    ]);
    columns
}

impl People for HoursOfGroup {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

impl Figures for HoursOfGroup {
    fn merge(&mut self, other: &Self) {
        self.enrolled += other.enrolled;
        self.taking_part += other.taking_part;
        self.online = self.online.saturating_add(other.online);
        self.presence = self.presence.saturating_add(other.presence);
        self.of_year = self.of_year.saturating_add(other.of_year);
        self.reaching += other.reaching;
        self.reaching_year += other.reaching_year;
    }
}

impl HoursOfGroup {
    /// Adds a learner's hours.
    fn add(&mut self, standing: &Standing, of_year: u64) {
        self.enrolled += 1;
        self.taking_part += u64::from(standing.micros() > 0);
        self.online = self.online.saturating_add(standing.online);
        self.presence = self.presence.saturating_add(standing.presence);
        self.of_year = self.of_year.saturating_add(of_year);
    }

    fn cells(&self, course: &Course) -> Vec<Cell> {
        let all = self.online.saturating_add(self.presence);
        let mut cells = vec![Cell::Count(self.enrolled), Cell::Count(self.taking_part)];
        cells.extend(figure::hour_cells(self.online, self.presence));
        cells.extend([
            figure::share(self.presence, all),
            all.checked_div(self.enrolled).map_or(Cell::Empty, figure::hours_cell),
            figure::target(course.hours()),
            Cell::Count(self.reaching),
            figure::hours_cell(self.of_year),
            figure::target(course.outline().hours_per_year),
            Cell::Count(self.reaching_year),
        ]);
        cells
    }
}
