//! R13: territories, editions or anything else side by side, in shares that can be compared.

use crate::descriptor::{Asked, Grouped, Report};
use crate::figure;
use crate::table::{Kind, Table};
use crate::tally::{self, ENROLLED, Figure, HOURS_MEAN, PROGRESS, SCORE_MEAN, TARGET};

pub(crate) static REPORT: Report = Report {
    grouped: Grouped::Freely("region"),
    ..Report::plain("comparison", "(R13) groups side by side", table)
};

const STARTED_SHARE: Figure =
    Figure::new("started_share", "column-started_share", Kind::Share, |it, _, _| {
        figure::share(it.enrolled - it.not_started, it.enrolled)
    });
const COMPLETED_SHARE: Figure =
    Figure::new("completed_share", "column-completed_share", Kind::Share, |it, _, _| {
        figure::share(it.completed, it.enrolled)
    });
const PASS_RATE: Figure = Figure::new("pass_rate", "column-pass_rate", Kind::Share, |it, _, _| {
    figure::share(it.passed, it.passed + it.failed)
});

fn table(asked: &Asked<'_>) -> Table {
    let figures = [
        ENROLLED,
        STARTED_SHARE,
        COMPLETED_SHARE,
        PASS_RATE,
        SCORE_MEAN,
        PROGRESS,
        HOURS_MEAN,
        TARGET,
    ];
    let mut table = tally::table(&REPORT, &asked.view, asked.grouping, &figures);
    // Groups are compared with each other.
    table.totals = None;
    table
}
