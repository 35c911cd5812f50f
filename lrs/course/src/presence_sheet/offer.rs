//! Which learners may have been meant by an id or a name that no learner has.

use std::cell::{Cell, OnceCell};

use texts::{Message, MessageValue};

use super::shown::{all_shown, words};
use crate::heading::folded;
use crate::learner::Learner;

/// From this likeness on, of 0 to 1, a name is offered in place of another.
const CLOSE: f64 = 0.85;

/// How many names are offered.
const OFFERED: usize = 3;

/// How many learners are looked at for all texts of a register together: those of 60,000 for the
/// first 33 texts. Nothing is offered for further ones.
const MOST_COMPARED: usize = 2_000_000;

/// Longer texts are like nothing: comparing two takes time that grows with the product of their lengths.
const LONGEST: usize = 100;

/// As many characters at the beginning make two texts more alike.
const PREFIX: usize = 4;

/// Classes of characters, for a first look at two texts.
const CLASSES: usize = 32;

/// The learners of a course as offers look at them.
pub(super) struct Offers<'a> {
    learners: &'a [Learner],
    candidates: OnceCell<Vec<Candidate<'a>>>,
    left: Cell<usize>,
}

struct Candidate<'a> {
    learner: &'a Learner,
    id: Text,
    name: Text,
}

/// A folded text, empty where it is too long, with what tells quickly that two are not alike.
struct Text {
    letters: String,
    length: usize,
    classes: [u8; CLASSES],
}

impl<'a> Offers<'a> {
    pub(super) const fn new(learners: &'a [Learner]) -> Self {
        Self { learners, candidates: OnceCell::new(), left: Cell::new(MOST_COMPARED) }
    }

    /// The learners whose id or name looks most like a text, as the end of a message.
    pub(super) fn of(&self, text: &str) -> MessageValue {
        let close = self.close_to(text);
        MessageValue::Message(if close.is_empty() {
            Message::new("presence-none-near")
        } else {
            Message::new("near").with_value("near", all_shown(&close))
        })
    }

    fn close_to(&self, text: &str) -> Vec<&'a Learner> {
        let left = self.left.get().checked_sub(self.learners.len());
        let (Some(left), None) = (left, text.chars().nth(LONGEST)) else { return Vec::new() };
        self.left.set(left);
        let (id, name) = (Text::new(folded(text)), Text::new(words(text)));
        let mut close: Vec<(f64, &Learner)> = Vec::new();
        for candidate in self.candidates() {
            let likeness = id.likeness(&candidate.id).max(name.likeness(&candidate.name));
            if likeness >= CLOSE {
                close.push((likeness, candidate.learner));
            }
        }
        close.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        close.into_iter().take(OFFERED).map(|(_, learner)| learner).collect()
    }

    fn candidates(&self) -> &[Candidate<'a>] {
        let candidate = |learner: &'a Learner| Candidate {
            learner,
            id: Text::new(folded(&learner.id)),
            name: Text::new(words(&learner.name)),
        };
        self.candidates.get_or_init(|| self.learners.iter().map(candidate).collect())
    }
}

impl Text {
    fn new(text: String) -> Self {
        let length = text.chars().count();
        let mut classes = [0; CLASSES];
        if length > LONGEST {
            return Self { letters: String::new(), length: 0, classes };
        }
        for c in text.chars() {
            if let Some(class) = classes.get_mut(c as usize % CLASSES) {
                *class += 1;
            }
        }
        Self { letters: text, length, classes }
    }

    /// From 0 to 1, where less than [`CLOSE`] may be 0; nothing is like nothing.
    fn likeness(&self, other: &Self) -> f64 {
        if self.length == 0 || other.length == 0 || self.most(other) < CLOSE {
            return 0.0;
        }
        strsim::jaro_winkler(&self.letters, &other.letters)
    }

    /// What the likeness cannot exceed: characters in common are at most those of the classes in
    /// common, and their order is right at best.
    #[expect(clippy::cast_precision_loss, reason = "100 at most")]
    fn most(&self, other: &Self) -> f64 {
        let common = self.classes.iter().zip(&other.classes).map(|(a, b)| usize::from(*a.min(b)));
        let common = common.sum::<usize>() as f64;
        let jaro = (common / self.length as f64 + common / other.length as f64 + 1.0) / 3.0;
        let begin = self.letters.chars().zip(other.letters.chars()).take(PREFIX);
        let prefix = begin.take_while(|(a, b)| a == b).count() as f64;
        // Rounding may differ from that of the exact likeness.
        jaro + prefix * 0.1 * (1.0 - jaro) + 1e-9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_texts_are_more_alike_than_the_quick_look_allows() {
        let texts = [
            "maria rossi",
            "mario rossi",
            "rossi",
            "a",
            "ab",
            "ba",
            "u1",
            "u12",
            "u21",
            "u123456",
            "nicolo d urso",
            "durso nicolo",
            "è",
            "perugia",
            "zzzz",
            "zzzy",
            "maria",
            "airam",
        ];
        for (one, other) in texts.iter().flat_map(|a| texts.iter().map(move |b| (*a, *b))) {
            let exact = strsim::jaro_winkler(one, other);
            let (one, other) = (Text::new(one.to_owned()), Text::new(other.to_owned()));
            assert!(exact <= one.most(&other), "{} {}: {exact}", one.letters, other.letters);
        }
    }

    #[test]
    fn long_texts_and_many_are_offered_nobody() {
        let learner = |id: String| Learner { id, ..Learner::default() };
        let learners: Vec<Learner> = (0..1000).map(|n| learner(format!("u{n:0101}"))).collect();
        assert!(Offers::new(&learners).close_to(&learners[0].id).is_empty());
        let learners: Vec<Learner> = (0..1000).map(|n| learner(format!("u{n}"))).collect();
        let offers = Offers::new(&learners);
        let offered = |n: usize| !offers.close_to(&format!("u{n}")).is_empty();
        let told = (0..3000).filter(|n| offered(n % 1000)).count();
        assert_eq!(told, MOST_COMPARED / learners.len());
    }
}
