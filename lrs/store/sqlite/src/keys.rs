//! Keys in a table.

use crate::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::KeyStore;

use super::session::Session;
use crate::failure::Result;
use access::key::{KeptKey, KeyTexts, KeyTextsError};
use store::StoreError;

const SELECT: &str =
    "SELECT name, label, scopes, authority, created, secret_hash, bounds FROM api_key ";

fn texts(row: &Row<'_>) -> rusqlite::Result<KeyTexts> {
    Ok(KeyTexts {
        name: row.get(0)?,
        label: row.get(1)?,
        scopes: row.get(2)?,
        authority: row.get(3)?,
        created: row.get(4)?,
        secret_hash: row.get(5)?,
        bounds: row.get(6)?,
    })
}

fn kept(texts: KeyTexts) -> Result<KeptKey> {
    let corrupt = |error: KeyTextsError| StoreError::Corrupt(error.to_string());
    Ok(texts.try_into().map_err(corrupt)?)
}

fn key(connection: &Connection, name: &str) -> Result<Option<KeptKey>> {
    let sql = format!("{SELECT} WHERE name = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([name], texts).optional()?;
    found.map(kept).transpose()
}

fn keys(connection: &Connection) -> Result<Vec<KeptKey>> {
    let mut select = connection.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
    let found: rusqlite::Result<Vec<_>> = select.query_map([], texts)?.collect();
    found?.into_iter().map(kept).collect()
}

fn add(session: &Session<'_>, kept: &KeptKey) -> Result<bool> {
    let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash } = kept.texts();
    let added = session.run(
        "INSERT OR IGNORE INTO api_key (name, label, scopes, authority, created, secret_hash, \
         bounds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![name, label, scopes, authority, created, secret_hash, bounds],
    )?;
    Ok(added == 1)
}

fn remove(session: &Session<'_>, name: &str) -> Result<bool> {
    Ok(session.run("DELETE FROM api_key WHERE name = ?1", [name])? == 1)
}

#[async_trait]
impl KeyStore for SqliteStore {
    async fn key(&self, name: &str) -> store::Result<Option<KeptKey>> {
        let name = name.to_owned();
        self.read(move |connection| key(connection, &name)).await
    }

    async fn keys(&self) -> store::Result<Vec<KeptKey>> {
        self.read(keys).await
    }

    async fn add_key(&self, key: KeptKey) -> store::Result<bool> {
        self.write(move |session| add(session, &key)).await
    }

    async fn remove_key(&self, name: &str) -> store::Result<bool> {
        let name = name.to_owned();
        self.write(move |session| remove(session, &name)).await
    }
}
