//! R5: where each hour comes from.

use crate::descriptor::{Asked, Needs, Report};
use crate::figure;
use crate::ledger::ledger_lines;
use crate::people;
use crate::table::{Cell, Column, Kind, Table};
use crate::words::{activity_name, words};

/// Object by object the rule by which hours count and the statements behind them. The `hours` of a
/// learner's rows add up to their hours in every other report.
pub(crate) static REPORT: Report = Report {
    needs: Needs::Details,
    ..Report::plain("ledger", "(R5) the rule and statements behind each hour", table)
};

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let mut table = view.table(&REPORT, columns());
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let (mut measured, mut counted) = (0_u64, 0_u64);
    for detail in asked.details {
        for line in ledger_lines(&detail.replay(view.course, cut)) {
            #[expect(
                clippy::expect_used,
                reason = "the lines are of the activities of this course"
            )]
            let (module, activity) = view.course.at(line.place).expect("the place of a line");
            measured = measured.saturating_add(line.measured);
            counted = counted.saturating_add(line.counted);
            let mut row = people::cells(&detail.learner);
            row.extend([
                Cell::Text(module.id.clone()),
                Cell::Text(activity.key.clone()),
                Cell::bilingual(activity_name(activity)),
                Cell::Text(line.object),
                Cell::Flag(line.in_presence),
                Cell::Text(line.rule.as_str().to_owned()),
                Cell::bilingual(line.rule.words()),
                figure::hours_cell(line.measured),
                figure::hours_cell(line.counted),
                Cell::List(line.statements.into()),
            ]);
            if !view.room.admits(&row) {
                return table;
            }
            table.rows.push(row);
        }
    }
    table.add_up([
        ("hours_measured", figure::hours_cell(measured)),
        ("hours", figure::hours_cell(counted)),
    ]);
    table
}

fn columns() -> Vec<Column> {
    let mut columns = people::columns();
    columns.extend([
        Column::of("module", Kind::Text),
        Column::of("activity", Kind::Text),
        Column::of("activity_title", Kind::Text),
        Column::of("object", Kind::Text),
        Column::of("in_presence", Kind::Flag),
        Column::of("rule", Kind::Text),
        Column::of("rule_words", Kind::Text),
        Column::of("hours_measured", Kind::Hours),
        Column::headed("hours", Kind::Hours, words("column-hours-counted")),
        Column::of("statements", Kind::Text),
    ]);
    columns
}
