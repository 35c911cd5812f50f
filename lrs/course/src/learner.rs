//! A person enrolled in a course.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::identifier::{Identifier, each_once};

/// The home page of the accounts that erasures make up: `HOME_PAGE` of `xapi::erase`.
const ERASED_PEOPLE: &str = "https://erased.invalid";

/// One learner of a course: who they are to statements, and where they work.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Learner {
    /// The learner's name to this store; unique in a list.
    pub id: String,
    /// Their name for people; may be empty.
    pub name: String,
    /// Every way in which statements name them, as the list gives them; at least one.
    pub identifiers: Vec<Identifier>,
    /// Region of the body; empty when unknown, as are all below.
    pub region: String,
    /// Province of the body.
    pub province: String,
    /// The public body, such as a municipality.
    pub body: String,
    /// The body's ISTAT code as text: leading zeros matter.
    pub istat: String,
    /// Class of the body's population, such as `5.001-15.000`.
    #[serde(default)]
    pub population_class: String,
    /// Role in the body.
    pub role: String,
    /// Office area.
    pub office: String,
    /// The id of the course's edition they are enrolled in.
    #[serde(default)]
    pub edition: String,
    /// Further columns of the list that are not empty, by their heading.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Learner {
    /// Whether this is a person who was erased: all identifiers were made up by an erasure.
    pub fn is_erased(&self) -> bool {
        let is_made_up = |it: &Identifier| matches!(it, Identifier::Account { home_page, .. } if home_page == ERASED_PEOPLE);
        !self.identifiers.is_empty() && self.identifiers.iter().all(is_made_up)
    }

    /// Every identifier by which a statement can mean this learner: those of the list and the
    /// hashed form of their mail addresses, without repetition.
    pub fn known_as(&self) -> Vec<Identifier> {
        let forms = |it: &Identifier| [Some(it.clone()), it.hashed()].into_iter().flatten();
        let mut all: Vec<Identifier> = self.identifiers.iter().flat_map(forms).collect();
        each_once(&mut all);
        all
    }
}
