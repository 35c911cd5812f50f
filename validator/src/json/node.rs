//! What readers of JSON ask of a value, whether all of it was read or only a part.

use std::borrow::Cow;

use serde_json::Value;

use super::Canonical;

/// Objects of no more members are looked through: that takes less than hashing a name, and most objects of statements are
/// such.
const FEW: usize = 16;

/// A JSON value to be looked into: a [`Value`], or a [`Skimmed`](super::Skimmed) one, which has less. What is written for
/// both reads the same of both, as long as it asks for nothing that was passed over.
pub trait Node: Sized {
    /// `null`.
    fn null<'a>() -> &'a Self
    where
        Self: 'a;

    /// The member of an object; nothing of what is no object.
    fn get(&self, name: &str) -> Option<&Self>;

    /// The members of an object in the order of the text; none of what is no object.
    fn entries(&self) -> impl Iterator<Item = (&str, &Self)>;

    /// The elements of a list; nothing of what is no list.
    fn as_list(&self) -> Option<&[Self]>;

    /// A text; nothing of what is none.
    fn as_str(&self) -> Option<&str>;

    /// `true` or `false`; nothing of what is neither.
    fn as_bool(&self) -> Option<bool>;

    /// A number, the nearest that a float has; nothing of what is none.
    fn as_f64(&self) -> Option<f64>;

    /// The value as JSON text; nothing of a skimmed value whose shape does not keep it.
    fn json(&self) -> Option<Cow<'_, str>>;

    /// The value in canonical form; nothing of a skimmed value whose shape does not keep it.
    fn canonical(&self) -> Option<Cow<'_, Canonical>>;
}

impl Node for Value {
    fn null<'a>() -> &'a Self {
        &Self::Null
    }

    fn get(&self, name: &str) -> Option<&Self> {
        let object = self.as_object()?;
        if object.len() > FEW {
            return object.get(name);
        }
        object.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    fn as_list(&self) -> Option<&[Self]> {
        self.as_array().map(Vec::as_slice)
    }

    fn as_str(&self) -> Option<&str> {
        self.as_str()
    }

    fn as_bool(&self) -> Option<bool> {
        self.as_bool()
    }

    fn as_f64(&self) -> Option<f64> {
        self.as_f64()
    }

    fn json(&self) -> Option<Cow<'_, str>> {
        Some(self.to_string().into())
    }

    fn canonical(&self) -> Option<Cow<'_, Canonical>> {
        Some(Cow::Owned(Canonical::of(self)))
    }
}
