//! Keeping statements.

use rusqlite::params;

use super::learn::Lessons;
use super::link::link;
use super::ready::{Ready, ReadyBatch};
use crate::failure::Result;
use crate::session::Session;
use crate::{origins, packed};
use store::comparison::{self, ComparisonRoom, check_same};
use store::inheritance::Link;
use store::{KeptBatch, Restored, StoreError, checksum};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::refusal::Refusal;

/// The bit of `statement.flags` that a voiding statement has.
pub(crate) const VOIDING: i64 = 1;
/// `statement.flags` of a statement that an erasure removed.
pub(crate) const REMOVED: i64 = 2;

/// What became of a batch.
pub(crate) enum Put {
    /// It is kept.
    Kept(KeptBatch),
    /// Nothing was done: statements are kept under the ids of some, whose indexes in the batch and `stored` these are, and
    /// there is no [`ComparisonRoom`] to compare them.
    ToCompare(ReadyBatch, Vec<(usize, i64)>),
}

/// See [`store::StatementStore::put_statements`]. What takes long is compared elsewhere ([`ReadyBatch::compare`]) before.
pub(crate) fn put_unless_large(session: &mut Session<'_>, batch: ReadyBatch) -> Result<Put> {
    let places = places(session, &batch)?;
    let (mut large, mut room) = (Vec::new(), ComparisonRoom::default());
    for ((index, ready), place) in batch.statements.iter().enumerate().zip(&places) {
        let Some(seq) = *place else { continue };
        if ready.same_as == Some(seq) {
            continue;
        }
        if length(session, seq)?.is_some_and(|kept| !room.takes(&ready.statement, kept)) {
            large.push((index, seq));
        }
    }
    if large.is_empty() {
        return keep(session, batch, places).map(Put::Kept);
    }
    Ok(Put::ToCompare(batch, large))
}

/// Keeps a batch, and compares on this thread what is kept already.
pub(crate) fn put(session: &mut Session<'_>, batch: ReadyBatch) -> Result<KeptBatch> {
    let places = places(session, &batch)?;
    keep(session, batch, places)
}

/// Where a statement is kept under the id of each of a batch.
fn places(session: &Session<'_>, batch: &ReadyBatch) -> Result<Vec<Option<i64>>> {
    batch.statements.iter().map(|ready| Ok(session.place(ready.statement.id)?)).collect()
}

/// How long the kept text is. A packed one is short.
fn length(session: &Session<'_>, seq: i64) -> Result<Option<usize>> {
    let sql = "SELECT octet_length(body) FROM statement WHERE seq = ?1 AND flags != ?2";
    let kept = session.one(sql, params![seq, REMOVED], |row| row.get::<_, i64>(0))?;
    Ok(kept.map(|kept| usize::try_from(kept).unwrap_or(usize::MAX)))
}

fn keep(
    session: &mut Session<'_>,
    batch: ReadyBatch,
    places: Vec<Option<i64>>,
) -> Result<KeptBatch> {
    let ids = batch.statements.iter().map(|ready| ready.statement.id).collect();
    let (mut new, mut lessons) = (Vec::new(), Lessons::default());
    for (ready, place) in batch.statements.into_iter().zip(places) {
        let stored = session.next_stored();
        // An earlier statement of this batch may have the id.
        let place = place.or_else(|| session.memory.place(ready.statement.id));
        new.extend(put_one(session, ready, place, stored, &mut lessons)?);
    }
    let kept = KeptBatch { ids, new: new.len() };
    complete(session, new, lessons, &batch.attachments)?;
    Ok(kept)
}

