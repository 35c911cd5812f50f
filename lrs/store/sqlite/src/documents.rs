//! State and profile documents in one table.

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};
use store::DocumentStore;
use uuid::Uuid;

use super::SqliteStore;
use super::session::Session;
use super::statements::put::put;
use super::statements::ready::ReadyBatch;
use crate::failure::Result;
use store::bounds::ListedIds;
use store::{Batch, KeptBatch, LOG_BYTES, StoreError, checksum};
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unmet};
use xapi::instant::Instant;

/// How often a change is tried again where other writers were quicker.
const TRIES: u32 = 200;

/// How many bytes of documents one transaction deletes, unless one document alone has more.
const DELETED_BYTES: usize = 4 * 1024 * 1024;
/// How many documents one transaction deletes.
const DELETED_ROWS: usize = 500;

/// Finds the document at a [`Place`].
const AT: &str = "resource = ?1 AND activity = ?2 AND agent = ?3 AND id = ?4 AND registration = ?5";

/// The columns that tell a document from all others.
struct Place<'k> {
    resource: u8,
    activity: &'k str,
    agent: &'k str,
    id: &'k str,
    registration: String,
}

impl<'k> Place<'k> {
    fn of_key(DocumentKey { shelf, id }: &'k DocumentKey) -> Self {
        Self {
            resource: number(shelf.resource),
            activity: &shelf.activity,
            agent: &shelf.agent,
            id,
            registration: registration(shelf),
        }
    }

    /// The values of `?1` to `?5` as in [`AT`], and of the parameters after them.
    fn and<'p>(&'p self, more: &[&'p dyn ToSql]) -> Vec<&'p dyn ToSql> {
        let Self { resource, activity, agent, id, registration } = self;
        let mut values: Vec<&dyn ToSql> = vec![resource, activity, agent, id, registration];
        values.extend_from_slice(more);
        values
    }
}

/// The number of a resource in the table: a released one never changes.
const fn number(resource: Resource) -> u8 {
    match resource {
        Resource::State => 0,
        Resource::ActivityProfile => 1,
        Resource::AgentProfile => 2,
    }
}

/// The text of a registration in the table: "" for none.
fn registration(shelf: &Shelf) -> String {
    shelf.registration.map_or_else(String::new, |id| id.to_string())
}

/// A document, and its checksum.
fn with_checksum(row: &Row<'_>) -> rusqlite::Result<(Document, Option<i64>)> {
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

pub(super) fn document(connection: &Connection, key: &DocumentKey) -> Result<Option<Document>> {
    let sql = format!("SELECT content_type, updated, body, checksum FROM document WHERE {AT}");
    let place = Place::of_key(key);
    let mut select = connection.prepare_cached(&sql)?;
    let found = select.query_row(&*place.and(&[]), with_checksum).optional()?;
    checked(key, found)
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
    let (mut ids, mut latest) = (ListedIds::default(), None);
    for row in rows {
        let (id, updated) = row?;
        ids.push(id)?;
        latest = latest.max(Some(updated));
    }
    Ok((ids.into_ids(), latest.map(Instant::from_micros)))
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
    let rows = select.query_map(from, |row| Ok((key(row)?, with_checksum(row)?)))?;
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

/// The key of a row of [`beyond`].
fn key(row: &Row<'_>) -> rusqlite::Result<DocumentKey> {
    let shelf = Shelf {
        resource: match row.get(4)? {
            0 => Resource::State,
            1 => Resource::ActivityProfile,
            2 => Resource::AgentProfile,
            other => return Err(rusqlite::Error::IntegralValueOutOfRange(4, other)),
        },
        activity: row.get(5)?,
        agent: row.get(6)?,
        registration: match row.get::<_, String>(8)?.as_str() {
            "" => None,
            id => Some(Uuid::parse_str(id).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(8, Type::Text, error.into())
            })?),
        },
    };
    Ok(DocumentKey { shelf, id: row.get(7)? })
}

/// See [`store::DocumentStore::change_document`].
///
/// A reader reads the document and makes the change, which may take long for a large one. The writer
/// only writes the result, where the document is still the one that was read.
pub(super) async fn change(
    store: &SqliteStore,
    key: DocumentKey,
    precondition: Precondition,
    change: Change,
) -> store::Result<Option<Document>> {
    if precondition.is_free() && !matches!(change, Change::Post(..)) {
        let sent = change.bytes_sent();
        let document = change.apply(None)?;
        let _turn = store.0.turns.take(sent).await;
        let plan = Plan::new(&key, Seen::Anything, document);
        return store.write(move |session| plan.carry_out(session)).await.map(|(_, kept)| kept);
    }
    let asked = key.clone();
    let kept = store.read(move |connection| length(connection, &asked)).await?;
    let _turn = store.0.turns.take(kept.max(change.bytes_sent())).await;
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

/// See [`store::Store::put_statements_and_document`].
pub(super) async fn change_with_statements(
    store: &SqliteStore,
    batch: Batch,
    key: DocumentKey,
    precondition: Precondition,
    change: Change,
) -> store::Result<KeptBatch> {
    let batch = ReadyBatch::of(batch).await?;
    let asked = key.clone();
    let kept = store.read(move |connection| length(connection, &asked)).await?;
    let _turn = store.0.turns.take(kept.max(change.bytes_sent())).await;
    let plan = store.read(move |connection| plan(connection, &key, &precondition, change)).await?;
    let write = move |session: &mut Session<'_>| {
        let (is_done, _) = plan.carry_out(session)?;
        if !is_done {
            return Err(StoreError::Precondition(Unmet::Failed).into());
        }
        put(session, batch)
    };
    store.write(write).await
}

/// How many bytes the document at `key` has; 0 for none.
fn length(connection: &Connection, key: &DocumentKey) -> Result<usize> {
    let sql = format!("SELECT octet_length(body) FROM document WHERE {AT}");
    let place = Place::of_key(key);
    let mut select = connection.prepare_cached(&sql)?;
    let length = select.query_row(&*place.and(&[]), |row| row.get::<_, i64>(0));
    Ok(length.optional()?.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX)))
}

