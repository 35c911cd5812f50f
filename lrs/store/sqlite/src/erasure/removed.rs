//! Statements that go as a whole. The row of a removed statement stays, without all that the statement said: so its id and
//! its instant stay taken, whatever becomes of the index.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::failure::Result;
use crate::session::{Session, closeness};
use crate::statements::link::{readable, referrers};
use crate::statements::put::REMOVED;
use store::bounds::LONGEST_CHAIN;
use store::inheritance::disinherited;
use store::{RemovedStatement, StoreError, checksum};
use xapi::index::{IndexKey, inherited, keys_of_kept};
use xapi::instant::Instant;
use xapi::prepare::target;
use xapi::stored::Stored;

/// Statements that refer to a removed one, directly or through others, and lose what they inherited: at most this number.
const HEIRS: usize = 5_000;

/// What a statement says that others inherit, and what it refers to.
struct Said {
    keys: Vec<IndexKey>,
    target: Option<Uuid>,
}

impl Said {
    fn of(kept: &Stored) -> Result<Self> {
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
        let value = kept.value().map_err(corrupt)?;
        Ok(Self { keys: keys_of_kept(&value), target: target(&value) })
    }
}

/// Removes a statement that is kept at this instant. False where its text is another one than was read.
pub(super) fn remove(session: &mut Session<'_>, read: &Stored, by: Uuid) -> Result<bool> {
    let Some(kept) = session.statement(read.id)?.filter(|kept| kept.stored == read.stored) else {
        return Ok(true);
    };
    if kept.body != read.body {
        return Ok(false);
    }
    let said = Said::of(&kept)?;
    let chain = chain(session, &kept, said)?;
    disinherit(session, &kept, &chain)?;
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
    Ok(true)
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
fn chain(session: &Session<'_>, kept: &Stored, said: Said) -> Result<Vec<Said>> {
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

/// Lets those who refer to the statement be found no more by what they have from it, and from what is behind it in `chain`.
fn disinherit(session: &mut Session<'_>, removed: &Stored, chain: &[Said]) -> Result<()> {
    let mut heirs = vec![(removed.id, Vec::<Vec<IndexKey>>::new())];
    let mut seen = BTreeSet::from([removed.id]);
    while let Some((id, before)) = heirs.pop() {
        for heir in referrers(session, &[id], HEIRS)? {
            if seen.len() > HEIRS || before.len() >= LONGEST_CHAIN || !seen.insert(heir.id) {
                continue;
            }
            let Some(kept) = readable(session, heir.id)? else { continue };
            let own = Said::of(&kept)?.keys;
            let of_chain = chain.iter().map(|it| it.keys.as_slice());
            let lost = disinherited(of_chain, &own, before.iter().map(Vec::as_slice));
            unindex(session, heir.stored, lost)?;
            heirs.push((heir.id, before.iter().cloned().chain([own]).collect()));
        }
    }
    Ok(())
}

/// Lets a statement be found by these keys no more.
fn unindex(
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
