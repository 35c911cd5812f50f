//! R14: one learner's page.

use super::super::model::{Activity, Course};
use super::super::progress::State;
use super::super::standing::Standings;
use super::super::table::{Cell, Column, Kind, Table, Words};
use super::figure;
use super::people;
use super::progress::activity_name;
use super::view::{Member, View};

/// Module by module and activity by activity: how far, how well, for how many hours, and what is
/// next. The notes say how the course as a whole and the certificate stand.
pub fn learner(view: &View<'_>) -> Table {
    let mut columns = people::columns();
    columns.extend([
        Column::new("module", Kind::Text, "Modulo", "Module"),
        Column::new("module_title", Kind::Text, "Titolo del modulo", "Module title"),
        Column::new("activity", Kind::Text, "Attività", "Activity"),
        Column::new("activity_title", Kind::Text, "Titolo dell'attività", "Activity title"),
        Column::new("kind", Kind::Text, "Tipo", "Kind"),
        Column::new("state", Kind::State, "Stato", "State"),
        Column::new("since", Kind::Date, "Completato dal", "Completed since"),
        Column::new("passed", Kind::Flag, "Superato", "Passed"),
        Column::new("score", Kind::Score, "Punteggio", "Score"),
        Column::new("attempts", Kind::Count, "Tentativi", "Attempts"),
        Column::new("hours", Kind::Hours, "Ore", "Hours"),
        Column::new("next", Kind::Flag, "Prossimo passo", "Next step"),
    ]);
    let title = Words::new("Scheda del partecipante", "Learner page");
    let mut table = view.table("learner", title, columns);
    for member in &view.members {
        table.notes.extend(notes(view.course, member));
        add_rows(view.course, member, &mut table);
    }
    table
}

fn add_rows(course: &Course, member: &Member, table: &mut Table) {
    let Standings { modules, activities, .. } = &member.standings;
    let mut next_is_named = false;
    for ((place, activity), standing) in course.activities().zip(activities) {
        let Some((module, _)) = course.at(place) else { continue };
        let Some(of_module) = modules.get(place.module).filter(|it| it.applies) else { continue };
        let is_open = of_module.state != State::Completed
            && standing.state != State::Completed
            && is_ready(course, &member.standings, place.module, activity);
        let is_next = is_open && !next_is_named;
        next_is_named |= is_next;
        let mut row = people::cells(&member.learner);
        row.extend([
            Cell::Text(module.id.clone()),
            Cell::Words(Words::of_title(&module.title)),
            Cell::Text(activity.key.clone()),
            Cell::Words(activity_name(activity)),
            Cell::Text(activity.kind.clone()),
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

fn notes(course: &Course, member: &Member) -> Vec<Words> {
    let Standings { course: whole, certified, .. } = &member.standings;
    let (state, hours) = (whole.state.words(), figure::hours(whole.micros()));
    let of = course.hours().map_or(String::new(), |target| format!(" / {target}"));
    let mut notes = vec![Words::new(
        format!("Corso: {}; ore {hours}{of}.", state.it),
        format!("Course: {}; hours {hours}{of}.", state.en),
    )];
    if course.outline().certificate.is_some() {
        notes.push(certified.map_or_else(
            || Words::new("Attestato: requisiti non ancora raggiunti.", "Certificate: not yet."),
            |day| {
                Words::new(
                    format!("Attestato: requisiti raggiunti dal {day}."),
                    format!("Certificate: earned on {day}."),
                )
            },
        ));
    }
    notes
}
