//! Progress documents in a table.

use std::collections::HashSet;

use crate::SqliteStore;
use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::JournalStore;

use super::session::Session;
use crate::failure::Result;
use store::{
    DOCUMENTS_BYTES, Followed, JournalVersion, ProgressDocument, ProgressPage, Reading, StoreError,
    Unnamed, Watermark,
};
use xapi::instant::Instant;

fn document(row: &Row<'_>) -> rusqlite::Result<ProgressDocument> {
    Ok(ProgressDocument { actor: row.get(0)?, body: Bytes::from(row.get::<_, String>(1)?) })
}

/// How long the body of a [`document`] is, as it lies in the database.
fn bytes_of_body(row: &Row<'_>) -> rusqlite::Result<usize> {
    Ok(row.get_ref(1)?.as_bytes()?.len())
}

fn watermark(connection: &Connection, course: &str) -> Result<Watermark> {
    let watermark = connection
        .prepare_cached("SELECT through, reading, version, base FROM followed WHERE course = ?1")?
        .query_row([course], |row| {
            let through = Instant::from_micros(row.get(0)?);
            Ok(Watermark {
                followed: Followed { through, reading: Reading::from_number(row.get(1)?) },
                version: JournalVersion::from_number(row.get(2)?),
                base: JournalVersion::from_number(row.get(3)?),
            })
        })
        .optional()?;
    // The default before the first write: see `CourseStore::watermark`.
    Ok(watermark.unwrap_or_default())
}

fn page(
    connection: &Connection,
    course: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<ProgressDocument>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut select = connection.prepare_cached(
        "SELECT actor, body FROM progress WHERE course = ?1 AND actor > ?2 \
         ORDER BY actor LIMIT ?3",
    )?;
    let rows = select.query_map(params![course, after, limit], document)?;
    let (mut page, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let document: ProgressDocument = row?;
        bytes += document.body.len();
        if bytes > DOCUMENTS_BYTES && !page.is_empty() {
            break;
        }
        page.push(document);
    }
    Ok(page)
}

fn of_actors(connection: &Connection, course: &str, actors: &[String]) -> Result<ProgressPage> {
    // One snapshot for all the reads of a page.
    let snapshot = connection.unchecked_transaction()?;
    let sql = "SELECT actor, body FROM progress WHERE course = ?1 AND actor = ?2";
    let mut select = snapshot.prepare_cached(sql)?;
    let (mut page, mut bytes) = (ProgressPage::default(), 0);
    let mut seen = HashSet::new();
    for actor in actors.iter().filter(|actor| seen.insert(actor.as_str())) {
        let mut rows = select.query([course, actor.as_str()])?;
        let Some(row) = rows.next()? else { continue };
        // What is too much is not copied.
        bytes += bytes_of_body(row)?;
        if bytes > DOCUMENTS_BYTES && !page.documents.is_empty() {
            page.more = true;
            break;
        }
        page.documents.push(document(row)?);
    }
    Ok(page)
}

fn since(
    connection: &Connection,
    course: &str,
    version: JournalVersion,
) -> Result<(Watermark, Vec<String>)> {
    let snapshot = connection.unchecked_transaction()?;
    let watermark = watermark(&snapshot, course)?;
    let mut select = snapshot.prepare_cached(
        "SELECT actor FROM progress WHERE course = ?1 AND version > ?2 ORDER BY actor",
    )?;
    let rows = select.query_map(params![course, version.number()], |row| row.get(0))?;
    let actors = rows.collect::<rusqlite::Result<_>>()?;
    Ok((watermark, actors))
}

fn put(
    session: &Session<'_>,
    course: &str,
    based_on: JournalVersion,
    followed: Followed,
    documents: &[ProgressDocument],
    unnamed: Unnamed,
) -> Result<Option<JournalVersion>> {
    let is_whole = unnamed == Unnamed::Go;
    // A row that is there is in conflict, and only its version counts.
    let version = session.one(
        "INSERT INTO followed (course, through, reading, version, base) \
         SELECT id, ?2, ?3, ?6, CASE WHEN ?4 THEN ?6 ELSE 0 END FROM course \
         WHERE id = ?1 AND (?5 = 0 AND reading = ?3 \
         OR EXISTS (SELECT 1 FROM followed WHERE course = ?1)) \
         ON CONFLICT (course) DO UPDATE SET through = excluded.through, \
         reading = excluded.reading, version = version + 1, \
         base = CASE WHEN ?4 THEN version + 1 ELSE base END WHERE version = ?5 \
         RETURNING version",
        params![
            course,
            followed.through.micros(),
            followed.reading.number(),
            is_whole,
            based_on.number(),
            JournalVersion::first(followed.reading).number()
        ],
        |row| row.get::<_, i64>(0),
    )?;
    let Some(version) = version else { return Ok(None) };
    if is_whole {
        session.run("DELETE FROM progress WHERE course = ?1", [course])?;
    }
    for document in documents {
        let body = std::str::from_utf8(&document.body)
            .map_err(|_| StoreError::Corrupt("a progress document that is not UTF-8".into()))?;
        session.run(
            "INSERT INTO progress (course, actor, version, body) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (course, actor) DO UPDATE SET version = excluded.version, \
             body = excluded.body",
            params![course, document.actor, version, body],
        )?;
    }
    Ok(Some(JournalVersion::from_number(version)))
}

#[async_trait]
impl JournalStore for SqliteStore {
    async fn watermark(&self, course: &str) -> store::Result<Watermark> {
        let course = course.to_owned();
        self.read(move |connection| watermark(connection, &course)).await
    }

    async fn progress(
        &self,
        course: &str,
        after: &str,
        limit: usize,
    ) -> store::Result<Vec<ProgressDocument>> {
        let (course, after) = (course.to_owned(), after.to_owned());
        self.read(move |connection| page(connection, &course, &after, limit)).await
    }

    async fn progress_of(&self, course: &str, actors: &[String]) -> store::Result<ProgressPage> {
        let (course, actors) = (course.to_owned(), actors.to_vec());
        self.read(move |connection| of_actors(connection, &course, &actors)).await
    }

    async fn written_since(
        &self,
        course: &str,
        version: JournalVersion,
    ) -> store::Result<(Watermark, Vec<String>)> {
        let course = course.to_owned();
        self.read(move |connection| since(connection, &course, version)).await
    }

    async fn put_progress(
        &self,
        course: &str,
        based_on: JournalVersion,
        followed: Followed,
        documents: Vec<ProgressDocument>,
        unnamed: Unnamed,
    ) -> store::Result<Option<JournalVersion>> {
        let course = course.to_owned();
        self.write(move |session| put(session, &course, based_on, followed, &documents, unnamed))
            .await
    }
}
