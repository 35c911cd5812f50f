//! Whom a module is for.

use crate::learner::Learner;

/// Learners that have one of the values in every list that is not empty. All learners where all lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Values of [`Learner::role`].
    pub role: Vec<String>,
    /// Values of [`Learner::office`].
    pub office: Vec<String>,
    /// Values of [`Learner::region`].
    pub region: Vec<String>,
    /// Values of [`Learner::edition`].
    pub edition: Vec<String>,
}

impl Audience {
    /// Whether the module is for this learner.
    pub fn includes(&self, learner: &Learner) -> bool {
        let one_of = |list: &[String], value: &String| list.is_empty() || list.contains(value);
        one_of(&self.role, &learner.role)
            && one_of(&self.office, &learner.office)
            && one_of(&self.region, &learner.region)
            && one_of(&self.edition, &learner.edition)
    }
}
