//! R8 and attendance: who was where, and how the kinds of events are attended.

use std::collections::{BTreeMap, BTreeSet};

use super::figure;
use super::hours::Detail;
use super::kind;
use super::people;
use super::progress::{activity_name, learner_columns};
use super::small;
use super::view::View;
use crate::grouping::Grouping;
use crate::table::{Cell, Column, Kind, Table};
use course::Entry;
use course::Learner;
use course::Replay;
use course::Time;
use course::Words;
use course::{Activity, ActivityPlace, Course, Module, Session};

/// The columns of a register on paper.
const IN_PRINT: &[&str] = &[
    "event_title",
    "session",
    "date",
    "place",
    "name",
    "learner",
    "body",
    "role",
    "present",
    "hours",
    "note",
];

/// The register: for each session of each event the people who were there, with their hours and
/// the statements that say so; then, of an event whose sessions are over, those it is for who were
/// at none of them (R8). `notes` are those of registers, by the ids of their statements.
pub fn register(view: &View<'_>, details: &[Detail], notes: &BTreeMap<String, String>) -> Table {
    let title = Words::new("Registro delle presenze", "Register of presence");
    let mut table = view.table("register", title, register_columns());
    table.print = IN_PRINT;
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let replays: Vec<(&Learner, Replay<'_>)> =
        details.iter().map(|it| (&*it.learner, it.replay(view.course, cut))).collect();
    let mut micros = 0;
    for (place, activity) in view.course.activities().filter(|(_, it)| it.is_event()) {
        let Some((module, _)) = view.course.at(place) else { continue };
        let event = Event { view, notes, module, activity, place };
        event.register(&replays, &mut table, &mut micros);
    }
    table.add_up([("hours", figure::hours_cell(micros))]);
    table
}

struct Event<'a> {
    view: &'a View<'a>,
    notes: &'a BTreeMap<String, String>,
    module: &'a Module,
    activity: &'a Activity,
    place: ActivityPlace,
}

/// A learner's presence on one object.
#[derive(Default)]
struct Presence {
    micros: u64,
    statements: Vec<String>,
    joined: Option<i64>,
}

impl Event<'_> {
    /// Adds the rows of the event, and their time to `micros`.
    fn register(&self, replays: &[(&Learner, Replay<'_>)], table: &mut Table, micros: &mut u64) {
        let mut were_there: BTreeSet<&str> = BTreeSet::new();
        let mut rows: BTreeMap<(usize, &str), Vec<(&Learner, Presence)>> = BTreeMap::new();
        for (learner, replay) in replays {
            for (object, presence) in presences(replay, self.place) {
                were_there.insert(&learner.id);
                let order = self.activity.sessions().iter().position(|it| it.object == object);
                rows.entry((order.unwrap_or(usize::MAX), object))
                    .or_default()
                    .push((learner, presence));
            }
        }
        for ((order, object), people) in rows {
            let session = self.activity.sessions().get(order);
            for (learner, presence) in people {
                *micros = micros.saturating_add(presence.micros);
                table.rows.push(self.row(session, object, learner, Some(presence)));
            }
        }
        let last = self.activity.sessions().iter().map(|session| session.date).max();
        if last.is_some_and(|last| last < self.view.day) {
            let is_for = |learner: &Learner| self.module.audience.includes(learner);
            let absent =
                replays.iter().filter(|(it, _)| is_for(it) && !were_there.contains(it.id.as_str()));
            table.rows.extend(absent.map(|(it, _)| self.row(None, "", it, None)));
        }
    }

    fn row(
        &self,
        session: Option<&Session>,
        object: &str,
        learner: &Learner,
        presence: Option<Presence>,
    ) -> Vec<Cell> {
        let text = |of: fn(&Session) -> &String| {
            session.map_or(Cell::Empty, |session| Cell::Text(of(session).clone()))
        };
        let mut row = vec![
            Cell::Text(self.module.id.clone()),
            Cell::Text(self.activity.key.clone()),
            Cell::Words(activity_name(self.activity)),
            kind::cell(&self.activity.kind),
            text(|session| &session.id),
            session.map_or(Cell::Empty, |session| Cell::Date(session.date)),
            text(|session| &session.place),
            if session.is_none() && !object.is_empty() {
                Cell::Text(object.to_owned())
            } else {
                Cell::Empty
            },
        ];
        row.extend(people::cells(learner));
        let is_present = presence.is_some();
        let Presence { micros, statements, .. } = presence.unwrap_or_default();
        let notes = statements.iter().filter_map(|id| self.notes.get(id)).map(String::as_str);
        let note = match notes.collect::<Vec<_>>().join("; ") {
            none if none.is_empty() => Cell::Empty,
            note => Cell::Text(note),
        };
        row.extend([
            Cell::Flag(is_present),
            figure::hours_cell(micros),
            note,
            Cell::List(statements),
        ]);
        row
    }
}

/// Where on an event a learner was, by object, with the time told.
fn presences<'a>(replay: &Replay<'a>, place: ActivityPlace) -> BTreeMap<&'a str, Presence> {
    let mut all: BTreeMap<&str, Presence> = BTreeMap::new();
    for (object, entry) in replay.steps_on(place).filter_map(|step| step.said) {
        let Some(time) = entry.word.time else { continue };
        if matches!(time, Time::Attended(_) | Time::Join | Time::Leave) {
            all.entry(object).or_default().hear(entry, time);
        }
    }
    // Leaving alone is no presence.
    all.retain(|_, presence| !presence.statements.is_empty());
    all
}

