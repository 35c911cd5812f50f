//! The verb and the activities that a statement speaks with.

use validator::json::{self, Node};

use super::{Flattener, RELATIONS, StatementParts, kind_of, text};
use crate::vocabulary::{Used, name_of};
use xapi::mentioned;

/// The verb of a statement.
pub(crate) fn verb_used<'a, N: Node>(said: &StatementParts<'a, N>) -> Option<Used<'a>> {
    let verb = said.value.get("verb")?;
    let iri = text(verb, "id")?.into();
    let name = verb.get("display").and_then(name_of);
    Some(Used { iri, name, kind: None, interaction: None })
}

impl Flattener {
    /// The activity that is the object of a statement, and those in its context.
    pub(crate) fn activities_used<'a, N: Node>(
        &self,
        said: &StatementParts<'a, N>,
    ) -> impl Iterator<Item = Used<'a>> {
        let about = said.value.get("object").filter(|it| kind_of(*it, "Activity") == "Activity");
        let around = RELATIONS.into_iter().flat_map(|it| said.activities(it));
        about.into_iter().chain(around).filter_map(|activity| self.activity_used(activity, said))
    }

    /// An activity; one whose IRI names the actor has a pseudonym, and no name.
    fn activity_used<'a, N: Node>(
        &self,
        activity: &'a N,
        said: &StatementParts<'a, N>,
    ) -> Option<Used<'a>> {
        let iri = text(activity, "id")?;
        let kind = text(activity, "definition/type");
        let interaction = text(activity, "definition/interactionType");
        let name = json::at(activity, "definition/name").and_then(name_of);
        Some(match said.person.as_ref().filter(|person| mentioned::names(iri, person)) {
            Some(_) => Used { iri: self.pseudonymous(iri).into(), name: None, kind, interaction },
            None => Used { iri: iri.into(), name, kind, interaction },
        })
    }
}
