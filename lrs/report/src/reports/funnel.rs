//! R2: where people stop.

use crate::descriptor::{Asked, Grouped, Report};
use crate::table::Table;
use crate::tally::{self, COMPLETED, ENROLLED, IN_PROGRESS, NOT_STARTED};

/// How many have not begun, are on their way, are done.
pub(crate) static REPORT: Report = Report {
    grouped: Grouped::Freely("module,region"),
    ..Report::plain("funnel", "(R2) where people stop", table)
};

fn table(asked: &Asked<'_>) -> Table {
    let figures = [ENROLLED, NOT_STARTED, IN_PROGRESS, COMPLETED];
    tally::table(&REPORT, &asked.view, asked.grouping, &figures)
}
