//! What statements said of activities and agents. Definitions are cells; a name of an agent is
//! kept once, with the instant at which it came first.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::{StreamExt as _, stream};
use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use serde_json::Value;

use super::call::{all, insert_free};
use super::cell::{self, Cells, busy};
use super::field;
use crate::store::bounds::{DEFINITIONS_AT_ONCE, LONGEST_DEFINITION, is_learned};
use crate::store::{Definitions, MOST_NAMES, PAGE_BYTES, Result, StoreError};
use crate::xapi::activity::{Definition, Merged};
use crate::xapi::format;
use crate::xapi::instant::Instant;

/// How often a definition is tried again when somebody else was quicker.
const TRIES: u32 = 10;
/// Definitions merged at once.
const MERGED: usize = 16;
/// Cells and names asked for at once.
const ASKED: usize = 500;

/// Where they are kept.
#[derive(Clone)]
pub(super) struct Things {
    pub(super) definitions: Cells,
    pub(super) names: Collection<Document>,
}

/// What some statements teach, in their order.
#[derive(Debug, Default)]
pub(super) struct Taught {
    definitions: BTreeMap<String, Vec<Value>>,
    names: BTreeMap<(String, String), Instant>,
}

impl Taught {
    /// Adds what a statement teaches.
    pub(super) fn add(&mut self, statement: &Value, stored: Instant) {
        for (id, definition) in format::definitions(statement) {
            if !is_learned(id) {
                continue;
            }
            // Most statements of an activity say the same of it: merging that again is work twice.
            let all = self.definitions.entry(id.to_owned()).or_default();
            if all.last() != Some(definition) {
                all.push(definition.clone());
            }
        }
        for actor in ["/actor", "/object"].into_iter().filter_map(|at| statement.pointer(at)) {
            let name = actor.get("name").and_then(Value::as_str);
            let (Some(name), Some(ifi)) = (name, validator::ifi::of(actor)) else { continue };
            if !is_learned(name) {
                continue;
            }
            self.names.entry((ifi.to_string(), name.to_owned())).or_insert(stored);
        }
    }
}

impl Things {
    /// Keeps what was taught, as far as the database takes it; a second time it changes nothing.
    pub(super) async fn learn(&self, taught: Taught) -> Result<()> {
        match self.learn_all(taught).await {
            Err(StoreError::Rejected(reason)) => {
                tracing::error!(reason, "names or definitions of statements are not learned");
                Ok(())
            }
            learned => learned,
        }
    }

    async fn learn_all(&self, taught: Taught) -> Result<()> {
        self.learn_names(&taught.names).await?;
        let activities: Vec<String> = taught.definitions.keys().cloned().collect();
        let mut known = self.known(&activities).await?;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for (activity, definitions) in &taught.definitions {
            let Some(before) = known.remove(activity) else { continue };
            let is_new = before.is_none();
            let Some(after) = merged(before.unwrap_or_default(), definitions) else { continue };
            if is_new {
                new.push((cell::name(&[activity]), value(activity, &after)));
            } else {
                changed.push((activity.clone(), definitions.clone()));
            }
        }
        let taken = self.definitions.create(new).await?;
        let is_taken = |activity: &String| taken.contains(&cell::name(&[activity]));
        changed.extend(taught.definitions.into_iter().filter(|(activity, _)| is_taken(activity)));
        let mut merges = stream::iter(changed)
            .map(|(activity, all)| self.clone().merge(activity, all))
            .buffer_unordered(MERGED);
        while let Some(merged) = merges.next().await {
            merged?;
        }
        Ok(())
    }

    /// Keeps the names that are not there yet. They are asked for first: most are, and a key that is
    /// taken costs a server more than a question.
    async fn learn_names(&self, names: &BTreeMap<(String, String), Instant>) -> Result<()> {
        let names: Vec<Document> = names.iter().map(name).collect();
        for names in names.chunks(ASKED) {
            let ids: Vec<&Bson> = names.iter().filter_map(|name| name.get("_id")).collect();
            let known = self.names.find(doc! {"_id": {"$in": ids}}).projection(doc! {"_id": 1});
            let known = all(known).await?;
            let known: HashSet<&str> =
                known.iter().filter_map(|it| it.get_str("_id").ok()).collect();
            let is_new = |name: &&Document| name.get_str("_id").is_ok_and(|id| !known.contains(id));
            let new: Vec<Document> = names.iter().filter(is_new).cloned().collect();
            if !new.is_empty() {
                insert_free(&self.names, &new).await?;
            }
        }
        Ok(())
    }

