//! The sequencing of an item as JSON: each element as the manifest has it, for the player's engine.

use roxmltree::Node;
use serde_json::{Map, Value, json};

use super::launch::Sco;
use crate::xml::{attribute, child, children, text};

/// The `imsss:sequencing` of an organization or item. Where it refers to one of the manifest's collection, what that one has
/// and this one lacks is added (SCORM 2004 CAM 5.1.13).
pub(super) fn of(root: Node<'_, '_>, node: Node<'_, '_>) -> Option<Value> {
    let own = child(node, "sequencing")?;
    let mut made = as_json(own);
    let shared = attribute(own, "IDRef").and_then(|reference| {
        let all = child(root, "sequencingCollection")?;
        children(all, "sequencing").find(|it| attribute(*it, "ID") == Some(reference))
    });
    if let (Some(shared), Some(Value::Array(parts))) = (shared, made.get_mut("children")) {
        let has = |name: &str, parts: &[Value]| parts.iter().any(|it| it["name"] == name);
        for part in shared.children().filter(Node::is_element) {
            if !has(part.tag_name().name(), parts) {
                parts.push(as_json(part));
            }
        }
    }
    Some(made)
}

/// An element: `name`, `attributes`, `text`, `children`; the last three where there are any.
pub(super) fn as_json(node: Node<'_, '_>) -> Value {
    let attributes = node.attributes().map(|it| (it.name().to_owned(), it.value().trim().into()));
    let attributes: Map<_, _> = attributes.collect();
    // As deep as the manifest, which is within its limit.
    let parts: Vec<_> = node.children().filter(Node::is_element).map(as_json).collect();
    let mut made = json!({ "name": node.tag_name().name(), "children": parts });
    if !attributes.is_empty() {
        made["attributes"] = attributes.into();
    }
    let text = text(node);
    if !text.is_empty() {
        made["text"] = text.into();
    }
    made
}

/// What sequencing says of the run-time of its SCO (SCORM 2004 RTE 4.2).
pub(super) fn settle(sco: &mut Sco, sequencing: &Value) {
    let part = |of: &Value, name: &str| {
        of["children"].as_array()?.iter().find(|it| it["name"] == name).cloned()
    };
    let is = |value: &Value| matches!(value.as_str(), Some("true" | "1"));
    if let Some(primary) =
        part(sequencing, "objectives").and_then(|it| part(&it, "primaryObjective"))
        && is(&primary["attributes"]["satisfiedByMeasure"])
    {
        let measure = part(&primary, "minNormalizedMeasure");
        let measure = measure.and_then(|it| it["text"].as_str()?.parse::<f64>().ok());
        sco.passing_score = Some(measure.unwrap_or(1.0)).filter(|it| (-1.0..=1.0).contains(it));
    }
    if let Some(limits) = part(sequencing, "limitConditions")
        && let Some(limit) = limits["attributes"]["attemptAbsoluteDurationLimit"].as_str()
    {
        limit.clone_into(&mut sco.max_time_allowed);
    }
    let delivery = part(sequencing, "deliveryControls");
    sco.is_completion_set_by_content =
        delivery.is_some_and(|it| is(&it["attributes"]["completionSetByContent"]));
}
