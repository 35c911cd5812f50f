//! Names as registers compare them, and learners as messages show them.

use texts::{Message, MessageValue};

use crate::error::clipped;
use crate::heading::folded;
use crate::learner::Learner;

/// How many learners a message shows.
const SHOWN: usize = 3;

/// The words of a name in the order of the alphabet: people write them in any.
pub(super) fn words(name: &str) -> String {
    let name = folded(name);
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// The first of some learners, and whether there are more.
pub(super) fn all_shown(learners: &[&Learner]) -> MessageValue {
    let first = learners.iter().take(SHOWN).map(|learner| shown(learner)).collect();
    let first = MessageValue::EachOr(first);
    if learners.len() <= SHOWN {
        return first;
    }
    MessageValue::Message(Message::new("or-another-one").with_value("first", first))
}

pub(super) fn shown(learner: &Learner) -> String {
    let id = clipped(&learner.id);
    let about = [learner.name.as_str(), learner.body.as_str()].into_iter();
    let about: Vec<_> = about.filter(|text| !text.is_empty()).map(clipped).collect();
    if about.is_empty() { format!("`{id}`") } else { format!("`{id}` ({})", about.join(", ")) }
}
