//! Who is enrolled: lists are taken, learners merged and told apart again.

use std::collections::HashMap;
use std::sync::Arc;

use super::boards::stopped;
use super::error::ProgressError;
use super::within::is_within;
use super::{CourseService, Run, TRIES};
use crate::compute;
use crate::former;
use crate::memory::Memory;
use access::bounds::Bounds;
use course::{Course, Enrolment, Learner, LearnerList, ListChange, ListWarning, Unlisted};
use store::StoreError;

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// How many learners the course has afterwards.
    pub learners: usize,
    /// Who is merged into another one that was not before.
    pub merged: Vec<String>,
    /// Who was added, updated, left as they were, or is not in the new list.
    pub change: ListChange,
    /// What the list says that is hardly meant.
    pub warnings: Vec<ListWarning>,
}

impl CourseService {
    /// Takes a list of a course's learners: those it names are added or updated, and are also
    /// known by their former identifiers as long as nobody else has these. The others stay
    /// enrolled or leave, as `unlisted` says; what they did is kept, and theirs again when they come
    /// back. A dry run changes nothing.
    ///
    /// # Errors
    /// [`ProgressError::Sheet`] with every fault and its line, or an edition the course does not
    /// have; a list is taken whole or not at all.
    pub async fn put_learners(
        &self,
        id: &str,
        list: &[u8],
        unlisted: Unlisted,
        run: Run,
    ) -> Result<Imported, ProgressError> {
        let list = list.to_vec();
        let parse = move || LearnerList::parse(&list);
        let newer = compute::aside(parse).await.map_err(|_| stopped())??;
        if newer.learners().is_empty() {
            return Err(ProgressError::EmptyList);
        }
        self.change_enrolment(id, run, move |course, known| {
            let change = known.change_to(&newer)?;
            let updated = known.updated_by(&newer, unlisted)?;
            check_editions(course, &updated)?;
            let learners = updated.people()?.learners().len();
            let is_new = |(id, into): &(&String, &String)| known.merged.get(*id) != Some(into);
            let merged = updated.merged.iter().filter(is_new).map(|(id, _)| id.clone()).collect();
            let warnings = newer.warnings(&course.outline().territories);
            Ok((updated, Imported { learners, merged, change, warnings }))
        })
        .await
    }

    /// Notes that a learner is the same person as another one, whose data hold from now on.
    ///
    /// # Errors
    /// [`ProgressError::Merge`].
    pub async fn merge(&self, id: &str, learner: &str, into: &str) -> Result<(), ProgressError> {
        let (learner, into) = (learner.to_owned(), into.to_owned());
        self.change_enrolment(id, Run::Real, move |_, known| {
            let mut merged = known.clone();
            merged.merge(&learner, &into)?;
            Ok((merged, ()))
        })
        .await
    }

    /// Takes a merge back.
    ///
    /// # Errors
    /// [`ProgressError::Merge`].
    pub async fn unmerge(&self, id: &str, learner: &str) -> Result<(), ProgressError> {
        let learner = learner.to_owned();
        self.change_enrolment(id, Run::Real, move |_, known| {
            let mut unmerged = known.clone();
            unmerged.unmerge(&learner)?;
            Ok((unmerged, ()))
        })
        .await
    }

    /// What `write` makes of the learners within `bounds` as they were enrolled, and of the merges: on a thread of its
    /// own, in as much of `memory` as that takes at the most.
    ///
    /// # Errors
    /// [`ProgressError::Exhausted`] where that is not left.
    pub async fn enrolment<T: Send + 'static>(
        &self,
        id: &str,
        bounds: Option<Bounds>,
        memory: &Memory,
        write: impl FnOnce(&Enrolment) -> T + Send + 'static,
    ) -> Result<T, ProgressError> {
        let known = self.boards.enrolled(id).await?;
        let held = memory.reserve(known.weight_as_text())?;
        let work = move || {
            let written = if bounds.is_some() {
                let mut part = known.enrolment.clone();
                part.retain(|it| is_within(bounds.as_ref(), it));
                write(&part)
            } else {
                write(&known.enrolment)
            };
            drop(held);
            written
        };
        compute::aside(work).await.map_err(|_| stopped().into())
    }

    /// Whether there is a course of this id that can be read.
    pub async fn is_there(&self, id: &str) -> bool {
        self.boards.enrolled(id).await.is_ok()
    }

    /// `change` is made on a thread of its own: a list may be long.
    async fn change_enrolment<T: Send + 'static>(
        &self,
        id: &str,
        run: Run,
        change: impl Fn(&Course, &Enrolment) -> Result<(Enrolment, T), ProgressError>
        + Send
        + Sync
        + 'static,
    ) -> Result<T, ProgressError> {
        let change = Arc::new(change);
        for _ in 0..TRIES {
            let (known, turn, held) = self.boards.changing(id).await?;
            let (revision, change, course) = (known.revision, Arc::clone(&change), id.to_owned());
            let secret = self.secret;
            let work = move || {
                let (changed, outcome) = change(&known.course, &known.enrolment)?;
                let unwritable =
                    |error| StoreError::Corrupt(format!("the learners of {course}: {error}"));
                let leaving = former::leaving(&secret, &known.enrolment, Some(&changed));
                // The turn ends once the list is written; with the work, where the client has gone away.
                Ok::<_, ProgressError>((
                    changed.to_kept().map_err(unwritable)?,
                    leaving,
                    outcome,
                    turn,
                    held,
                ))
            };
            let (kept, leaving, outcome, _turn, _held) =
                compute::aside(work).await.map_err(|_| stopped())??;
            if !run.is_dry() {
                former::note(&*self.store, id, self.clock.now(), leaving).await?;
            }
            if run.is_dry() || self.store.put_enrolment(id, &kept, revision).await? {
                self.poke().await;
                return Ok(outcome);
            }
        }
        Err(ProgressError::Busy)
    }
}

/// Refuses learners of an edition that the course does not have.
pub(super) fn check_editions(course: &Course, known: &Enrolment) -> Result<(), ProgressError> {
    let mut is_known: HashMap<&str, bool> = HashMap::new();
    for Learner { edition, .. } in &known.learners {
        is_known
            .entry(edition)
            .or_insert_with(|| edition.is_empty() || course.edition(edition).is_some());
    }
    let lost = || {
        let is_lost = |it: &&Learner| is_known.get(it.edition.as_str()) == Some(&false);
        known.learners.iter().filter(is_lost)
    };
    match lost().next() {
        None => Ok(()),
        Some(first) => Err(ProgressError::NoEdition {
            learner: first.id.clone(),
            edition: first.edition.clone(),
            count: lost().count(),
        }),
    }
}
