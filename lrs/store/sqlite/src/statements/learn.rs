//! Definitions of activities and names of agents, as statements give them. The definitions of a batch are merged in
//! memory and written once, however many of its statements name one activity.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::params;
use serde_json::{Map, Value};
use validator::json::Size;

use crate::failure::Result;
use crate::session::Session;
use store::bounds::{
    DEFINITIONS_AT_ONCE, HEAVIEST_DEFINITION, LONGEST_DEFINITION, MERGED_AT_ONCE,
    is_definition_learned, is_learned,
};
use xapi::activity::{Definition, Merged};
use xapi::index::Kind;
use xapi::instant::Instant;
use xapi::sayings::{Saying, Sayings};

/// A definition that says nothing.
const EMPTY: &str = "{}";
/// What a definition, and another one that is merged into it, may weigh together.
const HEAVIEST_TOGETHER: usize = 2 * HEAVIEST_DEFINITION;

/// The definitions of activities that the statements of a batch change.
#[derive(Default)]
pub(super) struct Lessons {
    definitions: HashMap<i64, Lesson>,
    /// How many bytes of definitions that were kept before the batch were read.
    read: usize,
    /// The weight of definitions that were read as values.
    merged: usize,
}

/// The definition of an activity, merged so far.
struct Lesson {
    known: Known,
    changed: bool,
}

/// A definition as it is until another one is merged into it: most activities have one, of which no value is made.
enum Known {
    Nothing,
    Text(String),
    /// With its weight.
    Merged(Definition, usize),
}

impl Lessons {
    /// Merges the definitions that a statement has, and keeps the names of its actor and object.
    pub(super) fn take(
        &mut self,
        session: &mut Session<'_>,
        sayings: &Sayings,
        stored: Instant,
    ) -> Result<()> {
        for said in sayings.definitions().filter(is_definition_learned) {
            let entity = session.entity(Kind::Activity, said.of)?;
            let is_full = self.merged >= MERGED_AT_ONCE
                || self.read >= DEFINITIONS_AT_ONCE && !self.definitions.contains_key(&entity);
            if !is_full && session.memory.is_news(entity, said.hash) {
                self.merge(session, entity, &said)?;
            }
        }
        for said in sayings.names().filter(|said| is_learned(said.what)) {
            let entity = session.entity(Kind::Agent, said.of)?;
            if session.memory.is_news(entity, said.hash) {
                session.run(
                    "INSERT OR IGNORE INTO agent_name (entity, name, seq) VALUES (?1, ?2, ?3)",
                    params![entity, said.what, stored.micros()],
                )?;
            }
        }
        Ok(())
    }

    fn merge(&mut self, session: &Session<'_>, entity: i64, said: &Saying<'_>) -> Result<()> {
        let lesson = match self.definitions.entry(entity) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let known = known(session, entity)?;
                self.read += known.length();
                new.insert(Lesson { known, changed: false })
            }
        };
        self.merged += lesson.add(entity, said);
        Ok(())
    }

    /// Writes what has changed.
    pub(super) fn keep(self, session: &Session<'_>) -> Result<()> {
        for (entity, lesson) in self.definitions.iter().filter(|(_, lesson)| lesson.changed) {
            session.run(
                "INSERT INTO definition (entity, body) VALUES (?1, ?2)
                 ON CONFLICT (entity) DO UPDATE SET body = excluded.body",
                params![entity, lesson.known.text()],
            )?;
        }
        Ok(())
    }
}

impl Lesson {
    /// Adds what a statement says; gives the weight of what was read as values for that.
    fn add(&mut self, entity: i64, said: &Saying<'_>) -> usize {
        let (mut definition, weight, read) =
            match std::mem::replace(&mut self.known, Known::Nothing) {
                Known::Nothing if said.what.len() <= LONGEST_DEFINITION && said.what != EMPTY => {
                    // What would be made of it and nothing, member by member.
                    *self = Self { known: Known::Text(said.what.to_owned()), changed: true };
                    return 0;
                }
                Known::Nothing => return 0,
                Known::Text(text) => {
                    let weight = Size::of(text.as_bytes()).weight();
                    if text == said.what || weight + said.weight > HEAVIEST_TOGETHER {
                        self.known = Known::Text(text);
                        return 0;
                    }
                    (parsed(entity, &text), weight, weight)
                }
                Known::Merged(definition, weight) if weight + said.weight > HEAVIEST_TOGETHER => {
                    self.known = Known::Merged(definition, weight);
                    return 0;
                }
                Known::Merged(definition, weight) => (definition, weight, 0),
            };
        // It was written from a value.
        if let Ok(said) = serde_json::from_str(said.what) {
            self.changed |= definition.merge(&said, LONGEST_DEFINITION) == Merged::Changed;
        }
        self.known = Known::Merged(definition, weight + said.weight);
        read + said.weight
    }
}

impl Known {
    fn length(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Text(text) => text.len(),
            Self::Merged(definition, _) => definition.length(),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => EMPTY.into(),
            Self::Text(text) => text.into(),
            Self::Merged(definition, _) => definition.text().into(),
        }
    }
}

/// The kept definition of an activity. One that an earlier release let grow longer than [`LONGEST_DEFINITION`] is not
/// parsed: nothing can be merged into it, so only its length is needed.
fn known(session: &Session<'_>, entity: i64) -> Result<Known> {
    let sql = "SELECT octet_length(body), CASE WHEN octet_length(body) <= ?2 THEN body END \
               FROM definition WHERE entity = ?1";
    let longest = i64::try_from(LONGEST_DEFINITION).unwrap_or(i64::MAX);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
    let found: Option<(i64, Option<String>)> = session.one(sql, params![entity, longest], row)?;
    Ok(match found {
        None => Known::Nothing,
        Some((_, Some(body))) => Known::Text(body),
        Some((length, None)) => {
            Known::Merged(Definition::closed(usize::try_from(length).unwrap_or(usize::MAX)), 0)
        }
    })
}

/// A kept definition as a value.
fn parsed(entity: i64, text: &str) -> Definition {
    let members: Map<String, Value> = serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, entity, "a definition that is kept cannot be read, and is learned anew");
        Map::new()
    });
    members.into()
}
