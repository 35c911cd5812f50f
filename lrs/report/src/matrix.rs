//! R3: who is where, learner by learner and module by module.

use super::figure;
use super::people;
use super::progress::activity_name;
use super::view::View;
use crate::table::{Cell, Column, Kind, Table};
use course::Words;

/// A row for each learner; for each module, and with `expand` for each activity, how far they are
/// and since which day it has been completed. A module that is not for a learner is empty.
pub fn matrix(view: &View<'_>, expand: bool) -> Table {
    let title = Words::new("Quadro dei partecipanti", "Progress matrix");
    let mut table = view.table("matrix", title, columns(view, expand));
    for member in &view.members {
        let standings = &member.standings;
        let mut row = people::cells(&member.learner);
        for (m, module) in standings.modules.iter().enumerate() {
            if module.applies {
                row.extend([Cell::State(module.state), figure::date(module.since)]);
            } else {
                row.extend([Cell::Empty, Cell::Empty]);
            }
            let activities = view.course.activities().zip(&standings.activities);
            let theirs = activities.filter(|((place, _), _)| expand && place.module == m);
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
        row.extend([
            Cell::State(standings.course.state),
            Cell::Share(figure::four(standings.course.progress)),
            figure::hours_cell(standings.course.online),
            figure::hours_cell(standings.course.presence),
            figure::hours_cell(standings.course.micros()),
            figure::target(view.course.hours()),
            figure::date(standings.last_seen),
        ]);
        table.rows.push(row);
    }
    table
}

fn columns(view: &View<'_>, expand: bool) -> Vec<Column> {
    let mut columns = people::columns();
    for module in view.course.modules() {
        let Words { it, en } = Words::of_title(&module.title);
        columns.push(Column::new(&module.id, Kind::State, &it, &en));
        columns.push(since(&module.id, &it, &en));
        for activity in module.activities.iter().filter(|_| expand) {
            let key = format!("{}/{}", module.id, activity.key);
            let Words { it, en } = activity_name(activity);
            columns.push(Column::new(&key, Kind::State, &it, &en));
            columns.push(Column::new(
                format!("{key}/score"),
                Kind::Score,
                format!("{it}: punteggio"),
                format!("{en}: score"),
            ));
            columns.push(since(&key, &it, &en));
        }
    }
    columns.extend([
        Column::new("state", Kind::State, "Corso", "Course"),
        Column::new("progress", Kind::Share, "Avanzamento", "Progress"),
        Column::new("hours_online", Kind::Hours, "Ore a distanza", "Hours online"),
        Column::new("hours_presence", Kind::Hours, "Ore in presenza", "Hours in presence"),
        Column::new("hours", Kind::Hours, "Ore totali", "Hours"),
        Column::new("target", Kind::Hours, "Ore previste", "Target hours"),
        Column::new("last_seen", Kind::Date, "Ultima attività", "Last seen"),
    ]);
    columns
}

fn since(key: &str, it: &str, en: &str) -> Column {
    Column::new(
        format!("{key}/since"),
        Kind::Date,
        format!("{it}: completato dal"),
        format!("{en}: completed since"),
    )
}
