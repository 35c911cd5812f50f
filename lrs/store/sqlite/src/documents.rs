//! State and profile documents in one table.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::SqliteStore;
use super::session::Session;
use crate::failure::Result;
use store::{LOG_BYTES, StoreError, checksum};
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf};
use xapi::instant::Instant;

/// How often a change is tried again when somebody else was quicker.
const TRIES: u32 = 200;

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
    Ok(found.map(|(document, sum)| checksum::checked_document(key, document, sum)).transpose()?)
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

/// See [`store::TransferStore::documents_beyond`].
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

/// See [`store::DocumentStore::change_document`].
///
/// What is kept is looked at by a reader, and merged there: the writer only writes, where the document is still the one
/// that was looked at.
pub(super) async fn change(
    store: &SqliteStore,
    key: DocumentKey,
    precondition: Precondition,
    change: Change,
) -> store::Result<Option<Document>> {
    if precondition.is_free() && !matches!(change, Change::Post(..)) {
        let document = change.apply(None)?;
        let plan = Plan::new(&key, Seen::Anything, document);
        return store.write(move |session| plan.carry_out(session)).await.map(|(_, kept)| kept);
    }
    let asked = key.clone();
    let kept = store.read(move |connection| length(connection, &asked)).await?;
    let _turn = store.0.turns.take(kept).await?;
    for _ in 0..TRIES {
        let (key, precondition, change) = (key.clone(), precondition.clone(), change.clone());
        let plan = store.read(move |connection| plan(connection, &key, &precondition, change));
        let plan = plan.await?;
        if let (true, kept) = store.write(move |session| plan.carry_out(session)).await? {
            return Ok(kept);
        }
    }
    Err(StoreError::Unavailable("others changed the same document again and again".into()))
}

/// How many bytes the document at `key` has; 0 for none.
fn length(connection: &Connection, key: &DocumentKey) -> Result<usize> {
    let DocumentKey { shelf, id } = key;
    let sql = "SELECT octet_length(body) FROM document WHERE resource = ?1 AND activity = ?2 \
               AND agent = ?3 AND id = ?4 AND registration = ?5";
    let address =
        params![number(shelf.resource), shelf.activity, shelf.agent, id, registration(shelf)];
    let length = connection.prepare_cached(sql)?.query_row(address, |row| row.get::<_, i64>(0));
    Ok(length.optional()?.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX)))
}

/// What a change makes of the document as it is now.
pub(super) fn plan(
    connection: &Connection,
    key: &DocumentKey,
    precondition: &Precondition,
    change: Change,
) -> Result<Plan> {
    let DocumentKey { shelf, id } = key;
    let sql = "SELECT content_type, updated, body, checksum, version FROM document \
               WHERE resource = ?1 AND activity = ?2 AND agent = ?3 AND id = ?4 \
               AND registration = ?5";
    let address =
        params![number(shelf.resource), shelf.activity, shelf.agent, id, registration(shelf)];
    let mut select = connection.prepare_cached(sql)?;
    let found = select.query_row(address, |row| Ok((read(row)?, row.get(4)?))).optional()?;
    let (found, seen) = match found {
        None => (None, Seen::Nothing),
        Some((document, version)) => (Some(document), Seen::Version(version)),
    };
    let existing = checked(key, found)?;
    precondition.check(existing.as_ref()).map_err(StoreError::Precondition)?;
    Ok(Plan::new(key, seen, change.apply(existing)?))
}

/// What a document was when a change of it was made.
#[derive(Clone, Copy)]
enum Seen {
    /// It was not looked at: the change holds for any.
    Anything,
    /// There was none.
    Nothing,
    /// The one that this write made; a version before wrote no number.
    Version(Option<i64>),
}

/// A change of a document that is to be written.
pub(super) struct Plan {
    key: DocumentKey,
    seen: Seen,
    /// What it shall be, with its checksum.
    document: Option<(Document, u32)>,
}

