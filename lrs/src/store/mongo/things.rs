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
use crate::store::{Definitions, MOST_NAMES, PAGE_BYTES, Result, StoreError};
use crate::xapi::instant::Instant;
use crate::xapi::{activity, format};

/// Longer names (of activities: ids) and definitions, in bytes, are not learned: an answer of the database holds
/// [`super::call::BATCH`] of them. Learning must not fail for what a statement says: all that come later wait for it.
const LONGEST_NAME: usize = 64 << 10;
const LONGEST_DEFINITION: usize = 256 << 10;
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
            if !can_be_kept(id) {
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
            if !can_be_kept(name) {
                continue;
            }
            self.names.entry((ifi.to_string(), name.to_owned())).or_insert(stored);
        }
    }
}

/// Some servers take no NUL in a text.
fn can_be_kept(name: &str) -> bool {
    name.len() <= LONGEST_NAME && !name.contains('\0')
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
            let before = known.remove(activity);
            let Some(after) = merged(before.clone(), definitions) else { continue };
            match before {
                None => new.push((cell::name(&[activity]), value(activity, &after))),
                Some(before) if before != after => {
                    changed.push((activity.clone(), definitions.clone()));
                }
                Some(_) => {}
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
            let known = held.value().and_then(|value| definition(value).ok());
            let Some(merged) = merged(known.clone(), &definitions) else { return Ok(()) };
            let value = value(&activity, &merged);
            if known.as_ref() == Some(&merged)
                || self.definitions.change(&cell, &held, value).await?
            {
                return Ok(());
            }
        }
        Err(busy())
    }

    /// Definitions by activity; one that cannot be read is learned anew.
    async fn known(&self, activities: &[String]) -> Result<HashMap<String, Value>> {
        let mut known = HashMap::new();
        for activities in activities.chunks(ASKED) {
            for (activity, text) in self.texts(activities).await? {
                known.extend(serde_json::from_str(&text).ok().map(|value| (activity, value)));
            }
        }
        Ok(known)
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

fn value(activity: &str, definition: &Value) -> Document {
    doc! {"activity": activity, "definition": definition.to_string()}
}

fn merged(known: Option<Value>, definitions: &[Value]) -> Option<Value> {
    definitions.iter().fold(known, |known, next| {
        let merged = activity::merge(known.clone(), next);
        if merged.to_string().len() > LONGEST_DEFINITION { known } else { Some(merged) }
    })
}

fn definition(value: &Document) -> Result<Value> {
    let text = field::text(value, "definition")?;
    serde_json::from_str(&text)
        .map_err(|error| StoreError::Corrupt(format!("a definition of an activity: {error}")))
}
