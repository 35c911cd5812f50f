//! The shapes of statements that Moodle's xAPI log store and SCORM players send.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::people::Person;

const ADL: &str = "http://adlnet.gov/expapi";

/// A site with its course, as it appears in statements.
pub(super) struct Player {
    home_page: String,
    course: String,
}

/// What a Moodle module's completion turns into.
#[derive(Clone, Copy)]
pub(super) enum Completion {
    /// Ticked off, or a condition reached that knows no grade.
    Done,
    /// Reached with a grade that passes or fails.
    Graded(bool),
    /// Taken back.
    Undone,
}

/// How a SCORM session ended.
pub(super) struct Session {
    /// Its length in seconds.
    pub(super) seconds: i64,
    /// Completion and scaled score in hundredths, for the session that finishes the package;
    /// without it the session is suspended.
    pub(super) finished_with: Option<u8>,
}

impl Player {
    pub(super) fn of(course: &str, home_page: &str) -> Self {
        Self { home_page: home_page.to_owned(), course: course.to_owned() }
    }

    pub(super) fn home_page(&self) -> &str {
        &self.home_page
    }

    /// The `n`th statement of a person: the id says which, in which cohort of which course.
    pub(super) fn id(&self, seed: u64, person: &Person, n: usize) -> String {
        let name = format!("{}/demo/{}/{seed}/{}/{n}", self.home_page, self.course, person.number);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes()).to_string()
    }

    /// Moodle: somebody opened a module.
    pub(super) fn viewed(&self, person: &Person, object: &str, at: i64) -> Value {
        let verb = verb("http://id.tincanapi.com/verb/viewed", "viewed");
        self.of_moodle(person, &verb, object, at)
    }

    /// Moodle: a module's completion changed.
    pub(super) fn completion(
        &self,
        person: &Person,
        object: &str,
        at: i64,
        completion: Completion,
    ) -> Value {
        let (verb, result) = match completion {
            Completion::Done => (adl("completed"), json!({"completion": true})),
            Completion::Graded(passed) => {
                (adl("completed"), json!({"completion": true, "success": passed}))
            }
            Completion::Undone => (
                verb(
                    "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted",
                    "uncompleted",
                ),
                json!({"completion": false}),
            ),
        };
        with(self.of_moodle(person, &verb, object, at), "result", result)
    }

    /// SCORM profile: a session began.
    pub(super) fn initialized(&self, person: &Person, object: &str, at: i64) -> Value {
        self.of_scorm(person, &adl("initialized"), object, at)
    }

    /// SCORM profile: a session ended.
    pub(super) fn ended(&self, person: &Person, object: &str, at: i64, session: &Session) -> Value {
        let duration = format!("PT{}M{}S", session.seconds / 60, session.seconds % 60);
        let (verb, result) = match session.finished_with {
            None => (adl("suspended"), json!({"completion": false, "duration": duration})),
            Some(score) => {
                let scaled = f64::from(score) / 100.0;
                let score = json!({"scaled": scaled, "raw": score, "min": 0, "max": 100});
                let result = json!({
                    "completion": true, "success": scaled >= 0.6, "score": score, "duration": duration,
                });
                (adl("terminated"), result)
            }
        };
        with(self.of_scorm(person, &verb, object, at), "result", result)
    }

    fn of_moodle(&self, person: &Person, verb: &Value, object: &str, at: i64) -> Value {
        let site = json!({
            "id": self.home_page,
            "definition": {"type": "http://id.tincanapi.com/activitytype/lms"},
        });
        json!({
            "actor": self.account(person),
            "verb": verb,
            "object": {"id": object, "definition": {"type": format!("{ADL}/activities/module")}},
            "timestamp": timestamp(at),
            "context": {
                "platform": "Moodle",
                "language": "it",
                "contextActivities": {"parent": [self.course()], "category": [site]},
            },
        })
    }

    /// Some packages name learners by address: the same people under another identifier.
    fn of_scorm(&self, person: &Person, verb: &Value, object: &str, at: i64) -> Value {
        let profile = json!({
            "id": "https://w3id.org/xapi/scorm",
            "definition": {"type": format!("{ADL}/activities/profile")},
        });
        let actor = if person.number.is_multiple_of(6) {
            json!({"name": person.name, "mbox": person.mbox})
        } else {
            self.account(person)
        };
        json!({
            "actor": actor,
            "verb": verb,
            "object": {"id": object, "definition": {"type": format!("{ADL}/activities/lesson")}},
            "timestamp": timestamp(at),
            "context": {
                "contextActivities": {"grouping": [self.course()], "category": [profile]},
            },
        })
    }

    fn account(&self, person: &Person) -> Value {
        json!({
            "name": person.name,
            "account": {"homePage": self.home_page, "name": person.number.to_string()},
        })
    }

    fn course(&self) -> Value {
        json!({
            "id": format!("{}/course/view.php?id=12", self.home_page),
            "definition": {"type": "https://w3id.org/xapi/cmi5/activitytype/course"},
        })
    }
}

fn adl(name: &str) -> Value {
    verb(&format!("{ADL}/verbs/{name}"), name)
}

fn verb(id: &str, name: &str) -> Value {
    json!({"id": id, "display": {"en": name}})
}

fn with(mut statement: Value, key: &str, value: Value) -> Value {
    if let Some(members) = statement.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
    statement
}

/// Seconds since 1970 as both players write them: UTC, with milliseconds.
fn timestamp(at: i64) -> String {
    let instant = Timestamp::from_second(at).unwrap_or_default();
    format!("{instant:.3}")
}
