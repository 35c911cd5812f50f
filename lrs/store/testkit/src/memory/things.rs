//! Agents and activities as lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use store::bounds::{DEFINITIONS_AT_ONCE, LONGEST_DEFINITION, is_definition_learned, is_learned};
use store::{Definitions, MOST_NAMES, PAGE_BYTES};
use xapi::activity::Definition;
use xapi::erase::Eraser;
use xapi::index::Kind;
use xapi::sayings::Sayings;
use xapi::stored::Stored;

#[derive(Clone, Default)]
pub(super) struct Things {
    /// Identifiers of agents and their names, in order of appearance.
    names: Vec<(String, String)>,
    definitions: Vec<(String, Arc<Definition>)>,
}

impl Things {
    /// Learns what the statements of a batch say.
    pub(super) fn learn<'s>(&mut self, statements: impl Iterator<Item = &'s Stored>) {
        let (mut read, mut spoken_of) = (0, BTreeSet::new());
        for statement in statements {
            let value = statement.value().expect("a statement is JSON");
            for said in Sayings::by(&value).definitions().filter(is_definition_learned) {
                let is_new = !spoken_of.contains(said.of);
                if is_new && read >= DEFINITIONS_AT_ONCE {
                    continue;
                }
                let known = self.definition(said.of);
                if spoken_of.insert(said.of.to_owned()) {
                    read += known.length();
                }
                let said = serde_json::from_str(said.what).expect("it was written from a value");
                Arc::make_mut(known).merge(&said, LONGEST_DEFINITION);
            }
            for agent in ["/actor", "/object"].into_iter().filter_map(|at| value.pointer(at)) {
                self.learn_name(agent);
            }
        }
    }

    fn definition(&mut self, id: &str) -> &mut Arc<Definition> {
        let known = self.definitions.iter().position(|(known, _)| known == id);
        let at = known.unwrap_or_else(|| {
            self.definitions.push((id.to_owned(), Arc::default()));
            self.definitions.len() - 1
        });
        &mut self.definitions[at].1
    }

    fn learn_name(&mut self, agent: &Value) {
        let name = agent.get("name").and_then(Value::as_str).filter(|name| is_learned(name));
        let (Some(name), Some(ifi)) = (name, validator::ifi::of(agent)) else { return };
        let named = (ifi.to_string(), name.to_owned());
        if !self.names.contains(&named) {
            self.names.push(named);
        }
    }

    /// Removes names of a person, and erases them from definitions.
    pub(super) fn erase(&mut self, eraser: &Eraser) -> u64 {
        let before = self.names.len();
        self.names.retain(|(agent, _)| !eraser.is_named(agent));
        let mut count = (before - self.names.len()) as u64;
        for (id, definition) in &mut self.definitions {
            let (new_id, text) = (eraser.key(Kind::Activity, id), eraser.json(&definition.text()));
            count += u64::from(new_id.is_some() || text.is_some());
            if let Some(new) = new_id {
                *id = new;
            }
            if let Some(Value::Object(members)) = text.and_then(|it| serde_json::from_str(&it).ok())
            {
                *definition = Arc::new(members.into());
            }
        }
        count
    }

    pub(super) fn agent_names(&self, ifi: &str) -> Vec<String> {
        let of_agent = self.names.iter().filter(|(agent, _)| agent == ifi);
        of_agent.map(|(_, name)| name.clone()).take(MOST_NAMES).collect()
    }

    pub(super) fn definitions(&self, activities: &[String]) -> Definitions {
        let (mut definitions, mut bytes) = (Definitions::default(), 0);
        for activity in activities {
            let found = self.definitions.iter().find(|(id, _)| id == activity);
            definitions.looked_at += 1;
            if let Some((id, definition)) = found.filter(|(_, found)| found.length() > 0) {
                bytes += definition.length();
                definitions.found.push((id.clone(), definition.text()));
            }
            if bytes >= PAGE_BYTES {
                break;
            }
        }
        definitions
    }
}
