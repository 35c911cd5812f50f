//! R14: what was said of one learner in a course, statement by statement, for the help desk and for
//! the learners themselves.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, stream};
use uuid::Uuid;

use super::CourseService;
use super::boards::stopped;
use super::error::ProgressError;
use super::followed::of_agent;
use super::read::{Readable, evidence_of};
use crate::compute;
use crate::memory::Memory;
use access::bounds::Bounds;
use course::{Course, Evidence, Identifier};
use store::Store;
use xapi::instant::Instant;
use xapi::stored::Stored;

/// Where a statement stands in a timeline.
type Place = (i64, Instant, Uuid);

/// What the statements of a page weigh together, in bytes; a page ends with the one that makes it heavier.
const PAGE_BYTES: usize = 350_000;

/// The statements of a learner that bear on a course, in the order in which things happened.
pub struct Timeline {
    store: Arc<dyn Store>,
    places: BTreeSet<Place>,
}

/// Which page of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineQuery {
    /// [`TimelinePage::next`] of the page before.
    pub after: Option<String>,
    /// The latest first.
    pub descending: bool,
    /// How many statements at most.
    pub limit: usize,
}

/// Some statements of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelinePage {
    /// Their texts, as they are kept.
    pub texts: Vec<Bytes>,
    /// Where the next page begins; none on the last one.
    pub next: Option<String>,
}

impl Timeline {
    /// The texts of the statements as they are kept, read one after the other as they are taken, and each reserved in
    /// `memory` until it is sent. One that was voided meanwhile is left out. `turn` ends with the last of them.
    ///
    /// # Errors
    /// Of the store, and [`ProgressError::Exhausted`].
    pub fn texts<T: Send + 'static>(
        self,
        memory: Memory,
        turn: T,
    ) -> impl Stream<Item = Result<Bytes, ProgressError>> + Send + 'static {
        let Self { store, places } = self;
        let state = (store, places.into_iter(), memory, turn);
        stream::try_unfold(state, |(store, mut places, memory, turn)| async move {
            for (_, _, id) in places.by_ref() {
                if let Some(kept) = store.statement(id).await?.filter(|kept| !kept.voided) {
                    let text = kept.statement.body;
                    let text = memory.reserve(text.len())?.hold(text);
                    return Ok(Some((text, (store, places, memory, turn))));
                }
            }
            Ok(None)
        })
    }

    /// A page of the statements. One that was voided meanwhile is left out. A page is shorter where it would be heavy.
    ///
    /// # Errors
    /// [`ProgressError::NoCursor`] for a place that no page gave.
    pub async fn page(self, query: &TimelineQuery) -> Result<TimelinePage, ProgressError> {
        let Self { store, places } = self;
        let after = query.after.as_deref().map(place).transpose()?;
        let is_beyond = |(timestamp, stored, _): &Place| {
            let at = (*timestamp, *stored);
            after.is_none_or(|after| if query.descending { at < after } else { at > after })
        };
        let mut wanted: Vec<Place> = places.into_iter().filter(is_beyond).collect();
        if query.descending {
            wanted.reverse();
        }
        let (mut page, mut weight, mut last) = (TimelinePage::default(), 0, None);
        for (at, (timestamp, stored, id)) in wanted.iter().enumerate() {
            if at >= query.limit || weight >= PAGE_BYTES {
                page.next = last;
                break;
            }
            let kept = store.statement(*id).await?.filter(|kept| !kept.voided);
            if let Some(kept) = kept {
                weight += kept.statement.body.len();
                page.texts.push(kept.statement.body);
            }
            last = Some(format!("{timestamp}.{}", stored.micros()));
        }
        Ok(page)
    }
}

/// When it happened and was stored what a page ended with.
fn place(cursor: &str) -> Result<(i64, Instant), ProgressError> {
    let place = cursor.split_once('.').and_then(|(timestamp, stored)| {
        Some((timestamp.parse().ok()?, Instant::from_micros(stored.parse().ok()?)))
    });
    place.ok_or_else(|| ProgressError::NoCursor(cursor.to_owned()))
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
        let identifiers = found.known_as().into_iter();
        for identifier in identifiers.filter(|it| enrolled.sees(found, it, bounds)) {
            let mut beyond = None;
            loop {
                let filter = of_agent(&identifier.to_string(), until, beyond);
                let page = Readable::next(&*self.store, &filter).await?;
                beyond = page.beyond;
                let (enrolled, identifier) = (Arc::clone(&enrolled), identifier.clone());
                let statements = page.statements;
                let read = move || places(&enrolled.course, &identifier, &statements);
                timeline.extend(compute::aside(read).await.map_err(|_| stopped())?);
                if beyond.is_none() {
                    break;
                }
            }
        }
        Ok(Timeline { store: Arc::clone(&self.store), places: timeline })
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
