//! Statements that go as a whole. The row of a removed statement stays, without all that the statement said: so its id and
//! its instant stay taken, whatever becomes of the index.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::effort::Effort;
use super::heirs::Heirs;
use crate::failure::Result;
use crate::session::{Session, closeness};
use crate::statements::link::readable;
use crate::statements::put::REMOVED;
use store::bounds::LONGEST_CHAIN;
use store::{RemovedStatement, StoreError, checksum};
use xapi::index::{IndexKey, inherited, keys_of_kept};
use xapi::instant::Instant;
use xapi::prepare::target;
use xapi::stored::Stored;

/// What a statement says that others inherit, and what it refers to.
#[derive(PartialEq, Eq)]
pub(super) struct Said {
    pub(super) keys: Vec<IndexKey>,
    target: Option<Uuid>,
}

impl Said {
    pub(super) fn of(kept: &Stored) -> Result<Self> {
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
        let value = kept.value().map_err(corrupt)?;
        Ok(Self { keys: keys_of_kept(&value), target: target(&value) })
    }
}

/// Statements that are being removed, a few with each job of the writer.
///
/// Those that refer to a statement lose what they inherited from it before it is removed, as many with each job as are no
/// burden to others who write. Where the process ends between two jobs, the statement is still there: whoever removes it
/// again lets all of them lose it, those among them too that have lost it already.
pub(super) struct Removal {
    by: Uuid,
    /// Those that are left, the next one last.
    left: Vec<Stored>,
    /// The heirs of the next one, where a job before has begun with them.
    heirs: Option<Heirs>,
    /// How many are kept with another text than was read.
    changed: u64,
}

impl Removal {
    pub(super) fn of(mut read: Vec<Stored>, by: Uuid) -> Self {
        read.reverse();
        Self { by, left: read, heirs: None, changed: 0 }
    }

    /// How many statements had another text than was read; `None` where some are left to be removed.
    pub(super) fn changed(&self) -> Option<u64> {
        self.left.is_empty().then_some(self.changed)
    }

    /// Does what one job may do, in a transaction with the whole index in its tables.
    pub(super) fn advance(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut effort = Effort::of_job();
        while let Some(read) = self.left.last()
            && !effort.is_spent()
        {
            let kept = session.statement(read.id)?.filter(|kept| kept.stored == read.stored);
            if kept.as_ref().is_some_and(|kept| kept.body != read.body) {
                self.changed = self.changed.saturating_add(1);
            } else if let Some(kept) = kept
                && !self.remove(session, &kept, &mut effort)?
            {
                return Ok(());
            }
            (self.heirs, _) = (None, self.left.pop());
        }
        Ok(())
    }

    /// Removes a statement, unless `effort` is spent before its heirs have lost what they inherited: false then.
    fn remove(
        &mut self,
        session: &mut Session<'_>,
        kept: &Stored,
        effort: &mut Effort,
    ) -> Result<bool> {
        loop {
            let begun = self.heirs.take();
            let is_begun = begun.is_some();
            let mut heirs = match begun {
                Some(heirs) => heirs,
                None => Heirs::of(kept, chain(session, kept)?, session.memory.newest),
            };
            if !heirs.disinherit(session, effort)? {
                self.heirs = Some(heirs);
                return Ok(false);
            }
            // What the statement refers to may have come since an earlier job, and the heirs inherit from it then.
            if !is_begun || chain(session, kept)? == heirs.chain {
                effort.spend(kept.body.len(), heirs.chain.iter().map(|it| it.keys.len()).sum());
                remove(session, kept, &heirs.chain, self.by)?;
                return Ok(true);
            }
        }
    }
}

/// Removes a statement whose heirs have lost what they inherited from this chain, which begins with what it says itself.
fn remove(session: &mut Session<'_>, kept: &Stored, chain: &[Said], by: Uuid) -> Result<()> {
    let (own, beyond) = chain.split_first().ok_or_else(|| gone(kept.id))?;
    let rest = beyond.iter().flat_map(|it| inherited(&it.keys));
    unindex(session, kept.stored, own.keys.iter().cloned().chain(rest))?;
    let seq = kept.stored.micros();
    if let Some(target) = own.target {
        forget_reference(session, target, seq)?;
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

fn gone(id: Uuid) -> StoreError {
    StoreError::Corrupt(format!("statement {id}: its text is missing"))
}

/// What the statement says, and each statement that it refers to, directly or through others.
fn chain(session: &Session<'_>, kept: &Stored) -> Result<Vec<Said>> {
    let said = Said::of(kept)?;
    let (mut next, mut chain) = (said.target, vec![said]);
    let mut passed = vec![kept.id];
    while let Some(id) = next.filter(|id| !passed.contains(id) && passed.len() < LONGEST_CHAIN) {
        let Some(kept) = readable(session, id)? else { break };
        let said = Said::of(&kept)?;
        passed.push(id);
        next = said.target;
        chain.push(said);
    }
    Ok(chain)
}

/// Lets a statement be found by these keys no more.
pub(super) fn unindex(
    session: &Session<'_>,
    stored: Instant,
    keys: impl IntoIterator<Item = IndexKey>,
) -> Result<()> {
    for IndexKey { kind, text, closeness: close } in keys {
        session.run(
            "DELETE FROM statement_index WHERE closeness = ?3 AND seq = ?4 AND entity = \
             (SELECT id FROM entity WHERE kind = ?1 AND text = ?2)",
            params![kind as u8, text, closeness(close), stored.micros()],
        )?;
    }
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
