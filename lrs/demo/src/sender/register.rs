//! Registers of presence, as Traccia writes them, and their corrections.

use serde_json::{Value, json};

use super::shape::{ADL, activity, adl, duration, set, statement};
use course::{Activity, Course, Module, Session};

/// The register of one session.
pub(crate) struct Register<'a> {
    pub(crate) course: &'a Course,
    pub(crate) module: &'a Module,
    pub(crate) event: &'a Activity,
    pub(crate) session: &'a Session,
}

impl Register<'_> {
    /// Somebody was there, for so long.
    pub(crate) fn attended(&self, actor: &Value, seconds: i64, at: i64) -> Value {
        let course = &self.course.outline().iri;
        let object = activity(&self.session.object, &format!("{ADL}/activities/meeting"));
        let said = statement(actor, &adl("attended"), &object, at);
        let result = json!({"completion": true, "duration": duration(seconds)});
        let said = set(said, "result", result);
        set(
            said,
            "context",
            json!({
                "platform": "Traccia",
                "contextActivities": {
                    "parent": [{"id": format!("{course}/events/{}", self.event.key)}],
                    "grouping": [
                        {"id": course},
                        {"id": format!("{course}/modules/{}", self.module.id)},
                    ],
                },
            }),
        )
    }
}

/// The register's keeper takes a statement back.
pub(crate) fn voided(site: &str, id: &Value, at: i64) -> Value {
    let keeper = json!({
        "objectType": "Agent",
        "name": "Segreteria",
        "account": {"homePage": site, "name": "segreteria"},
    });
    let object = json!({"objectType": "StatementRef", "id": id});
    statement(&keeper, &adl("voided"), &object, at)
}
