//! One text for all values that count as the same, so that a list can be held against another one
//! in any order without comparing each with each.

use std::fmt::Write as _;

use serde_json::Value;

use super::same::{Place, lower_domain, micros, object_type};

/// A text that two members of a group share exactly when they are the same by the rules of
/// [`super::same`]. Adds the values looked at to `steps`.
pub(super) fn normal_form(member: &Value, steps: &mut usize) -> String {
    let mut text = String::new();
    write(Place::Other, member, &mut text, steps);
    text
}

fn write(place: Place, value: &Value, out: &mut String, steps: &mut usize) {
    *steps += 1;
    match value {
        Value::Object(object) => {
            if place == Place::Activity {
                string(object_type(value), out);
            }
            let mut members: Vec<_> =
                object.iter().filter(|(key, _)| !place.ignores(key, false)).collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in members {
                string(key, out);
                write(place.of(key, value), value, out, steps);
            }
            out.push('}');
        }
        Value::Array(list) if place == Place::Members => {
            let mut members: Vec<String> =
                list.iter().map(|member| normal_form(member, steps)).collect();
            members.sort_unstable();
            out.extend(["[", &members.concat(), "]"]);
        }
        // One activity may stand for a list of one (Data 2.4.6.2).
        Value::Array(list) if place == Place::Activity && list.len() == 1 => {
            for entry in list {
                write(place, entry, out, steps);
            }
        }
        Value::Array(list) => {
            out.push('[');
            for entry in list {
                write(place, entry, out, steps);
            }
            out.push(']');
        }
        Value::String(text) => match place {
            Place::Timestamp => match micros(text) {
                Some(micros) => push(out, format_args!("t{micros};")),
                None => string(text, out),
            },
            Place::Mailbox => string(&lower_domain(text), out),
            Place::Uuid => string(&text.to_ascii_lowercase(), out),
            _ => string(text, out),
        },
        // 1, 1.0 and, as numbers compare, -0 and 0.
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default() + 0.0;
            push(out, format_args!("n{:x};", number.to_bits()));
        }
        Value::Bool(value) => push(out, format_args!("{value};")),
        Value::Null => out.push('-'),
    }
}

/// A text with its length before it, so that no two lists of texts run together alike.
fn string(text: &str, out: &mut String) {
    push(out, format_args!("{}:{text}", text.len()));
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // A String takes everything.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_the_same_has_one_text_and_nothing_else_has_it() {
        let of = |value: &Value| normal_form(value, &mut 0);
        let same = [
            (
                json!({"name": "A", "mbox": "mailto:a@X.it"}),
                json!({"mbox": "mailto:a@x.it", "name": "A"}),
            ),
            (json!({"n": 1}), json!({"n": 1.0})),
            (json!({"n": -0.0}), json!({"n": 0})),
            (json!({"registration": "AB"}), json!({"registration": "ab"})),
        ];
        for (a, b) in same {
            assert_eq!(of(&a), of(&b));
        }
        let different = [
            (json!({"a": "b", "c": "d"}), json!({"a": "b1:c1:d"})),
            (json!({"a": ["x"]}), json!({"a": "x"})),
            (json!({"a": "1"}), json!({"a": 1})),
            (json!({"mbox": "mailto:A@x.it"}), json!({"mbox": "mailto:a@x.it"})),
            (json!({"a": true}), json!({"a": false})),
            (json!({"a": null}), json!({})),
        ];
        for (a, b) in different {
            assert_ne!(of(&a), of(&b));
        }
    }
}
