//! State and profile documents in one table.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::session::Session;
use crate::store::{LOG_BYTES, Result, StoreError, checksum};
use crate::xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf};
use crate::xapi::instant::Instant;

const SELECT: &str = "SELECT content_type, updated, body, checksum FROM document WHERE resource = ?1 \
    AND activity = ?2 AND agent = ?3 AND id = ?4 AND registration = ?5";

const fn number(resource: Resource) -> u8 {
    match resource {
        Resource::State => 0,
        Resource::ActivityProfile => 1,
        Resource::AgentProfile => 2,
    }
}

fn registration(shelf: &Shelf) -> String {
    shelf.registration.map(|id| id.to_string()).unwrap_or_default()
}

/// A document, and its checksum.
fn read(row: &Row<'_>) -> rusqlite::Result<(Document, Option<i64>)> {
    let document = Document {
        content_type: row.get(0)?,
        updated: Instant::from_micros(row.get(1)?),
        body: Bytes::from(row.get::<_, Vec<u8>>(2)?),
    };
    Ok((document, row.get(3)?))
}

/// The document at `key`, where it is as it was written.
fn checked(key: &DocumentKey, found: Option<(Document, Option<i64>)>) -> Result<Option<Document>> {
    found.map(|(document, sum)| checksum::checked_document(key, document, sum)).transpose()
}

pub(super) fn document(connection: &Connection, at: &DocumentKey) -> Result<Option<Document>> {
    let DocumentKey { shelf, id } = at;
    let address =
        params![number(shelf.resource), shelf.activity, shelf.agent, id, registration(shelf)];
    let found = connection.prepare_cached(SELECT)?.query_row(address, read).optional()?;
    checked(at, found)
}

pub(super) fn ids(
    connection: &Connection,
    shelf: &Shelf,
    since: Option<Instant>,
) -> Result<(Vec<String>, Option<Instant>)> {
    let mut select = connection.prepare_cached(
        "SELECT id, max(updated) FROM document WHERE resource = ?1 AND activity = ?2 \
         AND agent = ?3 AND (?4 = '' OR registration = ?4) AND updated > ?5 GROUP BY id ORDER BY id",
    )?;
    let since = since.map_or(i64::MIN, Instant::micros);
    let rows = select.query_map(
        params![number(shelf.resource), shelf.activity, shelf.agent, registration(shelf), since],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)),
    )?;
    let found: Vec<(String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
    let latest = found.iter().map(|(_, updated)| *updated).max().map(Instant::from_micros);
    Ok((found.into_iter().map(|(id, _)| id).collect(), latest))
}

/// See [`crate::store::TransferStore::documents_beyond`].
pub(super) fn beyond(
    connection: &Connection,
    after: Option<&DocumentKey>,
    limit: usize,
) -> Result<Vec<(DocumentKey, Document)>> {
    let mut select = connection.prepare_cached(
        "SELECT content_type, updated, body, checksum, resource, activity, agent, id, registration \
         FROM document \
         WHERE (resource, activity, agent, id, registration) > (?1, ?2, ?3, ?4, ?5) \
         ORDER BY resource, activity, agent, id, registration LIMIT ?6",
    )?;
    let (resource, activity, agent, id, registration) = match after {
        None => (-1, "", "", "", String::new()),
        Some(DocumentKey { shelf, id }) => (
            i64::from(number(shelf.resource)),
            shelf.activity.as_str(),
            shelf.agent.as_str(),
            id.as_str(),
            registration(shelf),
        ),
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let from = params![resource, activity, agent, id, registration, limit];
    let rows = select.query_map(from, |row| Ok((key(row)?, read(row)?)))?;
    let (mut documents, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let (key, (document, sum)) = row?;
        let document = checksum::checked_document(&key, document, sum)?;
        bytes += document.body.len();
        documents.push((key, document));
        if bytes >= LOG_BYTES {
            break;
        }
    }
    Ok(documents)
}

fn key(row: &Row<'_>) -> rusqlite::Result<DocumentKey> {
    let shelf = Shelf {
        resource: match row.get::<_, i64>(4)? {
            0 => Resource::State,
            1 => Resource::ActivityProfile,
            _ => Resource::AgentProfile,
        },
        activity: row.get(5)?,
        agent: row.get(6)?,
        registration: Uuid::parse_str(&row.get::<_, String>(8)?).ok(),
    };
    Ok(DocumentKey { shelf, id: row.get(7)? })
}

pub(super) fn change(
    session: &mut Session<'_>,
    key: &DocumentKey,
    precondition: &Precondition,
    change: Change,
) -> Result<Option<Document>> {
    let DocumentKey { shelf, id } = key;
    let registration = registration(shelf);
    let resource = number(shelf.resource);
    let address = params![resource, shelf.activity, shelf.agent, id, registration];
    let existing = checked(key, session.one(SELECT, address, read)?)?;
    precondition.check(existing.as_ref()).map_err(StoreError::Precondition)?;
    let Some(document) = change.apply(existing)? else {
        session.run(
            "DELETE FROM document WHERE resource = ?1 AND activity = ?2 AND agent = ?3 \
             AND id = ?4 AND registration = ?5",
            address,
        )?;
        return Ok(None);
    };
    session.run(
        "INSERT INTO document (resource, activity, agent, id, registration, content_type, \
         updated, body, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (resource, activity, agent, id, registration) DO UPDATE \
         SET content_type = excluded.content_type, updated = excluded.updated, \
         body = excluded.body, checksum = excluded.checksum",
        params![
            resource,
            shelf.activity,
            shelf.agent,
            id,
            registration,
            document.content_type,
            document.updated.micros(),
            &*document.body,
            checksum::of_document(key, &document),
        ],
    )?;
    Ok(Some(document))
}

pub(super) fn delete(session: &Session<'_>, shelf: &Shelf) -> Result<()> {
    session.run(
        "DELETE FROM document WHERE resource = ?1 AND activity = ?2 AND agent = ?3 \
         AND (?4 = '' OR registration = ?4)",
        params![number(shelf.resource), shelf.activity, shelf.agent, registration(shelf)],
    )?;
    Ok(())
}
