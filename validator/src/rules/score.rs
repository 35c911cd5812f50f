//! How the numbers of a score stand to each other.

use serde_json::Value;

use crate::{pointer::Place, report::Finding, rule::Rule};

/// Said by the schema.
const SCALED_RANGE: Rule = Rule {
    id: "score-scaled-range",
    clause: "xAPI 1.0.3 Data 2.4.5.1",
    summary: "A scaled score lies between -1 and 1.",
    remedy: "Divide the raw score by the maximum, or send it as raw.",
};

const RAW_RANGE: Rule = Rule {
    id: "score-raw-range",
    clause: "xAPI 1.0.3 Data 2.4.5.1",
    summary: "A raw score lies between min and max.",
    remedy: "Correct the score or its limits, or leave the limits out.",
};

const MIN_BELOW_MAX: Rule = Rule {
    id: "score-min-max",
    clause: "xAPI 1.0.3 Data 2.4.5.1",
    summary: "The lowest possible score is less than the highest.",
    remedy: "Correct min and max, or leave one of them out.",
};

pub(super) const RULES: [Rule; 3] = [SCALED_RANGE, RAW_RANGE, MIN_BELOW_MAX];

pub(super) fn check(statement: &Value, place: Place<'_>, findings: &mut Vec<Finding>) {
    let Some(score) = statement.get("result").and_then(|result| result.get("score")) else {
        return;
    };
    let number = |key| score.get(key).and_then(Value::as_f64);
    let (raw, min, max) = (number("raw"), number("min"), number("max"));
    let at = |key| place.key("result").key("score").key(key).pointer();
    if let (Some(min), Some(max)) = (min, max)
        && min >= max
    {
        let message = format!("min is {min}, max is {max}");
        findings.push(Finding::at_value(&MIN_BELOW_MAX, at("min"), message));
    }
    let Some(raw) = raw else { return };
    for (is_outside, name, limit) in [
        (min.is_some_and(|min| raw < min), "min", min),
        (max.is_some_and(|max| raw > max), "max", max),
    ] {
        if let (true, Some(limit)) = (is_outside, limit) {
            let message = format!("raw is {raw}, {name} is {limit}");
            findings.push(Finding::at_value(&RAW_RANGE, at("raw"), message));
        }
    }
}
