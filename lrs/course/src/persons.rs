//! Which learners are the same person: merges are followed once for all of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::learner::Learner;

/// Whom each learner is, as merges say. Made once for all learners, in time that grows with learners and merges
/// together; to ask for one takes one look-up.
#[derive(Debug)]
pub struct Persons<'e>(HashMap<&'e str, &'e str>);

impl<'e> Persons<'e> {
    /// As `merged` says of `learners`, id to id. A merge into a learner who is not among these has no effect. Where merges
    /// made meanwhile have come to stand in a circle, all in it are the one whose id comes first.
    pub fn among(
        learners: impl IntoIterator<Item = &'e Learner>,
        merged: &'e BTreeMap<String, String>,
    ) -> Self {
        let mut known: HashMap<&str, &str> = HashMap::new();
        if merged.is_empty() {
            return Self(known);
        }
        let enrolled = learners.into_iter().map(|learner| learner.id.as_str()).collect();
        for id in merged.keys() {
            let way = Way::until(id, &enrolled, merged, |passed| known.get(passed).copied());
            known.extend(way.passed.iter().map(|passed| (*passed, way.person)));
        }
        Self(known)
    }

    /// Whom the learner `id` is: themselves, or the one they were merged into. Also of one who is no longer enrolled.
    pub fn of<'i>(&self, id: &'i str) -> &'i str
    where
        'e: 'i,
    {
        self.0.get(id).copied().unwrap_or(id)
    }
}

/// The way over merges from a learner to the person they are.
pub(super) struct Way<'e> {
    pub(super) person: &'e str,
    /// Those whom it leads over, the first with them.
    passed: Vec<&'e str>,
    pub(super) steps: usize,
}

impl<'e> Way<'e> {
    pub(super) fn of(
        id: &'e str,
        enrolled: &HashSet<&str>,
        merged: &'e BTreeMap<String, String>,
    ) -> Self {
        Self::until(id, enrolled, merged, |_| None)
    }

    /// A way that ends at the first one whose person is `known`.
    fn until(
        id: &'e str,
        enrolled: &HashSet<&str>,
        merged: &'e BTreeMap<String, String>,
        known: impl Fn(&str) -> Option<&'e str>,
    ) -> Self {
        let mut passed = vec![id];
        let mut at = HashMap::from([(id, 0)]);
        let mut last = id;
        let person = loop {
            if let Some(person) = known(last) {
                break person;
            }
            let into = merged.get(last).filter(|into| enrolled.contains(into.as_str()));
            let Some(into) = into else { break last };
            if let Some(circle) = at.insert(into.as_str(), passed.len()) {
                break passed.iter().skip(circle).min().copied().unwrap_or(last);
            }
            passed.push(into);
            last = into;
        };
        Self { person, steps: passed.len(), passed }
    }
}
