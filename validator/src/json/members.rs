//! The parts of a JSON text as ranges of bytes.

use std::{fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// One member of an object, as it stands in the object's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// The bytes from the key's opening quote to the end of the value.
    pub whole: Range<usize>,
    /// The bytes of the value.
    pub value: Range<usize>,
}

/// The top-level members of a JSON object, in the order of the text; repeated keys come as often
/// as they stand there. Empty when the text is no JSON object.
pub fn members(object_text: &str) -> Vec<Member> {
    let raw: RawMembers<'_> = serde_json::from_str(object_text).unwrap_or_default();
    raw.0
        .into_iter()
        .filter_map(|(key, value)| {
            let whole = range(object_text, key);
            let value = range(object_text, value);
            let key = serde_json::from_str(key).ok()?;
            Some(Member { key, whole: whole.start..value.end, value })
        })
        .collect()
}

/// The elements of a JSON array in order; empty when the text is no JSON array.
pub(crate) fn elements(array_text: &str) -> Vec<Range<usize>> {
    let raw: RawElements<'_> = serde_json::from_str(array_text).unwrap_or_default();
    raw.0.into_iter().map(|element| range(array_text, element)).collect()
}

/// Where a part borrowed from a text lies in it.
fn range(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start + part.len()
}

#[derive(Default)]
struct RawMembers<'a>(Vec<(&'a str, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawMembers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = RawMembers<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            members.push((key.get(), value.get()));
        }
        Ok(RawMembers(members))
    }
}

#[derive(Default)]
struct RawElements<'a>(Vec<&'a str>);

impl<'de: 'a, 'a> Deserialize<'de> for RawElements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements)
    }
}

struct Elements;

impl<'de> Visitor<'de> for Elements {
    type Value = RawElements<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element::<&RawValue>()? {
            elements.push(element.get());
        }
        Ok(RawElements(elements))
    }
}

#[cfg(test)]
mod tests {
    use super::{elements, members};

    #[test]
    fn members_are_found_byte_for_byte() {
        let text = r#" { "a\u0062" : [1, {"x": 2}] , "è":"}" , "a":1e400 } "#;
        let found: Vec<_> = members(text)
            .into_iter()
            .map(|member| (member.key, &text[member.whole], &text[member.value]))
            .collect();
        assert_eq!(
            found,
            [
                ("ab".to_owned(), r#""a\u0062" : [1, {"x": 2}]"#, r#"[1, {"x": 2}]"#),
                ("è".to_owned(), r#""è":"}""#, r#""}""#),
                ("a".to_owned(), r#""a":1e400"#, "1e400"),
            ]
        );
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for text in ["", "[1]", "{", "null", "{} {}"] {
            assert_eq!(members(text), [], "{text}");
        }
        assert!(elements("{}").is_empty());
        assert_eq!(elements("[ 1,[2] ]"), [2..3, 4..7]);
    }
}
