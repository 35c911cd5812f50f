//! From a keyword in a schema to its rule.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::Value;

use super::{BASE, files};
use crate::{
    pointer::tokens,
    rule::{self, Rule},
    rules::{PROPERTY_UNKNOWN, VALUE_TYPE},
};

static SCHEMAS: LazyLock<HashMap<String, Value>> = LazyLock::new(|| {
    let read = |&(name, text): &(&str, &str)| {
        Some((format!("{BASE}{name}"), serde_json::from_str(text).ok()?))
    };
    files().iter().filter_map(read).collect()
});

/// The schema object that holds the keyword at this absolute location.
pub(super) fn holder(location: &str) -> Option<(&'static Value, String)> {
    let (file, pointer) = location.split_once('#')?;
    let pointer = pointer.replace("%24", "$");
    let mut schema = SCHEMAS.get(file)?;
    let mut tokens: Vec<_> = tokens(&pointer).collect();
    // This keyword's errors name the property as well, which is no schema.
    if let Some(end) = tokens.iter().position(|token| token == "dependentRequired") {
        tokens.truncate(end + 1);
    }
    let (keyword, path) = tokens.split_last()?;
    for token in path {
        schema = match schema {
            Value::Array(schemas) => schemas.get(token.parse::<usize>().ok()?)?,
            _ => schema.get(token)?,
        };
    }
    Some((schema, keyword.clone()))
}

/// The rule of a keyword: what `x-rule` says, for all the object's keywords or for this one;
/// otherwise the keyword's usual rule.
pub(super) fn rule_of(schema: &Value, keyword: &str) -> &'static Rule {
    let named = match schema.get("x-rule") {
        Some(Value::String(id)) => Some(id),
        Some(rules) => rules.get(keyword).and_then(|id| match id {
            Value::String(id) => Some(id),
            _ => None,
        }),
        None => None,
    };
    named.and_then(|id| rule::find(id)).unwrap_or_else(|| usual(schema, keyword))
}

fn usual(schema: &Value, keyword: &str) -> &'static Rule {
    let id = match keyword {
        "additionalProperties" => return &PROPERTY_UNKNOWN,
        "format" => schema.get("format").and_then(Value::as_str).unwrap_or_default(),
        "propertyNames" => schema
            .get("propertyNames")
            .and_then(|names| names.get("format"))
            .and_then(Value::as_str)
            .unwrap_or_default(),
        "const" => "object-type",
        _ => "",
    };
    rule::find(id).unwrap_or(&VALUE_TYPE)
}