/// What a change makes of the document as it is now.
pub(super) fn plan(
    connection: &Connection,
    key: &DocumentKey,
    precondition: &Precondition,
    change: Change,
) -> Result<Plan> {
    let sql =
        format!("SELECT content_type, updated, body, checksum, version FROM document WHERE {AT}");
    let place = Place::of_key(key);
    let mut select = connection.prepare_cached(&sql)?;
    let found = select.query_row(&*place.and(&[]), |row| Ok((with_checksum(row)?, row.get(4)?)));
    let found = found.optional()?;
    let (found, seen) = match found {
        None => (None, Seen::Nothing),
        Some((document, version)) => (Some(document), Seen::Version(version)),
    };
    let existing = checked(key, found)?;
    precondition.check(existing.as_ref()).map_err(StoreError::Precondition)?;
    Ok(Plan::new(key, seen, change.apply(existing)?))
}

/// What the document was that a change was made for.
#[derive(Clone, Copy)]
pub(super) enum Seen {
    /// Not read: the change holds for any document, and for none.
    Anything,
    /// No document.
    Nothing,
    /// The document of this version, a random number for each write. `None` for one that a release
    /// without versions wrote.
    Version(Option<i64>),
}

/// Inserts a document; what to do where one is there follows.
const INSERT: &str = "INSERT INTO document (resource, activity, agent, id, registration, \
    content_type, updated, body, checksum, version) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
    ON CONFLICT (resource, activity, agent, id, registration)";

/// A change of a document that is to be written.
pub(super) struct Plan {
    key: DocumentKey,
    seen: Seen,
    /// What it shall be, with its checksum.
    document: Option<(Document, u32)>,
}

impl Plan {
    pub(super) fn new(key: &DocumentKey, seen: Seen, document: Option<Document>) -> Self {
        let summed = |document| {
            let checksum = checksum::of_document(key, &document);
            (document, checksum)
        };
        Self { key: key.clone(), seen, document: document.map(summed) }
    }

    /// Makes the change, and gives what was to be kept; false, and nothing changed, where the
    /// document is not the one any more that was seen.
    pub(super) fn carry_out(self, session: &Session<'_>) -> Result<(bool, Option<Document>)> {
        let is_done = match &self.document {
            None => self.remove(session)?,
            Some((document, checksum)) => self.put(session, document, *checksum)?,
        };
        Ok((is_done, self.document.map(|(document, _)| document)))
    }

