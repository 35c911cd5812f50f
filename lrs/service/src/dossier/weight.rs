//! What a value takes in memory, at about.

use serde_json::Value;

/// A value, or a name of a member, without its text: with what an allocation takes beside its bytes.
const PIECE: usize = size_of::<Value>() + 16;

/// The bytes that a value holds, of any shape.
pub(super) fn of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => PIECE,
        Value::String(text) => PIECE + text.len(),
        Value::Array(items) => PIECE + items.iter().map(of).sum::<usize>(),
        // A name, its hash, and its place in the index.
        Value::Object(members) => {
            let weights = members.iter().map(|(name, value)| PIECE + name.len() + of(value));
            PIECE + weights.sum::<usize>()
        }
    }
}
