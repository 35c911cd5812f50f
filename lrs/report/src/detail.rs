//! What the statements of one learner say, for reports that need more than standings.

use std::sync::Arc;

use course::{ActorProgress, Course, Cut, Learner, Replay};

/// One learner with all that was said by the actors they are.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Who.
    pub learner: Arc<Learner>,
    /// The documents of all their identifiers.
    pub documents: Vec<ActorProgress>,
}

impl Detail {
    /// Their way through the course to the end of a day, or to the end.
    pub fn replay<'d>(&'d self, course: &'d Course, cut: Option<Cut>) -> Replay<'d> {
        Replay::new(course, &self.learner, &self.documents).until(cut)
    }
}
