//! Definitions of activities and names of agents, as statements give them. The definitions of a batch are merged in
//! memory and written once, however many of its statements name one activity.

use std::collections::HashMap;
use std::fmt::{Display, Write as _};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use rusqlite::params;
use serde_json::{Map, Value};

use crate::failure::Result;
use crate::session::Session;
use store::bounds::{DEFINITIONS_AT_ONCE, LONGEST_DEFINITION, is_learned};
use xapi::activity::{Definition, Merged};
use xapi::format;
use xapi::index::Kind;
use xapi::instant::Instant;

/// What a statement says of activities and agents, as one text and the places of its parts: it is made on the thread of the
/// request and given back on the writer's, and many small parts would take long.
#[derive(Default)]
pub(super) struct Told {
    text: String,
    definitions: Vec<Part>,
    names: Vec<Part>,
}

/// What a statement says of one thing.
struct Part {
    /// The activity, or the agent, by which it is known.
    of: Range<usize>,
    /// The definition as JSON, or the name.
    said: Range<usize>,
    /// A hash of what is said.
    hash: u64,
}

impl Told {
    /// The definitions that a statement has, and the names of its actor and object.
    pub(super) fn by(statement: &Value) -> Self {
        let mut told = Self::default();
        for (id, definition) in format::definitions(statement) {
            if is_learned(id) {
                let part = told.part(id, definition);
                told.definitions.push(part);
            }
        }
        for actor in ["/actor", "/object"].into_iter().filter_map(|at| statement.pointer(at)) {
            let name = actor.get("name").and_then(Value::as_str).filter(|name| is_learned(name));
            let (Some(name), Some(ifi)) = (name, validator::ifi::of(actor)) else { continue };
            let part = told.part(ifi, name);
            told.names.push(part);
        }
        told
    }

    fn part(&mut self, of: impl Display, said: impl Display) -> Part {
        let mut write = |what: &dyn Display| {
            let start = self.text.len();
            // Writing to a text cannot fail.
            let _ = write!(self.text, "{what}");
            start..self.text.len()
        };
        let (of, said) = (write(&of), write(&said));
        let mut hasher = DefaultHasher::new();
        self.at(&said).hash(&mut hasher);
        Part { of, said, hash: hasher.finish() }
    }

    #[expect(clippy::expect_used, reason = "places are made of what was written")]
    fn at(&self, place: &Range<usize>) -> &str {
        self.text.get(place.clone()).expect("a place of this text")
    }
}

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
        told: &Told,
        stored: Instant,
    ) -> Result<()> {
        for part in &told.definitions {
            let entity = session.entity(Kind::Activity, told.at(&part.of))?;
            if self.read >= DEFINITIONS_AT_ONCE && !self.definitions.contains_key(&entity) {
                continue;
            }
            if session.memory.is_news(entity, part.hash) {
                self.merge(session, entity, told.at(&part.said))?;
            }
        }
        for part in &told.names {
            let entity = session.entity(Kind::Agent, told.at(&part.of))?;
            if session.memory.is_news(entity, part.hash) {
                session.run(
                    "INSERT OR IGNORE INTO agent_name (entity, name, seq) VALUES (?1, ?2, ?3)",
                    params![entity, told.at(&part.said), stored.micros()],
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
