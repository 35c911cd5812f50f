//! Refused requests in a table.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::session::Session;
use crate::SqliteStore;
use crate::failure::Result;
use store::{KeptRefusal, MOST_BYTES, MOST_OF_KEY, RefusalFilter, RefusalStore, StoreError};
use xapi::instant::Instant;

const COLUMNS: &str = "id, key, rule, status, at, body";

fn keep(session: &Session<'_>, refusals: &[KeptRefusal]) -> Result<()> {
    for refusal in refusals {
        let KeptRefusal { id, key, rule, status, at, body } = refusal;
        let weight = i64::try_from(refusal.weight()).unwrap_or(i64::MAX);
        session.run(
            "INSERT OR IGNORE INTO refusal (id, key, rule, status, at, weight, body) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id.to_string(), key, rule, status, at.micros(), weight, body],
        )?;
    }
    let keys: BTreeSet<&str> = refusals.iter().map(|it| it.key.as_str()).collect();
    for key in keys {
        session.run(
            "DELETE FROM refusal WHERE key = ?1 AND id <= \
             (SELECT id FROM refusal WHERE key = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            params![key, i64::try_from(MOST_OF_KEY).unwrap_or(i64::MAX)],
        )?;
    }
    session.run(
        "DELETE FROM refusal WHERE id <= (SELECT id FROM \
         (SELECT id, SUM(weight) OVER (ORDER BY id DESC) AS sum FROM refusal) \
         WHERE sum > ?1 ORDER BY id DESC LIMIT 1)",
        [i64::try_from(MOST_BYTES).unwrap_or(i64::MAX)],
    )?;
    Ok(())
}

/// A row as it stands, with the text of its id.
fn row(row: &Row<'_>) -> rusqlite::Result<(String, KeptRefusal)> {
    let refusal = KeptRefusal {
        id: Uuid::nil(),
        key: row.get(1)?,
        rule: row.get(2)?,
        status: row.get(3)?,
        at: Instant::from_micros(row.get(4)?),
        body: row.get(5)?,
    };
    Ok((row.get(0)?, refusal))
}

fn kept((id, refusal): (String, KeptRefusal)) -> Result<KeptRefusal> {
    let corrupt = |error| StoreError::Corrupt(format!("refusal {id}: {error}"));
    Ok(KeptRefusal { id: id.parse().map_err(corrupt)?, ..refusal })
}

fn refusals(
    connection: &Connection,
    filter: &RefusalFilter,
    limit: usize,
) -> Result<Vec<KeptRefusal>> {
    let RefusalFilter { key, rule, status, before } = filter;
    let sql = format!(
        "SELECT {COLUMNS} FROM refusal WHERE (?1 IS NULL OR key = ?1) AND (?2 IS NULL OR rule = ?2) \
         AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR id < ?4) ORDER BY id DESC LIMIT ?5"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = before.map(|id| id.to_string());
    let mut select = connection.prepare_cached(&sql)?;
    let rows = select.query_map(params![key, rule, status, before, limit], row)?;
    rows.map(|row| kept(row?)).collect()
}

fn refusal(connection: &Connection, id: Uuid) -> Result<Option<KeptRefusal>> {
    let sql = format!("SELECT {COLUMNS} FROM refusal WHERE id = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([id.to_string()], row).optional()?;
    found.map(kept).transpose()
}

#[async_trait]
impl RefusalStore for SqliteStore {
    async fn keep_refusals(&self, refusals: Vec<KeptRefusal>) -> store::Result<()> {
        self.write(move |session| keep(session, &refusals)).await
    }

    async fn refusals(
        &self,
        filter: &RefusalFilter,
        limit: usize,
    ) -> store::Result<Vec<KeptRefusal>> {
        let filter = filter.clone();
        self.read(move |connection| refusals(connection, &filter, limit)).await
    }

    async fn refusal(&self, id: Uuid) -> store::Result<Option<KeptRefusal>> {
        self.read(move |connection| refusal(connection, id)).await
    }
}
