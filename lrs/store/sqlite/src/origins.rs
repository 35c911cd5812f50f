//! Where statements were before, in a table.

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::session::Session;
use crate::SqliteStore;
use crate::failure::Result;
use crate::statements::put;
use store::{KeptOrigin, OriginStore, Restored};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::origin::Origin;

/// Keeps the origin of the statement that is stored at `at`.
pub(super) fn keep(session: &Session<'_>, at: Instant, origin: &Origin) -> Result<()> {
    let Origin { name, stored, authority } = origin;
    session.run(
        "INSERT INTO origin (seq, name, stored, authority) VALUES (?1, ?2, ?3, ?4)",
        params![at.micros(), name, stored.map(Instant::micros), authority],
    )?;
    Ok(())
}

fn origins(
    connection: &Connection,
    after: Instant,
    through: Instant,
    limit: usize,
) -> Result<Vec<KeptOrigin>> {
    let mut select = connection.prepare_cached(
        "SELECT seq, name, stored, authority FROM origin WHERE seq > ?1 AND seq <= ?2 \
         ORDER BY seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![after.micros(), through.micros(), limit], |row| {
        let stored = row.get::<_, Option<i64>>(2)?.map(Instant::from_micros);
        let origin = Origin { name: row.get(1)?, stored, authority: row.get(3)? };
        Ok(KeptOrigin { at: Instant::from_micros(row.get(0)?), origin })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[async_trait]
impl OriginStore for SqliteStore {
    async fn origins(
        &self,
        after: Instant,
        through: Instant,
        limit: usize,
    ) -> store::Result<Vec<KeptOrigin>> {
        self.read(move |connection| origins(connection, after, through, limit)).await
    }

    async fn restore_from(
        &self,
        statements: Vec<Restored>,
        attachments: Vec<Attachment>,
    ) -> store::Result<()> {
        self.write(move |session| put::restore(session, &statements, &attachments)).await
    }
}
