//! Statements that go as a whole. The row of a removed statement stays, without all that the statement said: so its id and
//! its instant stay taken, whatever becomes of the index.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::effort::Effort;
use super::heirs::Heirs;
use crate::failure::Result;
use crate::session::{Session, closeness};
use crate::statements::link::readable;
use crate::statements::put::REMOVED;
use store::bounds::LONGEST_TARGET;
use store::inheritance::{Chain, PassedOn};
use store::{RemovedStatement, StoreError, checksum};
use xapi::index::{IndexKey, keys_of_kept};
use xapi::instant::Instant;
use xapi::large::OneByOne;
use xapi::prepare::target;
use xapi::stored::Stored;

/// Large statements are looked at one after the other.
pub(super) static LARGE: OneByOne = OneByOne::new();

/// What is held of chains beside the one that is looked at, in bytes, about.
const REMEMBERED: usize = 8 << 20;

/// The keys that a statement has of its own, and what it refers to.
pub(super) fn said(kept: &Stored) -> store::Result<(Vec<IndexKey>, Option<Uuid>)> {
    let value = kept.value().map_err(|error| corrupt(kept.id, &error))?;
    Ok((keys_of_kept(&value), target(&value)))
}

pub(super) fn corrupt(id: Uuid, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("statement {id}: {error}"))
}

/// Statements that are being removed, a few with each job of the writer.
///
/// Those that refer to a statement lose what they inherited from it before it is removed, as many with each job as are no
/// burden to others who write. Where the process ends between two jobs, the statement is still there: whoever removes it
/// again lets all of them lose it, those among them too that have lost it already.
pub(super) struct Removal {
    by: Uuid,
    /// Those that are left, the next one last.
    left: Vec<Leaving>,
    /// How far jobs before have come with the next one.
    begun: Option<Begun>,
    known: Known,
    /// How many are kept with another text than was read.
    changed: u64,
}

/// A statement that is to be removed.
struct Leaving {
    read: Stored,
    own: Vec<IndexKey>,
    target: Option<Uuid>,
}

impl Removal {
    /// Reads what these statements say: no work for the thread that writes, since their texts may be of any length.
    pub(super) fn of(read: Vec<Stored>, by: Uuid) -> store::Result<Self> {
        let leaving = |read: Stored| {
            let said = LARGE.with_value(&read, |value| (keys_of_kept(value), target(value)));
            let (own, target) = said.map_err(|error| corrupt(read.id, &error))?;
            Ok(Leaving { read, own, target })
        };
        let left = read.into_iter().rev().map(leaving).collect::<store::Result<_>>()?;
        Ok(Self { by, left, begun: None, known: Known::default(), changed: 0 })
    }

    /// How many statements had another text than was read; `None` where some are left to be removed.
    pub(super) fn changed(&self) -> Option<u64> {
        self.left.is_empty().then_some(self.changed)
    }

    /// Does what one job may do, in a transaction with the whole index in its tables.
    pub(super) fn advance(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut effort = Effort::of_job();
        while let Some(leaving) = self.left.last()
            && !effort.is_spent()
        {
            let read = &leaving.read;
            let begun = self.begun.get_or_insert_with(|| {
                effort.text(read.body.len());
                Begun::of(leaving)
            });
            let kept = session.statement(read.id)?.filter(|kept| kept.stored == read.stored);
            if kept.as_ref().is_some_and(|kept| kept.body != read.body) {
                self.changed = self.changed.saturating_add(1);
            } else if kept.is_some() {
                if !begun.advance(session, leaving, &mut self.known, &mut effort)? {
                    return Ok(());
                }
                remove(session, leaving, self.by)?;
            }
            (self.begun, _) = (None, self.left.pop());
        }
        Ok(())
    }
}

/// A statement that is being removed.
struct Begun {
    /// Of one that takes no part, nothing: nobody has inherited from it.
    chain: Chain,
    heirs: Option<Heirs>,
    /// Of the keys that the statement says itself, how many it has lost.
    lost: usize,
}

impl Begun {
    fn of(Leaving { read, own, target }: &Leaving) -> Self {
        let takes_part = read.body.len() <= LONGEST_TARGET;
        let said = if takes_part { PassedOn::of(own, *target) } else { PassedOn::of(&[], None) };
        Self { chain: Chain::of(read.id, &said), heirs: None, lost: 0 }
    }

    /// Lets the statement and its heirs be found no more by what it says and inherited. False where `effort` is spent before.
    fn advance(
        &mut self,
        session: &Session<'_>,
        leaving: &Leaving,
        known: &mut Known,
        effort: &mut Effort,
    ) -> Result<bool> {
        // What the statement refers to may have come since an earlier job, and the heirs inherit from it then.
        while let Some(id) = self.chain.wanted() {
            if effort.is_spent() {
                return Ok(false);
            }
            let Some(said) = known.said(session, id, effort)? else { break };
            self.chain.add(said);
            self.heirs = None;
        }
        let passed_on = self.chain.keys();
        if !passed_on.is_empty() {
            let begin = || Heirs::of(&leaving.read, passed_on, session.memory.newest);
            if !self.heirs.get_or_insert_with(begin).disinherit(session, effort)? {
                return Ok(false);
            }
        }
        for key in leaving.own.iter().skip(self.lost) {
            if effort.is_spent() {
                return Ok(false);
            }
            unindex(session, leaving.read.stored, key, effort)?;
            self.lost = self.lost.saturating_add(1);
        }
        Ok(true)
    }
}

/// What statements of chains say: of those that go, many may refer to the same one.
#[derive(Default)]
struct Known {
    said: HashMap<Uuid, PassedOn>,
    weight: usize,
}