impl Presence {
    fn hear(&mut self, entry: &Entry, time: Time) {
        match time {
            Time::Attended(micros) => self.micros = self.micros.saturating_add(micros),
            Time::Join => self.joined = Some(entry.timestamp),
            _ => {
                let Some(joined) = self.joined.take() else { return };
                let stayed = u64::try_from(entry.timestamp - joined).unwrap_or(0);
                self.micros = self.micros.saturating_add(stayed);
            }
        }
        self.statements.push(entry.statement.clone());
    }
}

fn register_columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("module", Kind::Text, "Modulo", "Module"),
        Column::new("event", Kind::Text, "Evento", "Event"),
        Column::new("event_title", Kind::Text, "Titolo dell'evento", "Event title"),
        Column::new("kind", Kind::Text, "Tipo", "Kind"),
        Column::new("session", Kind::Text, "Edizione dell'evento", "Session"),
        Column::new("date", Kind::Date, "Data", "Date"),
        Column::new("place", Kind::Text, "Luogo", "Place"),
        Column::new("object", Kind::Text, "Altra fonte", "Other source"),
    ];
    columns.extend(people::columns());
    columns.extend([
        Column::new("present", Kind::Flag, "Presente", "Present"),
        Column::new("hours", Kind::Hours, "Ore registrate", "Hours registered"),
        Column::new("note", Kind::Text, "Annotazioni", "Note"),
        Column::new("statements", Kind::Text, "Dichiarazioni xAPI", "Statements"),
    ]);
    columns
}

#[derive(Default)]
struct Attendance<'a> {
    people: BTreeSet<&'a str>,
    attendances: u64,
    micros: u64,
}

