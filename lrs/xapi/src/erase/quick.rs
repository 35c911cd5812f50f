//! Whether a text may contain one of the needles of an erasure, found out in one pass over its bytes: nearly all texts do
//! not, and comparing each character of a text in lower case takes a hundred times as long.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

/// The one sign outside of ASCII that is a letter of ASCII in lower case: `k`.
const KELVIN: &str = "\u{212a}";

/// What each text that contains a needle contains, in whatever case of ASCII letters.
#[derive(Clone, Debug)]
pub(super) struct Quick {
    /// How many needles there are.
    needles: usize,
    /// The parts of the needles by their places, and at last [`KELVIN`]; without them, each text is compared.
    parts: Option<AhoCorasick>,
}

impl Quick {
    /// The test for these needles, which are in lower case.
    pub(super) fn of(needles: &[String]) -> Self {
        let parts: Option<Vec<&str>> = needles.iter().map(|needle| part(needle)).collect();
        let of = |parts: Vec<&str>| {
            let parts = parts.into_iter().chain([KELVIN]);
            AhoCorasick::builder().ascii_case_insensitive(true).build(parts).ok()
        };
        Self { needles: needles.len(), parts: parts.and_then(of) }
    }

    /// Whether the text may contain a needle: false is certain.
    pub(super) fn may_contain(&self, text: &str) -> bool {
        self.parts.as_ref().is_none_or(|parts| parts.is_match(text))
    }

    /// The places of the needles that the text may contain, in order: all others are certainly not in it.
    pub(super) fn found(&self, text: &str) -> Vec<usize> {
        let all = || (0..self.needles).collect();
        let Some(parts) = &self.parts else { return all() };
        let mut found = BTreeSet::new();
        for part in parts.find_overlapping_iter(text) {
            let place = part.pattern().as_usize();
            if place == self.needles {
                return all();
            }
            // A long text may have one needle many times.
            found.insert(place);
        }
        found.into_iter().collect()
    }
}

/// The longest part of a needle that each text in which the needle is found has in ASCII letters, or has [`KELVIN`].
fn part(needle: &str) -> Option<&str> {
    let mut ends: Vec<usize> =
        needle.char_indices().filter(|(_, it)| !it.is_ascii()).map(|(at, _)| at).collect();
    ends.push(needle.len());
    let mut from = 0;
    let parts = ends.into_iter().filter_map(|end| {
        let part = needle.get(from..end)?;
        let next = needle.get(end..)?.chars().next();
        from = end.saturating_add(next.map_or(0, char::len_utf8));
        // `İ` is two signs in lower case, `i` and a dot above.
        Some(if next.is_some() { part.strip_suffix('i').unwrap_or(part) } else { part })
    });
    parts.max_by_key(|part| part.len()).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`part`] relies on.
    #[test]
    fn two_signs_alone_become_letters_of_ascii_in_lower_case() {
        let others = ('\u{80}'..=char::MAX).filter(|it| it.to_lowercase().any(|it| it.is_ascii()));
        assert_eq!(others.collect::<String>(), format!("\u{130}{KELVIN}"));
        assert_eq!('\u{130}'.to_lowercase().collect::<String>(), "i\u{307}");
        assert_eq!('\u{212a}'.to_lowercase().collect::<String>(), "k");
    }

    #[test]
    fn the_longest_part_of_ascii_is_looked_for() {
        for (needle, expected) in [
            ("anna@x.it", Some("anna@x.it")),
            ("è.verdi@x.it", Some(".verdi@x.it")),
            ("nicolò@x.it", Some("@x.it")),
            ("verdi\u{307}@x", Some("verd")),
            ("пётр", None),
            ("i\u{307}", None),
        ] {
            assert_eq!(part(needle), expected, "{needle}");
        }
    }

    #[test]
    fn a_needle_without_ascii_may_be_in_any_text() {
        let quick = Quick::of(&["пётр".to_owned(), "anna@x.it".to_owned()]);
        assert!(quick.may_contain("") && quick.may_contain("b@x.it"));
        let quick = Quick::of(&["nicolò@x.it".to_owned(), "anna@x.it".to_owned()]);
        assert!(!quick.may_contain("b@y.it") && quick.may_contain("NICOLÒ@X.IT"));
        assert!(!Quick::of(&[]).may_contain("anna@x.it"));
    }

    #[test]
    fn needles_are_found_by_their_places_also_within_one_another() {
        let needles = ["j.anna@x.it", "anna@x.it", "bea@x.it", "nicolò@x.it"].map(str::to_owned);
        let quick = Quick::of(&needles);
        assert_eq!(quick.found("to J.Anna@x.it, anna@x.it"), [0, 1, 3]);
        assert_eq!(quick.found("anna@y.it"), [0; 0]);
        assert_eq!(quick.found("\u{212a}"), [0, 1, 2, 3]);
        assert_eq!(Quick::of(&["пётр".to_owned()]).found(""), [0]);
    }
}
