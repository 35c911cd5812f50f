//! How many learners are how far, in how many hours, by anything.

use crate::descriptor::{Asked, Grouped, Report};
use crate::table::Table;
use crate::tally::{
    self, COMPLETED, ENROLLED, FAILED, Figure, HOURS, HOURS_MEAN, HOURS_ONLINE, HOURS_PRESENCE,
    IN_PROGRESS, NOT_STARTED, PASSED, PROGRESS, SCORE_MEAN, TARGET, TARGET_YEAR,
};

/// `target` is the hours that a head is to do in the row's part of the course, `target_year` those of
/// a year in the whole course.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::Freely("module"),
    ..Report::plain("progress", "how many are how far, by anything", table)
};

const FIGURES: [Figure; 14] = [
    ENROLLED,
    NOT_STARTED,
    IN_PROGRESS,
    COMPLETED,
    PASSED,
    FAILED,
    SCORE_MEAN,
    PROGRESS,
    HOURS_ONLINE,
    HOURS_PRESENCE,
    HOURS,
    HOURS_MEAN,
    TARGET,
    TARGET_YEAR,
];

fn table(asked: &Asked<'_>) -> Table {
    tally::table(&REPORT, &asked.view, asked.grouping, &FIGURES)
}
