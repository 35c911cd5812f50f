//! R8: who was where, and the sheet to sign.

use std::collections::{BTreeMap, BTreeSet};

use course::{
    Activity, ActivityPlace, Bilingual, Entry, Learner, Module, ObjectTime, Replay, Session, Time,
};

use crate::descriptor::{Asked, Needs, Report};
use crate::figure;
use crate::parameter::Parameter;
use crate::people;
use crate::sessions::SessionPlace;
use crate::table::{Cell, Column, Kind, Table};
use crate::view::View;
use crate::words::{Value, activity_kind, activity_name, words, words_with};

/// For each session of each event the people who were there, with their hours and the statements that
/// say so; then, of an event whose sessions are over, those it is for who were at none of them. With
/// `session` the sheet to sign at that session.
pub(crate) static REPORT: Report = Report {
    own: &[Parameter::Session],
    needs: Needs::DetailsAndNotes,
    ..Report::plain(
        "register",
        "(R8) who was where; `session=…` is one session's sheet, to be signed",
        table,
    )
};

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

/// The columns of a sheet on paper.
const SHEET_IN_PRINT: &[&str] =
    &["number", "name", "learner", "body", "role", "office", "arrival", "departure", "signature"];

fn table(asked: &Asked<'_>) -> Table {
    match asked.session {
        Some(session) => sheet(&asked.view, session),
        None => register(asked),
    }
}

fn register(asked: &Asked<'_>) -> Table {
    let Asked { view, details, notes, .. } = asked;
    let mut table = view.table(&REPORT, register_columns());
    table.print = IN_PRINT;
    let cut = view.at.and_then(|day| view.course.end_of(day));
    let replays: Vec<(&Learner, Replay<'_>)> =
        details.iter().map(|it| (&*it.learner, it.replay(view.course, cut))).collect();
    let mut micros = 0;
    let events = view.course.activities_in_modules().filter(|(_, _, activity)| activity.is_event());
    for (place, module, activity) in events {
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
    time: ObjectTime,
    statements: Vec<String>,
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
                *micros = micros.saturating_add(presence.time.in_presence());
                let row = self.row(session, object, learner, Some(presence));
                if !self.view.room.admits(&row) {
                    return;
                }
                table.rows.push(row);
            }
        }
        let last = self.activity.sessions().iter().map(|session| session.date).max();
        if last.is_some_and(|last| last < self.view.day) {
            let is_for = |learner: &Learner| self.module.audience.includes(learner);
            let absent =
                replays.iter().filter(|(it, _)| is_for(it) && !were_there.contains(it.id.as_str()));
            let rows = absent.map(|(it, _)| self.row(None, "", it, None));
            table.rows.extend(rows.take_while(|row| self.view.room.admits(row)));
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
            Cell::bilingual(activity_name(self.activity)),
            Cell::code(&self.activity.kind, activity_kind(&self.activity.kind)),
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
        let Presence { time, statements } = presence.unwrap_or_default();
        let notes = statements.iter().filter_map(|id| self.notes.get(id)).map(String::as_str);
        let note = match notes.collect::<Vec<_>>().join("; ") {
            none if none.is_empty() => Cell::Empty,
            note => Cell::Text(note),
        };
        row.extend([
            Cell::Flag(is_present),
            figure::hours_cell(time.in_presence()),
            note,
            Cell::List(statements.into()),
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
            all.entry(object).or_default().add(entry, time);
        }
    }
    // Leaving alone is no presence.
    all.retain(|_, presence| !presence.statements.is_empty());
    all
}

impl Presence {
    fn add(&mut self, entry: &Entry, time: Time) {
        let is_leave_alone = matches!(time, Time::Leave) && !self.time.is_joined();
        self.time.absorb(entry.timestamp, time);
        if !is_leave_alone {
            self.statements.push(entry.statement.clone());
        }
    }
}

fn register_columns() -> Vec<Column> {
    let mut columns = vec![
        Column::of("module", Kind::Text),
        Column::of("event", Kind::Text),
        Column::of("event_title", Kind::Text),
        Column::of("kind", Kind::Text),
        Column::of("session", Kind::Text),
        Column::of("date", Kind::Date),
        Column::of("place", Kind::Text),
        Column::headed("object", Kind::Text, words("column-object-elsewhere")),
    ];
    columns.extend(people::columns());
    columns.extend([
        Column::of("present", Kind::Flag),
        Column::headed("hours", Kind::Hours, words("column-hours-registered")),
        Column::of("note", Kind::Text),
        Column::of("statements", Kind::Text),
    ]);
    columns
}

/// The sheet to sign at a session: all learners whom the session is for, by name, with room for arrival,
/// departure and signature. It says nothing of who was there: the register without `session` does.
fn sheet(view: &View<'_>, at: SessionPlace<'_>) -> Table {
    let SessionPlace { module, event, session } = at;
    let mut table = view.table(&REPORT, sheet_columns());
    table.title = sheet_title(event, session);
    table.print = SHEET_IN_PRINT;
    let is_for = |learner: &Learner| {
        (session.region.is_empty() || session.region == learner.region)
            && module.audience.includes(learner)
    };
    let mut people: Vec<&Learner> =
        view.members.iter().map(|member| &*member.learner).filter(|it| is_for(it)).collect();
    people.sort_by_key(|learner| (learner.name.to_lowercase(), &learner.id));
    for (n, learner) in people.into_iter().enumerate() {
        let mut row = vec![
            Cell::Text(module.id.clone()),
            Cell::Text(event.key.clone()),
            Cell::Text(session.id.clone()),
            Cell::Date(session.date),
            Cell::Count(n as u64 + 1),
        ];
        row.extend(people::cells(learner));
        row.extend([Cell::Empty, Cell::Empty, Cell::Empty]);
        if !view.room.admits(&row) {
            break;
        }
        table.rows.push(row);
    }
    table
}

fn sheet_columns() -> Vec<Column> {
    let mut columns = vec![
        Column::of("module", Kind::Text),
        Column::of("event", Kind::Text),
        Column::of("session", Kind::Text),
        Column::of("date", Kind::Date),
        Column::of("number", Kind::Count),
    ];
    columns.extend(people::columns());
    columns
        .extend(["arrival", "departure", "signature"].map(|key| Column::of(key, Kind::Signature)));
    columns
}

/// Which session it is, at the head of the sheet.
fn sheet_title(event: &Activity, session: &Session) -> Bilingual {
    let id = if session.place.is_empty() { "sheet-title" } else { "sheet-title-place" };
    let values = [
        ("event", Value::Bilingual(activity_name(event))),
        ("session", Value::Text(session.id.clone())),
        ("day", Value::Day(session.date)),
        ("place", Value::Text(session.place.clone())),
    ];
    words_with(id, &values)
}
