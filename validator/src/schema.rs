//! The JSON Schemas, and how what they refuse becomes findings.

mod explain;
mod files;
mod rule_of;

use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

pub use files::files;

pub(crate) use explain::{kind, shorten};

use crate::{
    Version,
    json::Size,
    report::{Finding, MOST_VIOLATIONS},
    value,
};

/// Where the schemas live for each other; nothing is fetched.
const BASE: &str = "traccia:///schemas/";

/// All that is wrong is told of a value that holds this many values at most, of others what is
/// wrong first: an error takes a thousand times the memory of a short value.
const EXPLAINED: usize = 20_000;

/// What the schema of the version refuses in a statement, which was read from `text`.
pub(crate) fn statement(version: Version, statement: &Value, text: &str) -> Vec<Finding> {
    static V1: LazyLock<Validator> = LazyLock::new(|| compile("1.0.3/statement.json"));
    static V2: LazyLock<Validator> = LazyLock::new(|| compile("2.0.0/statement.json"));
    findings(if version == Version::V1_0_3 { &V1 } else { &V2 }, statement, text)
}

/// What the schema refuses in an Agent or identified Group; both versions ask for the same.
pub(crate) fn agent(_: Version, agent: &Value, text: &str) -> Vec<Finding> {
    static AGENT: LazyLock<Validator> =
        LazyLock::new(|| compile("1.0.3/actor.json#/$defs/identified"));
    findings(&AGENT, agent, text)
}

fn findings(validator: &Validator, instance: &Value, text: &str) -> Vec<Finding> {
    if validator.is_valid(instance) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = if Size::of(text.as_bytes()).values <= EXPLAINED {
        validator.iter_errors(instance).flat_map(|error| explain::findings(&error)).collect()
    } else {
        let first = validator.validate(instance).err();
        first.iter().flat_map(explain::findings).collect()
    };
    findings.truncate(MOST_VIOLATIONS);
    findings
}

#[expect(clippy::expect_used, reason = "the schemas are part of the program; a test compiles them")]
fn compile(reference: &str) -> Validator {
    let mut registry = Registry::new();
    for (name, text) in files() {
        let schema: Value = serde_json::from_str(text).expect("a schema is JSON");
        registry = registry.add(format!("{BASE}{name}"), schema).expect("a schema has a URI");
    }
    let registry = registry.prepare().expect("the schemas refer to each other");
    jsonschema::options()
        .with_registry(&registry)
        .with_base_uri(format!("{BASE}root.json"))
        .should_validate_formats(true)
        .with_format("uuid", value::is_uuid)
        .with_format("iri", value::is_iri)
        .with_format("language-tag", value::is_language_tag)
        .with_format("timestamp", value::timestamp::is_timestamp)
        .with_format("timestamp-rfc3339", value::timestamp::is_rfc3339)
        .with_format("duration", value::duration::is_duration)
        .with_format("mailbox", value::is_mailbox)
        .with_format("sha1", value::is_sha1)
        .with_format("sha2", value::is_sha2)
        .with_format("media-type", value::is_media_type)
        .with_format("version", value::is_version_1)
        .with_format("version-2", value::is_version_2)
        .build(&json!({ "$ref": reference }))
        .expect("the schemas compile")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::files;
    use crate::rule;

    /// Every name after `x-rule` and every format.
    fn names(schema: &Value, names: &mut Vec<String>) {
        if let Value::Object(keywords) = schema {
            for (keyword, value) in keywords {
                match (keyword.as_str(), value) {
                    ("x-rule" | "format", Value::String(name)) => names.push(name.clone()),
                    ("x-rule", Value::Object(rules)) => {
                        names.extend(rules.values().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => self::names(value, names),
                }
            }
        } else if let Value::Array(schemas) = schema {
            for schema in schemas {
                self::names(schema, names);
            }
        }
    }

    #[test]
    fn every_rule_and_format_that_a_schema_names_exists() {
        for (file, text) in files() {
            let mut found = Vec::new();
            names(&serde_json::from_str(text).unwrap(), &mut found);
            for name in found {
                assert!(rule::find(&name).is_some(), "{file}: {name}");
            }
        }
    }
}
