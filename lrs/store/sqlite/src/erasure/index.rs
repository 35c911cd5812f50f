//! Agents, activities and verbs without a person: their rows get other texts, or become one with the row that has the text.

use std::collections::HashMap;

use rusqlite::params;

use crate::failure::Result;
use crate::session::Session;
use xapi::erase::Eraser;
use xapi::index::Kind;

/// A row of `entity` that names the person: its number, its kind, and its text without them.
struct Named {
    id: i64,
    kind: Kind,
    text: String,
}

/// Erases the person from what statements are found by, and from what is known of agents and activities.
pub(super) fn erase(session: &mut Session<'_>, eraser: &Eraser) -> Result<u64> {
    let named = named(session, eraser)?;
    let mut count = u64::try_from(named.len()).unwrap_or(u64::MAX);
    let mut joined = HashMap::new();
    for Named { id, kind, text } in named {
        if kind == Kind::Agent {
            session.run("DELETE FROM agent_name WHERE entity = ?1", [id])?;
        }
        let sql = "SELECT id FROM entity WHERE kind = ?1 AND text = ?2";
        match session.one(sql, params![kind as u8, text], |row| row.get(0))? {
            None => {
                session.run("UPDATE entity SET text = ?2 WHERE id = ?1", params![id, text])?;
            }
            Some(other) => {
                join(session, id, other)?;
                joined.insert(id, other);
            }
        }
    }
    count = count.saturating_add(erase_names(session, eraser)?);
    count = count.saturating_add(erase_definitions(session, eraser)?);
    // The writer's memory knows texts that are no more.
    session.memory.forget_things(&joined);
    Ok(count)
}

fn named(session: &Session<'_>, eraser: &Eraser) -> Result<Vec<Named>> {
    let mut named = Vec::new();
    for kind in [Kind::Agent, Kind::Verb, Kind::Activity] {
        let sql = "SELECT id, text FROM entity WHERE kind = ?1";
        let rows = session.all(sql, [kind as u8], |row| {
            let text: String = row.get(1)?;
            Ok(eraser.key(kind, &text).map(|text| (row.get(0), text)))
        })?;
        for (id, text) in rows.into_iter().flatten() {
            named.push(Named { id: id?, kind, text });
        }
    }
    Ok(named)
}

/// Lets all that is found by `id` be found by `other`, and removes `id`.
fn join(session: &Session<'_>, id: i64, other: i64) -> Result<()> {
    session.run(
        "INSERT OR IGNORE INTO statement_index (entity, closeness, seq) \
         SELECT ?2, closeness, seq FROM statement_index WHERE entity = ?1",
        [id, other],
    )?;
    session.run("DELETE FROM statement_index WHERE entity = ?1", [id])?;
    session.run("UPDATE OR IGNORE definition SET entity = ?2 WHERE entity = ?1", [id, other])?;
    session.run("DELETE FROM definition WHERE entity = ?1", [id])?;
    session.run("DELETE FROM entity WHERE id = ?1", [id])?;
    Ok(())
}

/// Removes names of other agents in which the person is named.
fn erase_names(session: &Session<'_>, eraser: &Eraser) -> Result<u64> {
    let rows = session.all("SELECT entity, name FROM agent_name", [], |row| {
        let (entity, name): (i64, String) = (row.get(0)?, row.get(1)?);
        Ok(eraser.text(&name).map(|_| (entity, name)))
    })?;
    let mut count = 0_u64;
    for (entity, name) in rows.into_iter().flatten() {
        let sql = "DELETE FROM agent_name WHERE entity = ?1 AND name = ?2";
        session.run(sql, params![entity, name])?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn erase_definitions(session: &Session<'_>, eraser: &Eraser) -> Result<u64> {
    let rows = session.all("SELECT entity, body FROM definition", [], |row| {
        let body: String = row.get(1)?;
        Ok(eraser.json(&body).map(|body| (row.get::<_, i64>(0), body)))
    })?;
    let mut count = 0_u64;
    for (entity, body) in rows.into_iter().flatten() {
        let sql = "UPDATE definition SET body = ?2 WHERE entity = ?1";
        session.run(sql, params![entity?, body])?;
        count = count.saturating_add(1);
    }
    Ok(count)
}
