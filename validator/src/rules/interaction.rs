//! Interaction Activities: their component lists.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    pointer::Place,
    report::{At, Finding},
    rule::Rule,
};

/// Said by the schema.
const TYPE_REQUIRED: Rule = Rule {
    id: "interaction-type-required",
    clause: "xAPI 1.0.3 Data 2.4.4.1",
    summary: "An Activity with answers or components has an interactionType.",
    remedy: "Add the interactionType.",
};

const COMPONENTS_BY_TYPE: Rule = Rule {
    id: "interaction-components-by-type",
    clause: "xAPI 1.0.3 Data 2.4.4.1",
    summary: "An interaction has only the component lists of its interactionType.",
    remedy: "Use choices for choice and sequencing, scale for likert, source and target for \
             matching, steps for performance.",
};

const COMPONENT_IDS_DISTINCT: Rule = Rule {
    id: "interaction-component-ids",
    clause: "xAPI 1.0.3 Data 2.4.4.1",
    summary: "The components of a list have distinct ids.",
    remedy: "Give each component of the list an id of its own.",
};

pub(super) const RULES: [Rule; 3] = [TYPE_REQUIRED, COMPONENTS_BY_TYPE, COMPONENT_IDS_DISTINCT];

const LISTS: [&str; 5] = ["choices", "scale", "source", "target", "steps"];

pub(super) fn check(activity: &Value, place: Place<'_>, findings: &mut Vec<Finding>) {
    let Some(definition) = activity.get("definition") else {
        return;
    };
    let Some(kind) = definition.get("interactionType").and_then(Value::as_str) else {
        return;
    };
    let place = place.key("definition");
    for list in LISTS {
        let Some(components) = definition.get(list) else {
            continue;
        };
        let place = place.key(list);
        if !allowed(kind).contains(&list) {
            findings.push(Finding {
                rule: &COMPONENTS_BY_TYPE,
                pointer: place.pointer(),
                at: At::Key,
                message: format!("an interaction of this type has no `{list}`"),
            });
        }
        check_ids(components, place, findings);
    }
}

/// The lists of an interaction type; all of them when the type itself is wrong.
fn allowed(kind: &str) -> &'static [&'static str] {
    match kind {
        "choice" | "sequencing" => &["choices"],
        "likert" => &["scale"],
        "matching" => &["source", "target"],
        "performance" => &["steps"],
        "true-false" | "fill-in" | "long-fill-in" | "numeric" | "other" => &[],
        _ => &LISTS,
    }
}

fn check_ids(components: &Value, place: Place<'_>, findings: &mut Vec<Finding>) {
    let Some(components) = components.as_array() else {
        return;
    };
    let mut seen = HashSet::new();
    for (index, component) in components.iter().enumerate() {
        let Some(id) = component.get("id").and_then(Value::as_str) else {
            continue;
        };
        if !seen.insert(id) {
            let pointer = place.index(index).key("id").pointer();
            let message = "an earlier component of this list has the same id".to_owned();
            findings.push(Finding::at_value(&COMPONENT_IDS_DISTINCT, pointer, message));
        }
    }
}
