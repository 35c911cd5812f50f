//! Definitions of activities and names of agents, as statements give them. The definitions of a batch are merged in
//! memory and written once, however many of its statements name one activity.

use std::collections::HashMap;

use rusqlite::params;
use serde_json::{Map, Value};

use crate::failure::Result;
use crate::session::Session;
use store::bounds::{DEFINITIONS_AT_ONCE, LONGEST_DEFINITION, is_learned};
use xapi::activity::{Definition, Merged};
use xapi::index::Kind;
use xapi::instant::Instant;
use xapi::sayings::Sayings;

/// The definitions of activities that the statements of a batch change.
#[derive(Default)]
pub(super) struct Lessons {
    definitions: HashMap<i64, Lesson>,
    /// How many bytes of definitions that were kept before the batch were read.
    read: usize,
}

/// The definition of an activity, merged so far.
struct Lesson {
    definition: Definition,
    changed: bool,
}

impl Lessons {
    /// Merges the definitions that a statement has, and keeps the names of its actor and object.
    pub(super) fn take(
        &mut self,
        session: &mut Session<'_>,
        sayings: &Sayings,
        stored: Instant,
    ) -> Result<()> {
        for said in sayings.definitions().filter(|said| is_learned(said.of)) {
            let entity = session.entity(Kind::Activity, said.of)?;
            if self.read >= DEFINITIONS_AT_ONCE && !self.definitions.contains_key(&entity) {
                continue;
            }
            if session.memory.is_news(entity, said.hash) {
                self.merge(session, entity, said.what)?;
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

    fn merge(&mut self, session: &Session<'_>, entity: i64, definition: &str) -> Result<()> {
        // It was written from a value.
        let Ok(definition) = serde_json::from_str(definition) else { return Ok(()) };
        let lesson = self.lesson(session, entity)?;
        let merged = lesson.definition.merge(&definition, LONGEST_DEFINITION);
        lesson.changed |= merged == Merged::Changed;
        Ok(())
    }

    /// Writes what has changed.
    pub(super) fn keep(self, session: &Session<'_>) -> Result<()> {
        for (entity, lesson) in self.definitions.iter().filter(|(_, lesson)| lesson.changed) {
            session.run(
                "INSERT INTO definition (entity, body) VALUES (?1, ?2)
                 ON CONFLICT (entity) DO UPDATE SET body = excluded.body",
                params![entity, lesson.definition.text()],
            )?;
        }
        Ok(())
    }

    fn lesson(&mut self, session: &Session<'_>, entity: i64) -> Result<&mut Lesson> {
        let known =
            if self.definitions.contains_key(&entity) { None } else { known(session, entity)? };
        self.read += known.as_ref().map_or(0, Definition::length);
        // An activity without a kept definition begins with an empty one.
        let new = || Lesson { definition: known.unwrap_or_default(), changed: false };
        Ok(self.definitions.entry(entity).or_insert_with(new))
    }
}

/// The kept definition of an activity. One that an earlier release let grow longer than [`LONGEST_DEFINITION`] is not
/// parsed: nothing can be merged into it, so only its length is needed.
fn known(session: &Session<'_>, entity: i64) -> Result<Option<Definition>> {
    let sql = "SELECT octet_length(body), CASE WHEN octet_length(body) <= ?2 THEN body END \
               FROM definition WHERE entity = ?1";
    let longest = i64::try_from(LONGEST_DEFINITION).unwrap_or(i64::MAX);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
    let found: Option<(i64, Option<String>)> = session.one(sql, params![entity, longest], row)?;
    let Some((length, body)) = found else { return Ok(None) };
    let Some(body) = body else {
        return Ok(Some(Definition::closed(usize::try_from(length).unwrap_or(usize::MAX))));
    };
    let members: Map<String, Value> = serde_json::from_str(&body).unwrap_or_else(|error| {
        tracing::error!(%error, entity, "a definition that is kept cannot be read, and is learned anew");
        Map::new()
    });
    Ok(Some(members.into()))
}
