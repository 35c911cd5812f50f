//! The statements that a register writes.

use jiff::{SignedDuration, Zoned};
use serde_json::{Value, json};
use uuid::Uuid;

use super::At;
use crate::course::{ATTENDED, Identifier, Learner, RegisterEntry};
use crate::xapi::authority::Authority;
use crate::xapi::prepare::VOIDED;

/// Under which the ids of a register's statements are made, so that the same register sent twice
/// is the same statements.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_0a52_93f4_4d0e_8b7a_5d0c_8e21_74b3);

/// The id of a learner's presence, told for the `turn`th time: a presence that was voided and is
/// told again is another statement.
pub(super) fn presence_id(statement: &Value, turn: u32) -> Uuid {
    let part = |pointer: &str| statement.pointer(pointer).unwrap_or(&Value::Null);
    let parts = ["/actor", "/object/id", "/timestamp", "/result"].map(part);
    Uuid::new_v5(&NAMESPACE, json!([parts, turn]).to_string().as_bytes())
}

/// The statement that voids another one; always the same one.
pub(super) fn voiding(id: Uuid, authority: &Authority) -> Value {
    json!({
        "id": Uuid::new_v5(&NAMESPACE, id.as_bytes()),
        "actor": authority.agent(),
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": id},
    })
}

impl At<'_> {
    /// The statement of a learner's presence.
    pub(super) fn attended(&self, learner: &Learner, entry: &RegisterEntry) -> Value {
        let course = &self.known.course;
        let begin = self.session.begin(course.zone()).unwrap_or_default();
        let actor = learner.identifiers.first().map(Identifier::to_agent).unwrap_or_default();
        let result = json!({"completion": true, "duration": iso_duration(entry.micros)});
        let event = format!("{}/events/{}", course.outline().iri, self.activity.key);
        json!({
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
        })
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
