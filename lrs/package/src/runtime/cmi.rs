//! The data model as JSON: objects, texts, and collections by index, written as objects (`"0"`) or as lists.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

/// The text at a path of names; empty where there is none.
pub(super) fn text<'a>(cmi: &'a Map<String, Value>, path: &[&str]) -> &'a str {
    let Some((first, rest)) = path.split_first() else { return "" };
    let found = rest.iter().try_fold(cmi.get(*first), |value, name| Some(value?.get(*name)));
    found.flatten().and_then(Value::as_str).unwrap_or_default()
}

/// A text or number as text.
pub(super) fn written(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The entries of a collection by index, in the order of their indexes.
pub(super) fn entries(collection: Option<&Value>) -> Vec<(usize, &Map<String, Value>)> {
    let mut entries: Vec<_> = match collection {
        Some(Value::Object(by_index)) => by_index
            .iter()
            .filter_map(|(index, value)| Some((index.parse().ok()?, value.as_object()?)))
            .collect(),
        Some(Value::Array(list)) => {
            let objects = list.iter().enumerate();
            objects.filter_map(|(index, value)| Some((index, value.as_object()?))).collect()
        }
        _ => Vec::new(),
    };
    entries.sort_by_key(|(index, _)| *index);
    entries
}

/// A data model of names with dots, such as `core.lesson_status` or `interactions.0.id`, and their values.
pub fn tree<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
    let mut cmi = Map::new();
    for (name, value) in values {
        set(&mut cmi, &name.split('.').collect::<Vec<_>>(), value);
    }
    cmi
}

/// Sets a text below an object, which is made where it is missing.
pub(super) fn set(cmi: &mut Map<String, Value>, path: &[&str], value: impl Into<Value>) {
    let [objects @ .., last] = path else { return };
    let mut at = cmi;
    for name in objects {
        let entry = at.entry(*name).or_insert_with(|| Map::new().into());
        if !entry.is_object() {
            *entry = Map::new().into();
        }
        let Value::Object(next) = entry else { return };
        at = next;
    }
    at.insert((*last).to_owned(), value.into());
}

pub(super) fn remove(cmi: &mut Map<String, Value>, path: &[&str]) {
    match path {
        [last] => {
            cmi.remove(*last);
        }
        [first, rest @ ..] => {
            if let Some(Value::Object(next)) = cmi.get_mut(*first) {
                remove(next, rest);
            }
        }
        [] => {}
    }
}

/// Puts what changed over what was there.
pub(super) fn merge(into: &mut Map<String, Value>, changed: Map<String, Value>) {
    for (name, value) in changed {
        match (into.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

/// Without empty texts and objects, which say what is so anyway; an empty correct response is one (SCORM 2004 RTE 4.2.9.1).
pub(super) fn without_empty(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Object(object) => {
            let full = object.into_iter().filter_map(|(name, value)| {
                let is_empty_response = name == "pattern" && value == "";
                let value = if is_empty_response { value } else { without_empty(value)? };
                Some((name, value))
            });
            let full: Map<_, _> = full.collect();
            (!full.is_empty()).then_some(Value::Object(full))
        }
        other => Some(other),
    }
}

/// The bytes of its JSON text, as a state is written: a control character takes six of them.
pub(super) fn weight(value: &(impl Serialize + ?Sized)) -> usize {
    let mut written = Written(0);
    match serde_json::to_writer(&mut written, value) {
        Ok(()) => written.0,
        // What cannot be written cannot be kept.
        Err(_) => usize::MAX,
    }
}

/// Counts what is written, and keeps nothing.
struct Written(usize);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
