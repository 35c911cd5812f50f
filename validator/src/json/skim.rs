//! Reading of a JSON text what is asked for, and passing over the rest.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Canonical, Node};

/// What is read of a value. What it does not name costs as much as going over its bytes, whatever it holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text, a number, `true`, `false` or `null`. A list or an object is empty.
    Scalar,
    /// These members of an object. Of a list, each element in this shape.
    Members(&'static [(&'static str, Self)]),
    /// All members of an object, each of them in this shape.
    Every(&'static Self),
    /// These members of an object, and its canonical form.
    Canonical(&'static [(&'static str, Self)]),
    /// The value as JSON text, written as `serde_json` writes values.
    Json,
}

/// What was read of a value by a [`Shape`]. Texts without escapes are not copied.
#[derive(Clone, Debug, PartialEq)]
pub enum Skimmed<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A number, the nearest that a float has.
    Number(f64),
    /// A text.
    Text(Cow<'t, str>),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(Cow<'t, str>, Self)>),
    /// Of [`Shape::Canonical`]: what [`Shape::Members`] gives, and the canonical form.
    Canonical(Box<(Self, Canonical)>),
    /// Of [`Shape::Json`]: a number or text as it is, and as JSON.
    Json(Box<Self>, String),
}

impl<'t> Skimmed<'t> {
    /// What `shape` reads of a text.
    ///
    /// ```
    /// use validator::json::{Node as _, Shape, Skimmed, at};
    ///
    /// const VERB: Shape = Shape::Members(&[("verb", Shape::Members(&[("id", Shape::Scalar)]))]);
    /// let text = br#"{"verb": {"id": "https://v.example/v", "display": {}}, "result": [0, 0]}"#;
    /// let skimmed = Skimmed::read(text, &VERB).unwrap();
    /// assert_eq!(at(&skimmed, "verb/id").and_then(|id| id.as_str()), Some("https://v.example/v"));
    /// assert_eq!(skimmed.get("result"), None);
    /// ```
    ///
    /// # Errors
    /// Of a text that is no JSON. Numbers beyond all floats, and escapes that are no character, are noticed in what is read
    /// alone.
    pub fn read(text: &'t [u8], shape: &'static Shape) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_slice(text);
        let skimmed = Skim(shape).deserialize(&mut json)?;
        json.end()?;
        Ok(skimmed)
    }

    /// The value without the forms that are kept beside it.
    fn plain(&self) -> &Self {
        match self {
            Self::Canonical(both) => &both.0,
            Self::Json(scalar, _) => scalar,
            plain => plain,
        }
    }
}

impl Node for Skimmed<'_> {
    fn null<'a>() -> &'a Self
    where
        Self: 'a,
    {
        &Self::Null
    }

    fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.members().iter().map(|(name, value)| (&**name, value))
    }

    fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(elements) = self.plain() { Some(elements) } else { None }
    }

    fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self.plain() { Some(text) } else { None }
    }

    fn as_bool(&self) -> Option<bool> {
        if let Self::Truth(truth) = self.plain() { Some(*truth) } else { None }
    }

    fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self.plain() { Some(*number) } else { None }
    }

    fn json(&self) -> Option<Cow<'_, str>> {
        if let Self::Json(_, json) = self { Some(json.into()) } else { None }
    }

    fn canonical(&self) -> Option<Cow<'_, Canonical>> {
        if let Self::Canonical(both) = self { Some(Cow::Borrowed(&both.1)) } else { None }
    }
}

