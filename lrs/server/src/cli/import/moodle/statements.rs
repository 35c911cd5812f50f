//! An attempt as statements of the xAPI SCORM Profile.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Account;
use super::attempt::{Attempt, Members};
use super::elements::{duration, number, response, score};
use package::runtime::INTERACTION_TYPES;
use xapi::instant::Instant;

const VERBS: &str = "http://adlnet.gov/expapi/verbs/";
const ACTIVITIES: &str = "http://adlnet.gov/expapi/activities/";
const PROFILE: &str = "https://w3id.org/xapi/scorm";
/// What of an identifier an IRI takes as it is; as in the pages of `traccia package shim`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A Moodle, and what its accounts are called by.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Without a slash at the end.
    root: String,
    pub(super) account: Account,
}

/// What the statements of one attempt have in common.
struct Telling<'a> {
    site: &'a Site,
    attempt: &'a Attempt,
    module: String,
    sco: String,
    registration: Uuid,
    said: Vec<Value>,
}

impl Site {
    pub(super) fn new(root: &str, account: Account) -> Self {
        Self { root: root.to_owned(), account }
    }

    /// What an attempt says, in the order in which it happened.
    pub(super) fn statements(&self, attempt: &Attempt) -> Vec<Value> {
        let [user, module, sco, number] = attempt.key;
        let module = format!("{}/mod/scorm/view.php?id={module}", self.root);
        let segment = if attempt.identifier.is_empty() {
            sco.to_string()
        } else {
            attempt.identifier.clone()
        };
        let sco = format!("{module}/{}", utf8_percent_encode(&segment, SEGMENT));
        // All SCOs of one attempt of a learner are one registration.
        let registration = named(&[&module, &user.to_string(), &number.to_string()]);
        let mut telling =
            Telling { site: self, attempt, module, sco, registration, said: Vec::new() };
        telling.all();
        telling.said
    }
}

/// The id of what these texts name, the same in every import.
fn named(parts: &[&str]) -> Uuid {
    let text = format!("traccia import moodle-scorm\n{}", parts.join("\n"));
    Uuid::new_v5(&Uuid::NAMESPACE_URL, text.as_bytes())
}

