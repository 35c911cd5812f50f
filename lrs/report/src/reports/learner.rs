//! R14: one learner's page.

use course::{Activity, Bilingual, Course, Standings, State, hours_of};

use crate::certificate::unmet;
use crate::descriptor::{Asked, Report};
use crate::figure;
use crate::parameter::Parameter;
use crate::people;
use crate::table::{Cell, Column, Kind, Table};
use crate::view::{Member, View};
use crate::words::{Value, activity_kind, activity_name, joined, state, words, words_with};

/// Module by module and activity by activity: how far, how well, for how many hours, and what is
/// next. The notes say how the course as a whole and the certificate stand.
pub(crate) static REPORT: Report = Report {
    required: &[Parameter::Learner],
    ..Report::plain("learner", "(R14) one learner's page", table)
};

fn table(asked: &Asked<'_>) -> Table {
    let view = &asked.view;
    let mut table = view.table(&REPORT, columns());
    for member in &view.members {
        table.notes.extend(notes(view, member));
        add_rows(view.course, member, &mut table);
    }
    table
}

fn columns() -> Vec<Column> {
    let mut columns = people::columns();
    columns.extend([
        Column::of("module", Kind::Text),
        Column::of("module_title", Kind::Text),
        Column::of("activity", Kind::Text),
        Column::of("activity_title", Kind::Text),
        Column::of("kind", Kind::Text),
        Column::of("state", Kind::State),
        Column::of("since", Kind::Date),
        Column::headed("passed", Kind::Flag, words("column-passed-learner")),
        Column::of("score", Kind::Score),
        Column::of("attempts", Kind::Count),
        Column::headed("hours", Kind::Hours, words("column-hours-plain")),
        Column::of("next", Kind::Flag),
    ]);
    columns
}

fn add_rows(course: &Course, member: &Member, table: &mut Table) {
    let Standings { modules, activities, .. } = &*member.standings;
    let mut next_is_named = false;
    for ((place, module, activity), standing) in course.activities_in_modules().zip(activities) {
        let Some(of_module) = modules.get(place.module).filter(|it| it.applies) else { continue };
        let is_open = of_module.state != State::Completed
            && standing.state != State::Completed
            && is_ready(course, &member.standings, place.module, activity);
        let is_next = is_open && !next_is_named;
        next_is_named |= is_next;
        let mut row = people::cells(&member.learner);
        row.extend([
            Cell::Text(module.id.clone()),
            Cell::bilingual(Bilingual::of_title(&module.title)),
            Cell::Text(activity.key.clone()),
            Cell::bilingual(activity_name(activity)),
            Cell::code(&activity.kind, activity_kind(&activity.kind)),
            Cell::State(standing.state),
            figure::date(standing.since),
            figure::flag(standing.success),
            figure::score(standing.score),
            Cell::Count(u64::from(standing.attempts)),
            figure::hours_cell(standing.micros),
            Cell::Flag(is_next),
        ]);
        table.rows.push(row);
    }
}

/// Whether all that must come before an activity is done.
fn is_ready(course: &Course, standings: &Standings, module: usize, activity: &Activity) -> bool {
    let before = |m: &usize| {
        standings.modules.get(*m).is_some_and(|it| !it.applies || it.state == State::Completed)
    };
    let first = course.activities().position(|(place, _)| place.module == module).unwrap_or(0);
    let done = |a: &usize| {
        standings.activities.get(first + a).is_some_and(|it| it.state == State::Completed)
    };
    course.modules().get(module).is_some_and(|module| module.requires.iter().all(before))
        && activity.requires.iter().all(done)
}

fn notes(view: &View<'_>, member: &Member) -> Vec<Bilingual> {
    let Standings { course: whole, certified, .. } = &*member.standings;
    let course = view.course;
    let mut values = vec![
        ("state", Value::Bilingual(state(whole.state))),
        ("hours", Value::Number(hours_of(whole.micros()))),
    ];
    let mut notes = vec![match course.hours() {
        Some(target) => {
            values.push(("target", Value::Number(target)));
            words_with("note-course-target", &values)
        }
        None => words_with("note-course", &values),
    }];
    match certified {
        _ if course.outline().certificate.is_none() => {}
        Some(day) => {
            notes.push(words_with("certificate-earned", &[("day", Value::Day(*day))]));
        }
        None => {
            let missing = joined(&unmet(course, &member.standings, view.day), "; ");
            let missing = [("missing", Value::Bilingual(missing))];
            notes.push(words_with("certificate-not-earned", &missing));
        }
    }
    notes
}
