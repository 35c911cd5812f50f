//! What stands around a statement: activities, and agents beside the actor.

use validator::ifi;
use validator::json::{self, Node};

use super::{Flattener, Said, count};
use crate::schema::{Datum, RowOf};

/// The activities of a relation; one that stands alone is a list of one (Data 2.4.6.2).
pub(super) fn activities<'a, N: Node>(statement: &'a N, relation: &str) -> &'a [N] {
    let around = json::at(statement, "context/contextActivities");
    let Some(related) = around.and_then(|around| around.get(relation)) else { return &[] };
    related.as_list().unwrap_or(std::slice::from_ref(related))
}

impl Flattener {
    pub(super) fn context_activities<N: Node>(&self, said: Said<'_, N>) -> Vec<RowOf> {
        let person = ifi::of(said.at("actor"));
        let mut rows = Vec::new();
        for relation in ["parent", "grouping", "category", "other"] {
            for (position, activity) in activities(said.value, relation).iter().enumerate() {
                let Some(id) = activity.get("id").and_then(N::as_str) else { continue };
                rows.push(vec![
                    said.key(),
                    Datum::Text(relation.to_owned()),
                    Datum::Count(count(position)),
                    self.iri(id, person.as_ref()),
                    Datum::text(json::at(activity, "definition/type").and_then(N::as_str)),
                ]);
            }
        }
        rows
    }

    pub(super) fn agents<N: Node>(&self, said: Said<'_, N>) -> Vec<RowOf> {
        let list = |path: &str| said.at(path).as_list().unwrap_or_default();
        let inner = |path: &str, name: &str| -> Vec<&N> {
            list(path).iter().filter_map(|it| it.get(name)).collect()
        };
        let one = |path: &str| json::at(said.value, path).into_iter().collect::<Vec<_>>();
        let roles = [
            ("member", list("actor/member").iter().collect()),
            ("instructor", one("context/instructor")),
            ("team", one("context/team")),
            ("context_agent", inner("context/contextAgents", "agent")),
            ("context_group", inner("context/contextGroups", "group")),
        ];
        let mut rows = Vec::new();
        for (role, agents) in roles {
            for (position, agent) in agents.into_iter().enumerate() {
                let actor = self.pseudonym(ifi::of(agent).as_ref());
                let role = Datum::Text(role.to_owned());
                rows.push(vec![said.key(), role, Datum::Count(count(position)), actor]);
            }
        }
        rows
    }
}
