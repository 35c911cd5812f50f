//! Prefixes of IRIs, each of an activity.

use super::ActivityPlace;

/// Prefixes by which statements are of activities. An IRI is found among them by halves: a course file may have a hundred
/// thousand, and the IRI of every statement of the log is held against them.
///
/// No prefix begins with another of another activity, as the check of the course file makes sure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prefixes(Vec<(String, ActivityPlace)>);

impl Prefixes {
    /// These prefixes, without those that begin with another one: what they select, the shorter one does.
    pub(super) fn of(mut prefixes: Vec<(String, ActivityPlace)>) -> Self {
        prefixes.sort();
        // What begins with a text follows it in the order of texts, before all that does not.
        prefixes.dedup_by(|longer, kept| longer.0.starts_with(&kept.0));
        Self(prefixes)
    }

    /// The activity with whose prefix an IRI begins.
    pub(super) fn place_of(&self, iri: &str) -> Option<ActivityPlace> {
        let Self(prefixes) = self;
        // Only the last prefix that is not after the IRI can be its own: others in between would begin with it.
        let after = prefixes.partition_point(|(prefix, _)| prefix.as_str() <= iri);
        let (prefix, place) = prefixes.get(after.checked_sub(1)?)?;
        iri.starts_with(prefix).then_some(*place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn place(activity: usize) -> ActivityPlace {
        ActivityPlace { module: 0, activity }
    }

    /// The rule in one line: the longest prefix with which the IRI begins.
    fn slowly(prefixes: &[(String, ActivityPlace)], iri: &str) -> Option<ActivityPlace> {
        let found = prefixes.iter().filter(|(prefix, _)| iri.starts_with(prefix));
        found.max_by_key(|(prefix, _)| prefix.len()).map(|(_, place)| *place)
    }

    /// All texts of these letters up to a length, the empty one among them.
    fn texts(length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        for at in 0..all.len() + 40 {
            let Some(text) = all.get(at).filter(|text| text.len() < length).cloned() else { break };
            all.extend(['a', 'b', '/'].map(|letter| format!("{text}{letter}")));
        }
        all
    }

    /// What begins with another is of the same activity.
    fn of_activities(texts: &[&String]) -> Vec<(String, ActivityPlace)> {
        let first = |text: &String| {
            let shorter = texts.iter().filter(|other| text.starts_with(other.as_str()));
            shorter.map(|it| it.as_str()).min().map_or(0, |it| it.bytes().map(usize::from).sum())
        };
        texts.iter().map(|text| ((*text).clone(), place(first(text)))).collect()
    }

    #[test]
    fn an_iri_is_of_the_prefix_with_which_it_begins() {
        let (texts, iris) = (texts(2), texts(3));
        assert_eq!((texts.len(), iris.len()), (13, 40));
        for one in &texts {
            for two in &texts {
                for three in &texts {
                    let prefixes = of_activities(&[one, two, three]);
                    let found = Prefixes::of(prefixes.clone());
                    for iri in &iris {
                        let expected = slowly(&prefixes, iri);
                        assert_eq!(found.place_of(iri), expected, "{iri} of {prefixes:?}");
                    }
                }
            }
        }
    }

    /// Those of an activity beside those of another, in no order.
    #[test]
    fn prefixes_of_one_activity_stand_between_those_of_others() {
        let of = |text: &str, activity| (text.to_owned(), place(activity));
        let prefixes = Prefixes::of(vec![of("x/c", 3), of("x/a/b", 1), of("x/b", 2), of("x/a", 1)]);
        for (iri, found) in [
            ("x/a", Some(1)),
            ("x/a/a", Some(1)),
            ("x/a/c", Some(1)),
            ("x/b!", Some(2)),
            ("x/d", None),
            ("x/", None),
            ("", None),
        ] {
            assert_eq!(prefixes.place_of(iri), found.map(place), "{iri}");
        }
    }
}
