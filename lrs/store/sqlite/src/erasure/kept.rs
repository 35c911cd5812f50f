//! The tables of erasures: `erasure`, and `erasure_note` with what is written of those that are not done, with the identifiers of
//! people in it. Whatever leaves a page of the latter is written over.

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::failure::Result;
use crate::session::Session;
use store::{ERASURES_BYTES, KeptErasure, StoreError};
use xapi::instant::Instant;

/// See [`store::ErasureStore::erasures`].
pub(super) fn list(
    connection: &Connection,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<KeptErasure>> {
    let mut select = connection.prepare_cached(
        "SELECT id, created, done, coalesce(erasure_note.body, erasure.body) \
         FROM erasure LEFT JOIN erasure_note USING (id) WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(params![after, limit])?;
    let (mut found, mut bytes) = (Vec::new(), 0_usize);
    while bytes < ERASURES_BYTES
        && let Some(row) = rows.next()?
    {
        let (id, body): (String, String) = (row.get(0)?, row.get(3)?);
        let corrupt = |error| StoreError::Corrupt(format!("erasure {id}: {error}"));
        bytes = bytes.saturating_add(body.len());
        found.push(KeptErasure {
            id: id.parse().map_err(corrupt)?,
            created: Instant::from_micros(row.get(1)?),
            is_done: row.get(2)?,
            body,
        });
    }
    Ok(found)
}

/// See [`store::ErasureStore::add_erasure`].
pub(super) fn add(session: &Session<'_>, erasure: &KeptErasure) -> Result<bool> {
    writing_over(session, || {
        let KeptErasure { id, created, is_done, body } = erasure;
        let (id, of_row) = (id.to_string(), if *is_done { body.as_str() } else { "" });
        let sql = "INSERT OR IGNORE INTO erasure (id, created, done, body) VALUES (?1, ?2, ?3, ?4)";
        let is_new = session.run(sql, params![id, created.micros(), is_done, of_row])? == 1;
        if is_new && !is_done {
            session
                .run("INSERT INTO erasure_note (id, body) VALUES (?1, ?2)", params![id, body])?;
        }
        Ok(is_new)
    })
}

/// See [`store::ErasureStore::change_erasure`].
pub(super) fn change(session: &Session<'_>, erasure: &KeptErasure) -> Result<bool> {
    writing_over(session, || {
        let KeptErasure { id, created, is_done, body } = erasure;
        let (id, of_row) = (id.to_string(), if *is_done { body.as_str() } else { "" });
        let sql =
            "UPDATE erasure SET created = ?2, done = ?3, body = ?4 WHERE id = ?1 AND done = 0";
        let is_there = session.run(sql, params![id, created.micros(), is_done, of_row])? == 1;
        if is_there && *is_done {
            session.run("DELETE FROM erasure_note WHERE id = ?1", [id])?;
        } else if is_there {
            let sql = "UPDATE erasure_note SET body = ?2 WHERE id = ?1";
            session.run(sql, params![id, body])?;
        }
        Ok(is_there)
    })
}

/// Writes the notes anew. A page that changed may have old bytes between its rows, also where each row was written over when it
/// went: rows move between pages.
pub(super) fn write_over(session: &mut Session<'_>) -> Result<()> {
    let session = &*session;
    writing_over(session, || {
        let notes: Vec<(String, String)> =
            session.all("SELECT id, body FROM erasure_note ORDER BY id", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        // Without a condition, all pages of the table are given up, or emptied.
        session.run("DELETE FROM erasure_note", [])?;
        for note in notes {
            session.run("INSERT INTO erasure_note (id, body) VALUES (?1, ?2)", note)?;
        }
        Ok(())
    })
}

/// Does `work`, while SQLite writes over what it deletes.
fn writing_over<T>(session: &Session<'_>, work: impl FnOnce() -> Result<T>) -> Result<T> {
    session.connection().pragma_update(None, "secure_delete", true)?;
    let done = work();
    session.connection().pragma_update(None, "secure_delete", false)?;
    done
}
