//! What statements said of agents and activities, in tables.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Kind;
use crate::store::{Definitions, MOST_NAMES, PAGE_BYTES, Result};

pub(super) fn agent_names(connection: &Connection, ifi: &str) -> Result<Vec<String>> {
    let mut select = connection.prepare_cached(
        "SELECT name FROM agent_name JOIN entity ON entity.id = entity \
         WHERE kind = ?1 AND text = ?2 ORDER BY seq LIMIT ?3",
    )?;
    let most = i64::try_from(MOST_NAMES).unwrap_or(i64::MAX);
    let rows = select.query_map(params![Kind::Agent as u8, ifi, most], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn definitions(connection: &Connection, activities: &[String]) -> Result<Definitions> {
    let mut select = connection.prepare_cached(
        "SELECT body FROM definition JOIN entity ON entity.id = entity \
         WHERE kind = ?1 AND text = ?2",
    )?;
    let (mut definitions, mut bytes) = (Definitions::default(), 0);
    for activity in activities {
        let key = params![Kind::Activity as u8, activity];
        let body: Option<String> = select.query_row(key, |row| row.get(0)).optional()?;
        definitions.looked_at += 1;
        if let Some(body) = body {
            bytes += body.len();
            definitions.found.push((activity.clone(), body));
        }
        if bytes >= PAGE_BYTES {
            break;
        }
    }
    Ok(definitions)
}
