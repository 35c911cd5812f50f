//! When two statements are the same one (Data 2.3.1, "Statement Comparison Requirements").

use std::borrow::Cow;

use serde_json::Value;
use validator::value::timestamp;

/// Members that the store may have assigned: one that `incoming` lacks is not compared.
const ASSIGNED: [&str; 3] = ["id", "timestamp", "version"];
/// Members that the store always assigns.
const REPLACED: [&str; 2] = ["stored", "authority"];

/// JSON pointers (RFC 6901) of the places where `incoming` differs from the `kept` statement,
/// in the order of the kept one; empty when both are the same statement.
///
/// Not compared: what the store assigned, activity definitions and verb displays, the order of a
/// group's members, the spelling of one instant, the letter case of a mail address's domain.
/// A duration is compared as text.
pub fn differences(kept: &Value, incoming: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(Place::Statement, "", kept, incoming, &mut differences);
    differences
}

/// Where in a statement a value stands, as far as comparison cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Statement,
    SubStatement,
    Verb,
    Activity,
    Members,
    Timestamp,
    Mailbox,
    Reference,
    Uuid,
    Free,
    Other,
}

impl Place {
    fn of(self, key: &str, value: &Value) -> Self {
        match (self, key) {
            (Self::Free, _) | (_, "extensions") => Self::Free,
            (Self::Statement | Self::SubStatement, "timestamp") => Self::Timestamp,
            (Self::Statement | Self::SubStatement, "verb") => Self::Verb,
            (Self::Statement | Self::SubStatement, "object") => {
                match value.get("objectType").and_then(Value::as_str) {
                    None | Some("Activity") => Self::Activity,
                    Some("SubStatement") => Self::SubStatement,
                    Some("StatementRef") => Self::Reference,
                    Some(_) => Self::Other,
                }
            }
            (_, "parent" | "grouping" | "category") | (Self::Other, "other") => Self::Activity,
            (Self::Other, "statement") => Self::Reference,
            (Self::Statement | Self::Reference, "id") | (_, "registration") => Self::Uuid,
            (_, "member") => Self::Members,
            (_, "mbox") => Self::Mailbox,
            _ => Self::Other,
        }
    }

    fn ignores(self, key: &str, incoming_lacks_it: bool) -> bool {
        match self {
            Self::Statement => {
                REPLACED.contains(&key) || (incoming_lacks_it && ASSIGNED.contains(&key))
            }
            Self::Verb => key == "display",
            Self::Activity => key == "definition" || key == "objectType",
            _ => false,
        }
    }
}

fn compare(place: Place, at: &str, kept: &Value, incoming: &Value, out: &mut Vec<String>) {
    match (kept, incoming) {
        (Value::Object(_), Value::Object(_))
            if place == Place::Activity && object_type(kept) != object_type(incoming) =>
        {
            out.push(format!("{at}/objectType"));
        }
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                let other = b.get(key);
                if place.ignores(key, other.is_none()) {
                    continue;
                }
                let at = format!("{at}/{}", escape(key));
                match other {
                    Some(other) => compare(place.of(key, value), &at, value, other, out),
                    None => out.push(at),
                }
            }
            let added = b.keys().filter(|key| !a.contains_key(*key) && !place.ignores(key, false));
            out.extend(added.map(|key| format!("{at}/{}", escape(key))));
        }
        (Value::Array(a), Value::Array(b)) if place == Place::Members => {
            if !same_members(a, b) {
                out.push(at.to_owned());
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(place, &format!("{at}/{index}"), a, b, out);
            }
        }
        // One activity may stand for a list of one (Data 2.4.6.2).
        (Value::Array(list), one @ Value::Object(_))
        | (one @ Value::Object(_), Value::Array(list))
            if place == Place::Activity && list.len() == 1 =>
        {
            for entry in list {
                compare(place, at, entry, one, out);
            }
        }
        _ if same_scalar(place, kept, incoming) => {}
        _ => out.push(at.to_owned()),
    }
}

/// What an object is; an activity need not say so (Data 2.4.4).
fn object_type(object: &Value) -> &str {
    object.get("objectType").and_then(Value::as_str).unwrap_or("Activity")
}

fn same_members(a: &[Value], b: &[Value]) -> bool {
    let mut left: Vec<&Value> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|member| {
            let found = left.iter().position(|other| {
                let mut differences = Vec::new();
                compare(Place::Other, "", member, other, &mut differences);
                differences.is_empty()
            });
            found.map(|index| left.swap_remove(index)).is_some()
        })
}

