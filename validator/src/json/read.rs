//! The reader: JSON text to [`Value`], with a depth limit and an eye on repeated keys.

use std::{cell::Cell, fmt, str};

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use super::{MAX_DEPTH, Size, duplicate};
use crate::{
    report::{Finding, Report, Source},
    rules::json::{BYTE_ORDER_MARK, DEPTH, SURROGATE, SYNTAX, UTF8},
};

/// The body as text that may be read; otherwise a report of its byte order mark, of its first byte
/// that is not UTF-8, or of how much it holds.
pub(crate) fn as_text(body: &[u8]) -> Result<&str, Report> {
    let report = |byte, rule, message| {
        let source = Source { body, start: byte, text: "", statement: None };
        source.report(vec![Finding::at_byte(rule, 0, message)])
    };
    if body.starts_with("\u{feff}".as_bytes()) {
        let message = "the body begins with a byte order mark, EF BB BF".to_owned();
        return Err(report(0, &BYTE_ORDER_MARK, message));
    }
    let text = str::from_utf8(body).map_err(|error| {
        let byte = error.valid_up_to();
        match body.get(byte..).unwrap_or_default() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] if byte == 0 => {
                let message = "the body begins with a byte order mark of UTF-16".to_owned();
                report(byte, &UTF8, message)
            }
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => {
                let message = format!("byte {byte} of the body begins half of a surrogate pair");
                report(byte, &SURROGATE, message)
            }
            _ => {
                let message = format!("byte {byte} of the body begins no UTF-8 character");
                report(byte, &UTF8, message)
            }
        }
    })?;
    Size::of(body).check().map_err(|finding| {
        Source { body, start: 0, text: "", statement: None }.report(vec![finding])
    })?;
    Ok(text)
}

/// Reads one value that takes up the whole text, which [`as_text`] has let through.
pub(crate) fn read(text: &str) -> Result<Value, Vec<Finding>> {
    let notes = Notes::default();
    let mut json = serde_json::Deserializer::from_str(text);
    // The own limit is lower, and its error says so.
    let read = Reader { depth: 0, notes: &notes }
        .deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value));
    match read {
        Ok(_) if notes.has_duplicate.get() => Err(duplicate::findings(text)),
        Ok(value) => Ok(value),
        Err(error) if notes.is_too_deep.get() => Err(vec![Finding::at_byte(
            &DEPTH,
            byte_of(text, &error),
            format!("arrays and objects nest more than {MAX_DEPTH} deep"),
        )]),
        Err(error) => Err(vec![syntax(text, &error)]),
    }
}

/// What `serde_json` could not read, at the place where it stopped.
pub(crate) fn syntax(text: &str, error: &serde_json::Error) -> Finding {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let byte = byte_of(text, error);
    // The two things that serde_json says of a surrogate without its other half, and of nothing else.
    if said.contains("surrogate in hex escape") || said.contains("end of hex escape") {
        let message = "an escape `\\u…` is half of a surrogate pair, without the other half";
        return Finding::at_byte(&SURROGATE, byte, message.to_owned());
    }
    Finding::at_byte(&SYNTAX, byte, said.to_owned())
}

fn byte_of(text: &str, error: &serde_json::Error) -> usize {
    let start: usize = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum();
    (start + error.column().saturating_sub(1)).min(text.len())
}

#[derive(Default)]
struct Notes {
    has_duplicate: Cell<bool>,
    is_too_deep: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Reader<'n> {
    depth: usize,
    notes: &'n Notes,
}

impl Reader<'_> {
    /// The reader for what lies inside an array or object.
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            self.notes.is_too_deep.set(true);
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let reader = self.deeper()?;
        let mut array = Vec::new();
        while let Some(element) = seq.next_element_seed(reader)? {
            array.push(element);
        }
        // The first element makes room for four, which lists of one in lists of one would keep.
        array.shrink_to_fit();
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let reader = self.deeper::<A::Error>()?;
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(reader)?;
            if object.insert(key, value).is_some() {
                self.notes.has_duplicate.set(true);
            }
        }
        Ok(Value::Object(object))
    }
}
