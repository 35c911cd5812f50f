//! R12: on which days of the week and at which hours learners are active.

use course::Usage;
use jiff::civil::Weekday;

use crate::descriptor::{Asked, Grouped, Needs, Report};
use crate::groups::{GroupedBy, People, Row, is_small, names};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::{Value, words, words_with};

/// For each day of the week and hour of the day, in the course's time zone: in how many hours learners did anything. A
/// learner who is active on two Mondays between 9 and 10 counts twice there, however much they do in these hours.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::ByLearners,
    needs: Needs::Details,
    ..Report::plain("times", "(R12) activity by day of the week and hour", table)
};

const HOURS: usize = 24;

/// The activity of a group by day of the week, from Monday.
#[derive(Default)]
struct Week {
    enrolled: u64,
    days: [DayOfWeek; 7],
}

#[derive(Default)]
struct DayOfWeek {
    /// How many were active on any such day.
    learners: u64,
    hours: [HourOfDay; HOURS],
}

#[derive(Clone, Copy, Default)]
struct HourOfDay {
    /// How many were active in it on any such day.
    learners: u64,
    /// In how many of these hours they were.
    active: u64,
}

/// The days in the order of the rows, and their names for programs.
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
    (Weekday::Sunday, "sunday"),
];

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let by = GroupedBy::new(view, asked.grouping);
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let mut groups = by.groups();
    for detail in asked.details {
        let usage = Usage::new(view.course, &detail.learner, &detail.documents, cut);
        let week = groups.of(&detail.learner, Week::default);
        week.enrolled += 1;
        let hours = usage.hours();
        for (weekday, (of_day, _)) in week.days.iter_mut().zip(DAYS) {
            let on_day = hours.iter().filter(|(day, _)| day.weekday() == of_day);
            let bits: Vec<u32> = on_day.map(|(_, bits)| *bits).collect();
            weekday.learners += u64::from(!bits.is_empty());
            for (hour, count) in weekday.hours.iter_mut().enumerate() {
                let active = bits.iter().filter(|bits| **bits >> hour & 1 == 1).count() as u64;
                count.active += active;
                count.learners += u64::from(active > 0);
            }
        }
    }
    let mut table = view.table(&REPORT, columns(&by));
    table.notes.push(words("note-times"));
    for (at, (_, name)) in DAYS.into_iter().enumerate() {
        let none = DayOfWeek::default();
        let active = |week: &Week| week.days.get(at).map_or(0, |day| day.learners);
        let rows = groups.rows_of(&mut table.notes, active, |place, week: &Week| {
            let mut cells = vec![Cell::code(name, words(&format!("weekday-{name}")))];
            cells.extend(names(place));
            let day = week.days.get(at).unwrap_or(&none);
            let active = day.hours.iter().map(|hour| hour.active).sum();
            let mut figures =
                vec![Cell::Count(week.enrolled), Cell::Count(day.learners), Cell::Count(active)];
            figures.extend(day.cells(by.hides()));
            Row { names: cells, figures }
        });
        table.rows.extend(rows);
    }
    table
}

impl DayOfWeek {
    /// The hours. Those in which few were active are hidden; where one is, the next smallest too, for the row has the sum.
    fn cells(&self, hides: bool) -> Vec<Cell> {
        let mut hidden = self.hours.map(|hour| hides && is_small(hour.learners));
        if hidden.iter().filter(|it| **it).count() == 1 {
            let shown = self.hours.iter().zip(&mut hidden);
            let shown = shown.filter(|(hour, is_hidden)| !**is_hidden && hour.learners > 0);
            if let Some((_, is_hidden)) = shown.min_by_key(|(hour, _)| hour.learners) {
                *is_hidden = true;
            }
        }
        let cell = |(hour, is_hidden): (&HourOfDay, bool)| {
            if is_hidden { Cell::Suppressed } else { Cell::Count(hour.active) }
        };
        self.hours.iter().zip(hidden).map(cell).collect()
    }
}

impl People for Week {
    fn people(&self) -> u64 {
        self.enrolled
    }
}

fn columns(by: &GroupedBy<'_>) -> Vec<Column> {
    let mut columns = vec![Column::of("weekday", Kind::Text)];
    columns.extend(by.columns());
    columns.push(Column::of("enrolled", Kind::Count));
    columns.push(Column::headed("active", Kind::Count, words("column-active-learners")));
    columns.push(Column::of("active_hours", Kind::Count));
    for hour in 0..HOURS {
        let heading = words_with("column-hour-of-day", &[("hour", Value::Text(hour.to_string()))]);
        columns.push(Column::headed(format!("hour_{hour:02}"), Kind::Count, heading));
    }
    columns
}
