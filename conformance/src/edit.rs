//! Small changes to JSON values, by pointer.

use serde_json::{Map, Value};

/// Puts `value` where the pointer says, making objects on the way; `-` appends to a list.
pub(crate) fn set(target: &mut Value, pointer: &str, value: Value) {
    let Some(place) = open(target, pointer) else { return };
    *place = value;
}

/// The same value with a change, for building in one expression.
#[must_use]
pub fn with(mut target: Value, pointer: &str, value: Value) -> Value {
    set(&mut target, pointer, value);
    target
}

/// The same value without what stands at the pointer.
#[must_use]
pub fn without(mut target: Value, pointer: &str) -> Value {
    remove(&mut target, pointer);
    target
}

/// Removes what stands at the pointer and gives it.
pub(crate) fn remove(target: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, key) = pointer.rsplit_once('/')?;
    match target.pointer_mut(parent)? {
        Value::Object(members) => members.shift_remove(key),
        Value::Array(items) => {
            let at = key.parse::<usize>().ok().filter(|at| *at < items.len())?;
            Some(items.remove(at))
        }
        _ => None,
    }
}

/// Gives the member at the pointer another name; order is not kept.
pub(crate) fn rename(target: &mut Value, pointer: &str, name: &str) {
    if let Some(value) = remove(target, pointer)
        && let Some((parent, _)) = pointer.rsplit_once('/')
        && let Some(members) = target.pointer_mut(parent).and_then(Value::as_object_mut)
    {
        members.insert(name.to_owned(), value);
    }
}

fn open<'a>(target: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return Some(target) };
    let parent = open(target, parent)?;
    if let Value::Array(items) = parent {
        if key == "-" {
            items.push(Value::Null);
            return items.last_mut();
        }
        return key.parse::<usize>().ok().and_then(|at| items.get_mut(at));
    }
    if !parent.is_object() {
        *parent = Value::Object(Map::new());
    }
    let key = key.replace("~1", "/").replace("~0", "~");
    Some(parent.as_object_mut()?.entry(key).or_insert(Value::Null))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_made_on_the_way() {
        assert_eq!(with(json!({}), "/a/b~1c", json!(1)), json!({"a": {"b/c": 1}}));
        assert_eq!(with(json!({"a": [1, 2]}), "/a/1", json!(3)), json!({"a": [1, 3]}));
    }
}
