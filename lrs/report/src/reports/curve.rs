//! R4: planned against real over time, per territory or anything else.

use course::{Reached, State, Window};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use crate::descriptor::{Asked, Grouped, Report};
use crate::figure;
use crate::groups::{GroupedBy, Groups, People, Row, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::View;
use crate::words::words;

/// No curve has more points.
const MOST_POINTS: usize = 120;

/// How far all learners were at the end of each month, and on the day of the report: hours per head
/// against a straight line from the course's first day to its last, and who had completed.
///
/// The curve begins with the course, else with the earliest edition, else a year before the day of
/// the report.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::ByLearners,
    ..Report::plain("curve", "(R4) planned against real, month by month", table)
};

/// Sums over the learners of a group on one day.
#[derive(Clone, Copy, Default)]
struct Point {
    enrolled: u64,
    started: u64,
    completed: u64,
    micros: u64,
}

/// The same on each day of the curve.
struct Points(Vec<Point>);

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let window = window(view);
    let days = days(window.begins, view.day);
    let by = GroupedBy::new(view, asked.grouping);
    let groups = summed(view, &by, &days);
    let mut table = view.table(&REPORT, columns(&by));
    table.notes.push(words("note-planned"));
    for (d, day) in days.iter().enumerate() {
        let of_day = groups.part(|Points(points)| points.get(d));
        let rows = of_day.rows(&mut table.notes, |place, point| {
            let mut cells = vec![Cell::Date(*day)];
            cells.extend(names(place));
            let figures = point.cells(planned(view, window, *day), view.course.hours());
            Row { names: cells, figures: figures.into() }
        });
        table.rows.extend(rows);
    }
    table
}

/// The sums of each group on each day.
fn summed<'g, 'v>(view: &View<'v>, by: &GroupedBy<'g>, days: &[Date]) -> Groups<'g, 'v, Points> {
    let new = || Points(vec![Point::default(); days.len()]);
    let mut groups = by.groups();
    for member in &view.members {
        let known = groups.len();
        let Points(points) = groups.of(&member.learner, new);
        for (day, point) in days.iter().zip(points) {
            point.add(member.track.at(*day));
        }
        let is_new = groups.len() > known;
        if is_new && !view.room.take(days.len() * size_of::<Point>()) {
            break;
        }
    }
    groups
}

fn columns(by: &GroupedBy<'_>) -> Vec<Column> {
    let mut columns = vec![Column::headed("date", Kind::Date, words("column-date-of-point"))];
    columns.extend(by.columns());
    columns.extend(["enrolled", "started", "completed"].map(|key| Column::of(key, Kind::Count)));
    columns.extend(["planned", "hours_mean"].map(|key| Column::of(key, Kind::Hours)));
    columns.push(Column::of("share", Kind::Share));
    columns
}

impl People for Point {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

impl Point {
    fn add(&mut self, reached: Reached) {
        self.enrolled += 1;
        self.started += u64::from(reached.state != State::NotStarted);
        self.completed += u64::from(reached.state == State::Completed);
        self.micros = self.micros.saturating_add(reached.micros);
    }

    #[expect(clippy::cast_precision_loss, reason = "learners and hours are fewer than 2^52")]
    fn cells(self, planned: Option<f64>, target: Option<f64>) -> [Cell; 6] {
        let mean = self.micros.checked_div(self.enrolled);
        let share = mean.zip(target.filter(|target| *target > 0.0));
        let share = share.map(|(mean, target)| figure::four(mean as f64 / 3.6e9 / target));
        [
            Cell::Count(self.enrolled),
            Cell::Count(self.started),
            Cell::Count(self.completed),
            figure::target(planned),
            mean.map_or(Cell::Empty, figure::hours_cell),
            share.map_or(Cell::Empty, Cell::Share),
        ]
    }
}

/// The days that the course is planned for, else its days; where it has none, from the first of
/// its editions to the last.
fn window(view: &View<'_>) -> Window {
    let outline = view.course.outline();
    if let Some(planned) = outline.planned {
        return planned;
    }
    let editions = || outline.editions.iter().map(|edition| edition.window);
    Window {
        begins: outline.window.begins.or_else(|| editions().filter_map(|it| it.begins).min()),
        ends: outline.window.ends.or_else(|| editions().filter_map(|it| it.ends).max()),
    }
}

/// The ends of the months from the first day on, and the last day itself.
fn days(first: Option<Date>, last: Date) -> Vec<Date> {
    let year_before = last.checked_sub(Span::new().years(1)).unwrap_or(last);
    let mut month = first.unwrap_or(year_before).min(last).last_of_month();
    let mut days = Vec::new();
    while month < last && days.len() < MOST_POINTS {
        days.push(month);
        month = month.saturating_add(1.day()).last_of_month();
    }
    days.push(last);
    days
}

/// The course's hours, as far as its days have gone by.
fn planned(view: &View<'_>, window: Window, day: Date) -> Option<f64> {
    let (begins, ends) = (window.begins?, window.ends?);
    let span = |from: Date, to: Date| from.until(to).ok().map(|span| f64::from(span.get_days()));
    let (all, gone) = (span(begins, ends)? + 1.0, span(begins, day)? + 1.0);
    Some(view.course.hours()? * (gone / all).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests;
