//! Merging one JSON object into another, text by text: what is kept is gone through once and never built in memory, so
//! that a small change of a large document costs what copying it costs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Why two documents cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmerged {
    /// What is kept is no JSON object.
    NoObject,
    /// The result would have more bytes than it may.
    TooLong,
}

/// The members of `kept`, each replaced by the one of its name in `posted`, then the others of `posted`: their texts are
/// copied byte for byte.
///
/// # Errors
/// [`Unmerged`], where `kept` is no JSON object, or where more than `most` bytes would come of it. `posted` must be an
/// object: one that is not is taken for one without members.
pub(super) fn merge(kept: &[u8], posted: &[u8], most: usize) -> Result<String, Unmerged> {
    let mut news: Vec<(Cow<'_, str>, &RawValue)> = Vec::new();
    // The text was checked when the document was taken.
    let _ = each_member(posted, |name, value| {
        news.push((name, value));
        true
    });
    let mut places: HashMap<&str, usize> =
        news.iter().enumerate().map(|(at, (name, _))| (name.as_ref(), at)).collect();
    let mut merged =
        Merged { text: String::with_capacity((kept.len() + posted.len()).min(most)), most };
    let mut replaced = vec![false; news.len()];
    let whole = each_member(kept, |name, value| {
        let at = places.get(name.as_ref()).copied();
        let new = at.and_then(|at| news.get(at)).map(|(_, value)| *value);
        if let Some(is_replaced) = at.and_then(|at| replaced.get_mut(at)) {
            *is_replaced = true;
        }
        merged.add(&name, new.unwrap_or(value))
    });
    match whole {
        Err(_) => return Err(Unmerged::NoObject),
        Ok(false) => return Err(Unmerged::TooLong),
        Ok(true) => {}
    }
    places.clear();
    let rest = news.iter().zip(replaced).filter(|(_, is_replaced)| !is_replaced);
    for ((name, value), _) in rest {
        if !merged.add(name, value) {
            return Err(Unmerged::TooLong);
        }
    }
    merged.finish().ok_or(Unmerged::TooLong)
}

/// A JSON object as it is written.
struct Merged {
    text: String,
    most: usize,
}

impl Merged {
    /// Adds a member; false when there is no room for it.
    fn add(&mut self, name: &str, value: &RawValue) -> bool {
        // Two quotes, a colon, a comma or brace before and a brace behind; escapes are seen afterwards.
        if self.text.len() + name.len() + value.get().len() + 5 > self.most {
            return false;
        }
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        self.text.push_str(&serde_json::Value::from(name).to_string());
        self.text.push(':');
        self.text.push_str(value.get());
        self.text.len() < self.most
    }

    fn finish(mut self) -> Option<String> {
        if self.text.is_empty() {
            self.text.push('{');
        }
        self.text.push('}');
        (self.text.len() <= self.most).then_some(self.text)
    }
}

/// Gives all members of the object that `text` is to `take`, in order, until it says that it has enough. Says whether all
/// were given; a name that is there twice is given twice.
fn each_member<'t>(
    text: &'t [u8],
    take: impl FnMut(Cow<'t, str>, &'t RawValue) -> bool,
) -> serde_json::Result<bool> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let mut members = Members { take, enough: false };
    let read = serde::Deserializer::deserialize_map(&mut reader, &mut members);
    if members.enough {
        return Ok(false);
    }
    read?;
    reader.end().map(|()| true)
}

struct Members<F> {
    take: F,
    enough: bool,
}

#[derive(Deserialize)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'t, F: FnMut(Cow<'t, str>, &'t RawValue) -> bool> Visitor<'t> for &mut Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((Name(name), value)) = map.next_entry::<Name<'t>, &'t RawValue>()? {
            if !(self.take)(name, value) {
                self.enough = true;
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn merged(kept: &str, posted: &str) -> Result<String, Unmerged> {
        merge(kept.as_bytes(), posted.as_bytes(), usize::MAX)
    }

    #[test]
    fn members_are_replaced_in_their_place_and_new_ones_come_after() {
        for (kept, posted, expected) in [
            (r#"{"a":1,"b":2}"#, r#"{"b":{"x": 1.00},"c":3}"#, r#"{"a":1,"b":{"x": 1.00},"c":3}"#),
            (" { \"a\" : [ 1 ] } ", "{}", r#"{"a":[ 1 ]}"#),
            ("{}", "{}", "{}"),
            ("{}", r#"{"\u00e8":1,"\"":2}"#, r#"{"è":1,"\"":2}"#),
            (r#"{"\u0061":1}"#, r#"{"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":1,"a":2,"b":1e400}"#, r#"{"c":1}"#, r#"{"a":1,"a":2,"b":1e400,"c":1}"#),
        ] {
            assert_eq!(merged(kept, posted).as_deref(), Ok(expected), "{kept} {posted}");
        }
    }

    #[test]
    fn only_an_object_is_merged_into() {
        for kept in
            ["", "[]", "1", "null", "{", r#"{"a":1} x"#, r#"{"a":1,}"#, "\u{feff}{}", r#"{"a":01}"#]
        {
            assert_eq!(merged(kept, "{}"), Err(Unmerged::NoObject), "{kept}");
        }
        assert_eq!(merge(b"{\"a\":\"\xff\"}", b"{}", 100), Err(Unmerged::NoObject));
    }

    #[test]
    fn the_result_is_no_longer_than_it_may_be() {
        let (kept, posted) = (r#"{"a":"kept"}"#, r#"{"b":"posted","a":1}"#);
        let whole = merged(kept, posted).unwrap();
        assert_eq!(whole, r#"{"a":1,"b":"posted"}"#);
        for most in 0..whole.len() {
            let result = merge(kept.as_bytes(), posted.as_bytes(), most);
            assert_eq!(result, Err(Unmerged::TooLong), "{most}");
        }
        assert_eq!(merge(kept.as_bytes(), posted.as_bytes(), whole.len()), Ok(whole));
        assert_eq!(
            merge(b"{}", br#"{"\u0001":1}"#, 11),
            Err(Unmerged::TooLong),
            "with its escapes"
        );
    }

    fn object() -> impl Strategy<Value = Map<String, Value>> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from)
        ];
        let member = leaf.prop_recursive(3, 16, 4, |inner| {
            prop::collection::vec(inner, 0..4).prop_map(Value::from)
        });
        prop::collection::vec(("[ab\"\\\\\u{1}è]{0,2}", member), 0..6)
            .prop_map(|all| all.into_iter().collect())
    }

    proptest! {
        #[test]
        fn text_by_text_is_the_same_as_value_by_value(mut kept in object(), posted in object()) {
            let texts = [Value::from(kept.clone()).to_string(), Value::from(posted.clone()).to_string()];
            kept.extend(posted);
            let merged: Value = serde_json::from_str(&merged(&texts[0], &texts[1]).unwrap()).unwrap();
            prop_assert_eq!(merged.to_string(), Value::from(kept).to_string());
        }
    }
}
