//! Who is enrolled in a course, and which of them are the same person.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use texts::Message;

use super::error::{SheetError, SheetErrors, SheetFaults, clipped};
use super::heading::MERGED_INTO;
use super::identifier::{Identifier, each_once};
use super::learner::Learner;
use super::learner_list::{LearnerList, ListedMerge};
use super::list_change::ListChange;
use super::persons::{Persons, Way};

/// How many steps over merges there may be for each learner, on the whole, while a list is taken.
const STEPS_EACH: usize = 100;

/// The learners of a course as they were enrolled, and which were found to be one person. A merge
/// is a note beside the list, so that it outlives the next import and can be taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Each learner as enrolled.
    pub learners: Vec<Learner>,
    /// Learners that are another one: id to id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub merged: BTreeMap<String, String>,
}

/// Why two learners cannot be merged, or not be told apart again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum MergeError {
    /// No learner of this id is enrolled.
    Unknown(String),
    /// Both are one already.
    Same(String, String),
    /// The learner is not merged.
    NotMerged(String),
}

impl MergeError {
    /// What is wrong.
    pub fn message(&self) -> Message {
        match self {
            Self::Unknown(id) => Message::new("merge-unknown").with("id", id),
            Self::Same(id, into) => Message::new("merge-same").with("id", id).with("into", into),
            Self::NotMerged(id) => Message::new("merge-none").with("id", id),
        }
    }
}

/// What becomes of the learners whom a newer list does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// They stay enrolled.
    Stay,
    /// They are enrolled no more. What they did is kept, and is theirs again when a list names them again. Those who were
    /// erased stay: no list can name them, and figures of bodies count them.
    Leave,
}

impl Enrolment {
    /// Reads what is kept of a course: nothing before the first import, or a list in CSV as
    /// Traccia 0.1 kept it.
    ///
    /// # Errors
    /// A text that is neither.
    pub fn from_kept(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.starts_with('{') {
            return serde_json::from_str(text).map_err(|error| error.to_string());
        }
        let list = LearnerList::parse(text.as_bytes()).map_err(|error| error.to_string())?;
        Ok(Self { learners: list.learners().to_vec(), merged: BTreeMap::new() })
    }

    /// Removes the learners for whom `may_stay` is false, and merges of or into them.
    pub fn retain(&mut self, may_stay: impl Fn(&Learner) -> bool) {
        self.learners.retain(may_stay);
        let known: BTreeSet<&String> = self.learners.iter().map(|learner| &learner.id).collect();
        self.merged.retain(|from, into| known.contains(from) && known.contains(into));
    }

    /// What taking a newer list would change.
    ///
    /// # Errors
    /// [`SheetErrors`] where two learners kept share an identifier.
    pub fn change_to(&self, newer: &LearnerList) -> Result<ListChange, SheetErrors> {
        Ok(LearnerList::from_learners(self.learners.clone())?.change_to(newer))
    }

    /// This enrolment with the learners of a newer list, who are added or replaced by their ids.
    /// The others stay or leave, as `unlisted` says. Merges stay, and those that the list asks for are
    /// added.
    ///
    /// # Errors
    /// [`SheetErrors`] where an identifier would mean two people, or a merge names a learner who is not enrolled.
    pub fn updated_by(&self, newer: &LearnerList, unlisted: Unlisted) -> Result<Self, SheetErrors> {
        let learners = match unlisted {
            Unlisted::Leave => {
                newer.learners().iter().chain(self.erased_beside(newer)).cloned().collect()
            }
            Unlisted::Stay => {
                let known = LearnerList::from_learners(self.learners.clone())?;
                self.with_former_identifiers(&known.updated_by(newer)?)
            }
        };
        let mut updated = Self { learners, merged: self.merged.clone() };
        updated.merge_as_listed(newer)?;
        Ok(updated)
    }

