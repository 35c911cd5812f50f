//! One text for all JSON that says the same.

use std::{collections::BTreeMap, fmt, ops::Range};

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};

/// Stands for a float whose eight bytes follow: no text in UTF-8 has this byte.
const FLOAT: u8 = 0xff;
/// Floats from here on are written as `serde_json` writes them.
const LARGE: f64 = 9e15;
/// Floats nearer to zero than this, too: all their digits would be hundreds of characters.
const SMALL: f64 = 1e-6;

/// JSON with sorted keys and numbers by value: equal values have equal text. A comma stands behind each member and each
/// element. Of a key that stands in an object several times the last counts.
///
/// The text is made while it is written ([`Canonical::write`]), of one buffer about as long as the JSON was, and is not much
/// longer itself: a float has at most 24 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canonical {
    /// In the order in which the JSON stood.
    bytes: Vec<u8>,
    /// Where objects stand whose members are not in the order of their keys, by where they begin.
    unsorted: BTreeMap<usize, Unsorted>,
}

/// An object whose members are not in the order of their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unsorted {
    /// Behind its closing brace.
    end: usize,
    /// Its members in the order of their keys.
    members: Vec<Range<usize>>,
}

impl Canonical {
    /// Of a value.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "a value gives what a JSON text may have, and nothing else"
    )]
    pub fn of(value: &Value) -> Self {
        Self::read(value).expect("a value is JSON")
    }

    /// Of whatever a deserializer of JSON gives, of which no value is made.
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut canonical = Self::default();
        Part(&mut canonical).deserialize(deserializer)?;
        Ok(canonical)
    }

    /// Gives the text to `out`, in parts.
    ///
    /// ```
    /// let value = serde_json::json!({"b": [1.0, "x"], "a": null});
    /// let mut text = Vec::new();
    /// validator::json::Canonical::of(&value).write(&mut |part| text.extend_from_slice(part));
    /// assert_eq!(text, br#"{"a":null,"b":[1,"x",],}"#);
    /// ```
    pub fn write(&self, out: &mut impl FnMut(&[u8])) {
        self.write_part(0..self.bytes.len(), out);
    }

    fn write_part(&self, part: Range<usize>, out: &mut impl FnMut(&[u8])) {
        let mut at = part.start;
        // Those inside of another one are written with it.
        while let Some((start, object)) = self.unsorted.range(at..part.end).next() {
            self.write_sorted(at..*start, out);
            out(b"{");
            for member in &object.members {
                self.write_part(member.clone(), out);
            }
            out(b"}");
            at = object.end;
        }
        self.write_sorted(at..part.end, out);
    }

    #[expect(
        clippy::expect_used,
        reason = "parts are places in these bytes, noted when they were written"
    )]
    fn write_sorted(&self, part: Range<usize>, out: &mut impl FnMut(&[u8])) {
        let mut rest = self.bytes.get(part).expect("a part of the canonical form");
        while let Some(at) = rest.iter().position(|byte| *byte == FLOAT) {
            let (plain, float) = rest.split_at(at);
            out(plain);
            let Some((float, after)) = float.get(1..).and_then(<[u8]>::split_first_chunk) else {
                return;
            };
            out(text_of(f64::from_le_bytes(*float)).as_bytes());
            rest = after;
        }
        out(rest);
    }

    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

fn text_of(float: f64) -> String {
    if float == 0.0 || (SMALL..LARGE).contains(&float.abs()) {
        // -0.0 is 0.
        return (float + 0.0).to_string();
    }
    Number::from_f64(float).map_or_else(String::new, |number| number.to_string())
}

