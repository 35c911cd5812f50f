//! Learners of one name, told apart by what else a line says.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::line::Line;
use crate::heading::{
    BODY, EDITION, Heading, ISTAT, OFFICE, POPULATION_CLASS, PROVINCE, REGION, ROLE, folded,
};
use crate::learner::Learner;

/// How many of them are found at most; one more than that says that there are more.
pub(super) const FOUND: usize = 4;

/// What tells learners of one name apart.
type Trait = (Heading, fn(&Learner) -> &str);

const TRAITS: [Trait; 8] = [
    (REGION, |learner| &learner.region),
    (PROVINCE, |learner| &learner.province),
    (BODY, |learner| &learner.body),
    (ISTAT, |learner| &learner.istat),
    (POPULATION_CLASS, |learner| &learner.population_class),
    (ROLE, |learner| &learner.role),
    (OFFICE, |learner| &learner.office),
    (EDITION, |learner| &learner.edition),
];

/// Learners of one name, in the order of the list.
#[derive(Default)]
pub(super) struct Namesakes<'a> {
    learners: Vec<&'a Learner>,
    by_trait: OnceCell<ByTrait>,
}

/// Positions of learners by the position of a trait and its folded value. Each run rises.
type ByTrait = HashMap<(usize, String), Vec<usize>>;

impl<'a> Namesakes<'a> {
    pub(super) fn add(&mut self, learner: &'a Learner) {
        self.learners.push(learner);
    }

    pub(super) fn all(&self) -> &[&'a Learner] {
        &self.learners
    }

    /// The first [`FOUND`] of them who have the traits that a line gives.
    pub(super) fn fitting(&self, line: &Line) -> Vec<&'a Learner> {
        let values = TRAITS.iter().map(|(heading, _)| line.value(heading)).enumerate();
        let given = values.filter(|(_, value)| !value.is_empty());
        let runs: Option<Vec<&[usize]>> = given
            .map(|(at, value)| Some(self.by_trait().get(&(at, folded(value)))?.as_slice()))
            .collect();
        let Some(mut runs) = runs else { return Vec::new() };
        runs.sort_unstable_by_key(|run| run.len());
        let Some((shortest, others)) = runs.split_first() else {
            return self.learners.iter().take(FOUND).copied().collect();
        };
        let in_all = |at: &&usize| others.iter().all(|run| run.binary_search(at).is_ok());
        let found = shortest.iter().filter(in_all).take(FOUND);
        found.filter_map(|at| self.learners.get(*at).copied()).collect()
    }

    fn by_trait(&self) -> &ByTrait {
        self.by_trait.get_or_init(|| {
            let mut by_trait = ByTrait::new();
            for (at, learner) in self.learners.iter().enumerate() {
                for (which, (_, value)) in TRAITS.iter().enumerate() {
                    by_trait.entry((which, folded(value(learner)))).or_default().push(at);
                }
            }
            by_trait
        })
    }
}