    /// The erased learners whose ids and identifiers are not in a list.
    fn erased_beside<'s>(&'s self, list: &LearnerList) -> impl Iterator<Item = &'s Learner> {
        let ids: HashSet<&str> = list.learners().iter().map(|it| it.id.as_str()).collect();
        let is_free = |it: &&Learner| {
            it.is_erased()
                && !ids.contains(it.id.as_str())
                && it.identifiers.iter().all(|identifier| list.find(identifier).is_none())
        };
        self.learners.iter().filter(is_free).collect::<Vec<_>>().into_iter()
    }

    fn merge_as_listed(&mut self, list: &LearnerList) -> Result<(), SheetErrors> {
        let enrolled: HashSet<&str> = self.learners.iter().map(|it| it.id.as_str()).collect();
        let mut faults = SheetFaults::default();
        let mut steps = STEPS_EACH * self.learners.len();
        for ListedMerge { line, id, into } in list.merges() {
            let mut fault = |message| {
                faults.note(SheetError::new(*line, Some(MERGED_INTO.name), message));
            };
            let way = |from| Way::of(from, &enrolled, &self.merged);
            if !enrolled.contains(into.as_str()) {
                fault(Message::new("sheet-fault-merge-unknown").with("id", clipped(into)));
            } else if id == into {
                fault(Message::new("sheet-fault-merge-self"));
            } else {
                let (one, other) = (way(id), way(into));
                steps = steps.saturating_sub(one.steps + other.steps);
                if steps == 0 {
                    fault(Message::new("sheet-fault-merge-chain"));
                    break;
                }
                if one.person != other.person {
                    self.merged.insert(id.clone(), into.clone());
                }
            }
            if faults.are_full() {
                break;
            }
        }
        faults.verdict()
    }

    /// The learners of a list, each with those of their former identifiers that no learner of the list has:
    /// what they did under an address that they no longer have is theirs.
    fn with_former_identifiers(&self, list: &LearnerList) -> Vec<Learner> {
        let former: BTreeMap<&str, &Learner> =
            self.learners.iter().map(|learner| (learner.id.as_str(), learner)).collect();
        let is_free = |identifier: &&Identifier| {
            let hashed = identifier.hashed();
            list.find(identifier).is_none() && hashed.is_none_or(|it| list.find(&it).is_none())
        };
        let with_former = |learner: &Learner| {
            let mut learner = learner.clone();
            if let Some(before) = former.get(learner.id.as_str()) {
                learner.identifiers.extend(before.identifiers.iter().filter(is_free).cloned());
            }
            learner
        };
        list.learners().iter().map(with_former).collect()
    }

    /// The text to keep.
    ///
    /// # Errors
    /// Where it has no JSON text: an empty one must not take the place of an enrolment.
    pub fn to_kept(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// The learners as reports see them: one for each person, with the identifiers of those
    /// merged into them.
    ///
    /// # Errors
    /// [`SheetErrors`] where two people share an identifier.
    pub fn people(&self) -> Result<LearnerList, SheetErrors> {
        let position: BTreeMap<&str, usize> =
            self.learners.iter().enumerate().map(|(n, it)| (it.id.as_str(), n)).collect();
        let mut people: Vec<Option<Learner>> = self.learners.iter().cloned().map(Some).collect();
        let persons = self.persons();
        for learner in &self.learners {
            let person = persons.of(&learner.id);
            if person == learner.id {
                continue;
            }
            if let Some(merged) = position.get(learner.id.as_str()).and_then(|n| people.get_mut(*n))
            {
                *merged = None;
            }
            let into = position.get(person).and_then(|n| people.get_mut(*n));
            if let Some(Some(into)) = into {
                into.identifiers.extend(learner.identifiers.iter().cloned());
            }
        }
        let mut people: Vec<Learner> = people.into_iter().flatten().collect();
        for person in &mut people {
            each_once(&mut person.identifiers);
        }
        LearnerList::from_learners(people)
    }

    /// Whom each learner is: themselves, or the one they were merged into. A merge into a learner who is no longer enrolled
    /// has no effect until they are enrolled again. Takes time that grows with their number: keep it for all whom you ask for.
    pub fn persons(&self) -> Persons<'_> {
        Persons::among(&self.learners, &self.merged)
    }

    /// How many learners are another one.
    pub fn merged_learners(&self) -> usize {
        let persons = self.persons();
        self.learners.iter().filter(|learner| persons.of(&learner.id) != learner.id).count()
    }

    /// Notes that `id` is the same person as `into`, whose data hold from now on.
    ///
    /// # Errors
    /// [`MergeError`] where one is not enrolled, or both are one already.
    pub fn merge(&mut self, id: &str, into: &str) -> Result<(), MergeError> {
        for named in [id, into] {
            if !self.learners.iter().any(|learner| learner.id == named) {
                return Err(MergeError::Unknown(named.to_owned()));
            }
        }
        let persons = self.persons();
        let (from, to) = (persons.of(id).to_owned(), persons.of(into).to_owned());
        if from == to {
            return Err(MergeError::Same(id.to_owned(), into.to_owned()));
        }
        self.merged.insert(from, to);
        Ok(())
    }

    /// Takes a merge of `id` back.
    ///
    /// # Errors
    /// [`MergeError::NotMerged`].
    pub fn unmerge(&mut self, id: &str) -> Result<(), MergeError> {
        match self.merged.remove(id) {
            Some(_) => Ok(()),
            None => Err(MergeError::NotMerged(id.to_owned())),
        }
    }
}
