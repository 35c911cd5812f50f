//! What statements said of agents and activities, in tables.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::Value;

use super::Kind;
use crate::store::{Result, StoreError};

pub(super) fn agent_names(connection: &Connection, ifi: &str) -> Result<Vec<String>> {
    let mut select = connection.prepare_cached(
        "SELECT name FROM agent_name JOIN entity ON entity.id = entity \
         WHERE kind = ?1 AND text = ?2 ORDER BY seq",
    )?;
    let rows = select.query_map(params![Kind::Agent as u8, ifi], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn definitions(
    connection: &Connection,
    activities: &[String],
) -> Result<Vec<(String, Value)>> {
    let mut select = connection.prepare_cached(
        "SELECT body FROM definition JOIN entity ON entity.id = entity \
         WHERE kind = ?1 AND text = ?2",
    )?;
    let mut found = Vec::new();
    for activity in activities {
        let key = params![Kind::Activity as u8, activity];
        let body: Option<String> = select.query_row(key, |row| row.get(0)).optional()?;
        let Some(body) = body else { continue };
        let definition = serde_json::from_str(&body)
            .map_err(|error| StoreError::Corrupt(format!("activity {activity}: {error}")))?;
        found.push((activity.clone(), definition));
    }
    Ok(found)
}
