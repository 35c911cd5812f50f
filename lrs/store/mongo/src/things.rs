//! Definitions of activities and names of agents, as statements give them. A definition is a cell. A
//! name of an agent is a document, with the instant at which the name came first.

use crate::MongoStore;
use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use store::ThingStore;

use futures::future::try_join;
use futures::{StreamExt as _, stream};
use mongodb::bson::{Document, doc};
use mongodb::{Collection, Database};
use serde_json::Value;
use tokio::time::Instant as Moment;

use super::call::{all, insert_free};
use super::cell::{self, Cells, busy};
use super::field;
use super::recent::RecentNames;
use store::bounds::{
    DEFINITIONS_AT_ONCE, LONGEST_DEFINITION, MERGED_AT_ONCE, is_definition_learned, is_learned,
};
use store::{Definitions, MOST_NAMES, PAGE_BYTES, Result, StoreError};
use xapi::activity::{Definition, Merged};
use xapi::instant::Instant;
use xapi::sayings::Sayings;

/// What the definitions that statements of a group give may weigh: all of them are values here, which the embedded engine makes
/// only of those that it merges.
const TAUGHT_AT_ONCE: usize = 4 * MERGED_AT_ONCE;
/// How often a definition is merged again where another writer was quicker.
const TRIES: u32 = 10;
/// Definitions merged at a time.
const MERGED: usize = 16;
/// Cells, or names, in one call at most.
const ASKED: usize = 500;

/// The collections of definitions and of names.
#[derive(Clone)]
pub(super) struct Things {
    pub(super) definitions: Cells,
    pub(super) names: Collection<Document>,
    pub(super) recent: RecentNames,
}

/// The definitions and names that some statements give, in their order.
#[derive(Debug, Default)]
pub(super) struct Taught {
    definitions: BTreeMap<String, Vec<Value>>,
    names: BTreeMap<(String, String), Instant>,
    /// What the definitions weigh.
    weight: usize,
}

impl Taught {
    /// Adds the definitions and names that a statement gives.
    pub(super) fn add(&mut self, sayings: &Sayings, stored: Instant) {
        for said in sayings.definitions().filter(is_definition_learned) {
            if self.weight >= TAUGHT_AT_ONCE {
                break;
            }
            // It was written from a value.
            let Ok(definition) = serde_json::from_str(said.what) else { continue };
            // Most statements of an activity have the same definition: it is merged once.
            let all = self.definitions.entry(said.of.to_owned()).or_default();
            if all.last() != Some(&definition) {
                all.push(definition);
                self.weight += said.weight;
            }
        }
        for said in sayings.names().filter(|said| is_learned(said.what)) {
            self.names.entry((said.of.to_owned(), said.what.to_owned())).or_insert(stored);
        }
    }
}

impl Things {
    pub(super) fn new(database: &Database) -> Self {
        Self {
            definitions: Cells::new(database.collection("definition")),
            names: database.collection("agent_name"),
            recent: RecentNames::default(),
        }
    }

    /// Keeps definitions and names, except what the database rejects. Doing it again changes nothing.
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
        let Taught { definitions, names, weight: _ } = taught;
        try_join(self.learn_names(&names), self.learn_definitions(definitions)).await.map(drop)
    }

    async fn learn_definitions(&self, taught: BTreeMap<String, Vec<Value>>) -> Result<()> {
        let activities: Vec<String> = taught.keys().cloned().collect();
        let mut known = self.known(&activities).await?;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for (activity, definitions) in &taught {
            // Left out by `known`: as much was read as is read at once.
            let Some(before) = known.remove(activity) else { continue };
            let is_new = before.is_none();
            // An activity without a definition begins with an empty one.
            let Some(after) = merged(before.unwrap_or_default(), definitions) else { continue };
            if is_new {
                new.push((cell::name(&[activity]), value(activity, &after)));
            } else {
                changed.push((activity.clone(), definitions.clone()));
            }
        }
        let taken = self.definitions.create(new).await?;
        let is_taken = |activity: &String| taken.contains(&cell::name(&[activity]));
        changed.extend(taught.into_iter().filter(|(activity, _)| is_taken(activity)));
        let mut merges = stream::iter(changed)
            .map(|(activity, all)| self.clone().merge(activity, all))
            .buffer_unordered(MERGED);
        while let Some(merged) = merges.next().await {
            merged?;
        }
        Ok(())
    }

    /// Keeps the names that are not there yet. Those that this process has found there of late are not sent again: most
    /// statements name somebody whom others have just named, and an insertion under a taken key costs a server more than
    /// one under a free key.
    async fn learn_names(&self, names: &BTreeMap<(String, String), Instant>) -> Result<()> {
        let names: Vec<Document> = names.iter().map(name).collect();
        for names in names.chunks(ASKED) {
            let new = self.recent.lacking(names, Moment::now());
            if !new.is_empty() {
                insert_free(&self.names, &new).await?;
                self.recent.add(&new, Moment::now());
            }
        }
        Ok(())
    }

    async fn merge(self, activity: String, definitions: Vec<Value>) -> Result<()> {
        let cell = cell::name(&[&activity]);
        for _ in 0..TRIES {
            let held = self.definitions.newest(&cell).await?;
            // Begins anew where there is no definition, or one that cannot be read.
            let known = held.value().and_then(readable).unwrap_or_default();
            let Some(merged) = merged(known, &definitions) else { return Ok(()) };
            let value = value(&activity, &merged);
            if self.definitions.change(&cell, &held, value).await? {
                return Ok(());
            }
        }
        Err(busy())
    }

    /// The definitions of activities; `None` for an activity that has none, or one that cannot be read, which is then
    /// learned anew. Activities are left out once [`DEFINITIONS_AT_ONCE`] bytes were read.
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
            // Where reading ended early, an activity that was not found may still have a definition.
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

    /// See [`store::ThingStore::definitions`].
    pub(super) async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        let (mut definitions, mut left, mut bytes) = (Definitions::default(), activities, 0);
        while !left.is_empty() && bytes < PAGE_BYTES {
            // So many that they fit into the rest of a page at their longest; one in any case.
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

    /// See [`store::ThingStore::agent_names`].
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

/// `known` with these definitions merged into it, one after the other; `None` where that changes nothing.
fn merged(mut known: Definition, said: &[Value]) -> Option<Definition> {
    let mut is_new = false;
    for said in said {
        is_new |= known.merge(said, LONGEST_DEFINITION) == Merged::Changed;
    }
    is_new.then_some(known)
}

/// The definition of an activity; `None`, and a line in the log, where it cannot be read.
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

#[async_trait]
impl ThingStore for MongoStore {
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>> {
        self.0.things.agent_names(ifi).await
    }

    async fn definitions(&self, activities: &[String]) -> Result<Definitions> {
        self.0.things.definitions(activities).await
    }
}
