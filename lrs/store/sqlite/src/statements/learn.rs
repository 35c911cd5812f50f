//! Definitions of activities and names of agents, as statements give them. The definitions of a batch are merged in
//! memory and written once, however many of its statements name one activity.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rusqlite::params;
use serde_json::{Map, Value};

use crate::failure::Result;
use crate::session::Session;
use store::bounds::{DEFINITIONS_AT_ONCE, LONGEST_DEFINITION, is_learned};
use xapi::activity::{Definition, Merged};
use xapi::format;
use xapi::index::Kind;
use xapi::instant::Instant;

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
        statement: &Value,
        stored: Instant,
    ) -> Result<()> {
        for (id, definition) in format::definitions(statement) {
            if !is_learned(id) {
                continue;
            }
            let entity = session.entity(Kind::Activity, id)?;
            if self.read >= DEFINITIONS_AT_ONCE && !self.definitions.contains_key(&entity) {
                continue;
            }
            if is_news(session, entity, &definition.to_string()) {
                let lesson = self.lesson(session, entity)?;
                let merged = lesson.definition.merge(definition, LONGEST_DEFINITION);
                lesson.changed |= merged == Merged::Changed;
            }
        }
        for actor in ["/actor", "/object"].into_iter().filter_map(|at| statement.pointer(at)) {
            let name = actor.get("name").and_then(Value::as_str).filter(|name| is_learned(name));
            let (Some(name), Some(ifi)) = (name, validator::ifi::of(actor)) else { continue };
            let entity = session.entity(Kind::Agent, &ifi.to_string())?;
            if is_news(session, entity, name) {
                session.run(
                    "INSERT OR IGNORE INTO agent_name (entity, name, seq) VALUES (?1, ?2, ?3)",
                    params![entity, name, stored.micros()],
                )?;
            }
        }
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

/// Whether `text` differs from the last one seen for this thing: spares a look-up where it does not.
fn is_news(session: &mut Session<'_>, entity: i64, text: &str) -> bool {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let hash = hasher.finish();
    session.memory.is_news(entity, hash)
}
