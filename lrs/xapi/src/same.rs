//! When two statements are the same one (Data 2.3.1, "Statement Comparison Requirements").
//!
//! Comparing takes time in proportion to the statement that came, however they differ.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;
use validator::pointer::Place as At;
use validator::value::timestamp;

use super::normal_form::normal_form;

/// Members that the store may have assigned: one that `incoming` lacks is not compared.
const ASSIGNED: [&str; 3] = ["id", "timestamp", "version"];
/// Members that the store always assigns.
const REPLACED: [&str; 2] = ["stored", "authority"];
/// How many differences are named; comparing ends with the last of them.
pub(crate) const MOST_DIFFERENCES: usize = 20;

/// JSON pointers (RFC 6901) of the places where `incoming` differs from the `kept` statement,
/// in the order of the kept one, the first [`MOST_DIFFERENCES`] of them; empty when both are the
/// same statement.
///
/// Not compared: what the store assigned, activity definitions and verb displays, the order of a
/// group's members, the spelling of one instant, the letter case of a mail address's domain.
/// A duration is compared as text.
pub fn differences(kept: &Value, incoming: &Value) -> Vec<String> {
    let mut comparison = Comparison { signed: false, found: Vec::new(), steps: 0 };
    comparison.compare(Place::Statement, At::Root, kept, incoming);
    comparison.found
}

/// The same for a `signed` statement and the one that was `sent` with the signature. Attachments,
/// to which the signature belongs, do not count, nor do digits of the result's duration beyond the
/// hundredth of a second (xAPI 2.0), nor a version that was signed and not sent: the store sets one
/// (Data 2.3.1), and libraries sign it and leave it out, or the reverse. An id or a timestamp that
/// was signed counts, so that a signature is good for one statement only.
pub(crate) fn signed_differences(sent: &Value, signed: &Value) -> Vec<String> {
    let mut comparison = Comparison { signed: true, found: Vec::new(), steps: 0 };
    comparison.compare(Place::Statement, At::Root, sent, signed);
    comparison.found
}

/// Where in a statement a value stands, as far as comparison cares.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Statement,
    SubStatement,
    Result,
    Verb,
    Activity,
    Members,
    Timestamp,
    /// The duration of the statement's own result.
    Duration,
    Mailbox,
    Reference,
    Uuid,
    Free,
    Other,
}

