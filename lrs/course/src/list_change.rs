//! A learner list that is sent again.

use std::collections::HashMap;

use texts::Message;

use super::error::{SheetError, SheetErrors, SheetFaults, clipped};
use super::heading::IDENTIFIERS;
use super::learner::Learner;
use super::learner_list::LearnerList;

/// What a newer list would change, by the learners' ids in the order of their list.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ListChange {
    /// In the newer list alone.
    pub added: Vec<String>,
    /// In both, and not the same.
    pub updated: Vec<String>,
    /// In both, and the same.
    pub unchanged: Vec<String>,
    /// In the older list alone; [`LearnerList::updated_by`] keeps them. Those who were erased are left out: they stay whatever
    /// a list says.
    pub absent: Vec<String>,
}

impl LearnerList {
    /// What taking `newer` would change.
    pub fn change_to(&self, newer: &Self) -> ListChange {
        let older = by_id(self.learners());
        let mut change = ListChange::default();
        for learner in newer.learners() {
            let ids = match older.get(learner.id.as_str()) {
                None => &mut change.added,
                Some(known) if *known == learner => &mut change.unchanged,
                Some(_) => &mut change.updated,
            };
            ids.push(learner.id.clone());
        }
        let newer = by_id(newer.learners());
        let absent = self
            .learners()
            .iter()
            .filter(|known| !newer.contains_key(known.id.as_str()) && !known.is_erased());
        change.absent = absent.map(|known| known.id.clone()).collect();
        change
    }

    /// This list with the learners of `newer`: those it has by id are replaced whole, in their
    /// place, the others added at the end. Learners that `newer` does not have stay.
    ///
    /// # Errors
    /// [`SheetErrors`] with the lines of `newer`, when an identifier of a learner there is that
    /// of a learner who stays: it would mean two people.
    pub fn updated_by(self, newer: &Self) -> Result<Self, SheetErrors> {
        let mut coming = by_id(newer.learners());
        self.no_two_of(newer, &coming)?;
        let mut replaced = |known: &Learner| coming.remove(known.id.as_str()).cloned();
        let known =
            self.learners().iter().map(|known| replaced(known).unwrap_or_else(|| known.clone()));
        let mut learners: Vec<Learner> = known.collect();
        let added =
            newer.learners().iter().filter(|learner| coming.contains_key(learner.id.as_str()));
        learners.extend(added.cloned());
        Self::from_learners(learners)
    }

    /// Refuses identifiers of `newer` that are those of learners it does not have.
    fn no_two_of(&self, newer: &Self, coming: &HashMap<&str, &Learner>) -> Result<(), SheetErrors> {
        let stays = |known: &&Learner| !coming.contains_key(known.id.as_str());
        let mut faults = SheetFaults::default();
        for (line, learner) in newer.with_lines() {
            for identifier in &learner.identifiers {
                let forms = [Some(identifier.clone()), identifier.hashed()];
                let owner = forms.iter().flatten().find_map(|form| self.find(form).filter(stays));
                let Some(owner) = owner.map(|owner| &owner.id) else { continue };
                let message = Message::new("sheet-fault-identifier-taken")
                    .with("identifier", clipped(&identifier.to_string()))
                    .with("learner", clipped(&learner.id))
                    .with("owner", clipped(owner));
                faults.note(SheetError::new(line, Some(IDENTIFIERS.name), message));
                if faults.are_full() {
                    return faults.verdict();
                }
            }
        }
        faults.verdict()
    }
}

fn by_id(learners: &[Learner]) -> HashMap<&str, &Learner> {
    learners.iter().map(|learner| (learner.id.as_str(), learner)).collect()
}
