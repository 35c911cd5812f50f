//! R1: is the course fine today?

use course::State;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::descriptor::{Asked, Grouped, Report};
use crate::groups::{Figures, GroupedBy, People, Row, names};
use crate::risk::{idle_days, is_at_risk, rule};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::{Member, View};
use crate::words::{Value, words_with};

/// The six numbers of a course, each with its change against a week before. `enrolled` is the sum of
/// those not started, on track, at risk and completed; `active_7d` did something on the report's day
/// or the six before it.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::ByLearners,
    compares_with: Some(week_before),
    ..Report::plain("glance", "(R1) six numbers against a week before", table)
};

fn week_before(day: Date) -> Option<Date> {
    day.checked_sub(7.days()).ok()
}

/// The keys of the six numbers.
const KEYS: [&str; 6] = ["enrolled", "started", "active_7d", "on_track", "at_risk", "completed"];

/// The six numbers of a group, now and a week before.
#[derive(Default)]
struct Numbers {
    now: [u64; 6],
    before: [u64; 6],
}

fn table(asked: &Asked<'_>) -> Table {
    let Asked { view, earlier, grouping, .. } = asked;
    let by = GroupedBy::new(view, grouping);
    let mut groups = by.groups::<Numbers>();
    if by.is_everybody() {
        groups.at(Vec::new());
    }
    for member in &view.members {
        add(&mut groups.of(&member.learner, Numbers::default).now, facts(view, member));
    }
    for member in &earlier.members {
        if let Some(numbers) = groups.of_known(&member.learner) {
            add(&mut numbers.before, facts(earlier, member));
        }
    }
    let mut columns = by.columns();
    columns.extend(KEYS.into_iter().flat_map(columns_of));
    let mut table = view.table(&REPORT, columns);
    table.notes.push(rule(view.course));
    table.rows = groups.rows(&mut table.notes, |place, numbers| Row {
        names: names(place),
        figures: numbers.cells().collect(),
    });
    let keys = KEYS.into_iter().flat_map(columns_of).map(|column| column.key);
    table.add_up(groups.totals(|all| keys.zip(all.cells()).collect()));
    table
}

/// A number's column, and that of a week before.
fn columns_of(key: &str) -> [Column; 2] {
    let now = Column::of(key, Kind::Count);
    let name = [("name", Value::Bilingual(now.heading.clone()))];
    let before = words_with("column-week-before", &name);
    [now, Column::headed(format!("{key}_week_before"), Kind::Count, before)]
}

/// Which of the six numbers a learner counts in.
fn facts(view: &View<'_>, member: &Member) -> [bool; 6] {
    let standings = &member.standings;
    let is_at_risk = is_at_risk(view.course, standings, view.day);
    let state = standings.course.state;
    [
        true,
        state != State::NotStarted,
        idle_days(standings, view.day).is_some_and(|idle| idle < 7),
        state == State::InProgress && !is_at_risk,
        is_at_risk,
        state == State::Completed,
    ]
}

fn add(numbers: &mut [u64; 6], facts: [bool; 6]) {
    for (number, fact) in numbers.iter_mut().zip(facts) {
        *number += u64::from(fact);
    }
}

impl Numbers {
    fn cells(&self) -> impl Iterator<Item = Cell> {
        let pairs = self.now.into_iter().zip(self.before);
        pairs.flat_map(|(now, before)| [Cell::Count(now), Cell::Count(before)])
    }
}

impl People for Numbers {
    fn people(&self) -> u64 {
        let [enrolled, ..] = self.now;
        enrolled
    }
}

impl Figures for Numbers {
    fn merge(&mut self, other: &Self) {
        let pairs = [(&mut self.now, other.now), (&mut self.before, other.before)];
        for (sums, others) in pairs {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        }
    }
}
