//! R1 and R7: is the course fine today, and whom to call.

use jiff::civil::Date;

use super::figure;
use super::people;
use super::progress::{activity_name, learner_columns};
use super::small;
use super::view::{Member, View};
use crate::grouping::Grouping;
use crate::table::{Cell, Column, Kind, Table};
use course::Course;
use course::Standings;
use course::State;
use course::Words;

/// How many days a learner has been idle on `day`, if they ever did anything.
fn idle_days(standings: &Standings, day: Date) -> Option<u64> {
    let last = standings.last_seen?;
    u64::try_from(last.until(day).ok()?.get_days()).ok()
}

/// Started, not completed, and idle for as long as the course says.
fn is_at_risk(course: &Course, standings: &Standings, day: Date) -> bool {
    let most = u64::from(course.outline().at_risk_days);
    standings.course.state == State::InProgress
        && idle_days(standings, day).is_some_and(|idle| idle >= most)
}

fn rule(course: &Course) -> Words {
    let days = course.outline().at_risk_days;
    Words::new(
        format!(
            "A rischio: ha iniziato, non ha completato il corso, e non fa nulla da almeno {days} \
             giorni."
        ),
        format!(
            "At risk: has started, has not completed the course, and has done nothing for {days} \
             days or more."
        ),
    )
}

/// The keys of the six numbers and their headings.
const FIGURES: [(&str, &str, &str); 6] = [
    ("enrolled", "Iscritti", "Enrolled"),
    ("started", "Avviati", "Started"),
    ("active_7d", "Attivi negli ultimi 7 giorni", "Active in the last 7 days"),
    ("on_track", "In regola", "On track"),
    ("at_risk", "A rischio", "At risk"),
    ("completed", "Completati", "Completed"),
];

/// The six numbers of a course, each with its change against a week before (R1).
///
/// `enrolled` is the sum of those not started, on track, at risk and completed; `active_7d` did
/// something on the report's day or the six before it.
pub fn glance(view: &View<'_>, week_before: &View<'_>, grouping: &Grouping) -> Table {
    let mut columns = learner_columns(grouping);
    for (key, it, en) in FIGURES {
        columns.push(Column::new(key, Kind::Count, it, en));
        let (it, en) = (format!("{it}, una settimana prima"), format!("{en}, a week before"));
        columns.push(Column::new(format!("{key}_week_before"), Kind::Count, it, en));
    }
    let title = Words::new("Il corso in sintesi", "Course at a glance");
    let mut table = view.table("glance", title, columns);
    table.notes.push(rule(view.course));
    let (now, before) = (numbers(view, grouping), numbers(week_before, grouping));
    let sizes: Vec<(&[String], u64)> =
        now.iter().map(|(place, [enrolled, ..])| (place.as_slice(), *enrolled)).collect();
    let keys = grouping.of_learners();
    let hide = small::hidden_in(&mut table, view, &keys, &sizes);
    let (mut all, mut all_before) = ([0; 6], [0; 6]);
    for (n, (group, numbers)) in now.into_iter().enumerate() {
        let then = before.iter().find(|(other, _)| *other == group).map(|(_, then)| *then);
        for (sums, figures) in [(&mut all, numbers), (&mut all_before, then.unwrap_or_default())] {
            sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
        }
        let mut row: Vec<Cell> = group.iter().cloned().map(Cell::Text).collect();
        let first = row.len();
        for (now, then) in numbers.into_iter().zip(then.unwrap_or_default()) {
            row.extend([Cell::Count(now), Cell::Count(then)]);
        }
        if hide.get(n) == Some(&true) {
            small::hide(&mut row, first);
        }
        table.rows.push(row);
    }
    let figures = FIGURES.into_iter().zip(all.into_iter().zip(all_before));
    let totals: Vec<(String, Cell)> = figures
        .flat_map(|((key, ..), (now, then))| {
            let figure = |n| small::total(view, &keys, all[0], Cell::Count(n));
            [(key.to_owned(), figure(now)), (format!("{key}_week_before"), figure(then))]
        })
        .collect();
    table.add_up(totals.iter().map(|(key, figure)| (key.as_str(), figure.clone())));
    table
}

fn numbers(view: &View<'_>, grouping: &Grouping) -> Vec<(Vec<String>, [u64; 6])> {
    let keys = grouping.of_learners();
    let mut groups: std::collections::BTreeMap<Vec<String>, [u64; 6]> =
        std::collections::BTreeMap::new();
    if keys.is_empty() {
        groups.insert(Vec::new(), [0; 6]);
    }
    for member in &view.members {
        let group = keys.iter().map(|key| key.of(&member.learner).to_owned()).collect();
        let sum = groups.entry(group).or_default();
        let standings = &member.standings;
        let at_risk = is_at_risk(view.course, standings, view.day);
        let state = standings.course.state;
        let facts = [
            true,
            state != State::NotStarted,
            idle_days(standings, view.day).is_some_and(|idle| idle < 7),
            state == State::InProgress && !at_risk,
            at_risk,
            state == State::Completed,
        ];
        for (sum, fact) in sum.iter_mut().zip(facts) {
            *sum += u64::from(fact);
        }
    }
    groups.into_iter().collect()
}

/// Who is at risk, since when they are idle, what they miss, and how to reach them (R7).
pub fn at_risk(view: &View<'_>) -> Table {
    let mut columns = people::columns();
    columns.extend([
        Column::new("contact", Kind::Text, "Contatto", "Contact"),
        Column::new("last_seen", Kind::Date, "Ultima attività", "Last seen"),
        Column::new("days_idle", Kind::Count, "Giorni di inattività", "Days idle"),
        Column::new("progress", Kind::Share, "Avanzamento", "Progress"),
        Column::new("hours", Kind::Hours, "Ore totali", "Hours"),
        Column::new("missing", Kind::Text, "Attività mancanti", "Missing activities"),
    ]);
    let title = Words::new("Persone a rischio di abbandono", "Learners at risk");
    let mut table = view.table("at-risk", title, columns);
    table.notes.push(rule(view.course));
    let at_risk = view.members.iter().filter(|it| is_at_risk(view.course, &it.standings, view.day));
    let mut rows: Vec<(u64, Vec<Cell>)> = at_risk
        .map(|member| {
            let standings = &member.standings;
            let idle = idle_days(standings, view.day).unwrap_or_default();
            let mut row = people::cells(&member.learner);
            row.extend([
                people::contact(&member.learner),
                figure::date(standings.last_seen),
                Cell::Count(idle),
                Cell::Share(figure::four(standings.course.progress)),
                figure::hours_cell(standings.course.micros()),
                Cell::Names(missing(view.course, member)),
            ]);
            (idle, row)
        })
        .collect();
    // The longest idle first; otherwise as in the list.
    rows.sort_by_key(|(idle, _)| std::cmp::Reverse(*idle));
    table.rows.extend(rows.into_iter().map(|(_, row)| row));
    table
}

/// The activities that are for the learner, in modules not completed, and not fulfilled.
fn missing(course: &Course, member: &Member) -> Vec<Words> {
    let Standings { modules, activities, .. } = &member.standings;
    let open = course.activities().zip(activities).filter(|((place, _), standing)| {
        let module = modules.get(place.module);
        module.is_some_and(|it| it.applies && it.state != State::Completed)
            && standing.state != State::Completed
    });
    open.map(|((_, activity), _)| activity_name(activity)).collect()
}
