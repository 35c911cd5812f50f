//! What stands around a statement: activities, and agents beside the actor.

use validator::ifi;
use validator::json::{self, Node};

use super::{Flattener, RELATIONS, StatementParts, count, part, text};
use crate::schema::{Datum, RowOf};

impl<'a, N: Node> StatementParts<'a, N> {
    /// The activities of a relation; one that stands alone is a list of one (Data 2.4.6.2).
    pub(super) fn activities(&self, relation: &str) -> &'a [N] {
        let Some(related) = json::at(part(self.context, "contextActivities"), relation) else {
            return &[];
        };
        related.as_list().unwrap_or(std::slice::from_ref(related))
    }
}

impl Flattener {
    pub(super) fn context_activities<N: Node>(&self, said: &StatementParts<'_, N>) -> Vec<RowOf> {
        let mut rows = Vec::new();
        for relation in RELATIONS {
            for (position, activity) in said.activities(relation).iter().enumerate() {
                let Some(id) = text(activity, "id") else { continue };
                rows.push(vec![
                    said.key(),
                    Datum::Text(relation.to_owned()),
                    Datum::Count(count(position)),
                    self.iri(id, said.person.as_ref()),
                    Datum::text(text(activity, "definition/type")),
                ]);
            }
        }
        rows
    }

    pub(super) fn agents<N: Node>(&self, said: &StatementParts<'_, N>) -> Vec<RowOf> {
        let mut rows = Vec::new();
        let mut add = |role: &str, agents: &mut dyn Iterator<Item = &N>| {
            for (position, agent) in agents.enumerate() {
                let actor = self.pseudonym(ifi::of(agent).as_ref());
                let role = Datum::Text(role.to_owned());
                rows.push(vec![said.key(), role, Datum::Count(count(position)), actor]);
            }
        };
        let one = |name: &str| json::at(said.context, name).into_iter();
        add("member", &mut list(said.actor, "member"));
        add("instructor", &mut one("instructor"));
        add("team", &mut one("team"));
        let inner = |list_name: &str, name: &'static str| {
            list(said.context, list_name).filter_map(move |it| json::at(it, name))
        };
        add("context_agent", &mut inner("contextAgents", "agent"));
        add("context_group", &mut inner("contextGroups", "group"));
        rows
    }
}

fn list<'a, N: Node>(value: &'a N, name: &str) -> std::slice::Iter<'a, N> {
    part(value, name).as_list().unwrap_or_default().iter()
}
