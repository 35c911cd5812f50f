//! R3: who is where, learner by learner and module by module.

use course::Bilingual;

use crate::descriptor::{Asked, Report};
use crate::figure;
use crate::parameter::Parameter;
use crate::people;
use crate::table::{Cell, Column, Kind, Table};
use crate::view::View;
use crate::words::{Value, activity_name, words, words_with};

/// A row for each learner; for each module, and with `expand` for each activity, how far they are
/// and since which day it has been completed. A module that is not for a learner is empty.
pub(crate) static REPORT: Report = Report {
    own: &[Parameter::Expand],
    in_parts: true,
    ..Report::plain("matrix", "(R3) learner by module; `expand=true` shows activities too", table)
};

fn table(asked: &Asked<'_>) -> Table {
    let Asked { view, expand, .. } = asked;
    let mut table = view.table(&REPORT, columns(view, *expand));
    for member in &view.members {
        let standings = &member.standings;
        let mut row = Vec::with_capacity(table.columns.len());
        row.extend(people::cells(&member.learner));
        for (m, module) in standings.modules.iter().enumerate() {
            if module.applies {
                row.extend([Cell::State(module.state), figure::date(module.since)]);
            } else {
                row.extend([Cell::Empty, Cell::Empty]);
            }
            let activities = view.course.activities().zip(&standings.activities);
            let theirs = activities.filter(|((place, _), _)| *expand && place.module == m);
            for (_, activity) in theirs {
                if module.applies {
                    row.extend([
                        Cell::State(activity.state),
                        figure::score(activity.score),
                        figure::date(activity.since),
                    ]);
                } else {
                    row.extend([Cell::Empty, Cell::Empty, Cell::Empty]);
                }
            }
        }
        let whole = &standings.course;
        row.extend([Cell::State(whole.state), Cell::Share(figure::four(whole.progress))]);
        row.extend(figure::hour_cells(whole.online, whole.presence));
        row.extend([figure::target(view.course.hours()), figure::date(standings.last_seen)]);
        if !view.room.admits(&row) {
            break;
        }
        table.rows.push(row);
    }
    table
}

fn columns(view: &View<'_>, expand: bool) -> Vec<Column> {
    let mut columns = people::columns();
    for module in view.course.modules() {
        let title = Bilingual::of_title(&module.title);
        columns.push(Column::headed(&module.id, Kind::State, title.clone()));
        columns.push(since(&module.id, title));
        for activity in module.activities.iter().filter(|_| expand) {
            let (key, name) = (format!("{}/{}", module.id, activity.key), activity_name(activity));
            columns.push(Column::headed(&key, Kind::State, name.clone()));
            let score = words_with("column-score-of", &[("name", Value::Bilingual(name.clone()))]);
            columns.push(Column::headed(format!("{key}/score"), Kind::Score, score));
            columns.push(since(&key, name));
        }
    }
    columns.push(Column::headed("state", Kind::State, words("column-state-course")));
    columns.push(Column::of("progress", Kind::Share));
    columns.extend(figure::hour_columns());
    columns.push(Column::of("target", Kind::Hours));
    columns.push(Column::of("last_seen", Kind::Date));
    columns
}

fn since(key: &str, name: Bilingual) -> Column {
    let heading = words_with("column-since-of", &[("name", Value::Bilingual(name))]);
    Column::headed(format!("{key}/since"), Kind::Date, heading)
}
