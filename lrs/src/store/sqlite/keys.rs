//! Keys in a table.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::session::Session;
use crate::access::key::{KeptKey, Key};
use crate::access::scope::Scope;
use crate::store::{Result, StoreError};
use crate::xapi::authority::Authority;
use crate::xapi::instant::Instant;

const SELECT: &str =
    "SELECT name, label, scopes, authority, created, secret_hash, bounds FROM api_key ";

type Columns = (String, String, String, String, i64, String, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}

fn kept(
    (name, label, scopes, authority, created, secret_hash, bounds): Columns,
) -> Result<KeptKey> {
    let corrupt = |what: String| StoreError::Corrupt(format!("key {name}: {what}"));
    let scopes: std::result::Result<Vec<Scope>, _> =
        scopes.split_whitespace().map(str::parse).collect();
    let authority = serde_json::from_str(&authority).map_err(|error| corrupt(error.to_string()))?;
    let bounds = match bounds.as_str() {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?),
    };
    let key = Key {
        bounds,
        scopes: scopes.map_err(|error| corrupt(error.to_string()))?,
        authority: Authority::from_agent(authority),
        created: Instant::from_micros(created),
        name,
        label,
    };
    Ok(KeptKey { key, secret_hash })
}

pub(super) fn key(connection: &Connection, name: &str) -> Result<Option<KeptKey>> {
    let sql = format!("{SELECT} WHERE name = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([name], columns).optional()?;
    found.map(kept).transpose()
}

pub(super) fn keys(connection: &Connection) -> Result<Vec<KeptKey>> {
    let mut select = connection.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
    let found: rusqlite::Result<Vec<_>> = select.query_map([], columns)?.collect();
    found?.into_iter().map(kept).collect()
}

pub(super) fn add(session: &Session<'_>, kept: &KeptKey) -> Result<bool> {
    let KeptKey { key, secret_hash } = kept;
    let bounds = key.bounds.as_ref().map(serde_json::to_string).transpose();
    let bounds = bounds.unwrap_or_default().unwrap_or_default();
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let added = session.run(
        "INSERT OR IGNORE INTO api_key (name, label, scopes, authority, created, secret_hash, \
         bounds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            key.name,
            key.label,
            scopes.join(" "),
            key.authority.text(),
            key.created.micros(),
            secret_hash,
            bounds
        ],
    )?;
    Ok(added == 1)
}

pub(super) fn remove(session: &Session<'_>, name: &str) -> Result<bool> {
    Ok(session.run("DELETE FROM api_key WHERE name = ?1", [name])? == 1)
}
