//! The rules, family by family. Those a schema can say are named there by `x-rule` or by their
//! format; the others are functions here, each beside its rule.

use serde_json::Value;

use crate::{pointer::Place, report::Finding, rule::Rule};

pub(crate) mod json;

mod activity;
mod context;
mod interaction;
mod score;
mod structure;
mod value;
mod voiding;

pub(crate) use structure::{PROPERTY_UNKNOWN, VALUE_TYPE};

/// All rules by family.
pub(crate) fn families() -> [&'static [Rule]; 7] {
    [
        &json::RULES,
        &value::RULES,
        &structure::RULES,
        &score::RULES,
        &interaction::RULES,
        &context::RULES,
        &voiding::RULES,
    ]
}

/// What no schema can say of a statement or of the sub-statement within it. Values of the wrong
/// shape are passed over: the schema has reported them.
pub(crate) fn check(statement: &Value, findings: &mut Vec<Finding>) {
    check_one(statement, Place::Root, findings);
    if let Some(object) = statement.get("object")
        && object.get("objectType").is_some_and(|kind| kind == "SubStatement")
    {
        check_one(object, Place::Root.key("object"), findings);
    }
}

fn check_one(statement: &Value, place: Place<'_>, findings: &mut Vec<Finding>) {
    score::check(statement, place, findings);
    context::check(statement, place, findings);
    voiding::check(statement, place, findings);
    activity::for_each(statement, place, &mut |activity, place| {
        interaction::check(activity, place, findings);
    });
}
