//! Keeping statements.

use rusqlite::params;

use super::learn::Lessons;
use super::link::link;
use super::ready::{Ready, ReadyBatch};
use crate::failure::Result;
use crate::session::Session;
use crate::{origins, packed};
use store::inheritance::Link;
use store::{KeptBatch, Restored, StoreError, checksum};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::refusal::Refusal;
use xapi::same;

/// The bit of `statement.flags` that a voiding statement has.
pub(crate) const VOIDING: i64 = 1;
/// `statement.flags` of a statement that an erasure removed.
pub(crate) const REMOVED: i64 = 2;

/// See [`store::StatementStore::put_statements`].
pub(crate) fn put(session: &mut Session<'_>, batch: ReadyBatch) -> Result<KeptBatch> {
    let ids = batch.statements.iter().map(|ready| ready.statement.id).collect();
    let (mut new, mut lessons) = (Vec::new(), Lessons::default());
    for statement in batch.statements {
        let stored = session.next_stored();
        new.extend(put_one(session, statement, stored, &mut lessons)?);
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
    for (Restored { statement: kept, .. }, statement) in statements.iter().zip(prepared) {
        if kept.stored <= session.memory.newest {
            return Err(Refusal::stored_earlier().into());
        }
        new.extend(put_one(session, statement, kept.stored, &mut lessons)?);
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

/// Keeps a statement; `None` where the same one is kept already.
fn put_one(
    session: &mut Session<'_>,
    Ready { statement, packed }: Ready,
    stored: Instant,
    lessons: &mut Lessons,
) -> Result<Option<Link>> {
    if session.place(statement.id)?.is_some() {
        return check_same(session, &statement).map(|()| None);
    }
    session.take_stored(statement.id, stored);
    session.index(stored, &statement.keys)?;
    lessons.take(session, &statement.sayings, stored)?;
    let link = Link { id: statement.id, stored, target: statement.target };
    write(session, statement, packed.as_deref(), stored).map(|()| Some(link))
}

/// Accepts a statement that is kept already, refuses a different one under its id.
fn check_same(session: &Session<'_>, incoming: &Prepared) -> Result<()> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("statement {}: {what}", incoming.id));
    let Some(kept) = session.statement(incoming.id)? else {
        if session.is_removed(incoming.id)? {
            let (id, differences) = (incoming.id, Vec::new());
            return Err(StoreError::Conflict { id, differences }.into());
        }
        return Err(corrupt("its text is missing").into());
    };
    let kept = kept.value().map_err(|error| corrupt(&error.to_string()))?;
    let incoming_value = incoming.value().map_err(|error| corrupt(&error.to_string()))?;
    let differences = same::differences(&kept, &incoming_value);
    if differences.is_empty() {
        return Ok(());
    }
    Err(StoreError::Conflict { id: incoming.id, differences }.into())
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
