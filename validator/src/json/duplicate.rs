//! Where an object uses a key again.

use std::{cell::RefCell, collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    pointer::Place,
    report::{At, Finding, MOST_VIOLATIONS},
    rules::json::DUPLICATE_KEY,
    schema::shorten,
};

/// Every key of the text that its object has already used, in the order of the text, the first
/// [`MOST_VIOLATIONS`] of them. Reads the text once, however deep it is.
pub(super) fn findings(text: &str) -> Vec<Finding> {
    let findings = RefCell::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let walk = Walk { text, place: Place::Root, findings: &findings };
    // The text has been read before: it is JSON.
    let _ = walk.deserialize(&mut json);
    findings.into_inner()
}

/// One value on its way through the text.
#[derive(Clone, Copy)]
struct Walk<'w> {
    text: &'w str,
    place: Place<'w>,
    findings: &'w RefCell<Vec<Finding>>,
}

impl Walk<'_> {
    fn repeated(&self, place: Place<'_>, key: &str, raw: &RawValue) {
        let mut findings = self.findings.borrow_mut();
        if findings.len() < MOST_VIOLATIONS {
            let start = self.text.as_ptr() as usize;
            findings.push(Finding {
                rule: &DUPLICATE_KEY,
                pointer: place.pointer(),
                at: At::Byte((raw.get().as_ptr() as usize).saturating_sub(start)),
                message: format!("`{}` is already a member of this object", shorten(key)),
            });
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while seq.next_element_seed(Walk { place: self.place.index(index), ..self })?.is_some() {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen: HashSet<String> = HashSet::new();
        while let Some(raw) = map.next_key::<&RawValue>()? {
            let key: String = serde_json::from_str(raw.get()).map_err(serde::de::Error::custom)?;
            let place = self.place.key(&key);
            if seen.contains(&key) {
                self.repeated(place, &key, raw);
            }
            map.next_value_seed(Walk { place, ..self })?;
            seen.insert(key);
        }
        Ok(())
    }
}
