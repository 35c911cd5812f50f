//! Frozen certificate lists in a table.

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::session::Session;
use crate::SqliteStore;
use crate::failure::Result;
use store::{CertificateStore, KeptCertificates, StoreError};
use xapi::instant::Instant;

fn add_certificates(session: &Session<'_>, course: &str, list: &KeptCertificates) -> Result<bool> {
    let body = std::str::from_utf8(&list.body)
        .map_err(|_| StoreError::Corrupt("a certificate list that is not UTF-8".into()))?;
    let written = session.run(
        "INSERT OR IGNORE INTO certificate_list (course, id, created, body) \
         VALUES (?1, ?2, ?3, ?4)",
        params![course, list.id, list.created.micros(), body],
    )?;
    Ok(written == 1)
}

fn certificates(connection: &Connection, course: &str) -> Result<Vec<KeptCertificates>> {
    let mut select = connection.prepare_cached(
        "SELECT id, created, body FROM certificate_list WHERE course = ?1 \
         ORDER BY created DESC, id",
    )?;
    let rows = select.query_map([course], list)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn certificate_ids(connection: &Connection, course: &str) -> Result<Vec<String>> {
    let mut select = connection.prepare_cached(
        "SELECT id FROM certificate_list WHERE course = ?1 ORDER BY created DESC, id",
    )?;
    let rows = select.query_map([course], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn certificate(
    connection: &Connection,
    course: &str,
    id: &str,
) -> Result<Option<KeptCertificates>> {
    let mut select = connection.prepare_cached(
        "SELECT id, created, body FROM certificate_list WHERE course = ?1 AND id = ?2",
    )?;
    Ok(select.query_row([course, id], list).optional()?)
}

fn list(row: &Row<'_>) -> rusqlite::Result<KeptCertificates> {
    Ok(KeptCertificates {
        id: row.get(0)?,
        created: Instant::from_micros(row.get(1)?),
        body: Bytes::from(row.get::<_, String>(2)?),
    })
}

#[async_trait]
impl CertificateStore for SqliteStore {
    async fn add_certificates(&self, course: &str, list: KeptCertificates) -> store::Result<bool> {
        let course = course.to_owned();
        self.write(move |session| add_certificates(session, &course, &list)).await
    }

    async fn certificate_ids(&self, course: &str) -> store::Result<Vec<String>> {
        let course = course.to_owned();
        self.read(move |connection| certificate_ids(connection, &course)).await
    }

    async fn certificate(&self, course: &str, id: &str) -> store::Result<Option<KeptCertificates>> {
        let (course, id) = (course.to_owned(), id.to_owned());
        self.read(move |connection| certificate(connection, &course, &id)).await
    }

    async fn certificates(&self, course: &str) -> store::Result<Vec<KeptCertificates>> {
        let course = course.to_owned();
        self.read(move |connection| certificates(connection, &course)).await
    }
}
