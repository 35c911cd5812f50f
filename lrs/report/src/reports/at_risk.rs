//! R7: whom to call.

use course::{Bilingual, Course, Standings, State};

use crate::descriptor::{Asked, Report};
use crate::figure;
use crate::people;
use crate::risk::{idle_days, is_at_risk, rule};
use crate::table::{Cell, Column, Kind, Table};
use crate::view::Member;
use crate::words::activity_name;

/// Who is at risk, since when they are idle, what they miss, and how to reach them.
pub(crate) static REPORT: Report = Report::plain("at-risk", "(R7) whom to call", table);

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let mut columns = people::columns();
    columns.extend([
        Column::of("contact", Kind::Text),
        Column::of("last_seen", Kind::Date),
        Column::of("days_idle", Kind::Count),
        Column::of("progress", Kind::Share),
        Column::of("hours", Kind::Hours),
        Column::of("missing", Kind::Text),
    ]);
    let mut table = view.table(&REPORT, columns);
    table.notes.push(rule(view.course));
    let at_risk = view.members.iter().filter(|it| is_at_risk(view.course, &it.standings, view.day));
    let mut rows: Vec<(u64, Vec<Cell>)> = at_risk
        .filter_map(|member| {
            let standings = &member.standings;
            // A learner at risk has started, and so was seen.
            let idle = idle_days(standings, view.day)?;
            let mut row = people::cells(&member.learner);
            row.extend([
                people::contact(&member.learner, &view.unseen),
                figure::date(standings.last_seen),
                Cell::Count(idle),
                Cell::Share(figure::four(standings.course.progress)),
                figure::hours_cell(standings.course.micros()),
                Cell::Names(missing(view.course, member).into()),
            ]);
            Some((idle, row))
        })
        .take_while(|(_, row)| view.room.admits(row))
        .collect();
    // The longest idle first; otherwise as in the list.
    rows.sort_by_key(|(idle, _)| std::cmp::Reverse(*idle));
    table.rows.extend(rows.into_iter().map(|(_, row)| row));
    table
}

/// The activities that are for the learner, in modules not completed, and not fulfilled.
fn missing(course: &Course, member: &Member) -> Vec<Bilingual> {
    let Standings { modules, activities, .. } = &*member.standings;
    let open = course.activities().zip(activities).filter(|((place, _), standing)| {
        let module = modules.get(place.module);
        module.is_some_and(|it| it.applies && it.state != State::Completed)
            && standing.state != State::Completed
    });
    open.map(|((_, activity), _)| activity_name(activity)).collect()
}