    async fn merge(self, activity: String, definitions: Vec<Value>) -> Result<()> {
        let cell = cell::name(&[&activity]);
        for _ in 0..TRIES {
            let held = self.definitions.read(&cell).await?;
            let known = held.value().and_then(readable).unwrap_or_default();
            let Some(merged) = merged(known, &definitions) else { return Ok(()) };
            let value = value(&activity, &merged);
            if self.definitions.change(&cell, &held, value).await? {
                return Ok(());
            }
        }
        Err(busy())
    }

    /// What is known of activities, nothing where one cannot be read: it is learned anew. Those are left out that were
    /// not asked for, because what was read before is as much as is read at once.
    async fn known(&self, activities: &[String]) -> Result<HashMap<String, Option<Definition>>> {
        let (mut all, mut read) = (HashMap::new(), 0);
        for activities in activities.chunks(ASKED) {
            if read >= DEFINITIONS_AT_ONCE {
                break;
            }
            let cells: Vec<String> = activities.iter().map(|it| cell::name(&[it])).collect();
            let filter = doc! {"cell": {"$in": &cells}};
            let fields = ["activity", "definition"];
            let held = self.definitions.find_until(filter, &fields, |value| {
                read += value.get_str("definition").map_or(0, str::len);
                read >= DEFINITIONS_AT_ONCE
            });
            let held = held.await?;
            // Of those that were not found some may only not have been reached.
            let is_whole = read < DEFINITIONS_AT_ONCE;
            for (activity, cell) in activities.iter().zip(&cells) {
                let value = held.get(cell).and_then(cell::Held::value);
                if value.is_some() || is_whole {
                    all.insert(activity.clone(), value.and_then(readable));
                }
            }
        }
        Ok(all)
    }

    /// See [`crate::store::ThingStore::definitions`].
    pub(super) async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        let (mut definitions, mut left, mut bytes) = (Definitions::default(), activities, 0);
        while !left.is_empty() && bytes < PAGE_BYTES {
            // As many as cannot weigh more than what is left of a page; one in any case.
            let room = ((PAGE_BYTES - bytes) / LONGEST_DEFINITION).max(1);
            let (asked, rest) = left.split_at(room.min(left.len()));
            let found = self.texts(asked).await?;
            bytes += found.iter().map(|(_, text)| text.len()).sum::<usize>();
            definitions.looked_at += asked.len();
            definitions.found.extend(found);
            left = rest;
        }
        Ok(definitions)
    }

    /// The definitions of those activities that have one, as texts.
    async fn texts(&self, activities: &[String]) -> Result<Vec<(String, String)>> {
        let cells: Vec<String> = activities.iter().map(|it| cell::name(&[it])).collect();
        let filter = doc! {"cell": {"$in": cells}};
        let held = self.definitions.find(filter, &["activity", "definition"]).await?;
        let texts = held
            .values()
            .filter_map(cell::Held::value)
            .map(|value| Ok((field::text(value, "activity")?, field::text(value, "definition")?)));
        texts.collect()
    }

    /// See [`crate::store::ThingStore::agent_names`].
    pub(super) async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        let names = self.names.find(doc! {"agent": cell::name(&[ifi])});
        let most = i64::try_from(MOST_NAMES).unwrap_or(i64::MAX);
        let names = all(names.sort(doc! {"stored": 1}).limit(most)).await?;
        names.iter().map(|document| field::text(document, "name")).collect()
    }
}

fn name(((ifi, name), stored): (&(String, String), &Instant)) -> Document {
    let id = cell::name(&[ifi, name]);
    doc! {"_id": id, "agent": cell::name(&[ifi]), "name": name, "stored": stored.micros()}
}

fn value(activity: &str, definition: &Definition) -> Document {
    doc! {"activity": activity, "definition": definition.text()}
}

/// What is known after these were said, one after the other; `None` where nothing of it is new.
fn merged(mut known: Definition, said: &[Value]) -> Option<Definition> {
    let mut is_new = false;
    for said in said {
        is_new |= known.merge(said, LONGEST_DEFINITION) == Merged::Changed;
    }
    is_new.then_some(known)
}

/// What is known of an activity; nothing, and a line in the log, where it cannot be read.
fn readable(value: &Document) -> Option<Definition> {
    let log = |error: &StoreError| {
        tracing::error!(%error, "a definition that is kept cannot be read, and is learned anew");
    };
    known(value).inspect_err(log).ok()
}

fn known(value: &Document) -> Result<Definition> {
    match definition(value)? {
        Value::Object(members) => Ok(members.into()),
        _ => Err(StoreError::Corrupt("a definition of an activity that is no object".into())),
    }
}

fn definition(value: &Document) -> Result<Value> {
    let text = field::text(value, "definition")?;
    serde_json::from_str(&text)
        .map_err(|error| StoreError::Corrupt(format!("a definition of an activity: {error}")))
}
