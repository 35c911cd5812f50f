//! A text of the catalogue that is written later, in the language of its reader.

use std::fmt;

use super::Texts;

/// Which message of the catalogue, and the values in it. Example: the fault "there is no edition `2027`" of a course
/// file is `course-fault-no-edition` with `edition` = `2027`. By `Display` the English text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    id: &'static str,
    values: Vec<(&'static str, MessageValue)>,
}

/// A value of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageValue {
    /// The same in every language: what a file says, a number, an example.
    Text(String),
    /// A message in the language of the whole.
    Message(Message),
    /// Alternatives: `a`, `a or b`, `a, b or c`.
    OneOf(Vec<String>),
    /// Alternatives of which each is set off: `a or b or c`.
    EachOr(Vec<String>),
    /// The text of a rule of the validator, which stands in English beside the rule and in Italian in the catalogue.
    Rule {
        /// The rule's id.
        id: &'static str,
        /// The rule's English text.
        english: String,
    },
}

impl<T: ToString> From<T> for MessageValue {
    fn from(text: T) -> Self {
        Self::Text(text.to_string())
    }
}

impl Message {
    /// The message `id` without values.
    pub const fn new(id: &'static str) -> Self {
        Self { id, values: Vec::new() }
    }

    /// The same message with one more value.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<MessageValue>) -> Self {
        self.with_value(name, value.into())
    }

    /// [`Message::with`] for a value that is no plain text.
    #[must_use]
    pub fn with_value(mut self, name: &'static str, part: MessageValue) -> Self {
        self.values.push((name, part));
        self
    }

    /// The message's name in the catalogue.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The same message whose texts have at most `longest` characters each: what is kept of a fault must not be as
    /// long as the file that is at fault.
    #[must_use]
    pub fn clipped(mut self, longest: usize) -> Self {
        for (_, part) in &mut self.values {
            match part {
                MessageValue::Text(text) => clip(text, longest),
                MessageValue::Message(message) => {
                    let whole = std::mem::replace(message, Self::new(""));
                    *message = whole.clipped(longest);
                }
                MessageValue::OneOf(texts) | MessageValue::EachOr(texts) => {
                    for text in texts {
                        clip(text, longest);
                    }
                }
                MessageValue::Rule { english, .. } => clip(english, longest),
            }
        }
        self
    }

    /// The text in a language; nothing where the catalogue lacks the message or one of its values.
    pub fn said(&self, texts: &Texts) -> Option<String> {
        let said = |(name, part): &(&'static str, MessageValue)| Some((*name, part.said(texts)?));
        let values: Vec<_> = self.values.iter().map(said).collect::<Option<_>>()?;
        texts.say(self.id, &values)
    }

    /// The text in a language, or the id where the catalogue lacks the message, which tests of the catalogue exclude.
    pub fn said_in(&self, texts: &Texts) -> String {
        self.said(texts).unwrap_or_else(|| self.id.to_owned())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said_in(Texts::english()))
    }
}

impl MessageValue {
    fn said(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Message(message) => message.said(texts),
            Self::OneOf(all) => match all.as_slice() {
                [] => Some(String::new()),
                [only] => Some(only.clone()),
                [first @ .., last] => either(first.join(", "), last, texts),
            },
            Self::EachOr(all) => {
                let mut all = all.iter();
                let first = all.next().cloned().unwrap_or_default();
                all.try_fold(first, |before, next| either(before, next, texts))
            }
            Self::Rule { id, english } => {
                let own = || texts.say(&format!("rule-{id}"), &[]);
                Some(own().unwrap_or_else(|| english.clone()))
            }
        }
    }
}

fn either(before: String, last: &str, texts: &Texts) -> Option<String> {
    texts.say("either-or", &[("before", before), ("last", last.to_owned())])
}

fn clip(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_joined_as_the_language_joins_them() {
        let texts = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let said = |part: &MessageValue| {
            [Texts::english(), Texts::italian()].map(|it| part.said(it).unwrap())
        };
        assert_eq!(said(&MessageValue::OneOf(texts(&["a"]))), ["a", "a"]);
        assert_eq!(said(&MessageValue::OneOf(texts(&["a", "b", "c"]))), ["a, b or c", "a, b o c"]);
        assert_eq!(
            said(&MessageValue::EachOr(texts(&["a", "b", "c"]))),
            ["a or b or c", "a o b o c"]
        );
        assert_eq!(said(&MessageValue::OneOf(Vec::new())), ["", ""]);
    }

    #[test]
    fn a_message_in_a_message_is_in_the_same_language() {
        let near =
            Message::new("near").with_value("near", MessageValue::OneOf(vec!["`a`".to_owned()]));
        let whole = Message::new("value-near")
            .with("text", "b")
            .with_value("near", MessageValue::Message(near));
        assert_eq!(whole.to_string(), "b: is it `a`?");
        assert_eq!(whole.said_in(Texts::italian()), "b: si intendeva `a`?");
        assert_eq!(Message::new("value-near").with("text", "b").said(Texts::italian()), None);
        assert_eq!(Message::new("of-nobody").to_string(), "of-nobody");
    }

    #[test]
    fn texts_of_a_message_can_be_clipped_wherever_they_stand() {
        let inner =
            Message::new("near").with_value("near", MessageValue::OneOf(vec!["èèè".to_owned()]));
        let whole = Message::new("value-near")
            .with("text", "abc")
            .with_value("near", MessageValue::Message(inner));
        assert_eq!(whole.clipped(2).to_string(), "ab: is it èè?");
    }
}