/// How each kind of event is attended, by anything: how many sessions were held by the day of the
/// report, how many people came to one at least, how often, for how many hours.
pub fn attendance(view: &View<'_>, grouping: &Grouping) -> Table {
    let keys = grouping.of_learners();
    let kinds = kinds(view.course);
    let mut groups: BTreeMap<(&str, Vec<&str>), Attendance<'_>> = BTreeMap::new();
    let mut enrolled: BTreeMap<Vec<&str>, u64> = BTreeMap::new();
    for member in &view.members {
        let group: Vec<&str> = keys.iter().map(|key| key.of(&member.learner)).collect();
        *enrolled.entry(group.clone()).or_default() += 1;
        for kind in kinds.keys() {
            groups.entry((kind, group.clone())).or_default();
        }
        for ((_, activity), standing) in view.course.activities().zip(&member.standings.activities)
        {
            if activity.is_event() && standing.attended {
                let sum = groups.entry((&activity.kind, group.clone())).or_default();
                sum.people.insert(&member.learner.id);
                sum.attendances += 1;
                sum.micros = sum.micros.saturating_add(standing.micros);
            }
        }
    }
    let mut table = view.table(
        "attendance",
        Words::new("Partecipazione agli eventi", "Attendance at events"),
        attendance_columns(grouping),
    );
    let sizes: Vec<(&[&str], u64)> =
        enrolled.iter().map(|(place, people)| (place.as_slice(), *people)).collect();
    let hide = small::hidden_in(&mut table, view, &keys, &sizes);
    let (mut attendances, mut micros) = (0, 0_u64);
    for ((kind, group), sum) in &groups {
        let Kinds { events, sessions } =
            kinds.get(kind).map(|it| it.held(view)).unwrap_or_default();
        let mut row = vec![kind::cell(kind)];
        row.extend(group.iter().map(|text| Cell::Text((*text).to_owned())));
        let first = row.len();
        row.extend([
            Cell::Count(events),
            Cell::Count(sessions),
            Cell::Count(enrolled.get(group).copied().unwrap_or_default()),
            Cell::Count(sum.people.len() as u64),
            Cell::Count(sum.attendances),
            figure::hours_cell(sum.micros),
        ]);
        attendances += sum.attendances;
        micros = micros.saturating_add(sum.micros);
        let position = enrolled.keys().position(|other| other == group);
        if position.and_then(|at| hide.get(at)) == Some(&true) {
            small::hide(&mut row, first);
        }
        table.rows.push(row);
    }
    let people = enrolled.values().sum();
    table.add_up([
        ("attendances", small::total(view, &keys, people, Cell::Count(attendances))),
        ("hours", small::total(view, &keys, people, figure::hours_cell(micros))),
    ]);
    table
}

fn attendance_columns(grouping: &Grouping) -> Vec<Column> {
    let mut columns = vec![Column::new("kind", Kind::Text, "Tipo di evento", "Kind of event")];
    columns.extend(learner_columns(grouping));
    columns.extend([
        Column::new("events", Kind::Count, "Eventi", "Events"),
        Column::new("sessions", Kind::Count, "Edizioni tenute", "Sessions held"),
        Column::new("enrolled", Kind::Count, "Iscritti", "Enrolled"),
        Column::new("participants", Kind::Count, "Partecipanti", "Participants"),
        Column::new("attendances", Kind::Count, "Presenze", "Attendances"),
        Column::new("hours", Kind::Hours, "Ore", "Hours"),
    ]);
    columns
}

/// How many events there are of a kind, and how many sessions were held.
#[derive(Default)]
struct Kinds {
    events: u64,
    sessions: u64,
}

/// The events of one kind.
#[derive(Default)]
struct OfKind<'a>(Vec<&'a Activity>);

fn kinds(course: &Course) -> BTreeMap<&str, OfKind<'_>> {
    let mut kinds: BTreeMap<&str, OfKind<'_>> = BTreeMap::new();
    for (_, activity) in course.activities().filter(|(_, activity)| activity.is_event()) {
        kinds.entry(&activity.kind).or_default().0.push(activity);
    }
    kinds
}

impl OfKind<'_> {
    fn held(&self, view: &View<'_>) -> Kinds {
        let sessions = self.0.iter().flat_map(|event| event.sessions());
        let held = sessions.filter(|session| session.date <= view.day).count();
        Kinds { events: self.0.len() as u64, sessions: held as u64 }
    }
}

/// Where a register of one session is kept: its event and module.
pub fn session_of<'c>(
    course: &'c Course,
    event: &str,
    session: &str,
) -> Option<(&'c Module, &'c Activity, &'c Session)> {
    let place = course.place_of_key(event)?;
    let (module, activity) = course.at(place)?;
    let session = activity.sessions().iter().find(|it| it.id == session)?;
    Some((module, activity, session))
}
