//! Under which ids of learner lists a person stands in frozen certificate lists and in the audit log. Who is on a list stands
//! there under the list's id; who has left it ([`crate::former`]) stood there until then. The same id may have been given to
//! somebody else since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use course::Identifier;
use serde::{Deserialize, Serialize};
use store::StoreError;

use super::every::stopped;
use super::find::{FoundLearner, enrolment};
use super::{ErasureError, Erasures};
use crate::compute::aside;
use crate::former::{self, Departure};

/// A learner's id in a course, for the time in which it was the person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldId {
    pub(crate) course: String,
    pub(crate) learner: String,
    /// When it was last somebody else's, in microseconds since 1970; `None` where it never was.
    pub(crate) after: Option<i64>,
    /// Until when it was the person's; `None` where nobody has had it since.
    pub(crate) until: Option<i64>,
}

impl HeldId {
    /// Of an id that nobody else has ever had.
    pub(super) fn always(FoundLearner { course, learner }: &FoundLearner) -> Self {
        let (course, learner) = (course.clone(), learner.clone());
        Self { course, learner, after: None, until: None }
    }

    /// Whether the id of this course and learner was the person's at an instant, in microseconds since 1970.
    pub(crate) fn covers(&self, course: &str, learner: &str, at: i64) -> bool {
        self.course == course
            && self.learner == learner
            && self.after.is_none_or(|after| after < at)
            && self.until.is_none_or(|until| at <= until)
    }
}

/// Whether one of these was the person's.
pub(crate) fn are_theirs(held: &[HeldId], course: &str, learner: &str, at: i64) -> bool {
    held.iter().any(|it| it.covers(course, learner, at))
}

/// The ids of a person.
#[derive(Default)]
pub(super) struct Held {
    pub(super) ids: Vec<HeldId>,
    /// Those that nobody else has had, and those that are the person's now.
    pub(super) records: Vec<FoundLearner>,
    /// Those that somebody else has had too, and that are not the person's now.
    pub(super) shared: Vec<FoundLearner>,
}

/// Whom an erasure is asked for.
pub(super) enum Asked {
    Identifier(Identifier),
    /// A learner, on the list of the course or no more.
    Learner(FoundLearner),
}

impl Asked {
    /// An identifier as learner lists or reports write it, or `course/learner`.
    pub(super) fn read(text: &str) -> Result<Self, ErasureError> {
        let refused = match super::find::read(text) {
            Ok(identifier) => return Ok(Self::Identifier(identifier)),
            Err(refused) => refused,
        };
        let is_id = |course: &str| {
            let is_part = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
            !course.is_empty() && course.chars().all(is_part)
        };
        match text.split_once('/') {
            Some((course, learner)) if is_id(course) && !learner.is_empty() => {
                let (course, learner) = (course.to_owned(), learner.to_owned());
                Ok(Self::Learner(FoundLearner { course, learner }))
            }
            _ => Err(refused),
        }
    }
}

/// When an id was whose: when each of those who left did so, and whether that was the person.
type Departed = BTreeMap<FoundLearner, BTreeMap<i64, bool>>;

impl Erasures {
    /// The ids of who has these identifiers, is on learner lists under `learners`, or was under one of `asked`.
    pub(super) async fn held(
        &self,
        known: &BTreeSet<Identifier>,
        learners: &[FoundLearner],
        asked: &[FoundLearner],
    ) -> Result<Held, StoreError> {
        let wanted = Arc::new(former::marks_of(&self.secret, known));
        let left = self.departed(&wanted, learners, asked).await?;
        let mut held = Held::default();
        for (id, departures) in left {
            let is_now = learners.contains(&id);
            let is_anybody = is_now || self.is_on_a_list(&id).await?;
            if asked.contains(&id) && !is_anybody {
                held.ids.push(HeldId::always(&id));
                held.records.push(id);
                continue;
            }
            let whose = departures.into_iter().map(|(until, is_theirs)| (Some(until), is_theirs));
            let mut whose: Vec<(Option<i64>, bool)> = whose.collect();
            match whose.last_mut() {
                Some((until, _)) if !is_anybody => *until = None,
                _ => whose.push((None, is_now)),
            }
            let is_alone = whose.iter().all(|(_, is_theirs)| *is_theirs);
            let mut after = None;
            for (until, is_theirs) in whose {
                let (course, learner) = (id.course.clone(), id.learner.clone());
                held.ids.extend(is_theirs.then_some(HeldId { course, learner, after, until }));
                after = until;
            }
            if is_now || is_alone { held.records.push(id) } else { held.shared.push(id) }
        }
        Ok(held)
    }

