//! Agents, activities, about.

use serde_json::{Map, Value, json};

use super::{Answer, Call, Reference, State, json_answer, refuse, values};

impl Reference {
    pub(crate) fn agents(&self, call: &Call) -> Answer {
        self.only_get(call)?;
        self.known(call, &["agent"])?;
        let Some(text) = call.parameter("agent") else {
            return match self.is("agents needs no agent") {
                true => Ok(json_answer(&json!({"objectType": "Person"}))),
                false => refuse(400, "agent is needed"),
            };
        };
        let agent = match self.agent_of(text, call.two) {
            Ok(agent) => agent,
            Err(_) if self.is("agents takes anything") => json!({"mbox": "mailto:a@example.org"}),
            Err(refused) => return Err(refused),
        };
        let kind = if self.is("a person is an agent") { "Agent" } else { "Person" };
        let mut person = Map::from_iter([("objectType".to_owned(), json!(kind))]);
        for name in ["mbox", "mbox_sha1sum", "openid", "account"] {
            if let Some(value) =
                agent.get(name).filter(|_| !self.is(&format!("a person has no {name}")))
            {
                let list = if self.is("a person's members are no lists") {
                    value.clone()
                } else {
                    json!([value])
                };
                person.insert(name.to_owned(), list);
            }
        }
        let state = self.state();
        let names = state.names.get(&identifier(&agent)).cloned().unwrap_or_default();
        if names.is_empty() && self.is("unknown agents are 404") {
            return refuse(404, "unknown");
        }
        if !names.is_empty() && !self.is("a person has no names") {
            person.insert("name".to_owned(), json!(names));
        }
        if self.is("a person has more members") {
            person.insert("id".to_owned(), json!(1));
        }
        Ok(json_answer(&Value::Object(person)))
    }

    /// Keeps what a statement says about agents and activities.
    pub(crate) fn learn(&self, state: &mut State, statement: &Value) {
        if let Some(actor) = statement.get("actor")
            && let Some(name) = actor.get("name")
        {
            let names = state.names.entry(identifier(actor)).or_default();
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        let Some(object) = statement.get("object") else { return };
        let Some(id) = object.get("id").and_then(Value::as_str) else { return };
        let Some(definition) = object.get("definition") else { return };
        let known = state.activities.entry(id.to_owned()).or_insert_with(|| json!({}));
        if self.is("activities are as first described") && known != &json!({}) {
            return;
        }
        if self.is("activities are as last described") {
            *known = definition.clone();
            return;
        }
        for (name, value) in definition.as_object().into_iter().flatten() {
            match (known.get_mut(name).and_then(Value::as_object_mut), value) {
                (Some(map), Value::Object(more)) => map.extend(more.clone()),
                _ => known[name] = value.clone(),
            }
        }
    }

    pub(crate) fn activities(&self, call: &Call) -> Answer {
        self.only_get(call)?;
        self.known(call, &["activityId"])?;
        let Some(id) = call.parameter("activityId") else {
            return match self.is("activities needs no id") {
                true => Ok(json_answer(&json!({}))),
                false => refuse(400, "activityId is needed"),
            };
        };
        if !values::iri(id) && !self.is("activities takes any id") {
            return refuse(400, "activityId is no IRI");
        }
        let mut activity = json!({"objectType": "Activity", "id": id});
        match self.state().activities.get(id) {
            Some(definition) if !self.is("activities have no definition") => {
                activity["definition"] = definition.clone();
            }
            None if self.is("unknown activities are 404") => return refuse(404, "unknown"),
            _ => {}
        }
        Ok(json_answer(&activity))
    }

    pub(crate) fn about(&self, call: &Call) -> Answer {
        self.only_get(call)?;
        let about = match self.mutant.as_str() {
            "about tells old versions" => json!({"version": ["1.0.0"]}),
            "about tells versions that do not exist" => {
                json!({"version": ["1.0.3", "2.0.0", "3.1"]})
            }
            "about tells one version as text" => json!({"version": "1.0.3"}),
            "about tells other things" => json!({"version": ["1.0.3", "2.0.0"], "name": "x"}),
            _ => json!({"version": ["1.0.3", "2.0.0"], "extensions": {}}),
        };
        Ok(json_answer(&about))
    }

    fn only_get(&self, call: &Call) -> Result<(), super::Refused> {
        if call.method == "GET" || self.is("resources take any method") {
            return Ok(());
        }
        refuse(405, "only GET")
    }

    pub(crate) fn known(&self, call: &Call, known: &[&str]) -> Result<(), super::Refused> {
        for (name, _) in &call.query {
            let folded = known.iter().any(|known| known.eq_ignore_ascii_case(name));
            let let_pass =
                if folded { "folds the case of parameters" } else { "takes unknown parameters" };
            if !known.contains(&name.as_str()) && !self.is(let_pass) {
                return refuse(400, format!("unknown parameter {name}"));
            }
        }
        Ok(())
    }
}

/// What two agents are the same by.
pub(crate) fn identifier(agent: &Value) -> String {
    let found = ["mbox", "mbox_sha1sum", "openid", "account"]
        .iter()
        .find_map(|name| agent.get(*name).map(|value| format!("{name} {value}")));
    found.unwrap_or_else(|| agent.to_string())
}
