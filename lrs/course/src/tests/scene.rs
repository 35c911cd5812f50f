//! A course and what one learner said, for tests that work a figure out.

use jiff::civil::Date;
use serde_json::{Value, json};

use course::{
    ActivityStanding, ActorProgress, Course, Evidence, Learner, Replay, Standing, Standings,
};

pub(super) const HOUR: u64 = 3_600_000_000;
pub(super) const MINUTE: u64 = 60_000_000;
pub(super) const UNCOMPLETED: &str =
    "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted";

/// A course of these modules; `head` is what stands above them.
pub(super) fn course(head: &str, modules: &str) -> Course {
    let text = format!(
        "id = 'c'\ntitle = {{ it = 'Corso' }}\ntime_zone = 'Europe/Rome'\n{head}\n{modules}"
    );
    Course::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// A module of this id and rule; `rest` is its further keys and its activities.
pub(super) fn module(id: &str, rule: &str, rest: &str) -> String {
    format!("[[module]]\nid = '{id}'\ntitle = {{ it = 'M' }}\ncomplete_when = {rule}\n{rest}\n")
}

/// An activity with this object's IRI and further keys.
pub(super) fn activity(object: &str, rest: &str) -> String {
    format!("[[module.activity]]\nkey = '{object}'\nid = 'https://c.example/{object}'\n{rest}\n")
}

/// Statements of one actor, in the order in which they are stored; made without their voided ones.
#[derive(Clone, Default)]
pub(super) struct Said {
    statements: Vec<(i64, Value)>,
    stored: i64,
}

/// An absolute IRI for the short name of a verb or object.
fn iri(short: &str, of_verb: bool) -> String {
    match short {
        _ if short.contains(':') => short.to_owned(),
        "join" | "leave" => format!("http://activitystrea.ms/schema/1.0/{short}"),
        "satisfied" | "waived" | "abandoned" => format!("https://w3id.org/xapi/adl/verbs/{short}"),
        _ if of_verb => format!("http://adlnet.gov/expapi/verbs/{short}"),
        _ => format!("https://c.example/{short}"),
    }
}

impl Said {
    /// One more statement, at a time such as `2026-05-04T10:00:00Z`.
    pub(super) fn and(self, verb: &str, object: &str, time: &str, result: Value) -> Self {
        self.with(verb, object, time, result, Value::Null)
    }

    /// One more statement with a context.
    pub(super) fn with(
        mut self,
        verb: &str,
        object: &str,
        time: &str,
        result: Value,
        context: Value,
    ) -> Self {
        let mut statement = json!({
            "actor": {"account": {"homePage": "https://m.example", "name": "7"}},
            "verb": {"id": iri(verb, true)},
            "object": {"id": iri(object, false)},
            "timestamp": time,
        });
        for (key, value) in [("result", result), ("context", context)] {
            if !value.is_null() {
                statement[key] = value;
            }
        }
        self.stored += 1;
        self.statements.push((self.stored, statement));
        self
    }

    /// All statements again, under new ids.
    pub(super) fn sent_again(mut self) -> Self {
        for (_, statement) in self.statements.clone() {
            self.stored += 1;
            self.statements.push((self.stored, statement));
        }
        self
    }

    /// The statements without the one at this position: it was voided.
    pub(super) fn without(mut self, position: usize) -> Self {
        self.statements.remove(position);
        self
    }

    /// The document, whatever the order in which the statements come.
    pub(super) fn document(&self, course: &Course) -> ActorProgress {
        let read = |(stored, statement): &(i64, Value)| {
            Evidence::read(statement, &format!("s{stored}"), *stored).unwrap()
        };
        let history: Vec<Evidence> = self.statements.iter().map(read).collect();
        let forth = ActorProgress::rebuild(course, &history);
        let back = ActorProgress::rebuild(course, history.iter().rev());
        assert_eq!(serde_json::to_string(&forth).unwrap(), serde_json::to_string(&back).unwrap());
        forth
    }
}

/// Where a learner stands at the end of a day.
pub(super) fn stand(course: &Course, said: &[&Said], who: &Learner, at: Option<Date>) -> Standings {
    let documents: Vec<ActorProgress> = said.iter().map(|said| said.document(course)).collect();
    let cut = at.map(|day| course.end_of(day).unwrap());
    Replay::new(course, who, &documents).until(cut).standings()
}

/// Where a learner without edition and office stands now.
pub(super) fn now(course: &Course, said: &Said) -> Standings {
    stand(course, &[said], &Learner::default(), None)
}

pub(super) fn first_module(course: &Course, said: &Said) -> Standing {
    now(course, said).modules[0]
}

pub(super) fn first_activity(course: &Course, said: &Said) -> ActivityStanding {
    now(course, said).activities[0]
}

/// A result with this duration alone.
pub(super) fn lasting(duration: &str) -> Value {
    json!({ "duration": duration })
}

/// A result with this scaled score alone.
pub(super) fn scored(scaled: f64) -> Value {
    json!({"score": {"scaled": scaled}})
}
