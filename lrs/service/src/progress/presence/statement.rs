//! The statements that a register writes.

use jiff::{SignedDuration, Zoned};
use serde_json::{Value, json};
use uuid::Uuid;

use super::At;
use crate::keyed;
use crate::progress::error::ProgressError;
use course::{ATTENDED, Identifier, Learner, Presence};
use store::StoreError;
use xapi::authority::Authority;
use xapi::prepare::VOIDED;

/// The `turn`th id of a statement that a register writes: made of what it says, so that the same
/// register sent twice is the same statements, and under the store's `secret`, so that
/// no other sender can work it out before the statement is kept, and keep another statement there or void it.
pub(super) fn id_of(secret: [u8; 32], statement: &Value, turn: u32) -> Uuid {
    let part = |pointer: &str| statement.pointer(pointer).unwrap_or(&Value::Null);
    let parts = ["/actor", "/verb/id", "/object/id", "/timestamp", "/result"].map(part);
    keyed::id_of(secret, "register", &json!([parts, turn]).to_string())
}

/// The statement that voids another one.
pub(super) fn voiding(id: Uuid, authority: &Authority) -> Value {
    json!({
        "actor": authority.agent(),
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": id},
    })
}

impl At<'_> {
    /// The statement of a learner's presence.
    ///
    /// # Errors
    /// [`ProgressError::NoDay`] where the session's day has no instant: the last one of the calendar.
    pub(super) fn attended(
        &self,
        learner: &Learner,
        entry: &Presence,
    ) -> Result<Value, ProgressError> {
        let course = &self.known.course;
        let no_day = || ProgressError::NoDay(self.session.date);
        let begin = self.session.begin(course.zone()).ok_or_else(no_day)?;
        let actor = learner.identifiers.first().map(Identifier::to_agent).ok_or_else(|| {
            StoreError::Corrupt(format!("learner {} has no identifier", learner.id))
        })?;
        let result = json!({"completion": true, "duration": iso_duration(entry.micros)});
        let event = format!("{}/events/{}", course.outline().iri, self.activity.key);
        Ok(json!({
            "actor": with(actor, "name", &learner.name),
            "verb": {"id": ATTENDED, "display": {"it": "ha partecipato a", "en": "attended"}},
            "object": {
                "id": self.session.object,
                "definition": {
                    "type": "http://adlnet.gov/expapi/activities/meeting",
                    "name": self.names(),
                },
            },
            "result": with(result, "response", &entry.note),
            "context": {
                "platform": "Traccia",
                "contextActivities": {
                    "parent": [{"id": event}],
                    "grouping": [
                        {"id": course.outline().iri},
                        {"id": format!("{}/modules/{}", course.outline().iri, self.module.id)},
                    ],
                },
            },
            "timestamp": rfc_3339(&begin),
        }))
    }

    fn names(&self) -> Value {
        let titles = self.activity.title.iter().flat_map(|title| &title.0);
        let place = |title: &String| match self.session.place.as_str() {
            "" => format!("{title}, {}", self.session.date),
            place => format!("{title}, {}, {place}", self.session.date),
        };
        titles.map(|(tag, title)| (tag.clone(), json!(place(title)))).collect()
    }
}

/// `object` with a member that is a text, unless it is empty.
fn with(mut object: Value, key: &str, text: &str) -> Value {
    if let Some(members) = object.as_object_mut().filter(|_| !text.is_empty()) {
        members.insert(key.to_owned(), text.into());
    }
    object
}

fn rfc_3339(instant: &Zoned) -> String {
    format!("{}{}", instant.strftime("%Y-%m-%dT%H:%M:%S"), instant.strftime("%:z"))
}

/// An ISO 8601 duration of hours, minutes and seconds.
fn iso_duration(micros: u64) -> String {
    let micros = i64::try_from(micros).unwrap_or(i64::MAX);
    SignedDuration::from_micros(micros).to_string()
}