    /// Writes the document under a new version, where the one that is there is as it was seen.
    fn put(&self, session: &Session<'_>, document: &Document, checksum: u32) -> Result<bool> {
        let (updated, body) = (document.updated.micros(), &*document.body);
        let (version, place) = (rand::random::<i64>(), Place::of_key(&self.key));
        let mut values = place.and(&[&document.content_type, &updated, &body, &checksum, &version]);
        let sql = match &self.seen {
            Seen::Anything => format!(
                "{INSERT} DO UPDATE SET content_type = excluded.content_type, \
                 updated = excluded.updated, body = excluded.body, \
                 checksum = excluded.checksum, version = excluded.version"
            ),
            Seen::Nothing => format!("{INSERT} DO NOTHING"),
            Seen::Version(seen) => {
                values.push(seen);
                format!(
                    "UPDATE document SET content_type = ?6, updated = ?7, body = ?8, \
                     checksum = ?9, version = ?10 WHERE {AT} AND version IS ?11"
                )
            }
        };
        Ok(session.run(&sql, &*values)? == 1)
    }

    /// Removes the document, where it is as it was seen.
    fn remove(&self, session: &Session<'_>) -> Result<bool> {
        let place = Place::of_key(&self.key);
        let delete = format!("DELETE FROM document WHERE {AT}");
        match &self.seen {
            Seen::Nothing => Ok(true),
            Seen::Anything => Ok(session.run(&delete, &*place.and(&[])).map(|_| true)?),
            Seen::Version(seen) => {
                let delete = format!("{delete} AND version IS ?6");
                Ok(session.run(&delete, &*place.and(&[seen]))? == 1)
            }
        }
    }
}

/// See [`store::DocumentStore::delete_documents`]: in one transaction, or in several with others between them where the
/// documents are more than [`DELETED_ROWS`] or have more than [`DELETED_BYTES`] together. What is put meanwhile may stay.
pub(super) async fn delete(store: &SqliteStore, shelf: &Shelf) -> store::Result<()> {
    let asked = shelf.clone();
    for Rows { numbers, bytes } in
        store.read(move |connection| deletable(connection, &asked)).await?
    {
        let _turn = store.0.turns.take(bytes).await;
        let shelf = shelf.clone();
        store.write(move |session| delete_rows(session, &shelf, &numbers)).await?;
    }
    Ok(())
}

/// Documents that are deleted in one transaction.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) numbers: Vec<i64>,
    bytes: usize,
}

pub(super) fn deletable(connection: &Connection, shelf: &Shelf) -> Result<Vec<Rows>> {
    let mut select = connection.prepare_cached(
        "SELECT rowid, octet_length(body) FROM document WHERE resource = ?1 AND activity = ?2 AND agent = ?3 \
         AND (?4 = '' OR registration = ?4)",
    )?;
    let place = params![number(shelf.resource), shelf.activity, shelf.agent, registration(shelf)];
    let found = select.query_map(place, |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    let (mut slices, mut rows) = (Vec::new(), Rows::default());
    for row in found {
        let (number, bytes) = row?;
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let has_room = rows.numbers.is_empty()
            || rows.numbers.len() < DELETED_ROWS
                && rows.bytes.saturating_add(bytes) <= DELETED_BYTES;
        if !has_room {
            slices.push(std::mem::take(&mut rows));
        }
        rows.numbers.push(number);
        rows.bytes = rows.bytes.saturating_add(bytes);
    }
    slices.extend((!rows.numbers.is_empty()).then_some(rows));
    Ok(slices)
}

/// A number may be another document's by now: so the shelf is asked for as well.
pub(super) fn delete_rows(session: &Session<'_>, shelf: &Shelf, numbers: &[i64]) -> Result<()> {
    let resource = number(shelf.resource);
    for row in numbers {
        session.run(
            "DELETE FROM document WHERE rowid = ?1 AND resource = ?2 AND activity = ?3 AND agent = ?4",
            params![row, resource, shelf.activity, shelf.agent],
        )?;
    }
    Ok(())
}

#[async_trait]
impl DocumentStore for SqliteStore {
    async fn document(&self, key: &DocumentKey) -> store::Result<Option<Document>> {
        let key = key.clone();
        self.read(move |connection| document(connection, &key)).await
    }

    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> store::Result<(Vec<String>, Option<Instant>)> {
        let shelf = shelf.clone();
        self.read(move |connection| ids(connection, &shelf, since)).await
    }

    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> store::Result<Option<Document>> {
        self::change(self, key, precondition, change).await
    }

    async fn delete_documents(&self, shelf: &Shelf) -> store::Result<()> {
        delete(self, shelf).await
    }
}
