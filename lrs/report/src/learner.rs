//! R14: one learner's page.

use super::figure;
use super::kind;
use super::people;
use super::progress::activity_name;
use super::unmet::unmet;
use super::view::{Member, View};
use crate::table::{Cell, Column, Kind, Table};
use course::Standings;
use course::State;
use course::Words;
use course::{Activity, Course, hours_of};

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
        table.notes.extend(notes(view, member));
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
            kind::cell(&activity.kind),
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

fn notes(view: &View<'_>, member: &Member) -> Vec<Words> {
    let Standings { course: whole, certified, .. } = &member.standings;
    let course = view.course;
    let (state, hours) = (whole.state.words(), hours_of(whole.micros()));
    let number = figure::number_it;
    let (of_it, of_en) = course.hours().map_or_else(Default::default, |target| {
        (format!(" di {}", number(target)), format!(" of {target}"))
    });
    let mut notes = vec![Words::new(
        format!("Corso: {}; ore: {}{of_it}.", state.it, number(hours)),
        format!("Course: {}; hours: {hours}{of_en}.", state.en),
    )];
    match certified {
        _ if course.outline().certificate.is_none() => {}
        Some(day) => notes.push(Words::new(
            format!("Attestato: requisiti raggiunti dal {}.", figure::day_it(*day)),
            format!("Certificate: earned on {day}."),
        )),
        None => {
            let (it, en): (Vec<_>, Vec<_>) = unmet(course, &member.standings, view.day)
                .into_iter()
                .map(|Words { it, en }| (it, en))
                .unzip();
            notes.push(Words::new(
                format!("Attestato: requisiti non raggiunti. Mancano: {}.", it.join("; ")),
                format!("Certificate: not earned. Missing: {}.", en.join("; ")),
            ));
        }
    }
    notes
}