fn same_scalar(place: Place, a: &Value, b: &Value) -> bool {
    match (place, a, b) {
        (Place::Timestamp, Value::String(a), Value::String(b)) => {
            let micros = |text: &str| timestamp::parse(text).map(|at| at.micros);
            a == b || (micros(a).is_some() && micros(a) == micros(b))
        }
        (Place::Mailbox, Value::String(a), Value::String(b)) => lower_domain(a) == lower_domain(b),
        (Place::Uuid, Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        (_, Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn lower_domain(mbox: &str) -> Cow<'_, str> {
    match mbox.rsplit_once('@') {
        Some((local, domain)) if domain.contains(|c: char| c.is_ascii_uppercase()) => {
            Cow::Owned(format!("{local}@{}", domain.to_ascii_lowercase()))
        }
        _ => Cow::Borrowed(mbox),
    }
}

fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) {
        Cow::Owned(key.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statement() -> Value {
        json!({
            "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
            "actor": {"objectType": "Group", "member": [
                {"mbox": "mailto:a@x.it"}, {"mbox": "mailto:b@x.it"}]},
            "verb": {"id": "https://v.example/v", "display": {"en": "did"}},
            "object": {"id": "https://a.example/a", "definition": {"name": {"en": "A"}}},
            "result": {"score": {"raw": 1.0}, "duration": "PT60S"},
            "context": {"contextActivities": {"parent": {"id": "https://a.example/p"}}},
            "timestamp": "2026-01-01T10:00:00Z",
            "stored": "2026-01-01T10:00:01Z",
        })
    }

    fn changed(pointer: &str, to: Value) -> Value {
        let mut statement = statement();
        *statement.pointer_mut(pointer).unwrap() = to;
        statement
    }

    #[test]
    fn exceptions_to_immutability_are_not_differences() {
        let (a, b) = (json!({"mbox": "mailto:a@x.it"}), json!({"mbox": "mailto:b@X.it"}));
        for (pointer, to) in [
            ("/actor/member", json!([b, a])),
            ("/verb/display", json!({"it": "ha fatto"})),
            ("/object/definition", json!({})),
            ("/timestamp", json!("2026-01-01T11:00:00.000+01:00")),
            ("/stored", json!("2020-01-01T10:00:00Z")),
            ("/result/score/raw", json!(1)),
            ("/context/contextActivities/parent", json!([{"id": "https://a.example/p"}])),
        ] {
            assert_eq!(differences(&statement(), &changed(pointer, to)), [""; 0], "{pointer}");
        }
    }

    #[test]
    fn a_uuid_is_the_same_in_any_letter_case_but_an_account_name_is_not() {
        let mut incoming = changed("/id", json!("6690E6C9-3EF0-4ED3-8B37-7F3964730BEE"));
        assert_eq!(differences(&statement(), &incoming), [""; 0]);
        let reference = |id: &str| json!({"objectType": "StatementRef", "id": id});
        let mut kept = statement();
        kept["object"] = reference("6690e6c9-3ef0-4ed3-8b37-7f3964730bee");
        incoming["object"] = reference("6690E6C9-3EF0-4ED3-8B37-7F3964730BEE");
        assert_eq!(differences(&kept, &incoming), [""; 0]);
        let account = |name: &str| json!({"account": {"homePage": "https://x.it", "name": name}});
        kept["actor"] = account("aa");
        incoming["actor"] = account("AA");
        assert_eq!(differences(&kept, &incoming), ["/actor/account/name"]);
    }

    #[test]
    fn every_other_difference_is_named_by_its_pointer() {
        for (pointer, to) in [
            ("/actor/member", json!([{"mbox": "mailto:a@x.it"}])),
            ("/verb/id", json!("https://v.example/w")),
            ("/object/id", json!("https://a.example/b")),
            ("/timestamp", json!("2026-01-01T10:00:01Z")),
            ("/result/score/raw", json!(2)),
            ("/result/duration", json!("PT1M")),
        ] {
            assert_eq!(differences(&statement(), &changed(pointer, to)), [pointer]);
        }
    }

    #[test]
    fn a_missing_timestamp_was_assigned_but_an_added_result_was_not() {
        let mut incoming = statement();
        incoming.as_object_mut().unwrap().shift_remove("timestamp");
        assert_eq!(differences(&statement(), &incoming), [""; 0]);
        incoming["result"]["response"] = json!("x");
        assert_eq!(differences(&statement(), &incoming), ["/result/response"]);
    }

    #[test]
    fn an_activity_need_not_say_that_it_is_one_but_nothing_else_passes_for_it() {
        let mut incoming = statement();
        incoming["object"]["objectType"] = json!("Activity");
        assert_eq!(differences(&statement(), &incoming), [""; 0]);
        incoming["object"]["objectType"] = json!("StatementRef");
        assert_eq!(differences(&statement(), &incoming), ["/object/objectType"]);
    }

    #[test]
    fn nothing_is_excepted_inside_extensions() {
        let kept = json!({"context": {"extensions": {"https://e.example/x": {"definition": 1}}}});
        let came = json!({"context": {"extensions": {"https://e.example/x": {"definition": 2}}}});
        assert_eq!(
            differences(&kept, &came),
            ["/context/extensions/https:~1~1e.example~1x/definition"]
        );
    }
}
