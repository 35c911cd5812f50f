//! R4: planned against real over time, per territory or anything else.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::figure;
use super::hours::Detail;
use super::progress::learner_columns;
use super::small;
use super::view::View;
use crate::grouping::Grouping;
use crate::table::{Cell, Column, Kind, Table};
use course::State;
use course::Window;
use course::Words;

/// No curve has more points.
const MOST_POINTS: usize = 120;

#[derive(Clone, Copy, Default)]
struct Point {
    enrolled: u64,
    started: u64,
    completed: u64,
    micros: u64,
}

/// How far everybody was at the end of each month, and on the day of the report: hours per head
/// against a straight line from the course's first day to its last, and who had completed.
///
/// The curve begins with the course, else with the earliest edition, else a year before the day of
/// the report.
pub fn curve(view: &View<'_>, details: &[Detail], grouping: &Grouping) -> Table {
    let window = window(view);
    let days = days(window.begins, view.day);
    let keys = grouping.of_learners();
    let mut points: BTreeMap<(Date, Vec<&str>), Point> = BTreeMap::new();
    for detail in details {
        let group: Vec<&str> = keys.iter().map(|key| key.of(&detail.learner)).collect();
        let mut replay = course::Replay::new(view.course, &detail.learner, &detail.documents);
        for day in &days {
            replay.advance(view.course.end_of(*day));
            let standing = replay.standings().course;
            let point = points.entry((*day, group.clone())).or_default();
            point.enrolled += 1;
            point.started += u64::from(standing.state != State::NotStarted);
            point.completed += u64::from(standing.state == State::Completed);
            point.micros = point.micros.saturating_add(standing.micros());
        }
    }
    let mut table = view.table(
        "curve",
        Words::new("Andamento nel tempo", "Progress over time"),
        columns(grouping),
    );
    table.notes.push(Words::new(
        "Le ore previste crescono in linea retta dal primo all'ultimo giorno del corso.",
        "Planned hours grow in a straight line from the course's first day to its last.",
    ));
    for day in &days {
        let of_day: Vec<_> = points.iter().filter(|((on, _), _)| on == day).collect();
        let groups: Vec<(&[&str], u64)> =
            of_day.iter().map(|((_, place), point)| (place.as_slice(), point.enrolled)).collect();
        let hidden = small::hidden_in(&mut table, view, &keys, &groups);
        for (((_, group), point), hidden) in of_day.into_iter().zip(hidden) {
            let mut row = vec![Cell::Date(*day)];
            row.extend(group.iter().map(|text| Cell::Text((*text).to_owned())));
            let first = row.len();
            row.extend(point.cells(planned(view, window, *day), view.course.hours()));
            if hidden {
                small::hide(&mut row, first);
            }
            table.rows.push(row);
        }
    }
    table
}

fn columns(grouping: &Grouping) -> Vec<Column> {
    let mut columns = vec![Column::new("date", Kind::Date, "Al giorno", "Date")];
    columns.extend(learner_columns(grouping));
    columns.extend([
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
        Column::new("started", Kind::Count, "Avviati", "Started"),
        Column::new("completed", Kind::Count, "Completati", "Completed"),
        Column::new("planned", Kind::Hours, "Ore previste a persona", "Planned hours per head"),
        Column::new("hours_mean", Kind::Hours, "Ore per persona", "Hours per head"),
        Column::new("share", Kind::Share, "Quota delle ore del corso", "Share of target"),
    ]);
    columns
}

impl Point {
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
mod tests {
    use super::days;

    #[test]
    fn a_curve_has_the_ends_of_months_and_the_day_itself() {
        let day = |text: &str| text.parse().unwrap();
        let curve = days(Some(day("2025-11-03")), day("2026-02-10"));
        assert_eq!(curve, ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-10"].map(day));
        assert_eq!(days(Some(day("2026-03-01")), day("2026-02-10")), [day("2026-02-10")]);
        assert_eq!(days(None, day("2026-02-28")).len(), 13);
    }
}
