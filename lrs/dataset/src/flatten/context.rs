//! What stands around a statement: activities, and agents beside the actor.

use serde_json::Value;
use validator::ifi;
use validator::json;

use super::{Flattener, Said, count};
use crate::schema::{Datum, RowOf};

/// The activities of a relation; one that stands alone is a list of one (Data 2.4.6.2).
pub(super) fn activities<'a>(statement: &'a Value, relation: &str) -> Vec<&'a Value> {
    let around = json::at(statement, "context/contextActivities");
    match around.and_then(|around| around.get(relation)) {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(alone) => vec![alone],
        None => Vec::new(),
    }
}

impl Flattener {
    pub(super) fn context_activities(&self, said: Said<'_>) -> Vec<RowOf> {
        let person = ifi::of(said.at("actor"));
        let mut rows = Vec::new();
        for relation in ["parent", "grouping", "category", "other"] {
            for (position, activity) in activities(said.value, relation).into_iter().enumerate() {
                let Some(id) = activity.get("id").and_then(Value::as_str) else { continue };
                rows.push(vec![
                    said.key(),
                    Datum::Text(relation.to_owned()),
                    Datum::Count(count(position)),
                    self.iri(id, person.as_ref()),
                    Datum::text(json::at(activity, "definition/type").and_then(Value::as_str)),
                ]);
            }
        }
        rows
    }

    pub(super) fn agents(&self, said: Said<'_>) -> Vec<RowOf> {
        let list = |path: &str| said.at(path).as_array().map(Vec::as_slice).unwrap_or_default();
        let inner = |path: &str, name: &str| -> Vec<&Value> {
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