impl Place {
    /// Where the member `key` stands, whose value, in the statement that is kept, is `value`.
    pub(super) fn of(self, key: &str, value: &Value) -> Self {
        match (self, key) {
            (Self::Free, _) | (_, "extensions") => Self::Free,
            (Self::Statement | Self::SubStatement, "timestamp") => Self::Timestamp,
            (Self::Statement | Self::SubStatement, "verb") => Self::Verb,
            (Self::Statement, "result") => Self::Result,
            (Self::Result, "duration") => Self::Duration,
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

    /// Whether the member `key` is not compared.
    pub(super) fn ignores(self, key: &str, incoming_lacks_it: bool) -> bool {
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

/// A comparison on its way.
struct Comparison {
    /// Whether it is one of a signature.
    signed: bool,
    /// The pointers of the differences found so far.
    found: Vec<String>,
    /// The values looked at so far.
    steps: usize,
}

impl Comparison {
    fn compare(&mut self, place: Place, at: At<'_>, kept: &Value, incoming: &Value) {
        self.steps += 1;
        if self.found.len() >= MOST_DIFFERENCES {
            return;
        }
        match (kept, incoming) {
            (Value::Object(_), Value::Object(_))
                if place == Place::Activity && object_type(kept) != object_type(incoming) =>
            {
                self.differs(at.key("objectType"));
            }
            (Value::Object(a), Value::Object(b)) => self.members(place, at, a, b),
            (Value::Array(a), Value::Array(b)) if place == Place::Members => {
                if !self.same_members(a, b) {
                    self.differs(at);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (index, (a, b)) in a.iter().zip(b).enumerate() {
                    self.compare(place, at.index(index), a, b);
                }
            }
            // One activity may stand for a list of one (Data 2.4.6.2).
            (Value::Array(list), one @ Value::Object(_))
            | (one @ Value::Object(_), Value::Array(list))
                if place == Place::Activity && list.len() == 1 =>
            {
                for entry in list {
                    self.compare(place, at, entry, one);
                }
            }
            _ if self.same_scalar(place, kept, incoming) => {}
            _ => self.differs(at),
        }
    }

    fn members(&mut self, place: Place, at: At<'_>, a: &Object, b: &Object) {
        for (key, value) in a {
            let other = b.get(key);
            if self.ignores(place, key, other.is_none()) {
                continue;
            }
            match other {
                Some(other) => self.compare(place.of(key, value), at.key(key), value, other),
                None => self.differs(at.key(key)),
            }
        }
        for key in b.keys() {
            if self.found.len() >= MOST_DIFFERENCES {
                return;
            }
            self.steps += 1;
            let is_assigned = self.signed && place == Place::Statement && key == "version";
            if !a.contains_key(key) && !is_assigned && !self.ignores(place, key, false) {
                self.differs(at.key(key));
            }
        }
    }

    fn ignores(&self, place: Place, key: &str, incoming_lacks_it: bool) -> bool {
        let is_signature = self.signed && place == Place::Statement && key == "attachments";
        is_signature || place.ignores(key, incoming_lacks_it)
    }

    fn differs(&mut self, at: At<'_>) {
        if self.found.len() < MOST_DIFFERENCES {
            self.found.push(at.pointer());
        }
    }

    /// Whether two lists of members are the same in some order.
    fn same_members(&mut self, a: &[Value], b: &[Value]) -> bool {
        if a.len() != b.len() {
            return false;
        }
        let mut left: HashMap<String, usize> = HashMap::with_capacity(b.len());
        for member in b {
            *left.entry(normal_form(member, &mut self.steps)).or_default() += 1;
        }
        a.iter().all(|member| match left.get_mut(&normal_form(member, &mut self.steps)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        })
    }

    fn same_scalar(&self, place: Place, a: &Value, b: &Value) -> bool {
        match (place, a, b) {
            (Place::Timestamp, Value::String(a), Value::String(b)) => {
                a == b || (micros(a).is_some() && micros(a) == micros(b))
            }
            (Place::Mailbox, Value::String(a), Value::String(b)) => {
                lower_domain(a) == lower_domain(b)
            }
            (Place::Uuid, Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
            (Place::Duration, Value::String(a), Value::String(b)) if self.signed => {
                cut_to_hundredths(a) == cut_to_hundredths(b)
            }
            (_, Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
            _ => a == b,
        }
    }
}

type Object = serde_json::Map<String, Value>;

/// What an object is; an activity need not say so (Data 2.4.4).
pub(super) fn object_type(object: &Value) -> &str {
    object.get("objectType").and_then(Value::as_str).unwrap_or("Activity")
}

pub(super) fn micros(text: &str) -> Option<i64> {
    timestamp::parse(text).map(|at| at.micros)
}

pub(super) fn lower_domain(mbox: &str) -> Cow<'_, str> {
    match mbox.rsplit_once('@') {
        Some((local, domain)) if domain.contains(|c: char| c.is_ascii_uppercase()) => {
            Cow::Owned(format!("{local}@{}", domain.to_ascii_lowercase()))
        }
        _ => Cow::Borrowed(mbox),
    }
}

fn cut_to_hundredths(duration: &str) -> Cow<'_, str> {
    let Some((whole, fraction)) = duration.split_once('.') else { return duration.into() };
    let digits = fraction.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = fraction.get(digits.len()..).unwrap_or_default();
    let kept = digits.get(..2).unwrap_or(digits).trim_end_matches('0');
    if kept.is_empty() { format!("{whole}{unit}") } else { format!("{whole}.{kept}{unit}") }.into()
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

    #[test]
    fn a_version_may_be_signed_and_not_sent_or_sent_and_not_signed_but_not_be_another() {
        let of = |version: Option<&str>| {
            let mut statement = json!({"actor": {"mbox": "mailto:a@x.it"}});
            if let Some(version) = version {
                statement["version"] = version.into();
            }
            statement
        };
        let differs = |sent, signed| !signed_differences(&of(sent), &of(signed)).is_empty();
        assert!(!differs(None, Some("1.0.0")));
        assert!(!differs(Some("1.0.0"), None));
        assert!(differs(Some("1.0.3"), Some("1.0.0")));
    }

    #[test]
    fn durations_are_compared_to_the_hundredth() {
        for (a, b) in
            [("PT1.2345S", "PT1.23S"), ("PT1.001S", "PT1S"), ("PT1.50S", "PT1.5S"), ("P2W", "P2W")]
        {
            assert_eq!(cut_to_hundredths(a), cut_to_hundredths(b));
        }
        assert_ne!(cut_to_hundredths("PT1.24S"), cut_to_hundredths("PT1.23S"));
    }

    #[test]
    fn comparing_takes_as_many_steps_as_there_are_values() {
        let member = |n: usize| json!({"name": format!("{n}"), "mbox": format!("mailto:{n}@x.it")});
        let group = |members: Vec<Value>| {
            json!({"actor": {"objectType": "Group", "member": members},
                "context": {"extensions": {"k".repeat(10_000): (0..3_000).collect::<Vec<_>>()}}})
        };
        let kept = group((0..3_000).map(member).collect());
        let reversed = group((0..3_000).rev().map(member).collect());
        let mut other = reversed.clone();
        other["context"] = json!({"extensions": {"k".repeat(10_000): vec![7; 3_000]}});
        for (incoming, differences) in [(&reversed, 0), (&other, MOST_DIFFERENCES)] {
            let mut comparison = Comparison { signed: false, found: Vec::new(), steps: 0 };
            comparison.compare(Place::Statement, At::Root, &kept, incoming);
            assert_eq!(comparison.found.len(), differences);
            assert!(comparison.found.iter().all(|pointer| pointer.len() < 5_000));
            assert!(comparison.steps < 30_000, "{} steps", comparison.steps);
        }
    }

    #[test]
    fn members_are_the_same_as_often_as_they_stand_there() {
        let group = |members: Value| json!({"actor": {"objectType": "Group", "member": members}});
        let (a, b) = (json!({"mbox": "mailto:a@x.it"}), json!({"mbox": "mailto:b@x.it"}));
        let kept = group(json!([a, a, b]));
        assert_eq!(differences(&kept, &group(json!([b, a, a]))), [""; 0]);
        assert_eq!(differences(&kept, &group(json!([b, b, a]))), ["/actor/member"]);
        assert_eq!(differences(&kept, &group(json!([b, a]))), ["/actor/member"]);
    }

    #[test]
    fn of_a_signed_statement_attachments_and_late_digits_do_not_count() {
        let mut sent = changed("/result/duration", json!("PT1.239S"));
        sent["attachments"] = json!([{}]);
        let signed = changed("/result/duration", json!("PT1.23S"));
        assert_eq!(signed_differences(&sent, &signed), [""; 0]);
        assert_eq!(differences(&sent, &signed), ["/result/duration", "/attachments"]);
        let signed = changed("/result/duration", json!("PT1.24S"));
        assert_eq!(signed_differences(&sent, &signed), ["/result/duration"]);
    }
}
