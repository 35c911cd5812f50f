//! Whether a statement came back as it was sent, with the liberties that the standard gives a server.

use jiff::Timestamp;
use serde_json::Value;

/// Where `got` lacks or contradicts something of `sent`: a pointer, or `None` if all of it is there.
///
/// What `got` has in addition is fine. A server may set `authority` and `stored`, write an instant in
/// another zone, cut or round it to milliseconds, cut a duration after hundredths of a second, write a
/// UUID in the other case, and return a lonely context activity in a list.
pub(crate) fn lost(sent: &Value, got: &Value) -> Option<String> {
    differs("", sent, got)
}

fn differs(key: &str, sent: &Value, got: &Value) -> Option<String> {
    match (sent, got) {
        (Value::Object(sent), Value::Object(got)) => sent.iter().find_map(|(name, value)| {
            if key.is_empty() && matches!(name.as_str(), "authority" | "stored") {
                return None;
            }
            let inner = match got.get(name) {
                Some(found) => differs(name, value, found)?,
                None => String::new(),
            };
            Some(format!("/{name}{inner}"))
        }),
        (Value::Array(sent), Value::Array(got)) if sent.len() == got.len() => {
            sent.iter().zip(got).enumerate().find_map(|(at, (sent, got))| {
                differs("item", sent, got).map(|inner| format!("/{at}{inner}"))
            })
        }
        (Value::Object(_), Value::Array(got)) if is_context_list(key) && got.len() == 1 => {
            got.first().and_then(|got| differs("item", sent, got))
        }
        (Value::Number(sent), Value::Number(got)) if sent.as_f64() == got.as_f64() => None,
        (Value::String(sent), Value::String(got)) if same_text(key, sent, got) => None,
        _ => (sent != got).then(String::new),
    }
}

fn is_context_list(key: &str) -> bool {
    matches!(key, "parent" | "grouping" | "category" | "other")
}

fn same_text(key: &str, sent: &str, got: &str) -> bool {
    sent == got
        || match key {
            "id" | "registration" => {
                uuid::Uuid::parse_str(sent).is_ok() && sent.eq_ignore_ascii_case(got)
            }
            "timestamp" => same_instant(sent, got),
            "duration" => cut(sent) == got.trim_end_matches('S'),
            _ => false,
        }
}

/// The instant that a timestamp names.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// Whether `got` names the instant `sent`, or that one cut or rounded to milliseconds or finer.
fn same_instant(sent: &str, got: &str) -> bool {
    let (Some(sent), Some(got)) = (instant(sent), instant(got)) else { return false };
    let (sent, got) = (sent.as_nanosecond(), got.as_nanosecond());
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].into_iter().any(|unit: i128| {
        let rest = sent.rem_euclid(unit);
        let cut = sent - rest;
        got == cut || (got == cut + unit && rest * 2 >= unit)
    })
}

/// A duration without what is smaller than a hundredth of a second, and without the final `S`.
fn cut(text: &str) -> &str {
    let text = text.trim_end_matches('S');
    match text.split_once(['.', ',']) {
        Some((whole, fraction)) if fraction.len() > 2 => {
            text.get(..whole.len() + 3).unwrap_or(text)
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_loss_is_pointed_at() {
        let sent = json!({"a": [{"b": 1.0}], "c": "x", "authority": {"mbox": "me"}});
        assert_eq!(lost(&sent, &json!({"a": [{"b": 1}], "c": "x", "d": 1})), None);
        assert_eq!(lost(&sent, &json!({"a": [{"b": 2}], "c": "x"})).as_deref(), Some("/a/0/b"));
        assert_eq!(lost(&sent, &json!({"a": [{"b": 1}]})).as_deref(), Some("/c"));
    }

    #[test]
    fn an_instant_is_kept_to_milliseconds() {
        let differs = |got: &str| {
            let sent = json!({"timestamp": "2020-01-01T00:00:00.123567Z"});
            lost(&sent, &json!({"timestamp": got})).is_some()
        };
        for got in ["00.123567", "00.1235", "00.1236", "00.123", "00.124"] {
            assert!(!differs(&format!("2020-01-01T00:00:{got}Z")), "{got}");
        }
        for got in ["00.122", "00.1232", "00.125", "00.12", "00", "01"] {
            assert!(differs(&format!("2020-01-01T00:00:{got}Z")), "{got}");
        }
    }

    #[test]
    fn a_server_may_do_what_the_standard_leaves_it() {
        let sent =
            json!({"timestamp": "2020-01-01T01:00:00+01:00", "result": {"duration": "PT1.239S"}});
        let same = json!({"timestamp": "2020-01-01T00:00:00Z", "result": {"duration": "PT1.23S"}});
        assert_eq!(lost(&sent, &same), None);
        let rounded =
            json!({"timestamp": "2020-01-01T00:00:00Z", "result": {"duration": "PT1.24S"}});
        assert_eq!(lost(&sent, &rounded).as_deref(), Some("/result/duration"));
        let sent = json!({"parent": {"id": "a"}});
        assert_eq!(lost(&sent, &json!({"parent": [{"id": "a"}]})), None);
    }
}
