//! Erasing a person from learner lists, frozen certificate lists and accounts.

use std::collections::{BTreeMap, BTreeSet};

use access::key::KeyMaker;
use bytes::Bytes;
use course::{Enrolment, Identifier, Learner, LearnerList};
use hmac::Mac as _;
use report::FrozenCertificates;
use store::{KeptCertificates, StoreError};
use uuid::Uuid;
use xapi::erase::HOME_PAGE;

use super::every::stopped;
use super::find::{enrolment, of_person};
use super::held::{HeldId, are_theirs};
use super::{ErasureMode, Erasures};
use crate::compute::aside;
use crate::keyed;

/// How often a change is tried again where another came first.
const TRIES: usize = 20;

impl Erasures {
    /// How many lines of frozen lists are of who had these ids.
    pub(super) async fn lines(&self, held: &[HeldId]) -> Result<u64, StoreError> {
        let mut lines = 0_u64;
        for course in self.store.courses().await? {
            for id in self.store.certificate_ids(&course.id).await? {
                let Some(kept) = self.store.certificate(&course.id, &id).await? else { continue };
                let list = frozen(&kept)?;
                let is_theirs = |id: &str| are_theirs(held, &course.id, id, list.frozen);
                let theirs = list.people.iter().filter(|it| is_theirs(&it.learner));
                lines = lines.saturating_add(theirs.count() as u64);
            }
        }
        Ok(lines)
    }

    /// Erases the person from frozen lists, and gives salts to those that need some; gives the lists that were changed, as `course/list`, and how many lines.
    pub(super) async fn erase_lists(
        &self,
        held: &[HeldId],
        pseudonym: &str,
        by: Uuid,
    ) -> Result<(Vec<String>, u64), StoreError> {
        let (mut changed, mut lines) = (Vec::new(), 0_u64);
        for course in self.store.courses().await? {
            for id in self.store.certificate_ids(&course.id).await? {
                let Some(kept) = self.store.certificate(&course.id, &id).await? else { continue };
                let mut list = frozen(&kept)?;
                let since = list.frozen;
                let is_person = |id: &str| are_theirs(held, &course.id, id, since);
                let erasure = (by.to_string(), self.clock.now().micros());
                let (was_bare, salts) = (list.is_bare(), self.salts(&course.id, &list));
                let count = list.erase(is_person, pseudonym, (&erasure.0, erasure.1), salts);
                if count == 0 && !was_bare {
                    continue;
                }
                let id = self.put_list(&course.id, &list, kept).await?;
                if count > 0 {
                    changed.push(format!("{}/{id}", course.id));
                    lines = lines.saturating_add(count as u64);
                }
            }
        }
        Ok((changed, lines))
    }

    /// Salts of a list that has none. They are made of the store's secret and of the list: an erasure that is gone on with
    /// makes the same list of it.
    fn salts(&self, course: &str, list: &FrozenCertificates) -> impl FnMut() -> String + use<> {
        let (secret, of) = (self.secret, format!("{course}\n{}", list.hash));
        let mut line = 0_u64;
        move || {
            line += 1;
            let mut mac = keyed::keyed(secret);
            mac.update(format!("certificate line\n{of}\n{line}").as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
    }

    /// Keeps a list that was changed, in place of what was kept; gives its id. A list that has another hash now has another
    /// id, because an id has the beginning of the hash.
    async fn put_list(
        &self,
        course: &str,
        list: &FrozenCertificates,
        kept: KeptCertificates,
    ) -> Result<String, StoreError> {
        let corrupt = |error| StoreError::Corrupt(format!("certificates {}: {error}", kept.id));
        let before = frozen(&kept)?;
        let body = Bytes::from(serde_json::to_vec(list).map_err(corrupt)?);
        if before.hash == list.hash {
            let id = kept.id.clone();
            self.store.replace_certificates(course, KeptCertificates { body, ..kept }).await?;
            return Ok(id);
        }
        let (old, id) = (kept.id.clone(), list.id());
        // Where the new one is there, an erasure that is gone on with has kept it before.
        self.store
            .add_certificates(course, KeptCertificates { id: id.clone(), body, ..kept })
            .await?;
        self.store.remove_certificates(course, &old).await?;
        Ok(id)
    }

    /// Gives salts to lists of earlier releases from which somebody was erased: names could be tried against their hashes.
    pub(super) async fn salt_lists(&self) -> Result<(), StoreError> {
        self.erase_lists(&[], "", Uuid::nil()).await.map(drop)
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
            let revision = kept.revision;
            let (id, known, pseudonym) = (course.to_owned(), known.clone(), pseudonym.to_owned());
            let erase = move || {
                let before = enrolment(&id, &kept.enrolment)?;
                let ids: BTreeSet<String> =
                    of_person(&before, &known).into_iter().map(|it| it.id.clone()).collect();
                if ids.is_empty() {
                    return Ok(None);
                }
                let corrupt = |error| StoreError::Corrupt(format!("the learners of {id}: {error}"));
                let after = erased(before, &ids, mode, &pseudonym);
                // Of learners whom nothing could read the course would have no reports any more.
                let unreadable = |error| {
                    StoreError::Corrupt(format!("the learners of {id} without them: {error}"))
                };
                LearnerList::from_learners(after.learners.clone()).map_err(unreadable)?;
                let text = after.to_kept().map_err(corrupt)?;
                Ok::<_, StoreError>(Some((text, ids.len() as u64)))
            };
            let Some((text, count)) = aside(erase).await.map_err(|_| stopped())?? else {
                return Ok(0);
            };
            if self.store.put_enrolment(course, &text, revision).await? {
                return Ok(count);
            }
        }
        Err(StoreError::Unavailable(format!("the course {course} is changed again and again")))
    }

    /// The texts of all course files.
    pub(super) async fn course_files(&self) -> Result<Vec<String>, StoreError> {
        let mut files = Vec::new();
        for course in self.store.courses().await? {
            files.extend(self.store.course(&course.id).await?.map(|it| it.file));
        }
        Ok(files)
    }

    /// Removes the accounts of these names, whose sessions end, with the keys that they have made for packages.
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
            let maker = KeyMaker::Person(name.clone());
            for kept in self.store.keys().await? {
                if kept.life.maker.as_ref() == Some(&maker) {
                    self.store.remove_key(&kept.key.name).await?;
                }
            }
        }
        Ok(removed)
    }
}

pub(crate) fn frozen(kept: &KeptCertificates) -> Result<FrozenCertificates, StoreError> {
    let corrupt = |error| StoreError::Corrupt(format!("certificates {}: {error}", kept.id));
    serde_json::from_slice(&kept.body).map_err(corrupt)
}

/// An enrolment in which the learners of these ids are one under the pseudonym, with whoever is there under it since an earlier
/// erasure of the same person. Where they work stays, so that figures of bodies do. With [`ErasureMode::Delete`] they are gone.
fn erased(
    before: Enrolment,
    ids: &BTreeSet<String>,
    mode: ErasureMode,
    pseudonym: &str,
) -> Enrolment {
    let first = before.learners.iter().find(|it| ids.contains(&it.id)).map(|it| it.id.clone());
    let person = first.map(|id| before.persons().of(&id).to_owned()).unwrap_or_default();
    let is_there = !ids.contains(pseudonym) && before.learners.iter().any(|it| it.id == pseudonym);
    let mut learners = Vec::with_capacity(before.learners.len());
    for learner in before.learners {
        if !ids.contains(&learner.id) {
            learners.push(learner);
        } else if mode == ErasureMode::Pseudonymise && learner.id == person && !is_there {
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
