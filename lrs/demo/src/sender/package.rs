//! Packages that send statements by themselves: SCORM by its profile, and surveys.

use serde_json::{Value, json};

use super::shape::{ADL, INTERACTION, Outcome, activity, adl, duration, set, statement};

/// One learner's way through one package.
pub(crate) struct Package<'a> {
    pub(crate) actor: Value,
    /// The IRI of its SCO.
    pub(crate) object: &'a str,
    /// The IRI of the course that it is part of.
    pub(crate) course: &'a str,
    /// Tells this learner's attempts apart from others'.
    pub(crate) attempt: String,
}

impl Package<'_> {
    /// A session began: the first of an attempt, or one that goes on with it.
    pub(crate) fn opened(&self, first: bool, at: i64) -> Value {
        self.of_sco(if first { "initialized" } else { "resumed" }, at)
    }

    /// A session ended before the package was done.
    pub(crate) fn suspended(&self, seconds: i64, at: i64) -> Value {
        let result = json!({"completion": false, "duration": duration(seconds)});
        set(self.of_sco("suspended", at), "result", result)
    }

    /// The session that finished the package ended.
    pub(crate) fn terminated(&self, outcome: Outcome, seconds: i64, at: i64) -> Value {
        let result = json!({
            "completion": true,
            "success": outcome.passed,
            "score": outcome.marks(),
            "duration": duration(seconds),
        });
        set(self.of_sco("terminated", at), "result", result)
    }

    /// An answer to a question in it.
    pub(crate) fn responded(&self, question: u8, right: bool, at: i64) -> Value {
        let object = json!({
            "id": format!("{}/interactions/q{question}", self.object),
            "definition": {"description": {"it": format!("Domanda {question}")},
                "type": INTERACTION, "interactionType": "choice", "choices": [
                {"id": "a", "description": {"it": "A"}}, {"id": "b", "description": {"it": "B"}},
            ], "correctResponsesPattern": ["a"]},
        });
        let parent = activity(self.object, &format!("{ADL}/activities/lesson"));
        let said = statement(&self.actor, &adl("responded"), &object, at);
        let response = if right { "a" } else { "b" };
        let said = set(said, "result", json!({"response": response, "success": right}));
        set(said, "context", self.context(Some(&parent)))
    }

    /// A survey was filled in, with a figure for what it asks.
    pub(crate) fn surveyed(&self, outcome: Outcome, seconds: i64, at: i64) -> Value {
        let object = activity(self.object, "http://id.tincanapi.com/activitytype/survey");
        let result = json!({
            "completion": true,
            "score": {"scaled": outcome.scaled()},
            "duration": duration(seconds),
        });
        let said = set(statement(&self.actor, &adl("completed"), &object, at), "result", result);
        let course = activity(self.course, &format!("{ADL}/activities/course"));
        set(said, "context", json!({"contextActivities": {"grouping": [course]}}))
    }

    fn of_sco(&self, word: &str, at: i64) -> Value {
        let object = activity(self.object, &format!("{ADL}/activities/lesson"));
        set(statement(&self.actor, &adl(word), &object, at), "context", self.context(None))
    }

    fn context(&self, parent: Option<&Value>) -> Value {
        let kind = |name: &str| format!("{ADL}/activities/{name}");
        let attempt = format!("{}?attemptId={}", self.object, self.attempt);
        let mut around = json!({
            "grouping": [activity(self.course, &kind("course")), activity(&attempt, &kind("attempt"))],
            "category": [activity("https://w3id.org/xapi/scorm", &kind("profile"))],
        });
        if let Some(parent) = parent {
            around = set(around, "parent", json!([parent]));
        }
        json!({"contextActivities": around})
    }
}
