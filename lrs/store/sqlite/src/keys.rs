//! Keys in a table.

use std::collections::BTreeMap;

use crate::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::KeyStore;

use super::session::Session;
use crate::failure::Result;
use access::key::{KeptKey, KeyTexts, KeyTextsError};
use store::StoreError;
use xapi::instant::Instant;

const SELECT: &str =
    "SELECT name, label, scopes, authority, created, secret_hash, bounds, life FROM api_key ";

fn texts(row: &Row<'_>) -> rusqlite::Result<KeyTexts> {
    Ok(KeyTexts {
        name: row.get(0)?,
        label: row.get(1)?,
        scopes: row.get(2)?,
        authority: row.get(3)?,
        created: row.get(4)?,
        secret_hash: row.get(5)?,
        bounds: row.get(6)?,
        life: row.get(7)?,
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
    let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash, life } =
        kept.texts();
    let added = session.run(
        "INSERT OR IGNORE INTO api_key (name, label, scopes, authority, created, secret_hash, \
         bounds, life) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![name, label, scopes, authority, created, secret_hash, bounds, life],
    )?;
    Ok(added == 1)
}

fn change(session: &Session<'_>, old_hash: &str, kept: &KeptKey) -> Result<bool> {
    let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash, life } =
        kept.texts();
    let changed = session.run(
        "UPDATE api_key SET label = ?2, scopes = ?3, authority = ?4, created = ?5, \
         secret_hash = ?6, bounds = ?7, life = ?8 WHERE name = ?1 AND secret_hash = ?9",
        params![name, label, scopes, authority, created, secret_hash, bounds, life, old_hash],
    )?;
    Ok(changed == 1)
}

fn remove(session: &Session<'_>, name: &str) -> Result<bool> {
    session.run("DELETE FROM key_use WHERE name = ?1", [name])?;
    Ok(session.run("DELETE FROM api_key WHERE name = ?1", [name])? == 1)
}

fn note_use(session: &Session<'_>, name: &str, at: Instant) -> Result<()> {
    session.run(
        "INSERT INTO key_use (name, at) SELECT name, ?2 FROM api_key WHERE name = ?1 \
         ON CONFLICT (name) DO UPDATE SET at = MAX(at, excluded.at)",
        params![name, at.micros()],
    )?;
    Ok(())
}

fn uses(connection: &Connection) -> Result<BTreeMap<String, Instant>> {
    let mut select = connection.prepare_cached("SELECT name, at FROM key_use")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, Instant::from_micros(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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

    async fn change_key(&self, secret_hash: &str, key: KeptKey) -> store::Result<bool> {
        let old_hash = secret_hash.to_owned();
        self.write(move |session| change(session, &old_hash, &key)).await
    }

    async fn note_key_use(&self, name: &str, at: Instant) -> store::Result<()> {
        let name = name.to_owned();
        self.write(move |session| note_use(session, &name, at)).await
    }

    async fn key_uses(&self) -> store::Result<BTreeMap<String, Instant>> {
        self.read(uses).await
    }
}
