//! The sequencing of an item as JSON: each element as the manifest has it, for the player's engine.

use std::collections::HashMap;

use roxmltree::Node;
use serde_json::{Map, Value};

use super::launch::Sco;
use crate::xml::{attribute, child, text};

/// The `imsss:sequencing` of an organization or item. Where it refers to one of the manifest's `collection`, what that one has
/// and this one lacks is added (SCORM 2004 CAM 5.1.13).
pub(super) fn of(collection: &HashMap<String, Node<'_, '_>>, node: Node<'_, '_>) -> Option<Value> {
    let own = child(node, "sequencing")?;
    let mut made = as_json(own);
    let shared = attribute(own, "IDRef").and_then(|reference| collection.get(reference));
    if let (Some(shared), Some(Value::Array(parts))) = (shared, made.get_mut("children")) {
        // `imsss:objectives` and `adlseq:objectives` are two elements: the namespace counts.
        let has = |part: Node<'_, '_>| {
            own.children().any(|it| it.is_element() && it.tag_name() == part.tag_name())
        };
        let missing = shared.children().filter(Node::is_element).filter(|it| !has(*it));
        parts.extend(missing.map(as_json));
    }
    Some(made)
}

/// An element: `name`, `children`, and `attributes` and `text` where there are any.
pub(super) fn as_json(node: Node<'_, '_>) -> Value {
    let attributes = node.attributes().map(|it| (it.name().to_owned(), it.value().trim().into()));
    let attributes: Map<_, _> = attributes.collect();
    // As deep as the manifest, which is within its limit.
    let parts: Vec<_> = node.children().filter(Node::is_element).map(as_json).collect();
    let text = text(node);
    let mut made = Map::new();
    made.insert("name".to_owned(), node.tag_name().name().into());
    made.insert("children".to_owned(), parts.into());
    if !attributes.is_empty() {
        made.insert("attributes".to_owned(), attributes.into());
    }
    if !text.is_empty() {
        made.insert("text".to_owned(), text.into());
    }
    made.into()
}

/// The primary objective. It is in `imsss:objectives`, beside which `adlseq:objectives` may stand.
fn primary(sequencing: &Value) -> Option<&Value> {
    let parts = sequencing.get("children")?.as_array()?;
    parts.iter().filter(|it| is_named(it, "objectives")).find_map(|it| part(it, "primaryObjective"))
}

/// The first child of this name.
fn part<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    of.get("children")?.as_array()?.iter().find(|it| is_named(it, name))
}

fn is_named(element: &Value, name: &str) -> bool {
    element.get("name").and_then(Value::as_str) == Some(name)
}

fn attribute_of<'a>(element: &'a Value, name: &str) -> Option<&'a str> {
    element.get("attributes")?.get(name)?.as_str()
}

/// What sequencing says of the run-time of its SCO (SCORM 2004 RTE 4.2).
pub(super) fn settle(sco: &mut Sco, sequencing: &Value) {
    let is = |value: Option<&str>| matches!(value, Some("true" | "1"));
    if let Some(primary) = primary(sequencing)
        && is(attribute_of(primary, "satisfiedByMeasure"))
    {
        let measure = part(primary, "minNormalizedMeasure").and_then(|it| it.get("text")?.as_str());
        let measure = measure.and_then(|it| it.parse::<f64>().ok()).unwrap_or(1.0);
        sco.passing_score = Some(measure).filter(|it| (-1.0..=1.0).contains(it));
    }
    let limits = part(sequencing, "limitConditions");
    if let Some(limit) = limits.and_then(|it| attribute_of(it, "attemptAbsoluteDurationLimit")) {
        limit.clone_into(&mut sco.max_time_allowed);
    }
    let delivery = part(sequencing, "deliveryControls");
    sco.is_completion_set_by_content =
        is(delivery.and_then(|it| attribute_of(it, "completionSetByContent")));
}
