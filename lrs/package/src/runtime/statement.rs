//! One statement of the xAPI SCORM Profile.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::launch::ScoLaunch;

pub(super) const ACTIVITIES: &str = "http://adlnet.gov/expapi/activities/";
const VERBS: &str = "http://adlnet.gov/expapi/verbs/";
const PROFILE: &str = "https://w3id.org/xapi/scorm";

/// Makes the statements of a SCO in an attempt.
pub(super) struct Speaker<'a> {
    pub(super) launch: &'a ScoLaunch,
    pub(super) session: Uuid,
}

impl Speaker<'_> {
    /// The statement that the learner did `verb` at an instant of milliseconds. `key` tells it from the others of its
    /// session.
    pub(super) fn say(
        &self,
        verb: &str,
        key: &str,
        at: i64,
        result: Map<String, Value>,
        object: Option<Value>,
    ) -> Value {
        let launch = self.launch;
        let iri = launch.sco_iri();
        let sco = activity(&iri, "lesson", &launch.sco.title);
        let attempt = json!({ "id": format!("{iri}?attemptId={}", launch.registration),
            "definition": { "type": format!("{ACTIVITIES}attempt") } });
        let mut around = json!({ "category": [profile()],
            "grouping": [activity(&launch.activity, "course", &launch.title), attempt] });
        if let (Some(_), Value::Object(around)) = (&object, &mut around) {
            around.insert("parent".to_owned(), json!([sco]));
        }
        let name = format!("{}\n{}\n{key}", launch.sco.identifier, self.session);
        let mut made = json!({
            "id": Uuid::new_v5(&launch.registration, name.as_bytes()),
            "actor": launch.actor,
            "verb": verb_of(verb),
            "object": object.unwrap_or(sco),
            "timestamp": instant(at),
            "context": { "registration": launch.registration, "contextActivities": around },
        });
        if let (false, Value::Object(made)) = (result.is_empty(), &mut made) {
            made.insert("result".to_owned(), result.into());
        }
        made
    }
}

/// The SCORM Profile as an activity, which stands in the category of each of its statements.
pub fn profile() -> Value {
    json!({ "id": PROFILE, "definition": { "type": format!("{ACTIVITIES}profile") } })
}

/// A verb of ADL's vocabulary by the last part of its IRI, such as `passed`.
pub fn verb_of(verb: &str) -> Value {
    json!({ "id": format!("{VERBS}{verb}"), "display": { "en": verb } })
}

/// An activity of one of ADL's types, such as `lesson`; without a name where the title is empty.
pub fn activity(id: &str, kind: &str, title: &str) -> Value {
    let kind = format!("{ACTIVITIES}{kind}");
    let definition = if title.is_empty() {
        json!({ "type": kind })
    } else {
        json!({ "type": kind, "name": { "und": title } })
    };
    json!({ "objectType": "Activity", "id": id, "definition": definition })
}

/// RFC 3339 with milliseconds.
pub(super) fn instant(milliseconds: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH))
}