impl Known {
    /// What a statement says; `None` where it is not there, or [takes no part](store::inheritance::Link::takes_part).
    fn said(
        &mut self,
        session: &Session<'_>,
        id: Uuid,
        effort: &mut Effort,
    ) -> Result<Option<&PassedOn>> {
        effort.rows(1);
        if !self.said.contains_key(&id) {
            let Some(kept) = readable(session, id)? else { return Ok(None) };
            effort.text(kept.body.len());
            let (own, target) = said(&kept)?;
            let said = PassedOn::of(&own, target);
            if self.weight > REMEMBERED {
                *self = Self::default();
            }
            self.weight = self.weight.saturating_add(said.weight());
            self.said.insert(id, said);
        }
        Ok(self.said.get(&id))
    }
}

/// Removes a statement that is found by nothing any more.
fn remove(
    session: &mut Session<'_>,
    Leaving { read: kept, target, .. }: &Leaving,
    by: Uuid,
) -> Result<()> {
    let seq = kept.stored.micros();
    if let Some(target) = target {
        forget_reference(session, *target, seq)?;
    }
    session.run("DELETE FROM origin WHERE seq = ?1", [seq])?;
    let body = by.to_string();
    let checksum = checksum::of_statement(kept.id, kept.stored, false, body.as_bytes());
    session.run(
        "UPDATE statement SET flags = ?2, body = ?3, checksum = ?4, packed = NULL WHERE seq = ?1",
        params![seq, REMOVED, body, checksum],
    )?;
    if session.memory.newest == kept.stored {
        session.memory.newest = newest(session)?;
    }
    Ok(())
}

/// When the last statement was stored that is not removed: who waits for later ones waits for a statement.
fn newest(session: &Session<'_>) -> rusqlite::Result<Instant> {
    let sql = "SELECT seq FROM statement WHERE flags <> ?1 ORDER BY seq DESC LIMIT 1";
    let newest = session.one(sql, [REMOVED], |row| row.get(0))?;
    Ok(Instant::from_micros(newest.unwrap_or(0)))
}

/// Lets a statement be found by this key no more.
pub(super) fn unindex(
    session: &Session<'_>,
    stored: Instant,
    IndexKey { kind, text, closeness: close }: &IndexKey,
    effort: &mut Effort,
) -> Result<()> {
    effort.rows(1);
    session.run(
        "DELETE FROM statement_index WHERE closeness = ?3 AND seq = ?4 AND entity = \
         (SELECT id FROM entity WHERE kind = ?1 AND text = ?2)",
        params![*kind as u8, text, closeness(*close), stored.micros()],
    )?;
    Ok(())
}

/// Forgets that the statement at `seq` refers to `target`, and that it voids it, unless another one does.
fn forget_reference(session: &Session<'_>, target: Uuid, seq: i64) -> Result<()> {
    let of = params![target.as_bytes(), seq];
    session.run("DELETE FROM reference WHERE target = ?1 AND seq = ?2", of)?;
    session.run(
        "DELETE FROM voided WHERE target = ?1 AND EXISTS \
         (SELECT 1 FROM statement WHERE seq = ?2 AND flags = 1) AND NOT EXISTS \
         (SELECT 1 FROM reference JOIN statement USING (seq) \
          WHERE target = ?1 AND flags = 1 AND seq <> ?2)",
        of,
    )?;
    Ok(())
}

/// See [`store::ErasureStore::removed_statements`].
pub(super) fn list(
    connection: &Connection,
    after: Instant,
    limit: usize,
) -> Result<Vec<RemovedStatement>> {
    // The number stands in the text, by which the index of removed statements is found.
    let sql = "SELECT seq, id, body FROM statement WHERE flags = 2 AND seq > ?1 \
               ORDER BY seq LIMIT ?2";
    let mut select = connection.prepare_cached(sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![after.micros(), limit], |row| {
        let (seq, id, by): (i64, [u8; 16], String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((Instant::from_micros(seq), Uuid::from_bytes(id), by))
    })?;
    let removed = |row: rusqlite::Result<(Instant, Uuid, String)>| {
        let (stored, id, by) = row?;
        let corrupt = |error| StoreError::Corrupt(format!("removed statement {id}: {error}"));
        Ok(RemovedStatement { id, stored, by: by.parse().map_err(corrupt)? })
    };
    rows.map(removed).collect()
}

/// See [`store::ErasureStore::removed_among`].
pub(super) fn among(connection: &Connection, mut ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let sql = "SELECT EXISTS (SELECT 1 FROM statement WHERE id = ?1 AND flags = ?2)";
    let mut select = connection.prepare_cached(sql)?;
    let mut failed = Ok(());
    ids.retain(|id| {
        let is_removed = select.query_row(params![id.as_bytes(), REMOVED], |row| row.get(0));
        is_removed.unwrap_or_else(|error| {
            failed = Err(error);
            false
        })
    });
    failed?;
    Ok(ids)
}

/// Keeps id and instant of a removed statement taken, unless they are taken already.
pub(super) fn restore(session: &mut Session<'_>, removed: &RemovedStatement) -> Result<()> {
    let RemovedStatement { id, stored, by } = removed;
    let at = "SELECT 1 FROM statement WHERE seq = ?1";
    let is_taken = session.one(at, [stored.micros()], |_| Ok(()))?.is_some();
    if is_taken || session.place(*id)?.is_some() {
        return Ok(());
    }
    let body = by.to_string();
    let checksum = checksum::of_statement(*id, *stored, false, body.as_bytes());
    session.run(
        "INSERT INTO statement (seq, id, flags, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![stored.micros(), id.as_bytes(), REMOVED, body, checksum],
    )?;
    let sql = "INSERT INTO statement_id (id, seq) VALUES (?1, ?2)";
    session.run(sql, params![id.as_bytes(), stored.micros()])?;
    Ok(())
}
