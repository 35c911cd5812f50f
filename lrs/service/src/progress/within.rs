//! Which learners a caller may see. All use cases of courses ask here.

use access::bounds::Bounds;
use course::Learner;

/// Whether a learner is within the bounds of a caller; without bounds everybody is.
pub(super) fn is_within(bounds: Option<&Bounds>, learner: &Learner) -> bool {
    let Learner { region, body, istat, .. } = learner;
    bounds.is_none_or(|bounds| bounds.include(region, body, istat))
}
