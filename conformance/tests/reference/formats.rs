//! The formats of answers.

use serde_json::{Map, Value};

use super::{Call, Reference};

impl Reference {
    /// A statement, or a result's statement, in the format that the call asks for.
    pub(crate) fn formatted(&self, call: &Call, value: &Value) -> Value {
        let mut value = value.clone();
        match call.parameter("format") {
            Some("ids") if !self.is("knows no format ids") => self.ids(&mut value, false),
            Some("canonical") if !self.is("knows no format canonical") => {
                self.canonical(call, &mut value);
            }
            None | Some("exact") => {
                let mutant = if call.parameter("format").is_some() {
                    "gives ids for exact"
                } else {
                    "gives ids by default"
                };
                if self.is(mutant) {
                    self.ids(&mut value, false);
                }
            }
            _ => {}
        }
        value
    }

    fn ids(&self, statement: &mut Value, sub: bool) {
        if sub && self.is("gives whole sub-statements in format ids") {
            return;
        }
        let Some(members) = statement.as_object_mut() else { return };
        for (name, value) in members.iter_mut() {
            match name.as_str() {
                "verb" => keep(value, &["id"]),
                "object" if value.get("actor").is_some() => self.ids(value, true),
                "actor" | "authority" | "object" => self.identify(value),
                "context" if !self.is("gives whole contexts in format ids") => {
                    for name in ["instructor", "team"] {
                        value.get_mut(name).into_iter().for_each(|value| self.identify(value));
                    }
                    let lists = value.get_mut("contextActivities").and_then(Value::as_object_mut);
                    for (_, list) in lists.into_iter().flatten() {
                        list.as_array_mut()
                            .into_iter()
                            .flatten()
                            .for_each(|one| self.identify(one));
                    }
                }
                _ => {}
            }
        }
    }

    /// Leaves no more than identifies an agent, a group or an activity.
    fn identify(&self, value: &mut Value) {
        if self.is("keeps names in format ids") {
            return;
        }
        let identified = ["mbox", "mbox_sha1sum", "openid", "account", "id"]
            .iter()
            .any(|n| value.get(*n).is_some());
        if identified || self.is("drops members of anonymous groups") {
            return keep(value, &["objectType", "id", "mbox", "mbox_sha1sum", "openid", "account"]);
        }
        keep(value, &["objectType", "member"]);
        let members = value.get_mut("member").and_then(Value::as_array_mut);
        members.into_iter().flatten().for_each(|member| self.identify(member));
    }

    fn canonical(&self, call: &Call, value: &mut Value) {
        let wanted = self.languages(call.header("Accept-Language").unwrap_or_default());
        if self.is("changes agents in format canonical") {
            value
                .get_mut("actor")
                .into_iter()
                .for_each(|actor| keep(actor, &["objectType", "mbox"]));
        }
        let Some(definition) = value.pointer_mut("/object/definition") else { return };
        let mut maps: Vec<&mut Value> = Vec::new();
        for (name, value) in definition.as_object_mut().into_iter().flatten() {
            match name.as_str() {
                "name" => maps.push(value),
                "description" if !self.is("chooses a language for names alone") => maps.push(value),
                "choices" | "scale" | "source" | "target" | "steps"
                    if !self.is("chooses no language for choices") =>
                {
                    let list = value.as_array_mut().into_iter().flatten();
                    maps.extend(list.filter_map(|one| one.get_mut("description")));
                }
                _ => {}
            }
        }
        let mut first = None;
        for map in maps {
            let chosen = match &first {
                Some(language) if self.is("chooses one language for all") => language,
                _ => &self.choose(map, &wanted),
            };
            let chosen = chosen.clone();
            let text = map.get(&chosen).cloned();
            let entries = text.map(|text| (chosen.clone(), text));
            *map = Value::Object(Map::from_iter(entries));
            first = Some(chosen);
        }
    }

    /// The languages wanted, best first.
    fn languages(&self, header: &str) -> Vec<String> {
        let mut wanted: Vec<(f64, String)> = header
            .split(',')
            .map(|item| {
                let (language, quality) = item.split_once(";q=").unwrap_or((item, "1"));
                (quality.trim().parse().unwrap_or(0.0), language.trim().to_owned())
            })
            .collect();
        if !self.is("knows no quality of languages") {
            wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        }
        if self.is("knows no Accept-Language") {
            wanted.clear();
        }
        wanted.into_iter().map(|(_, language)| language).collect()
    }

    fn choose(&self, map: &Value, wanted: &[String]) -> String {
        let Some(map) = map.as_object() else { return String::new() };
        for language in wanted {
            let ranges = !self.is("knows no language ranges");
            let fits = |tag: &&String| {
                *tag == language || (ranges && tag.starts_with(&format!("{language}-")))
            };
            if let Some(tag) = map.keys().find(fits) {
                return tag.clone();
            }
        }
        match self.is("gives no language that was not asked for") {
            true => String::new(),
            false => map.keys().next().cloned().unwrap_or_default(),
        }
    }
}

fn keep(value: &mut Value, names: &[&str]) {
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| names.contains(&name.as_str()));
    }
}
