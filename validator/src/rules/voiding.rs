//! Statements that void another.

use serde_json::Value;

use crate::{pointer::Place, report::Finding, rule::Rule};

const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

const OBJECT: Rule = Rule {
    id: "voiding-object",
    clause: "xAPI 1.0.3 Data 2.3.2",
    summary: "What is voided is named by a StatementRef.",
    remedy: "Make the object a StatementRef with the id of the statement to void.",
};

pub(super) const RULES: [Rule; 1] = [OBJECT];

pub(super) fn check(statement: &Value, place: Place<'_>, findings: &mut Vec<Finding>) {
    let Some(object) = statement.get("object") else {
        return;
    };
    let is_voiding =
        statement.get("verb").and_then(|verb| verb.get("id")).is_some_and(|id| id == VOIDED);
    if is_voiding && object.get("objectType").is_none_or(|kind| kind != "StatementRef") {
        let message = "the verb is voided, the object no StatementRef".to_owned();
        findings.push(Finding::at_value(&OBJECT, place.key("object").pointer(), message));
    }
}
