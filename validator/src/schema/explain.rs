//! What the schema library found, in the words of our rules.

use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;

use super::rule_of::{holder, rule_of};
use crate::{
    pointer::join,
    report::{At, Finding},
    rules::{VALUE_TYPE, json::NULL},
};

/// One finding for each thing the error is about: every unknown property is one of its own.
pub(super) fn findings(error: &ValidationError<'_>) -> Vec<Finding> {
    let location = error.absolute_keyword_location().map(ToString::to_string).unwrap_or_default();
    let place = holder(&location);
    let (schema, keyword) = place.as_ref().map_or((&Value::Null, ""), |(s, k)| (*s, k.as_str()));
    let rule = if place.is_some() { rule_of(schema, keyword) } else { &VALUE_TYPE };
    let pointer = error.instance_path().as_str().to_owned();
    let instance = error.instance().as_ref();
    let at_key = |key: &str, message| {
        let pointer = join(&pointer, key);
        Finding { rule, pointer, at: At::Key, message }
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|key| at_key(key, unknown(schema, key))).collect()
        }
        Kind::PropertyNames { error } => {
            let key = error.instance().as_str().unwrap_or_default().to_owned();
            vec![at_key(&key, format!("`{}` is no {}", shorten(&key), noun(rule.id)))]
        }
        Kind::Not { .. } if rule.id == "sub-statement-property" => {
            let key = crate::pointer::tokens(&pointer).last().unwrap_or_default();
            let message = format!("a SubStatement has no `{key}`");
            vec![Finding { rule, pointer, at: At::Key, message }]
        }
        _ if instance.is_null() => {
            vec![Finding::at_value(&NULL, pointer, "this is null".to_owned())]
        }
        kind => {
            let message = message(kind, instance, &pointer, rule.id);
            vec![Finding::at_value(rule, pointer, message)]
        }
    }
}

fn message(kind: &Kind, instance: &Value, pointer: &str, rule: &str) -> String {
    match kind {
        Kind::Required { property } => {
            format!("`{}` is missing here", property.as_str().unwrap_or_default())
        }
        Kind::Type { kind } => {
            format!("{} was expected, this is {}", wanted(kind), self::kind(instance))
        }
        Kind::Format { .. } => format!("{} is no {}", quote(instance, pointer), noun(rule)),
        Kind::Constant { expected_value } => {
            format!("{expected_value} was expected, this is {}", quote(instance, pointer))
        }
        Kind::Enum { options } => {
            format!("{} is none of {}", quote(instance, pointer), list(options))
        }
        Kind::Minimum { limit } => format!("{instance} is less than {limit}"),
        Kind::Maximum { limit } => format!("{instance} is more than {limit}"),
        Kind::MinItems { .. } | Kind::MaxItems { .. } => {
            format!("there are {} of them", instance.as_array().map_or(0, Vec::len))
        }
        Kind::OneOfMultipleValid { .. } => "there is more than one identifier".to_owned(),
        Kind::OneOfNotValid { .. } => "there is no identifier".to_owned(),
        Kind::Contains => "no member has an account".to_owned(),
        _ if rule == "sub-statement-nested" => "this SubStatement lies within another".to_owned(),
        _ if rule == "authority-anonymous" => "this Group has an identifier".to_owned(),
        _ => "this is not allowed here".to_owned(),
    }
}

/// An unknown property, and the known one it may have been meant for.
fn unknown(schema: &Value, key: &str) -> String {
    let known = schema.get("properties").and_then(Value::as_object);
    let meant = known.and_then(|known| known.keys().find(|name| name.eq_ignore_ascii_case(key)));
    let key = shorten(key);
    match meant {
        Some(meant) => format!("`{key}` is no property of this object; `{meant}` is"),
        None => format!("`{key}` is no property of this object"),
    }
}

/// A value as a message may show it: what lies in an actor can identify a person and is only
/// described, other texts are cut.
fn quote(instance: &Value, pointer: &str) -> String {
    let personal = ["mbox", "mbox_sha1sum", "openid", "account", "name"];
    let is_personal =
        crate::pointer::tokens(pointer).any(|token| personal.contains(&token.as_str()));
    match instance {
        Value::String(text) if is_personal => {
            format!("this text of {} characters", text.chars().count())
        }
        Value::String(text) => format!("`{}`", shorten(text)),
        Value::Bool(_) | Value::Number(_) => instance.to_string(),
        other => kind(other).to_owned(),
    }
}

const SHOWN: usize = 40;

pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn list(options: &Value) -> String {
    let options: Vec<_> =
        options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    options.join(", ")
}

fn noun(rule: &str) -> &'static str {
    match rule {
        "uuid" => "UUID",
        "iri" | "extension-key-iri" => "absolute IRI",
        "language-tag" => "language tag",
        "timestamp" => "ISO 8601 date and time",
        "timestamp-rfc3339" => "RFC 3339 date and time",
        "duration" => "ISO 8601 duration",
        "mailbox" => "mailto: IRI",
        "sha1" => "SHA-1 in hexadecimal",
        "sha2" => "SHA-2 in hexadecimal",
        "media-type" => "media type",
        "version" | "version-2" => "version that is taken here",
        _ => "value that is taken here",
    }
}

/// A JSON value's type with its article.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn wanted(kind: &TypeKind) -> String {
    let name = |kind: JsonType| match kind {
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::Boolean => "a boolean",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
        JsonType::Null => "null",
        JsonType::String => "a string",
    };
    match kind {
        TypeKind::Single(kind) => name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => kinds.iter().map(name).collect::<Vec<_>>().join(" or "),
    }
}
