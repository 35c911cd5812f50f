//! Journals of actors whom no learner is: kept, counted, and adopted on enrolment.

use jiff::civil::Date;

use super::CourseService;
use super::boards::stopped;
use super::error::ProgressError;
use super::followed::current;
use crate::compute;
use crate::memory::Reserved;
use store::ProgressDocument;

/// Documents read at once.
const PAGE: usize = 2_000;

/// What a text takes beside its characters, at the most; and an actor with two of them.
const OVERHEAD: usize = 64;
/// How many times an actor is there while all are written: as is, and as a text that grows.
const WRITTEN: usize = 4;

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
    /// The actors of a course's statements whom no learner is, those with most statements first. `held` grows by what
    /// they take, and by what it takes to write them.
    ///
    /// # Errors
    /// [`ProgressError::Exhausted`] where that is not left.
    pub async fn unassigned(
        &self,
        id: &str,
        held: &mut Reserved,
    ) -> Result<Vec<Unassigned>, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        let mut unassigned = Vec::new();
        let mut after = String::new();
        loop {
            let mut page = self.store.progress(id, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.actor);
            page.retain(|document| !enrolled.knows(&document.actor));
            let read = compute::aside(move || strangers(&page));
            for mut stranger in read.await.map_err(|_| stopped())? {
                stranger.names = self.store.agent_names(&stranger.actor).await?;
                let names: usize = stranger.names.iter().map(|it| it.len() + OVERHEAD).sum();
                held.grow(WRITTEN * (stranger.actor.len() + names + 2 * OVERHEAD))?;
                unassigned.push(stranger);
            }
        }
        unassigned.sort_by(|a, b| b.statements.cmp(&a.statements).then(a.actor.cmp(&b.actor)));
        Ok(unassigned)
    }
}

/// Those of documents who did anything, without their names.
fn strangers(documents: &[ProgressDocument]) -> Vec<Unassigned> {
    let stranger = |document: &ProgressDocument| {
        let progress = current(document).filter(|it| it.statements > 0)?;
        Some(Unassigned {
            actor: document.actor.clone(),
            statements: progress.statements,
            last_seen: progress.last_day(),
            names: Vec::new(),
        })
    };
    documents.iter().filter_map(stranger).collect()
}
