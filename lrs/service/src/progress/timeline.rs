//! R14: what was said of one learner in a course, statement by statement, for the help desk and for
//! the learners themselves.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use uuid::Uuid;

use super::CourseService;
use super::boards::stopped;
use super::error::ProgressError;
use super::followed::of_agent;
use super::read::{Readable, evidence_of};
use access::bounds::Bounds;
use course::{Course, Evidence, Identifier};
use store::{Result as StoreResult, Store};
use xapi::instant::Instant;
use xapi::stored::Stored;

/// Where a statement stands in a timeline.
type Place = (i64, Instant, Uuid);

/// The statements of a learner that bear on a course, in the order in which things happened.
pub struct Timeline {
    store: Arc<dyn Store>,
    ids: Vec<Uuid>,
}

impl Timeline {
    /// The texts of the statements as they are kept, read one after the other as they are taken. One that was
    /// voided meanwhile is left out.
    pub fn texts(self) -> impl Stream<Item = StoreResult<Bytes>> + Send + 'static {
        let Self { store, ids } = self;
        stream::iter(ids).filter_map(move |id| {
            let store = Arc::clone(&store);
            async move {
                let kept = store.statement(id).await.transpose()?;
                kept.map(|kept| (!kept.voided).then_some(kept.statement.body)).transpose()
            }
        })
    }
}

impl CourseService {
    /// The statements of a learner, under all their identifiers, that bear on the course and are
    /// not voided.
    ///
    /// # Errors
    /// [`ProgressError::NoLearner`] where there is none within `bounds`.
    pub async fn timeline(
        &self,
        id: &str,
        learner: &str,
        bounds: Option<&Bounds>,
    ) -> Result<Timeline, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        let found = enrolled.person(learner, bounds);
        let found = found.ok_or_else(|| ProgressError::NoLearner(learner.to_owned()))?;
        let until = self.store.consistent_through().await?;
        let mut timeline: BTreeSet<Place> = BTreeSet::new();
        for identifier in found.known_as() {
            let mut beyond = None;
            loop {
                let filter = of_agent(&identifier.to_string(), until, beyond);
                let page = Readable::next(&*self.store, &filter).await?;
                beyond = page.beyond;
                let (enrolled, identifier) = (Arc::clone(&enrolled), identifier.clone());
                let statements = page.statements;
                let read = move || places(&enrolled.course, &identifier, &statements);
                timeline.extend(tokio::task::spawn_blocking(read).await.map_err(|_| stopped())?);
                if beyond.is_none() {
                    break;
                }
            }
        }
        let ids = timeline.into_iter().map(|(_, _, id)| id).collect();
        Ok(Timeline { store: Arc::clone(&self.store), ids })
    }
}

/// Those statements that an actor said, and that bear on the course.
fn places(course: &Course, actor: &Identifier, statements: &[Stored]) -> Vec<Place> {
    let place = |statement: &Stored| {
        let evidence = evidence_of(statement)?;
        let Evidence { object, parents, groupings, timestamp, .. } = &evidence;
        let bears = course.place_of(object, parents, groupings).is_some();
        let is_theirs = bears && evidence.actor == *actor;
        is_theirs.then_some((*timestamp, statement.stored, statement.id))
    };
    statements.iter().filter_map(place).collect()
}
