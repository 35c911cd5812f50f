//! R15: what the data team must know before the other reports are trusted: when each key sent last, what is
//! damaged or refused, which statements are of no learner, which clocks are wrong.

use course::Course;

use crate::descriptor::{Grouped, Make, Needs, Report};
use crate::table::{Cell, Column, Kind, Table};
use crate::words::{Value, words, words_with};

pub(crate) static REPORT: Report = Report {
    name: "health",
    about: "(R15) the data's quality",
    grouped: Grouped::Not,
    own: &[],
    required: &[],
    needs: Needs::Standings,
    compares_with: None,
    in_parts: false,
    make: Make::OfData(table),
};

/// What was found about the data of a course.
#[derive(Debug)]
pub struct DataHealth<'a> {
    /// The course.
    pub course: &'a Course,
    /// Up to which `stored` everything was looked at, in microseconds since 1970.
    pub through: i64,
    /// How many of the newest statements were looked at for clocks, delays, repetitions and objects.
    pub newest: usize,
    /// In the order of the rows, but that damaged statements come first.
    pub findings: Vec<Finding>,
}

/// One row: what a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// About what: a key, an actor, an activity, the id of a statement; empty where it is about all.
    pub subject: String,
    /// How often.
    pub count: Option<u64>,
    /// When for the last time, in microseconds since 1970.
    pub last: Option<i64>,
}

/// What is checked. In the catalogue `check-name-NAME` is what people call it, `check-NAME` says what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The last statement of a key.
    Source,
    /// Requests refused since the start.
    Refused,
    /// Statements of actors not enrolled.
    Unassigned,
    /// One of these actors.
    UnassignedActor,
    /// A learner of the same name as one of these actors.
    SameName,
    /// An activity that is completed without a time.
    WithoutTime,
    /// By how many seconds `stored` runs ahead of the server's clock.
    StoredAhead,
    /// A statement damaged in the store.
    Unreadable,
    /// Statements that came again.
    Repeated,
    /// A platform whose clock is ahead.
    ClockAhead,
    /// A platform whose statements come late.
    Late,
    /// An object of the course's sites that the course does not have.
    Unmapped,
}

impl Check {
    /// Every check.
    pub const EVERY: [Self; 12] = [
        Self::Source,
        Self::Refused,
        Self::Unassigned,
        Self::UnassignedActor,
        Self::SameName,
        Self::WithoutTime,
        Self::StoredAhead,
        Self::Unreadable,
        Self::Repeated,
        Self::ClockAhead,
        Self::Late,
        Self::Unmapped,
    ];

    /// Its name for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Refused => "refused",
            Self::Unassigned => "unassigned",
            Self::UnassignedActor => "unassigned_actor",
            Self::SameName => "same_name",
            Self::WithoutTime => "without_time",
            Self::StoredAhead => "stored_ahead",
            Self::Unreadable => "unreadable",
            Self::Repeated => "repeated",
            Self::ClockAhead => "clock_ahead",
            Self::Late => "late",
            Self::Unmapped => "unmapped",
        }
    }
}

fn table(health: DataHealth<'_>) -> Table {
    let DataHealth { course, through, newest, mut findings } = health;
    // What is damaged does not count and must be restored: it stands above all else.
    findings.sort_by_key(|finding| finding.check != Check::Unreadable);
    let count = Value::Text(newest.to_string());
    Table {
        report: REPORT.name,
        title: REPORT.title(),
        course: course.id().to_owned(),
        course_title: course.title().clone(),
        at: None,
        through: Some(through),
        time_zone: course.time_zone().to_owned(),
        notes: vec![words_with("note-newest", &[("count", count)])],
        columns: vec![
            Column::of("check", Kind::Text),
            Column::of("meaning", Kind::Text),
            Column::of("subject", Kind::Text),
            Column::of("count", Kind::Count),
            Column::of("last", Kind::Instant),
        ],
        print: &[],
        rows: findings.into_iter().map(Finding::cells).collect(),
        totals: None,
        found: None,
    }
}

impl Finding {
    fn cells(self) -> Vec<Cell> {
        let check = self.check.as_str();
        vec![
            Cell::code(check, words(&format!("check-name-{check}"))),
            Cell::bilingual(words(&format!("check-{check}"))),
            Cell::Text(self.subject),
            self.count.map_or(Cell::Empty, Cell::Count),
            self.last.map_or(Cell::Empty, Cell::Instant),
        ]
    }
}
