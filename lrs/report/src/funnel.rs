//! R2 and R13: parts of the progress report, as steering committees look at them.

use super::figure;
use super::progress::{figure_columns, group_columns, rows};
use super::view::View;
use crate::grouping::Grouping;
use crate::table::{Cell, Column, Kind, Table};
use course::Words;

/// Where people stop: how many have not begun, are on their way, are done (R2).
pub fn funnel(view: &View<'_>, grouping: &Grouping) -> Table {
    let title = Words::new("Imbuto dei moduli", "Module funnel");
    let table = figures(view, "funnel", title, grouping);
    select(table, grouping, &["enrolled", "not_started", "in_progress", "completed"])
}

/// Territories, editions or anything else side by side, in shares that can be compared (R13).
pub fn comparison(view: &View<'_>, grouping: &Grouping) -> Table {
    let title = Words::new("Confronto fra gruppi", "Comparison of groups");
    let mut table = figures(view, "comparison", title, grouping);
    // Groups are compared with each other, in shares.
    table.totals = None;
    let first = group_columns(grouping).len();
    let at = |key: &str| table.columns.iter().position(|column| column.key == key);
    let parts = [at("enrolled"), at("not_started"), at("completed"), at("passed"), at("failed")];
    let [Some(enrolled), Some(not_started), Some(completed), Some(passed), Some(failed)] = parts
    else {
        return table;
    };
    table.columns.extend([
        Column::new("started_share", Kind::Share, "Avviati", "Started"),
        Column::new("completed_share", Kind::Share, "Completati (quota)", "Completed (share)"),
        Column::new("pass_rate", Kind::Share, "Tasso di superamento", "Pass rate"),
    ]);
    for row in &mut table.rows {
        let count = |at: usize| match row.get(at) {
            Some(Cell::Count(count)) => Some(*count),
            _ => None,
        };
        let all = count(enrolled);
        let shares = all.and_then(|all| {
            let (passed, failed) = (count(passed)?, count(failed)?);
            Some([
                figure::share(all - count(not_started)?, all),
                figure::share(count(completed)?, all),
                figure::share(passed, passed + failed),
            ])
        });
        row.extend(shares.unwrap_or([Cell::Suppressed, Cell::Suppressed, Cell::Suppressed]));
    }
    debug_assert!(first <= enrolled);
    let keep = [
        "enrolled",
        "started_share",
        "completed_share",
        "pass_rate",
        "score_mean",
        "progress",
        "hours_mean",
        "target",
    ];
    select(table, grouping, &keep)
}

/// R6 by parts of the course: hours of all together and per head.
pub fn hours_of_parts(view: &View<'_>, grouping: &Grouping) -> Table {
    let title = Words::new("Ore di formazione", "Hours of training");
    let table = figures(view, "hours", title, grouping);
    let keep = ["enrolled", "hours_online", "hours_presence", "hours", "hours_mean", "target"];
    select(table, grouping, &keep)
}

fn figures(view: &View<'_>, report: &'static str, title: Words, grouping: &Grouping) -> Table {
    let mut columns = group_columns(grouping);
    columns.extend(figure_columns());
    rows(view.table(report, title, columns), view, grouping)
}

/// The grouping's columns and those named, in the order named.
fn select(table: Table, grouping: &Grouping, keys: &[&str]) -> Table {
    let groups = 0..group_columns(grouping).len();
    let position = |key: &&str| table.columns.iter().position(|column| column.key == *key);
    let keep: Vec<usize> = groups.chain(keys.iter().filter_map(position)).collect();
    let of_keys = |cells: &[Cell]| -> Vec<Cell> {
        keep.iter().filter_map(|at| cells.get(*at).cloned()).collect()
    };
    let totals = table.totals.as_deref().map(of_keys);
    Table {
        totals: totals.filter(|cells| cells.iter().any(|cell| *cell != Cell::Empty)),
        columns: keep.iter().filter_map(|at| table.columns.get(*at).cloned()).collect(),
        rows: table.rows.iter().map(|row| of_keys(row)).collect(),
        ..table
    }
}
