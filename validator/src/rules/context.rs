//! What a context may say about which kind of object.

use serde_json::Value;

use super::activity::is_activity;
use crate::{
    pointer::Place,
    report::{At, Finding},
    rule::Rule,
};

const ACTIVITY_ONLY: Rule = Rule {
    id: "context-activity-only",
    clause: "xAPI 1.0.3 Data 2.4.6",
    summary: "Only statements about an Activity have a revision or a platform.",
    remedy: "Remove the property, or carry it in the context's extensions.",
};

pub(super) const RULES: [Rule; 1] = [ACTIVITY_ONLY];

pub(super) fn check(statement: &Value, place: Place<'_>, findings: &mut Vec<Finding>) {
    let Some(context) = statement.get("context") else {
        return;
    };
    if statement.get("object").is_none_or(is_activity) {
        return;
    }
    for key in ["revision", "platform"] {
        if context.get(key).is_some() {
            findings.push(Finding {
                rule: &ACTIVITY_ONLY,
                pointer: place.key("context").key(key).pointer(),
                at: At::Key,
                message: format!("`{key}` stands here, but the object is no Activity"),
            });
        }
    }
}