    /// Who has left learner lists, of the ids that the person has or had, and of those asked for.
    async fn departed(
        &self,
        wanted: &Arc<BTreeSet<String>>,
        learners: &[FoundLearner],
        asked: &[FoundLearner],
    ) -> Result<Departed, StoreError> {
        let ids = learners.iter().chain(asked).cloned().map(|it| (it, BTreeMap::new()));
        let (of_person, every) = (Arc::clone(wanted), Arc::clone(wanted));
        let id = |course: &str, learner: &String| FoundLearner {
            course: course.to_owned(),
            learner: learner.clone(),
        };
        // First whose ids these are, then who else has had them.
        let see = move |found: &mut Departed, Departure { course, people, .. }: &Departure| {
            let theirs = people.iter().filter(|(_, marks)| !marks.is_disjoint(&of_person));
            found.extend(theirs.map(|(learner, _)| (id(course, learner), BTreeMap::new())));
        };
        let found = former::each(&*self.store, ids.collect(), see).await?;
        let see = move |found: &mut Departed, departure: &Departure| {
            for (learner, marks) in &departure.people {
                let Some(departures) = found.get_mut(&id(&departure.course, learner)) else {
                    continue;
                };
                *departures.entry(departure.until(learner)).or_default() |=
                    !marks.is_disjoint(&every);
            }
        };
        former::each(&*self.store, found, see).await
    }

    /// Whether the list of the course has a learner of this id.
    async fn is_on_a_list(&self, id: &FoundLearner) -> Result<bool, StoreError> {
        let Some(kept) = self.store.course(&id.course).await? else { return Ok(false) };
        let id = id.clone();
        let is_there = move || {
            let enrolment = enrolment(&id.course, &kept.enrolment)?;
            Ok::<_, StoreError>(enrolment.learners.iter().any(|it| it.id == id.learner))
        };
        aside(is_there).await.map_err(|_| stopped())?
    }

    /// The identifiers of those who are on learner lists, of these.
    pub(super) async fn listed_under(
        &self,
        asked: &[FoundLearner],
    ) -> Result<BTreeSet<Identifier>, StoreError> {
        let mut found = BTreeSet::new();
        for FoundLearner { course, learner } in asked {
            let Some(kept) = self.store.course(course).await? else { continue };
            let (course, learner) = (course.clone(), learner.clone());
            let look = move || {
                let enrolment = enrolment(&course, &kept.enrolment)?;
                let mut all = enrolment.learners.into_iter();
                Ok::<_, StoreError>(all.find(|it| it.id == learner).map(|it| it.identifiers))
            };
            found.extend(aside(look).await.map_err(|_| stopped())??.into_iter().flatten());
        }
        Ok(found)
    }

    /// How many lines of frozen lists of each course are of people of whom no list and no note says who they are: those who
    /// left before there were notes.
    pub(super) async fn unknown_lines(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let see = |found: &mut BTreeSet<FoundLearner>, departure: &Departure| {
            let Departure { course, people, .. } = departure;
            let id = |learner: &String| FoundLearner {
                course: course.clone(),
                learner: learner.clone(),
            };
            found.extend(people.keys().map(id));
        };
        let mut left = former::each(&*self.store, BTreeSet::new(), see).await?;
        let mut unknown = BTreeMap::new();
        for course in self.store.courses().await? {
            let lists = self.store.certificate_ids(&course.id).await?;
            if lists.is_empty() {
                continue;
            }
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            let id = course.id.clone();
            let listed = aside(move || enrolment(&id, &kept.enrolment));
            let listed = listed.await.map_err(|_| stopped())??.learners;
            let id = |learner: String| FoundLearner { course: course.id.clone(), learner };
            left.extend(listed.into_iter().map(|it| id(it.id)));
            for list in lists {
                let Some(kept) = self.store.certificate(&course.id, &list).await? else { continue };
                let list = aside(move || super::courses::frozen(&kept));
                let list = list.await.map_err(|_| stopped())??;
                let lines = list.people.into_iter().filter(|it| it.digest.is_empty());
                let lines = lines.filter(|it| !super::is_pseudonym(&it.learner));
                let count = lines.filter(|it| !left.contains(&id(it.learner.clone()))).count();
                if count > 0 {
                    let all = unknown.entry(course.id.clone()).or_insert(0_u64);
                    *all = all.saturating_add(count as u64);
                }
            }
        }
        Ok(unknown)
    }
}
