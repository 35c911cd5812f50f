//! An attempt as statements of the xAPI SCORM Profile.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Account;
use super::attempt::{Attempt, Members};
use package::runtime::{
    Outcome, activity, duration, interaction, part_iri, profile, sco_iri, score, tree, verb_of,
};
use xapi::instant::Instant;

const ACTIVITIES: &str = "http://adlnet.gov/expapi/activities/";

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
        let sco = sco_iri(&module, &segment);
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
        for one in attempt.listed("interactions") {
            let said = interaction(&self.sco, is_12, &model(&one));
            if let Some((result, object)) = said {
                self.say("responded", latest(&one), Some(result.into()), Some(object));
            }
        }
        for objective in attempt.listed("objectives") {
            self.objective(&objective, is_12);
        }
        let outcome = Outcome::of(is_12, &attempt.cmi());
        if let Some(points) = &outcome.score {
            let base = if is_12 { "cmi.core.score." } else { "cmi.score." };
            let times = ["raw", "scaled"].map(|name| attempt.timed(&format!("{base}{name}")));
            let time = times.into_iter().flatten().map(|(_, time)| time).max();
            let result = Some(json!({ "score": points }));
            self.say("scored", time.unwrap_or(attempt.last), result, None);
        }
        self.judged(&outcome, is_12);
        let mut end = outcome.result();
        let total = if is_12 { "cmi.core.total_time" } else { "cmi.total_time" };
        if let Some(time) = attempt.value(total).and_then(duration) {
            end.insert("duration".to_owned(), json!(time));
        }
        let exit = attempt.value(if is_12 { "cmi.core.exit" } else { "cmi.exit" });
        let verb = if exit == Some("suspend") { "suspended" } else { "terminated" };
        let result = (!end.is_empty()).then_some(Value::Object(end));
        self.end(verb, attempt.last, result);
    }

    /// Says how the attempt was judged.
    fn judged(&mut self, outcome: &Outcome, is_12: bool) {
        let attempt = self.attempt;
        let [status, success] = if is_12 {
            ["cmi.core.lesson_status"; 2]
        } else {
            ["cmi.completion_status", "cmi.success_status"]
        };
        let whole = || Some(Value::Object(outcome.clone().result()));
        if let (Some(success), Some((_, time))) = (outcome.success, attempt.timed(success)) {
            self.say(if success { "passed" } else { "failed" }, time, whole(), None);
        }
        if let Some((_, time)) = attempt.timed(status).filter(|(text, _)| *text == "completed") {
            self.say("completed", time, whole(), None);
        }
    }

    fn objective(&mut self, one: &Members<'_>, is_12: bool) {
        let model = model(one);
        let value =
            |name: &str| model.get(name).and_then(Value::as_str).filter(|it| !it.is_empty());
        let Some(id) = value("id") else { return };
        let object = activity(&part_iri(&self.sco, "objectives", id), "objective", "");
        let success = value(if is_12 { "status" } else { "success_status" });
        let done = value(if is_12 { "status" } else { "completion_status" });
        let mut say = |verb: &str, result: Value| {
            self.say(verb, latest(one), Some(result), Some(object.clone()));
        };
        if let Some(points) = score(model.get("score"), is_12) {
            say("scored", json!({ "score": points }));
        }
        if let Some(verb) = success.filter(|it| matches!(*it, "passed" | "failed")) {
            say(verb, json!({"success": verb == "passed"}));
        }
        if done == Some("completed") {
            say("completed", json!({"completion": true}));
        }
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
        let around = json!({"category": [profile()], "grouping": grouping});
        let around = with(around, "parent", object.as_ref().map(|_| json!([{"id": self.sco}])));
        let sco = activity(&self.sco, "lesson", &self.attempt.title);
        let account = json!({"homePage": self.site.root, "name": self.attempt.learner});
        let statement = json!({
            "id": id,
            "actor": {"objectType": "Agent", "account": account},
            "verb": verb_of(verb),
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

/// The members of an interaction or objective as the run-time has them.
fn model(one: &Members<'_>) -> Map<String, Value> {
    tree(one.iter().map(|(name, (value, _))| (*name, *value)))
}

/// When the last of these members was written.
fn latest(one: &Members<'_>) -> i64 {
    one.values().map(|(_, time)| *time).max().unwrap_or_default()
}
