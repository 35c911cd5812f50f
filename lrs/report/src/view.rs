//! What a report looks at: some learners of a course, and where they stand on a day.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::descriptor::Report;
use crate::room::Room;
use crate::table::{Column, Table};
use course::Course;
use course::Identifier;
use course::Learner;
use course::Standings;
use course::Track;

/// A learner and where they stand.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub learner: Arc<Learner>,
    /// Where; shared by learners who stand alike.
    pub standings: Arc<Standings>,
    /// The way there, day by day.
    pub track: Track,
}

/// The learners that the reader of a report may see and asked for, as they stand on one day.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The course.
    pub course: &'a Course,
    /// The day asked for; at present where missing.
    pub at: Option<Date>,
    /// The day of the report: the one asked for, or today.
    pub day: Date,
    /// The `stored` of the last statement that is in it, in microseconds since 1970.
    pub through: Option<i64>,
    /// Whether figures of fewer than five people are hidden. They are shown to a key that is bound
    /// to a territory, for its own people, and on request.
    pub hides_small_groups: bool,
    /// Identifiers that are not shown: of learners outside of the reader's territory, who were merged into one within it.
    pub unseen: BTreeSet<Identifier>,
    /// The memory that its table may take.
    pub room: Room,
    /// Each learner once, in the order of the list.
    pub members: Vec<&'a Member>,
}

impl View<'_> {
    /// Whether the learners are of more than one body, so that small groups must not show.
    pub(crate) fn is_across_bodies(&self) -> bool {
        let mut bodies = BTreeSet::new();
        self.members.iter().any(|member| {
            let Learner { body, istat, .. } = &*member.learner;
            bodies.insert([body, istat].map(String::as_str));
            bodies.len() > 1
        })
    }

    /// A table of this view without rows.
    ///
    /// Where a module or a column of the list of learners has the name of a figure, its key is
    /// written with `by:` before it.
    pub(crate) fn table(&self, report: &Report, mut columns: Vec<Column>) -> Table {
        let keys: Vec<String> = columns.iter().map(|column| column.key.clone()).collect();
        for (at, column) in columns.iter_mut().enumerate() {
            if keys.iter().skip(at + 1).any(|later| *later == column.key) {
                column.key.insert_str(0, "by:");
            }
        }
        Table {
            report: report.name,
            title: report.title(),
            course: self.course.id().to_owned(),
            course_title: self.course.title().clone(),
            at: self.at,
            through: self.through,
            time_zone: self.course.time_zone().to_owned(),
            notes: Vec::new(),
            columns,
            print: &[],
            rows: Vec::new(),
            totals: None,
            found: None,
        }
    }
}
