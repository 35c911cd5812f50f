//! Erasing a person from learner lists, frozen certificate lists and accounts.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use course::{Enrolment, Identifier, Learner};
use report::FrozenCertificates;
use store::{KeptCertificates, StoreError};
use uuid::Uuid;
use xapi::erase::HOME_PAGE;

use super::find::{enrolment, of_person};
use super::{ErasureMode, Erasures, FoundLearner};

/// How often a change is tried again where another came first.
const TRIES: usize = 20;

impl Erasures {
    /// How many lines of frozen lists are of these learners.
    pub(super) async fn lines(&self, learners: &[FoundLearner]) -> Result<u64, StoreError> {
        let mut lines = 0_u64;
        for course in self.store.courses().await? {
            for id in self.store.certificate_ids(&course.id).await? {
                let Some(kept) = self.store.certificate(&course.id, &id).await? else { continue };
                let list = frozen(&kept)?;
                let is_theirs = |id: &str| is_one_of(learners, &course.id, id);
                let theirs = list.people.iter().filter(|it| is_theirs(&it.learner));
                lines = lines.saturating_add(theirs.count() as u64);
            }
        }
        Ok(lines)
    }

    /// Erases the person from frozen lists; gives the lists that were changed, as `course/list`, and how many lines.
    pub(super) async fn erase_lists(
        &self,
        learners: &[FoundLearner],
        pseudonym: &str,
        by: Uuid,
    ) -> Result<(Vec<String>, u64), StoreError> {
        let (mut changed, mut lines) = (Vec::new(), 0_u64);
        for course in self.store.courses().await? {
            for id in self.store.certificate_ids(&course.id).await? {
                let Some(kept) = self.store.certificate(&course.id, &id).await? else { continue };
                let mut list = frozen(&kept)?;
                let is_person = |id: &str| is_one_of(learners, &course.id, id);
                let erasure = (by.to_string(), self.clock.now().micros());
                let count = list.erase(is_person, pseudonym, (&erasure.0, erasure.1));
                if count == 0 {
                    continue;
                }
                let corrupt = |error| StoreError::Corrupt(format!("certificates {id}: {error}"));
                let body = Bytes::from(serde_json::to_vec(&list).map_err(corrupt)?);
                self.store
                    .replace_certificates(&course.id, KeptCertificates { body, ..kept })
                    .await?;
                changed.push(format!("{}/{id}", course.id));
                lines = lines.saturating_add(count as u64);
            }
        }
        Ok((changed, lines))
    }

    /// Erases the person from the learners of all courses; gives the courses that were changed, and how many learners.
    pub(super) async fn erase_learners(
        &self,
        identifiers: &[Identifier],
        mode: ErasureMode,
        pseudonym: &str,
    ) -> Result<(BTreeSet<String>, u64), StoreError> {
        let known: BTreeSet<Identifier> = identifiers.iter().cloned().collect();
        let (mut changed, mut learners) = (BTreeSet::new(), 0_u64);
        for course in self.store.courses().await? {
            let count = self.erase_learners_of(&course.id, &known, mode, pseudonym).await?;
            if count > 0 {
                changed.insert(course.id);
                learners = learners.saturating_add(count);
            }
        }
        Ok((changed, learners))
    }

    async fn erase_learners_of(
        &self,
        course: &str,
        known: &BTreeSet<Identifier>,
        mode: ErasureMode,
        pseudonym: &str,
    ) -> Result<u64, StoreError> {
        for _ in 0..TRIES {
            let Some(kept) = self.store.course(course).await? else { return Ok(0) };
            let before = enrolment(course, &kept.enrolment)?;
            let ids: BTreeSet<String> =
                of_person(&before, known).into_iter().map(|it| it.id.clone()).collect();
            if ids.is_empty() {
                return Ok(0);
            }
            let corrupt = |error| StoreError::Corrupt(format!("the learners of {course}: {error}"));
            let text = erased(before, &ids, mode, pseudonym).to_kept().map_err(corrupt)?;
            if self.store.put_enrolment(course, &text, kept.revision).await? {
                return Ok(ids.len() as u64);
            }
        }
        Err(StoreError::Unavailable(format!("the course {course} is changed again and again")))
    }

    /// Removes the accounts of these names, whose sessions end.
    pub(super) async fn remove_accounts(&self, names: &[String]) -> Result<u64, StoreError> {
        let mut removed = 0_u64;
        for name in names {
            for _ in 0..TRIES {
                let Some(held) = self.store.person(name).await? else { break };
                if self.store.remove_person(name, held.revision).await? {
                    removed = removed.saturating_add(1);
                    break;
                }
            }
            self.store.remove_sessions_of(name, None).await?;
        }
        Ok(removed)
    }
}

/// Whether the learner of this id in this course is one of these: in another course the id may be another person's.
fn is_one_of(learners: &[FoundLearner], course: &str, id: &str) -> bool {
    learners.iter().any(|it| it.course == course && it.learner == id)
}

fn frozen(kept: &KeptCertificates) -> Result<FrozenCertificates, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("certificates {}: {error}", kept.id));
    serde_json::from_slice(&kept.body).map_err(corrupt)
}

/// An enrolment in which the learners of these ids are one under the pseudonym. Where they work stays, so that figures of
/// bodies do. With [`ErasureMode::Delete`] they are gone.
fn erased(
    before: Enrolment,
    ids: &BTreeSet<String>,
    mode: ErasureMode,
    pseudonym: &str,
) -> Enrolment {
    let first = before.learners.iter().find(|it| ids.contains(&it.id)).map(|it| it.id.clone());
    let person = first.map(|id| before.person(&id).to_owned()).unwrap_or_default();
    let mut learners = Vec::with_capacity(before.learners.len());
    for learner in before.learners {
        if !ids.contains(&learner.id) {
            learners.push(learner);
        } else if mode == ErasureMode::Pseudonymise && learner.id == person {
            let account =
                Identifier::Account { home_page: HOME_PAGE.to_owned(), name: pseudonym.to_owned() };
            learners.push(Learner {
                id: pseudonym.to_owned(),
                name: String::new(),
                identifiers: vec![account],
                attributes: BTreeMap::new(),
                ..learner
            });
        }
    }
    let is_other = |(from, into): &(String, String)| !ids.contains(from) && !ids.contains(into);
    let merged = before.merged.into_iter().filter(is_other).collect();
    Enrolment { learners, merged }
}