impl Telling<'_> {
    fn all(&mut self) {
        let (attempt, is_12) = (self.attempt, self.attempt.is_12());
        self.say("initialized", attempt.begun(), None, None);
        for interaction in attempt.listed("interactions") {
            self.interaction(&interaction, is_12);
        }
        for objective in attempt.listed("objectives") {
            self.objective(&objective, is_12);
        }
        let base = if is_12 { "cmi.core.score." } else { "cmi.score." };
        let points = score(|name| number(attempt.value(&format!("{base}{name}"))), is_12);
        if let Some(points) = &points {
            let times = ["raw", "scaled"].map(|name| attempt.timed(&format!("{base}{name}")));
            let time = times.into_iter().flatten().map(|(_, time)| time).max();
            self.say("scored", time.unwrap_or(attempt.last), Some(json!({"score": points})), None);
        }
        let result = self.outcome(points, is_12);
        let mut end = result;
        let total = if is_12 { "cmi.core.total_time" } else { "cmi.total_time" };
        if let Some(time) = attempt.value(total).and_then(duration) {
            end.insert("duration".to_owned(), json!(time));
        }
        let exit = attempt.value(if is_12 { "cmi.core.exit" } else { "cmi.exit" });
        let verb = if exit == Some("suspend") { "suspended" } else { "terminated" };
        let result = (!end.is_empty()).then_some(Value::Object(end));
        self.end(verb, attempt.last, result);
    }

    /// Says how the attempt was judged, and gives the result with which it ends.
    fn outcome(&mut self, points: Option<Value>, is_12: bool) -> Map<String, Value> {
        let attempt = self.attempt;
        let status =
            attempt.timed(if is_12 { "cmi.core.lesson_status" } else { "cmi.completion_status" });
        let success = if is_12 { status } else { attempt.timed("cmi.success_status") };
        let mut result = Map::new();
        let judged = success.filter(|(text, _)| matches!(*text, "passed" | "failed"));
        if let Some((text, _)) = judged {
            result.insert("success".to_owned(), json!(text == "passed"));
        }
        let completion = match status.map(|(text, _)| text) {
            Some("completed") => Some(true),
            Some("passed" | "failed") if is_12 => Some(true),
            Some("incomplete") => Some(false),
            _ => None,
        };
        if let Some(completion) = completion {
            result.insert("completion".to_owned(), json!(completion));
        }
        if let Some(points) = points {
            result.insert("score".to_owned(), points);
        }
        let whole = || Some(Value::Object(result.clone()));
        if let Some((verb, time)) = judged {
            self.say(verb, time, whole(), None);
        }
        if let Some((_, time)) = status.filter(|(text, _)| *text == "completed") {
            self.say("completed", time, whole(), None);
        }
        result
    }

    fn interaction(&mut self, one: &Members<'_>, is_12: bool) {
        let value =
            |name: &str| one.get(name).map(|(value, _)| *value).filter(|value| !value.is_empty());
        let said = value(if is_12 { "student_response" } else { "learner_response" });
        let Some(id) = value("id") else { return };
        if said.is_none() && value("result").is_none() {
            return;
        }
        let kind = value("type").filter(|kind| INTERACTION_TYPES.contains(kind));
        let patterns = kind.and_then(|kind| {
            let is_pattern =
                |name: &str| name.starts_with("correct_responses.") && name.ends_with(".pattern");
            let patterns = one.iter().filter(|(name, _)| is_pattern(name));
            let patterns = patterns.map(|(_, (pattern, _))| response(Some(kind), pattern, is_12));
            Some(patterns.collect::<Vec<_>>()).filter(|patterns| !patterns.is_empty())
        });
        let definition = json!({"type": format!("{ACTIVITIES}cmi.interaction")});
        let definition = with(definition, "interactionType", kind.map(|kind| json!(kind)));
        let definition =
            with(definition, "correctResponsesPattern", patterns.map(|all| json!(all)));
        let mut result = Map::new();
        if let Some(said) = said {
            result.insert("response".to_owned(), json!(response(kind, said, is_12)));
        }
        let success = match value("result") {
            Some("correct") => Some(true),
            Some("wrong" | "incorrect") => Some(false),
            _ => None,
        };
        if let Some(success) = success {
            result.insert("success".to_owned(), json!(success));
        } else if let Some(raw) = number(value("result")) {
            result.insert("score".to_owned(), json!({"raw": raw}));
        }
        if let Some(took) = value("latency").and_then(duration) {
            result.insert("duration".to_owned(), json!(took));
        }
        let object = self.part("interactions", id, &definition);
        self.say("responded", latest(one), Some(Value::Object(result)), Some(object));
    }

    fn objective(&mut self, one: &Members<'_>, is_12: bool) {
        let value =
            |name: &str| one.get(name).map(|(value, _)| *value).filter(|value| !value.is_empty());
        let Some(id) = value("id") else { return };
        let object =
            self.part("objectives", id, &json!({"type": format!("{ACTIVITIES}objective")}));
        let points = score(|name| number(value(&format!("score.{name}"))), is_12);
        let success = value(if is_12 { "status" } else { "success_status" });
        let done = value(if is_12 { "status" } else { "completion_status" });
        let mut say = |verb: &str, result: Value| {
            self.say(verb, latest(one), Some(result), Some(object.clone()));
        };
        if let Some(points) = &points {
            say("scored", json!({"score": points}));
        }
        if let Some(verb) = success.filter(|it| matches!(*it, "passed" | "failed")) {
            say(verb, json!({"success": verb == "passed"}));
        }
        if done == Some("completed") {
            say("completed", json!({"completion": true}));
        }
    }

    fn part(&self, list: &str, id: &str, definition: &Value) -> Value {
        let id = format!("{}/{list}/{}", self.sco, utf8_percent_encode(id, SEGMENT));
        json!({"objectType": "Activity", "id": id, "definition": definition})
    }

    /// Adds a statement about a part of the SCO, or about the SCO, whose id is made of all that it says.
    fn say(&mut self, verb: &str, time: i64, result: Option<Value>, object: Option<Value>) {
        let of = object
            .as_ref()
            .and_then(|object| object.get("id"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let told = format!("{time}\n{}", result.as_ref().map(Value::to_string).unwrap_or_default());
        let id = self.id(&[verb, of, &told]);
        self.add(id, verb, time, (result, object));
    }

    /// Adds how the attempt ended so far. There is one such statement, whatever an export says: times of it add up.
    fn end(&mut self, verb: &str, time: i64, result: Option<Value>) {
        let id = self.id(&["end"]);
        self.add(id, verb, time, (result, None));
    }

    fn id(&self, parts: &[&str]) -> Uuid {
        let registration = self.registration.to_string();
        named(&[&[self.sco.as_str(), &registration, &self.attempt.learner], parts].concat())
    }

    fn add(
        &mut self,
        id: Uuid,
        verb: &str,
        time: i64,
        (result, object): (Option<Value>, Option<Value>),
    ) {
        let attempt_id = format!("{}?attemptId={}", self.sco, self.registration);
        let grouping = json!([
            {"id": self.module},
            {"id": attempt_id, "definition": {"type": format!("{ACTIVITIES}attempt")}},
        ]);
        let category =
            json!([{"id": PROFILE, "definition": {"type": format!("{ACTIVITIES}profile")}}]);
        let around = json!({"category": category, "grouping": grouping});
        let around = with(around, "parent", object.as_ref().map(|_| json!([{"id": self.sco}])));
        let title = Some(&self.attempt.title).filter(|title| !title.is_empty());
        let definition = json!({"type": format!("{ACTIVITIES}lesson")});
        let definition = with(definition, "name", title.map(|title| json!({"und": title})));
        let sco = json!({"objectType": "Activity", "id": self.sco, "definition": definition});
        let account = json!({"homePage": self.site.root, "name": self.attempt.learner});
        let statement = json!({
            "id": id,
            "actor": {"objectType": "Agent", "account": account},
            "verb": {"id": format!("{VERBS}{verb}"), "display": {"en": verb}},
            "object": object.unwrap_or(sco),
            "timestamp": Instant::from_micros(time.saturating_mul(1_000_000)).to_string(),
            "context": {
                "registration": self.registration, "platform": "Moodle", "contextActivities": around,
            },
        });
        self.said.push(with(statement, "result", result));
    }
}

/// The object with one member more, where there is one.
fn with(mut object: Value, name: &str, member: Option<Value>) -> Value {
    if let (Some(members), Some(member)) = (object.as_object_mut(), member) {
        members.insert(name.to_owned(), member);
    }
    object
}

/// When the last of these members was written.
fn latest(one: &Members<'_>) -> i64 {
    one.values().map(|(_, time)| *time).max().unwrap_or_default()
}
