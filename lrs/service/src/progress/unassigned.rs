//! Journals of actors whom no learner is: kept, counted, and adopted on enrolment.

use std::collections::HashSet;

use jiff::civil::Date;

use super::CourseService;
use super::error::ProgressError;
use super::followed::current;
use course::Learner;

/// Documents read at once.
const PAGE: usize = 2_000;

/// An actor whom no learner of the course is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unassigned {
    /// The actor's identifier, by its text.
    pub actor: String,
    /// How many of their statements bear on the course.
    pub statements: u64,
    /// The last day on which they did anything.
    pub last_seen: Option<Date>,
    /// The names that they were seen under.
    pub names: Vec<String>,
}

impl CourseService {
    /// The actors of a course's statements whom no learner is, those with most statements first.
    pub async fn unassigned(&self, id: &str) -> Result<Vec<Unassigned>, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        let people = enrolled.people.learners().iter();
        let known: HashSet<String> =
            people.flat_map(Learner::known_as).map(|it| it.to_string()).collect();
        let mut unassigned = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.store.progress(id, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.actor);
            for document in page.iter().filter(|document| !known.contains(&document.actor)) {
                let Some(progress) = current(document).filter(|it| it.statements > 0) else {
                    continue;
                };
                unassigned.push(Unassigned {
                    actor: document.actor.clone(),
                    statements: progress.statements,
                    last_seen: progress.last_day(),
                    names: self.store.agent_names(&document.actor).await?,
                });
            }
        }
        unassigned.sort_by(|a, b| b.statements.cmp(&a.statements).then(a.actor.cmp(&b.actor)));
        Ok(unassigned)
    }
}
