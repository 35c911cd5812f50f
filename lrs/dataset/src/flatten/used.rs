//! The verb and the activities that a statement speaks with.

use validator::ifi::{self, Ifi};
use validator::json::{self, Node};

use super::{Flattener, context, kind_of};
use crate::vocabulary::{Used, name_of};
use xapi::mentioned;

/// The verb of a statement.
pub(crate) fn verb_used<N: Node>(statement: &N) -> Option<Used<'_>> {
    let verb = statement.get("verb")?;
    let iri = verb.get("id")?.as_str()?.into();
    let name = verb.get("display").and_then(name_of);
    Some(Used { iri, name, kind: None, interaction: None })
}

impl Flattener {
    /// The activity that is the object of a statement, and those in its context.
    pub(crate) fn activities_used<'a, N: Node>(&self, statement: &'a N) -> Vec<Used<'a>> {
        let person = statement.get("actor").and_then(ifi::of);
        let about = statement.get("object").filter(|it| kind_of(*it, "Activity") == "Activity");
        let around = ["parent", "grouping", "category", "other"];
        let around = around.into_iter().flat_map(|it| context::activities(statement, it));
        let all = about.into_iter().chain(around);
        all.filter_map(|activity| self.activity_used(activity, person.as_ref())).collect()
    }

    /// An activity; one whose IRI names the actor has a pseudonym, and no name.
    fn activity_used<'a, N: Node>(
        &self,
        activity: &'a N,
        person: Option<&Ifi>,
    ) -> Option<Used<'a>> {
        let iri = activity.get("id")?.as_str()?;
        let text = |path| json::at(activity, path).and_then(N::as_str);
        let (kind, interaction) = (text("definition/type"), text("definition/interactionType"));
        let name = json::at(activity, "definition/name").and_then(name_of);
        Some(match person.filter(|person| mentioned::names(iri, person)) {
            Some(_) => Used { iri: self.pseudonymous(iri).into(), name: None, kind, interaction },
            None => Used { iri: iri.into(), name, kind, interaction },
        })
    }
}
