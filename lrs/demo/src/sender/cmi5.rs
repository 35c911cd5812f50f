//! cmi5: what the player says before and after, and the package in between, all under one
//! registration and each session under an id of its own.

use serde_json::{Value, json};
use uuid::Uuid;

use super::shape::{ADL, INTERACTION, Outcome, activity, adl, duration, set, statement, verb};

const CMI5: &str = "https://w3id.org/xapi/cmi5/context";

/// One learner's sessions with one assignable unit.
pub(crate) struct Cmi5<'a> {
    pub(crate) actor: Value,
    /// The player's IRI of the unit.
    pub(crate) unit: &'a str,
    /// Its publisher's.
    pub(crate) publisher: &'a str,
    pub(crate) registration: Uuid,
}

impl Cmi5<'_> {
    /// The player started a session.
    pub(crate) fn launched(&self, session: usize, at: i64) -> Value {
        let mut context = self.context(session, &["cmi5"]);
        let extensions = json!({
            format!("{CMI5}/extensions/sessionid"): self.session(session),
            format!("{CMI5}/extensions/launchmode"): "Normal",
            format!("{CMI5}/extensions/moveon"): "CompletedAndPassed",
            format!("{CMI5}/extensions/launchurl"): format!("{}/index.html", self.publisher),
        });
        context = set(context, "extensions", extensions);
        set(self.of_unit(&adl("launched"), at), "context", context)
    }

    pub(crate) fn initialized(&self, session: usize, at: i64) -> Value {
        set(self.of_unit(&adl("initialized"), at), "context", self.context(session, &["cmi5"]))
    }

    /// A question of the package: a statement that cmi5 allows, and does not define.
    pub(crate) fn answered(&self, session: usize, right: bool, at: i64) -> Value {
        let object = json!({
            "id": format!("{}/questions/1", self.publisher),
            "definition": {"name": {"it": "Domanda 1", "en": "Question 1"},
                "type": INTERACTION, "interactionType": "true-false"},
        });
        let said = statement(&self.actor, &adl("answered"), &object, at);
        let said = set(said, "result", json!({"success": right, "response": right.to_string()}));
        set(said, "context", self.context(session, &[]))
    }

    pub(crate) fn completed(&self, session: usize, seconds: i64, at: i64) -> Value {
        let result = json!({"completion": true, "duration": duration(seconds)});
        self.judged("completed", session, result, at)
    }

    pub(crate) fn passed_or_failed(
        &self,
        session: usize,
        outcome: Outcome,
        seconds: i64,
        at: i64,
    ) -> Value {
        let word = if outcome.passed { "passed" } else { "failed" };
        let result = json!({
            "success": outcome.passed,
            "score": outcome.marks(),
            "duration": duration(seconds),
        });
        self.judged(word, session, result, at)
    }

    fn judged(&self, word: &str, session: usize, result: Value, at: i64) -> Value {
        let said = set(self.of_unit(&adl(word), at), "result", result);
        set(said, "context", self.context(session, &["cmi5", "moveon"]))
    }

    pub(crate) fn terminated(&self, session: usize, seconds: i64, at: i64) -> Value {
        let said = self.of_unit(&adl("terminated"), at);
        let said = set(said, "result", json!({"duration": duration(seconds)}));
        set(said, "context", self.context(session, &["cmi5"]))
    }

    /// The player found that the block is done.
    pub(crate) fn satisfied(&self, session: usize, at: i64) -> Value {
        let block = format!("{}/block", self.unit);
        let block = activity(&block, "https://w3id.org/xapi/cmi5/activitytype/block");
        let satisfied = verb("https://w3id.org/xapi/adl/verbs/satisfied", "satisfied");
        let said = statement(&self.actor, &satisfied, &block, at);
        set(said, "context", self.context(session, &["cmi5"]))
    }

    fn of_unit(&self, verb: &Value, at: i64) -> Value {
        let object = activity(self.unit, &format!("{ADL}/activities/lesson"));
        statement(&self.actor, verb, &object, at)
    }

    fn session(&self, n: usize) -> Uuid {
        Uuid::new_v5(&self.registration, &n.to_be_bytes())
    }

    fn context(&self, session: usize, categories: &[&str]) -> Value {
        let category = |name: &&str| json!({"id": format!("{CMI5}/categories/{name}")});
        let mut around = json!({"grouping": [{"id": self.publisher}]});
        if !categories.is_empty() {
            let categories: Vec<Value> = categories.iter().map(category).collect();
            around = set(around, "category", json!(categories));
        }
        json!({
            "registration": self.registration,
            "contextActivities": around,
            "extensions": {format!("{CMI5}/extensions/sessionid"): self.session(session)},
        })
    }
}