impl Plan {
    fn new(key: &DocumentKey, seen: Seen, document: Option<Document>) -> Self {
        let summed = |document| {
            let checksum = checksum::of_document(key, &document);
            (document, checksum)
        };
        Self { key: key.clone(), seen, document: document.map(summed) }
    }

    /// Writes it, unless the document is not the one that was seen any more: then false. Gives what was to be kept.
    pub(super) fn carry_out(self, session: &Session<'_>) -> Result<(bool, Option<Document>)> {
        let written = match (self.seen, &self.document) {
            (Seen::Nothing, None) => true,
            (Seen::Anything, None) => self.remove(session, true, None).map(|_| true)?,
            (Seen::Version(version), None) => self.remove(session, false, version)?,
            (Seen::Anything, Some((document, sum))) => {
                let or = "DO UPDATE SET content_type = excluded.content_type, \
                          updated = excluded.updated, body = excluded.body, \
                          checksum = excluded.checksum, version = excluded.version";
                self.insert(session, document, *sum, or)?
            }
            (Seen::Nothing, Some((document, sum))) => {
                self.insert(session, document, *sum, "DO NOTHING")?
            }
            (Seen::Version(version), Some((document, sum))) => {
                self.replace(session, document, *sum, version)?
            }
        };
        Ok((written, self.document.map(|(document, _)| document)))
    }

    fn insert(
        &self,
        session: &Session<'_>,
        document: &Document,
        checksum: u32,
        or: &str,
    ) -> Result<bool> {
        let DocumentKey { shelf, id } = &self.key;
        let sql = format!(
            "INSERT INTO document (resource, activity, agent, id, registration, content_type, \
             updated, body, checksum, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
             ON CONFLICT (resource, activity, agent, id, registration) {or}"
        );
        let written = session.run(
            &sql,
            params![
                number(shelf.resource),
                shelf.activity,
                shelf.agent,
                id,
                registration(shelf),
                document.content_type,
                document.updated.micros(),
                &*document.body,
                checksum,
                rand::random::<i64>(),
            ],
        )?;
        Ok(written == 1)
    }

    fn replace(
        &self,
        session: &Session<'_>,
        document: &Document,
        checksum: u32,
        version: Option<i64>,
    ) -> Result<bool> {
        let DocumentKey { shelf, id } = &self.key;
        let written = session.run(
            "UPDATE document SET content_type = ?6, updated = ?7, body = ?8, checksum = ?9, \
             version = ?10 WHERE resource = ?1 AND activity = ?2 AND agent = ?3 AND id = ?4 \
             AND registration = ?5 AND version IS ?11",
            params![
                number(shelf.resource),
                shelf.activity,
                shelf.agent,
                id,
                registration(shelf),
                document.content_type,
                document.updated.micros(),
                &*document.body,
                checksum,
                rand::random::<i64>(),
                version,
            ],
        )?;
        Ok(written == 1)
    }

    /// Removes the document, where it is of this version, or whichever version it is.
    fn remove(&self, session: &Session<'_>, whichever: bool, version: Option<i64>) -> Result<bool> {
        let DocumentKey { shelf, id } = &self.key;
        let removed = session.run(
            "DELETE FROM document WHERE resource = ?1 AND activity = ?2 AND agent = ?3 \
             AND id = ?4 AND registration = ?5 AND (?6 OR version IS ?7)",
            params![
                number(shelf.resource),
                shelf.activity,
                shelf.agent,
                id,
                registration(shelf),
                whichever,
                version,
            ],
        )?;
        Ok(removed == 1)
    }
}

pub(super) fn delete(session: &Session<'_>, shelf: &Shelf) -> Result<()> {
    session.run(
        "DELETE FROM document WHERE resource = ?1 AND activity = ?2 AND agent = ?3 \
         AND (?4 = '' OR registration = ?4)",
        params![number(shelf.resource), shelf.activity, shelf.agent, registration(shelf)],
    )?;
    Ok(())
}
