//! Which of the names that there are may have been meant by a text.

use texts::{Message, MessageValue};

use super::heading::folded;

/// From this likeness on, of 0 to 1, a name is offered in place of another.
const CLOSE: f64 = 0.84;

/// The likeness of a name that lacks words of the other, or has some more.
const SOME_WORDS: f64 = 0.9;

/// How many names are offered.
const OFFERED: usize = 3;

/// Longer texts are like nothing: comparing two takes time that grows with the product of their lengths.
const LONGEST: usize = 200;

/// The names that look most like `text`, best first, at most three and each once; none where all
/// look different. Case, accents and punctuation do not matter.
pub fn near<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    if text.chars().nth(LONGEST).is_some() {
        return Vec::new();
    }
    let text = folded(text);
    let names = names.into_iter().filter(|name| name.chars().nth(LONGEST).is_none());
    let like = |name: &'n str| (likeness(&text, &folded(name)), name);
    let mut close: Vec<(f64, &str)> =
        names.map(like).filter(|(likeness, _)| *likeness >= CLOSE).collect();
    close.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.cmp(other)));
    close.dedup_by_key(|(_, name)| *name);
    close.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

/// Two folded names; nothing is like nothing.
fn likeness(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let has_all = |of: &str, words: &str| {
        words.split(' ').all(|word| of.split(' ').any(|known| known == word))
    };
    let likeness = strsim::jaro_winkler(one, other);
    let overlaps = has_all(one, other) || has_all(other, one);
    if overlaps { likeness.max(SOME_WORDS) } else { likeness }
}

/// Names in the marks in which messages show them.
pub(super) fn quoted<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect()
}

/// A question that offers names, to stand behind a message: `: is it A, B or C?`. Empty where
/// there are none.
pub fn offer<S: AsRef<str>>(names: &[S]) -> MessageValue {
    if names.is_empty() {
        return MessageValue::Text(String::new());
    }
    MessageValue::Message(
        Message::new("near").with_value("near", MessageValue::OneOf(quoted(names))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_offered_what_was_meant() {
        let regions = ["Umbria", "Lombardia", "Abruzzo", "Emilia-Romagna"];
        assert_eq!(near("Umbira", regions), ["Umbria"]);
        assert_eq!(near("emilia romagna", regions), ["Emilia-Romagna"]);
        assert_eq!(near("Emilia", regions), ["Emilia-Romagna"]);
        assert!(near("Sicilia", regions).is_empty());
        assert!(near("", regions).is_empty() && near("x", [""]).is_empty());
    }

    #[test]
    fn a_name_without_its_article_is_found_and_the_best_stand_first() {
        let bodies = ["Comune di Terni", "Comune di Perugia", "Provincia di Perugia"];
        let found = near("Perugia", bodies);
        assert_eq!(found, ["Comune di Perugia", "Provincia di Perugia"]);
        let said = |names: &[&str]| {
            let whole = Message::new("value-near").with("text", "x");
            whole.with_value("near", offer(names)).to_string()
        };
        assert_eq!(said(&found), "x: is it `Comune di Perugia` or `Provincia di Perugia`?");
        assert_eq!(said(&["a", "b", "c"]), "x: is it `a`, `b` or `c`?");
        assert_eq!(said(&[]), "x");
    }
}
