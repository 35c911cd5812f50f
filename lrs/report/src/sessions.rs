//! The sessions of a course's events, by name.

use course::{Activity, Course, Module, Session};

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
    for (_, module, event) in course.activities_in_modules() {
        let (of, id) = wanted.split_once('/').unwrap_or((&event.key, wanted));
        let sessions = event.sessions().iter().filter(|it| of == event.key && it.id == id);
        found.extend(sessions.map(|session| SessionPlace { module, event, session }));
    }
    found
}

/// The session of this id of the event with this key.
pub fn session_of<'c>(course: &'c Course, event: &str, session: &str) -> Option<SessionPlace<'c>> {
    let (module, event) = course.at(course.place_of_key(event)?)?;
    let session = event.sessions().iter().find(|it| it.id == session)?;
    Some(SessionPlace { module, event, session })
}
