//! Writing without the person what was found: a few rows with each job of the writer.

use rusqlite::params;

use super::scan::{Found, Thing};
use crate::failure::Result;
use crate::session::Session;
use crate::settle::INSERT_ROW;
use xapi::index::Kind;

/// Rows that one job changes at most. A KiB of a changed text counts as one.
const ROWS: usize = if cfg!(debug_assertions) { 20 } else { 1_000 };

/// Rows that are to be changed, a few with each job of the writer.
///
/// A row that is another one by now than was found is left as it is: whoever has changed it was watched
/// ([`Watch`](crate::watch::Watch)). Where the process ends between two jobs, the rows that are left name the person
/// still, and are found again.
#[derive(Default)]
pub(super) struct Changes {
    left: Vec<Found>,
    /// Things that become one with others.
    joins: Vec<Thing>,
    /// How many rows were changed or removed because they named the person.
    pub(super) count: u64,
}

impl Changes {
    pub(super) fn of(found: Vec<Found>) -> Self {
        Self { left: found, ..Self::default() }
    }

    /// Whether [`Self::advance`] has something to do.
    pub(super) fn are_left(&self) -> bool {
        !self.left.is_empty()
    }

    /// Whether [`Self::join`] has something to do.
    pub(super) fn are_to_join(&self) -> bool {
        !self.joins.is_empty()
    }

    /// Does what one job may do.
    pub(super) fn advance(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut rows = ROWS;
        while rows > 0
            && let Some(found) = self.left.pop()
        {
            rows -= 1;
            match found {
                Found::Thing(thing) => self.rename(session, thing, &mut rows)?,
                Found::Definition { entity, was, becomes } => {
                    let sql = "UPDATE definition SET body = ?3 WHERE entity = ?1 AND body = ?2";
                    self.counted(session.run(sql, params![entity, was, becomes])?);
                    session.memory.forget_sayings(entity);
                    rows = rows.saturating_sub(becomes.len() >> 10);
                }
            }
        }
        Ok(())
    }

    /// Does what one job may do that has the whole index in its tables.
    pub(super) fn join(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut rows = ROWS;
        while rows > 0
            && let Some(thing) = self.joins.pop()
        {
            rows -= 1;
            if !is_as_found(session, &thing)? {
                continue;
            }
            let other = other(session, &thing)?;
            let is_ready = are_names_removed(session, &thing, &mut rows)?
                && other.map_or(Ok(true), |other| {
                    are_rows_moved(session, thing.id, other, &mut rows)
                })?;
            if !is_ready {
                self.joins.push(thing);
                continue;
            }
            match other {
                Some(other) => end(session, &thing, other)?,
                None => rename(session, &thing)?,
            }
            self.counted(1);
        }
        Ok(())
    }

    fn rename(&mut self, session: &mut Session<'_>, thing: Thing, rows: &mut usize) -> Result<()> {
        if !is_as_found(session, &thing)? {
            return Ok(());
        }
        if other(session, &thing)?.is_some() {
            self.joins.push(thing);
        } else if are_names_removed(session, &thing, rows)? {
            rename(session, &thing)?;
            self.counted(1);
        } else {
            self.left.push(Found::Thing(thing));
        }
        Ok(())
    }

    fn counted(&mut self, rows: usize) {
        self.count = self.count.saturating_add(rows as u64);
    }
}

fn is_as_found(session: &Session<'_>, thing: &Thing) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM entity WHERE id = ?1 AND kind = ?2 AND text = ?3";
    let found = session.one(sql, params![thing.id, thing.kind as u8, thing.was], |_| Ok(()))?;
    Ok(found.is_some())
}

/// The thing that has the text already.
fn other(session: &Session<'_>, thing: &Thing) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT id FROM entity WHERE kind = ?1 AND text = ?2";
    session.one(sql, params![thing.kind as u8, thing.becomes], |row| row.get(0))
}

/// Removes names of an agent, as many as `rows`; whether none is left.
fn are_names_removed(
    session: &mut Session<'_>,
    thing: &Thing,
    rows: &mut usize,
) -> rusqlite::Result<bool> {
    if thing.kind != Kind::Agent {
        return Ok(true);
    }
    let most = *rows;
    let sql = "DELETE FROM agent_name WHERE entity = ?1 AND name IN \
               (SELECT name FROM agent_name WHERE entity = ?1 LIMIT ?2)";
    let gone = session.run(sql, params![thing.id, limit(most)])?;
    session.memory.forget_sayings(thing.id);
    *rows = most.saturating_sub(gone);
    Ok(gone < most)
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// Gives the thing its new text.
fn rename(session: &mut Session<'_>, thing: &Thing) -> rusqlite::Result<()> {
    session.run("UPDATE entity SET text = ?2 WHERE id = ?1", params![thing.id, thing.becomes])?;
    session.memory.forget_thing(thing.id, thing.kind, &thing.was);
    Ok(())
}

/// Lets statements that are found by `id` be found by `other`, as many as `rows`; whether none is left.
fn are_rows_moved(
    session: &Session<'_>,
    id: i64,
    other: i64,
    rows: &mut usize,
) -> rusqlite::Result<bool> {
    let most = *rows;
    let sql = "SELECT closeness, seq FROM statement_index WHERE entity = ?1 LIMIT ?2";
    let found: Vec<(u8, i64)> =
        session.all(sql, params![id, limit(most)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (closeness, seq) in &found {
        session.run(INSERT_ROW, (other, closeness, seq))?;
        let sql = "DELETE FROM statement_index WHERE entity = ?1 AND closeness = ?2 AND seq = ?3";
        session.run(sql, (id, closeness, seq))?;
    }
    *rows = most.saturating_sub(found.len());
    Ok(found.len() < most)
}

/// Removes a thing by which no statement is found any more. Its definition is that of `other`, unless that one has its own.
fn end(session: &mut Session<'_>, thing: &Thing, other: i64) -> rusqlite::Result<()> {
    let ids = [thing.id, other];
    session.run("UPDATE OR IGNORE definition SET entity = ?2 WHERE entity = ?1", ids)?;
    session.run("DELETE FROM definition WHERE entity = ?1", [thing.id])?;
    session.run("DELETE FROM entity WHERE id = ?1", [thing.id])?;
    session.memory.forget_thing(thing.id, thing.kind, &thing.was);
    session.memory.forget_sayings(other);
    Ok(())
}
