//! What statements said of agents and activities, in tables.

use crate::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};
use store::ThingStore;
use xapi::index::Kind;

use crate::failure::Result;
use store::{Definitions, MOST_NAMES, PAGE_BYTES};

fn agent_names(connection: &Connection, ifi: &str) -> Result<Vec<String>> {
    let mut select = connection.prepare_cached(
        "SELECT name FROM agent_name JOIN entity ON entity.id = entity \
         WHERE kind = ?1 AND text = ?2 ORDER BY seq LIMIT ?3",
    )?;
    let most = i64::try_from(MOST_NAMES).unwrap_or(i64::MAX);
    let rows = select.query_map(params![Kind::Agent as u8, ifi, most], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn definitions(connection: &Connection, activities: &[String]) -> Result<Definitions> {
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

#[async_trait]
impl ThingStore for SqliteStore {
    async fn agent_names(&self, ifi: &str) -> store::Result<Vec<String>> {
        let ifi = ifi.to_owned();
        self.read(move |connection| agent_names(connection, &ifi)).await
    }

    async fn definitions(&self, activities: &[String]) -> store::Result<Definitions> {
        let activities = activities.to_vec();
        self.read(move |connection| definitions(connection, &activities)).await
    }
}
