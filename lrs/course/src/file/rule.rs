//! Rules and words of the file.

use texts::Message;
use toml::de::DeValue;

use super::read::{Faults, Node, Read, Value, with_known, word};
use crate::model::{ActivityRule, Assessment, Credit, Mode, ModuleRule, ScoreRule};
use crate::territory::Territories;

impl Read for Credit {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let words = [("measured", Self::Measured), ("nominal", Self::Nominal)];
        word(node, faults, &words).unwrap_or_default()
    }
}

impl Read for ScoreRule {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        word(node, faults, &[("best", Self::Best), ("last", Self::Last)]).unwrap_or_default()
    }
}

impl Read for Assessment {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let words = [("entry", Self::Entry), ("exit", Self::Exit)];
        word(node, faults, &words).unwrap_or(Self::Entry)
    }
}

impl Read for Mode {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        let words = [("presence", Self::Presence), ("distance", Self::Distance)];
        word(node, faults, &words).unwrap_or_default()
    }
}

impl Read for Territories {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        match node.value {
            Value::Plain(DeValue::String(_)) => {
                let is_italy = word(node, faults, &[("italy", true), ("any", false)]);
                if is_italy == Some(false) { Self::Any } else { Self::Italy }
            }
            Value::Plain(DeValue::Array(regions)) if !regions.is_empty() => {
                Self::Regions(Vec::read(node, faults).into_iter().collect())
            }
            _ => {
                node.should_be(Message::new("course-fault-territories"), faults);
                Self::default()
            }
        }
    }
}

impl Read for ActivityRule {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        const WORDS: [&str; 4] = ["completed", "passed", "experienced", "attended"];
        const KEYS: [&str; 4] = ["score", "hours", "all_of", "any_of"];
        match part(node, faults, &WORDS, &KEYS) {
            Some(Part::Word("passed")) => Self::Passed,
            Some(Part::Word("experienced")) => Self::Experienced,
            Some(Part::Word("attended")) => Self::Attended,
            Some(Part::Of("score", value)) => read(&value, faults, Self::Score),
            Some(Part::Of("hours", value)) => read(&value, faults, Self::Hours),
            Some(Part::Of("all_of", value)) => read(&value, faults, Self::AllOf),
            Some(Part::Of("any_of", value)) => read(&value, faults, Self::AnyOf),
            _ => Self::default(),
        }
    }
}

impl Read for ModuleRule {
    fn read(node: &Node<'_>, faults: &mut Faults) -> Self {
        const KEYS: [&str; 5] = ["at_least", "score", "hours", "all_of", "any_of"];
        match part(node, faults, &["all", "any"], &KEYS) {
            Some(Part::Word("any")) => Self::Any,
            Some(Part::Of("at_least", value)) => read(&value, faults, Self::AtLeast),
            Some(Part::Of("score", value)) => read(&value, faults, Self::Score),
            Some(Part::Of("hours", value)) => read(&value, faults, Self::Hours),
            Some(Part::Of("all_of", value)) => read(&value, faults, Self::AllOf),
            Some(Part::Of("any_of", value)) => read(&value, faults, Self::AnyOf),
            _ => Self::default(),
        }
    }
}

/// The rule that a value makes, or the default where the value is not of the right form.
fn read<T: Read, R: Default>(node: &Node<'_>, faults: &mut Faults, rule: fn(T) -> R) -> R {
    let value = T::read(node, faults);
    if faults.is_malformed(&node.span) { R::default() } else { rule(value) }
}

/// What a rule is written as.
enum Part<'t> {
    Word(&'static str),
    /// `{ score = 0.6 }`
    Of(&'static str, Node<'t>),
}

fn part<'t>(
    node: &Node<'t>,
    faults: &mut Faults,
    words: &[&'static str],
    keys: &[&'static str],
) -> Option<Part<'t>> {
    let quoted = words.iter().map(|word| format!("\"{word}\""));
    let tables = keys.iter().map(|key| format!("{{ {key} = … }}"));
    let known = quoted.chain(tables).collect::<Vec<_>>().join(", ");
    let text = match node.value {
        Value::Plain(DeValue::String(text)) => &**text,
        Value::Table(table) if table.len() == 1 => {
            let (key, value) = table.iter().next()?;
            if let Some(known) = keys.iter().find(|known| *known == key.get_ref()) {
                return Some(Part::Of(known, Node::new(known, value)));
            }
            key.get_ref()
        }
        Value::Table(_) => {
            let example = "{ all_of = [{ … }, { … }] }";
            node.should_be(Message::new("course-fault-rules").with("example", example), faults);
            return None;
        }
        _ => {
            node.should_be(Message::new("course-fault-rule").with("known", known), faults);
            return None;
        }
    };
    if let Value::Plain(_) = node.value
        && let Some(word) = words.iter().find(|word| **word == text)
    {
        return Some(Part::Word(word));
    }
    let names = words.iter().chain(keys).copied();
    let message = Message::new("course-fault-rule-unknown").with("text", text);
    faults.malformed(node.span.clone(), with_known(message, text, names, known));
    None
}