impl<'t> Skimmed<'t> {
    fn members(&self) -> &[(Cow<'t, str>, Self)] {
        if let Self::Object(members) = self.plain() { members } else { &[] }
    }
}

/// Reads a value in a shape.
#[derive(Clone, Copy)]
struct Skim(&'static Shape);

impl<'de> DeserializeSeed<'de> for Skim {
    type Value = Skimmed<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Skimmed<'de>, D::Error> {
        match self.0 {
            Shape::Canonical(_) | Shape::Json => {
                let raw = <&RawValue>::deserialize(deserializer)?.get();
                self.kept(raw).map_err(serde::de::Error::custom)
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl Skim {
    /// Of a part of the text that is kept in another form as well.
    fn kept(self, raw: &str) -> serde_json::Result<Skimmed<'_>> {
        let mut json = serde_json::Deserializer::from_str(raw);
        if let Shape::Canonical(_) = self.0 {
            let canonical = Canonical::read(&mut json)?;
            let mut json = serde_json::Deserializer::from_str(raw);
            let members = json.deserialize_any(self)?;
            return Ok(Skimmed::Canonical(Box::new((members, canonical))));
        }
        let mut text = Vec::new();
        serde_transcode::transcode(&mut json, &mut serde_json::Serializer::new(&mut text))?;
        let text = String::from_utf8(text).map_err(serde::de::Error::custom)?;
        let scalar = Skimmed::read(raw.as_bytes(), &Shape::Scalar)?;
        Ok(Skimmed::Json(Box::new(scalar), text))
    }

    /// The shape of an element of a list.
    const fn element(self) -> Option<Self> {
        match self.0 {
            Shape::Members(_) => Some(self),
            _ => None,
        }
    }
}

impl<'de> Visitor<'de> for Skim {
    type Value = Skimmed<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Truth(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest float, as that of a `Value`")]
    fn visit_u64<E>(self, value: u64) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest float, as that of a `Value`")]
    fn visit_i64<E>(self, value: i64) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Skimmed<'de>, E> {
        Ok(Skimmed::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Skimmed<'de>, A::Error> {
        let mut elements = Vec::new();
        match self.element() {
            Some(element) => {
                while let Some(skimmed) = seq.next_element_seed(element)? {
                    elements.push(skimmed);
                }
            }
            None => while seq.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(Skimmed::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Skimmed<'de>, A::Error> {
        let mut members = Vec::new();
        match self.0 {
            Shape::Members(shapes) | Shape::Canonical(shapes) => {
                // The first member makes room for four, and many objects in a list have one that is read.
                members.reserve_exact(shapes.len().min(1));
                while let Some(named) = map.next_key_seed(NameOf(shapes))? {
                    match named {
                        Some((name, shape)) => {
                            let value = map.next_value_seed(Skim(shape))?;
                            members.push((Cow::Borrowed(*name), value));
                        }
                        None => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
            }
            Shape::Every(shape) => {
                while let Some(Skimmed::Text(name)) = map.next_key_seed(Skim(&Shape::Scalar))? {
                    members.push((name, map.next_value_seed(Self(shape))?));
                }
            }
            Shape::Scalar | Shape::Json => drop(IgnoredAny.visit_map(map)?),
        }
        Ok(Skimmed::Object(members))
    }
}

/// Finds the name of a member among those that are read.
struct NameOf(&'static [(&'static str, Shape)]);

impl<'de> DeserializeSeed<'de> for NameOf {
    type Value = Option<&'static (&'static str, Shape)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameOf {
    type Value = Option<&'static (&'static str, Shape)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|(known, _)| *known == name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::at;

    const NAMES: Shape = Shape::Every(&Shape::Scalar);
    const THING: Shape = Shape::Members(&[("id", Shape::Scalar), ("names", NAMES)]);
    const SHAPE: Shape = Shape::Members(&[
        ("things", THING),
        ("said", Shape::Canonical(&[("ok", Shape::Scalar), ("more", THING)])),
        ("kept", Shape::Json),
        ("flat", Shape::Scalar),
    ]);

    #[test]
    fn what_a_shape_names_is_read_and_all_else_is_passed_over() {
        let value = json!({
            "other": {"things": [[[]]]},
            "things": [{"id": 1, "x": [0, 0], "names": {"it": "Uno\n", "en": "One"}}, {"id": "b"}, 7],
            "said": {"ok": true, "more": {"id": null, "y": {}}, "z": [1.50]},
            "kept": {"b": [1.0, 1e2], "a": "è"},
            "flat": {"a": 1},
        });
        let text = value.to_string();
        let skimmed = Skimmed::read(text.as_bytes(), &SHAPE).unwrap();
        for path in ["other", "things/id", "said/z", "flat/a", "kept/b", "said/more/y"] {
            assert_eq!(at(&skimmed, path), None, "{path}");
        }
        let things = at(&skimmed, "things").and_then(Node::as_list).unwrap();
        assert_eq!(things.len(), 3);
        assert_eq!(at(&things[0], "id").and_then(Node::as_f64), Some(1.0));
        assert_eq!(at(&things[0], "names/it").and_then(Node::as_str), Some("Uno\n"));
        let names: Vec<&str> = things[0].get("names").unwrap().entries().map(|it| it.0).collect();
        assert_eq!(names, ["it", "en"]);
        assert!(things[0].get("x").is_none() && things[2].as_f64() == Some(7.0));
        assert_eq!(at(&skimmed, "said/ok").and_then(Node::as_bool), Some(true));
        assert_eq!(at(&skimmed, "said/more/id"), Some(&Skimmed::Null));
        let said = skimmed.get("said").unwrap().canonical().unwrap();
        assert_eq!(*said, Canonical::of(&value["said"]));
        let kept = skimmed.get("kept").unwrap();
        assert_eq!(kept.json().unwrap(), Value::to_string(&value["kept"]));
        assert_eq!(skimmed.get("flat").unwrap().json(), None, "of what is kept alone");
    }

    #[test]
    fn a_scalar_that_is_kept_as_text_is_there_as_it_is_too() {
        let scalar = |text: &'static str| Skimmed::read(text.as_bytes(), &Shape::Json).unwrap();
        assert_eq!(scalar(r#""a\tb""#).as_str(), Some("a\tb"));
        assert_eq!(scalar("1.5").as_f64(), Some(1.5));
        assert_eq!(scalar(" [ 1 , 2e1 ] ").json().unwrap(), "[1,20.0]");
    }

    #[test]
    fn what_is_no_json_is_an_error_wherever_it_is() {
        for text in [
            "",
            "{",
            "{} {}",
            r#"{"other": [1,}"#,
            r#"{"said": {"z": 1e400}}"#,
            "{\"a\": \"\u{1}\"}",
        ] {
            assert!(Skimmed::read(text.as_bytes(), &SHAPE).is_err(), "{text}");
        }
        assert!(Skimmed::read(b"{\"flat\": \"\xff\"}", &SHAPE).is_err());
    }
}
