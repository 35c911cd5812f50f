//! The sheet that the people at one session sign.

use super::figure;
use super::people;
use super::progress::activity_name;
use super::view::View;
use crate::table::{Cell, Column, Kind, Table};
use course::Learner;
use course::Words;
use course::{Activity, Course, Module, Session};

/// The columns of a sheet on paper.
const IN_PRINT: &[&str] =
    &["number", "name", "learner", "body", "role", "office", "arrival", "departure", "signature"];

/// A session that a course has, with its event and module.
#[derive(Clone, Copy, Debug)]
pub struct SessionPlace<'c> {
    /// Whom the event is for.
    pub module: &'c Module,
    /// The event.
    pub event: &'c Activity,
    /// The session.
    pub session: &'c Session,
}

/// The sessions that `wanted` names: as `EVENT/SESSION`, or as the id of a session alone, which
/// several events may use.
pub fn sessions_named<'c>(course: &'c Course, wanted: &str) -> Vec<SessionPlace<'c>> {
    let mut found = Vec::new();
    for (place, event) in course.activities() {
        let Some((module, _)) = course.at(place) else { continue };
        let (of, id) = wanted.split_once('/').unwrap_or((&event.key, wanted));
        let sessions = event.sessions().iter().filter(|it| of == event.key && it.id == id);
        found.extend(sessions.map(|session| SessionPlace { module, event, session }));
    }
    found
}

/// The sheet to sign at a session (R8): everybody it is for, by name, with room for arrival,
/// departure and signature. It says nothing of who was there: the register without `session` does.
pub fn sheet(view: &View<'_>, at: SessionPlace<'_>) -> Table {
    let SessionPlace { module, event, session } = at;
    let mut table = view.table("register", title(event, session), columns());
    table.print = IN_PRINT;
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
        table.rows.push(row);
    }
    table
}

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("module", Kind::Text, "Modulo", "Module"),
        Column::new("event", Kind::Text, "Evento", "Event"),
        Column::new("session", Kind::Text, "Edizione dell'evento", "Session"),
        Column::new("date", Kind::Date, "Data", "Date"),
        Column::new("number", Kind::Count, "N.", "No."),
    ];
    columns.extend(people::columns());
    columns.extend([
        Column::new("arrival", Kind::Signature, "Ora di arrivo", "Arrival"),
        Column::new("departure", Kind::Signature, "Ora di uscita", "Departure"),
        Column::new("signature", Kind::Signature, "Firma", "Signature"),
    ]);
    columns
}

/// Which session it is, at the head of the sheet.
fn title(event: &Activity, session: &Session) -> Words {
    let name = activity_name(event);
    let place = |it: &str| match session.place.as_str() {
        "" => String::new(),
        place => format!("; {it}: {place}"),
    };
    Words::new(
        format!(
            "Foglio firme: {}, {}, {}{}",
            name.it,
            session.id,
            figure::day_it(session.date),
            place("luogo")
        ),
        format!(
            "Attendance sheet: {}, {}, {}{}",
            name.en,
            session.id,
            session.date,
            place("place")
        ),
    )
}