/// See [`store::TransferStore::restore`].
pub(crate) fn restore(
    session: &mut Session<'_>,
    statements: &[Restored],
    attachments: &[Attachment],
) -> Result<()> {
    let prepare = |Restored { statement: kept, origin }: &Restored| {
        let again = Prepared::again(kept)
            .map_err(|error| StoreError::Corrupt(format!("statement {}: {error}", kept.id)))?;
        Ok(Ready::of(again.with_origin(origin.clone())))
    };
    let prepared: Vec<Ready> = statements.iter().map(prepare).collect::<store::Result<_>>()?;
    let (mut new, mut lessons) = (Vec::new(), Lessons::default());
    for (Restored { statement: kept, .. }, ready) in statements.iter().zip(prepared) {
        if kept.stored <= session.memory.newest {
            return Err(Refusal::stored_earlier().into());
        }
        let place = session.place(kept.id)?;
        new.extend(put_one(session, ready, place, kept.stored, &mut lessons)?);
    }
    complete(session, new, lessons, attachments)
}

/// Does what a batch brings about beside its statements, of which these are new.
fn complete(
    session: &mut Session<'_>,
    new: Vec<Link>,
    lessons: Lessons,
    attachments: &[Attachment],
) -> Result<()> {
    link(session, new)?;
    lessons.keep(session)?;
    put_attachments(session, attachments)
}

fn put_attachments(session: &Session<'_>, attachments: &[Attachment]) -> Result<()> {
    for attachment in attachments {
        session.run(
            "INSERT OR IGNORE INTO attachment (sha2, content_type, body) VALUES (?1, ?2, ?3)",
            params![
                attachment.sha2.to_ascii_lowercase(),
                attachment.content_type,
                &*attachment.body
            ],
        )?;
    }
    Ok(())
}

/// Keeps a statement; `None` where the same one is kept already, at `place`.
fn put_one(
    session: &mut Session<'_>,
    Ready { statement, packed, same_as }: Ready,
    place: Option<i64>,
    stored: Instant,
    lessons: &mut Lessons,
) -> Result<Option<Link>> {
    if place.is_some() {
        let is_compared = same_as == place && !session.is_removed(statement.id)?;
        return if is_compared { Ok(None) } else { compare(session, &statement).map(|()| None) };
    }
    session.take_stored(statement.id, stored);
    session.index(stored, &statement.keys)?;
    lessons.take(session, &statement.sayings, stored)?;
    let (id, length) = (statement.id, statement.weight());
    let link = Link { id, stored, target: statement.target, length };
    write(session, statement, packed.as_deref(), stored).map(|()| Some(link))
}

/// Accepts a statement that is kept already, refuses a different one under its id.
fn compare(session: &Session<'_>, incoming: &Prepared) -> Result<()> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("statement {}: {what}", incoming.id));
    let Some(kept) = session.statement(incoming.id)? else {
        if session.is_removed(incoming.id)? {
            return Err(comparison::removed(incoming.id).into());
        }
        return Err(corrupt("its text is missing").into());
    };
    Ok(check_same(&kept, incoming)?)
}

fn write(
    session: &Session<'_>,
    statement: Prepared,
    packed: Option<&[u8]>,
    stored: Instant,
) -> Result<()> {
    let statement_voids = statement.voiding;
    let flags = if statement_voids { VOIDING } else { 0 };
    if let Some(target) = statement.target {
        session.run(
            "INSERT INTO reference (target, seq) VALUES (?1, ?2)",
            params![target.as_bytes(), stored.micros()],
        )?;
        if statement.voiding {
            session
                .run("INSERT OR IGNORE INTO voided (target) VALUES (?1)", [target.as_bytes()])?;
        }
    }
    if let Some(origin) = &statement.origin {
        origins::keep(session, stored, origin)?;
    }
    let kept = statement.stamp(stored);
    let body = packed::body(&kept.body, packed)?;
    let checksum = checksum::of_statement(kept.id, stored, statement_voids, &kept.body);
    session.run(
        "INSERT INTO statement (seq, id, flags, body, checksum, packed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![stored.micros(), kept.id.as_bytes(), flags, body, checksum, packed],
    )?;
    Ok(())
}
