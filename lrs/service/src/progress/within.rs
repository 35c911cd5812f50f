//! Which learners a caller may see. All use cases of courses ask here.

use std::collections::BTreeSet;

use super::board::EnrolledCourse;
use access::bounds::Bounds;
use course::{Enrolment, Identifier, Learner};

/// Whether a learner is within the bounds of a caller; without bounds everybody is.
pub(super) fn is_within(bounds: Option<&Bounds>, learner: &Learner) -> bool {
    let Learner { region, body, istat, .. } = learner;
    bounds.is_none_or(|bounds| bounds.include(region, body, istat))
}

impl EnrolledCourse {
    /// Whether what `person` did as `actor` may be seen within `bounds`: of one who was merged into this person, it is seen
    /// where that one is.
    pub(super) fn sees(
        &self,
        person: &Learner,
        actor: &Identifier,
        bounds: Option<&Bounds>,
    ) -> bool {
        let may_be_seen = |it: &Learner| is_within(bounds, it);
        bounds.is_none()
            || may_be_seen(person) && self.enrolled_as(&actor.to_string()).is_none_or(may_be_seen)
    }

    /// The identifiers of learners outside of `bounds` who were merged into one within them.
    pub(super) fn unseen(&self, bounds: Option<&Bounds>) -> BTreeSet<Identifier> {
        let Enrolment { learners, merged } = &self.enrolment;
        if bounds.is_none() || merged.is_empty() {
            return BTreeSet::new();
        }
        let outside = learners.iter().filter(|it| !is_within(bounds, it));
        let identifiers = outside.flat_map(course::Learner::known_as);
        let is_unseen = |it: &Identifier| {
            let person = self.people.find(it).filter(|person| is_within(bounds, person));
            person.is_some_and(|person| !self.sees(person, it, bounds))
        };
        identifiers.filter(is_unseen).collect()
    }
}