/// What writes the next value.
struct Part<'c>(&'c mut Canonical);

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push("null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.push(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        match u8::try_from(value) {
            Ok(digit @ 0..10) => self.0.bytes.push(b'0' + digit),
            _ => self.0.push(&value.to_string()),
        }
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.push(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.bytes.push(FLOAT);
        self.0.bytes.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        serde_json::to_writer(&mut self.0.bytes, value).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.push("[");
        while seq.next_element_seed(Part(self.0))?.is_some() {
            self.0.push(",");
        }
        self.0.push("]");
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let start = self.0.bytes.len();
        self.0.push("{");
        let mut members: Vec<(String, Range<usize>)> = Vec::new();
        let mut is_sorted = true;
        while let Some(key) = map.next_key::<String>()? {
            let at = self.0.bytes.len();
            Part(self.0).visit_str(&key)?;
            self.0.push(":");
            map.next_value_seed(Part(self.0))?;
            self.0.push(",");
            is_sorted &= members.last().is_none_or(|(last, _)| *last < key);
            members.push((key, at..self.0.bytes.len()));
        }
        self.0.push("}");
        if !is_sorted {
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            let (mut sorted, mut members) = (Vec::new(), members.into_iter().peekable());
            while let Some((key, member)) = members.next() {
                if members.peek().is_none_or(|(next, _)| *next != key) {
                    sorted.push(member);
                }
            }
            let unsorted = Unsorted { end: self.0.bytes.len(), members: sorted };
            self.0.unsorted.insert(start, unsorted);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    fn text(canonical: &Canonical) -> String {
        let mut text = Vec::new();
        canonical.write(&mut |part| text.extend_from_slice(part));
        String::from_utf8(text).unwrap()
    }

    fn of_text(json: &str) -> String {
        text(&Canonical::read(&mut serde_json::Deserializer::from_str(json)).unwrap())
    }

    #[test]
    fn keys_are_sorted_at_every_depth_and_numbers_are_by_value() {
        for (json, canonical) in [
            (
                r#"{"b":{"d":1,"c":[{"f":2,"e":"\u0041"}]},"a":-0}"#,
                r#"{"a":0,"b":{"c":[{"e":"A","f":2,},],"d":1,},}"#,
            ),
            (r#"{"a":1,"b":{"z":1,"y":2}}"#, r#"{"a":1,"b":{"y":2,"z":1,},}"#),
            (
                r#"[1.0,100e-2,0.5,-7,12,1e16,9007199254740993,-0.0,1e-6,1e-300,-0.00000025,true,null,"\""]"#,
                r#"[1,1,0.5,-7,12,1e+16,9007199254740993,0,0.000001,1e-300,-2.5e-7,true,null,"\"",]"#,
            ),
            (r#"{"a":1,"a":2,"A":3}"#, r#"{"A":3,"a":2,}"#),
        ] {
            assert_eq!(of_text(json), canonical, "{json}");
        }
    }

    #[test]
    fn a_value_and_its_text_have_one_form() {
        let value = json!({"z": [{"b": 1e-300, "a": [{}, []]}], "è": {"y": -1.5e300, "x": ""}});
        assert_eq!(text(&Canonical::of(&value)), of_text(&value.to_string()));
    }

    /// The same of a value, member by member.
    fn by_value(value: &Value) -> String {
        match value {
            Value::Object(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                let member =
                    |(key, it): (&String, &Value)| format!("{}:{},", json!(key), by_value(it));
                format!("{{{}}}", entries.into_iter().map(member).collect::<String>())
            }
            Value::Array(values) => {
                format!("[{}]", values.iter().map(|it| by_value(it) + ",").collect::<String>())
            }
            Value::Number(number) => match number.as_f64() {
                Some(float) if float == 0.0 || (SMALL..LARGE).contains(&float.abs()) => {
                    (float + 0.0).to_string()
                }
                _ => number.to_string(),
            },
            other => other.to_string(),
        }
    }

    fn anything() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-20i64..20).prop_map(Value::from),
            prop::num::f64::NORMAL.prop_map(Value::from),
            (-1e16..1e16f64).prop_map(Value::from),
            ".{0,4}".prop_map(Value::from),
        ];
        scalar.prop_recursive(6, 40, 5, |inner| {
            let members = prop::collection::vec((".{0,2}", inner.clone()), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::from),
                members.prop_map(|it| it.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_form_is_that_of_the_value_member_by_member(value in anything()) {
            prop_assert_eq!(text(&Canonical::of(&value)), by_value(&value));
            let json = value.to_string();
            let read: Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(of_text(&json), by_value(&read));
        }
    }
}
