//! The audit log in a table.

use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::SqliteStore;
use crate::failure::Result;
use crate::session::Session;
use access::audit::{Actor, AuditEntry, AuditFilter};
use access::chain::{Head, Seal, SealedEntry};
use store::{AuditStore, StoreError};
use xapi::instant::Instant;

pub(super) fn entry(
    row: &Row<'_>,
) -> rusqlite::Result<std::result::Result<AuditEntry, StoreError>> {
    let (id, kind): (String, String) = (row.get(0)?, row.get(2)?);
    let Some(actor) = Actor::of(&kind, row.get(3)?) else {
        return Ok(Err(StoreError::Corrupt(format!("audit entry {id} is by a {kind}"))));
    };
    Ok(Ok(AuditEntry {
        id,
        at: Instant::from_micros(row.get(1)?),
        actor,
        action: row.get(4)?,
        target: row.get(5)?,
        details: row.get(6)?,
    }))
}

fn audit(connection: &Connection, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>> {
    let AuditFilter { actor, action, since, until, before } = filter.clone();
    let text = |text: Option<String>| text.map(Value::from);
    let instant = |at: Option<Instant>| at.map(|at| Value::from(at.micros()));
    let conditions = [
        ("actor = ", text(actor)),
        ("action = ", text(action)),
        ("at >= ", instant(since)),
        ("at <= ", instant(until)),
        ("id < ", text(before)),
    ];
    let given = conditions.into_iter().filter_map(|(what, value)| Some((what, value?)));
    let (conditions, mut values): (Vec<&str>, Vec<Value>) = given.unzip();
    let mut sql = "SELECT id, at, kind, actor, action, target, details FROM audit".to_owned();
    for (index, condition) in conditions.into_iter().enumerate() {
        let word = if index == 0 { "WHERE" } else { "AND" };
        sql.extend([" ", word, " ", condition, "?"]);
    }
    sql.push_str(" ORDER BY id DESC LIMIT ?");
    values.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    let mut select = connection.prepare_cached(&sql)?;
    let found: rusqlite::Result<Vec<_>> =
        select.query_map(params_from_iter(values), entry)?.collect();
    Ok(found?.into_iter().collect::<std::result::Result<_, _>>()?)
}

/// Entries of the chain beyond a number.
fn chain(connection: &Connection, after: u64, limit: usize) -> Result<Vec<SealedEntry>> {
    let mut select = connection.prepare_cached(
        "SELECT id, at, kind, actor, action, target, details, number, salt, digest, hash, erased_by \
         FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let sealed = |row: &Row<'_>| {
        let seal = Seal {
            number: row.get::<_, i64>(7)?.unsigned_abs(),
            salt: row.get(8)?,
            digest: row.get(9)?,
            hash: row.get(10)?,
            erased_by: row.get(11)?,
        };
        Ok(entry(row)?.map(|entry| SealedEntry { seal, entry: Some(entry) }))
    };
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found: rusqlite::Result<Vec<_>> = select.query_map([after, limit], sealed)?.collect();
    Ok(found?.into_iter().collect::<std::result::Result<_, _>>()?)
}

fn head(session: &Session<'_>) -> Result<Head> {
    let sql =
        "SELECT number, hash FROM audit WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1";
    let head = |row: &Row<'_>| {
        Ok(Head { number: row.get::<_, i64>(0)?.unsigned_abs(), hash: row.get(1)? })
    };
    Ok(session.one(sql, [], head)?.unwrap_or_default())
}

/// Keeps an entry; false where its id or its number is taken.
fn keep(session: &Session<'_>, entry: &AuditEntry, seal: Option<&Seal>) -> Result<bool> {
    let AuditEntry { id, at, actor, action, target, details } = entry;
    let number = seal.map(|seal| i64::try_from(seal.number).unwrap_or(i64::MAX));
    let text = |part: fn(&Seal) -> &String| seal.map_or("", |seal| part(seal).as_str());
    let added = session.run(
        "INSERT OR IGNORE INTO audit (id, at, kind, actor, action, target, details, number, salt, digest, hash, \
         erased_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            id,
            at.micros(),
            actor.kind(),
            actor.name(),
            action,
            target,
            details,
            number,
            text(|it| &it.salt),
            text(|it| &it.digest),
            text(|it| &it.hash),
            text(|it| &it.erased_by),
        ],
    )?;
    Ok(added == 1)
}

#[async_trait]
impl AuditStore for SqliteStore {
    async fn add_audit(&self, entry: AuditEntry) -> store::Result<bool> {
        self.write(move |session| {
            let seal = head(session)?.seal(&entry, rand::random());
            keep(session, &entry, Some(&seal))
        })
        .await
    }

    async fn audit(&self, filter: &AuditFilter, limit: usize) -> store::Result<Vec<AuditEntry>> {
        let filter = filter.clone();
        self.read(move |connection| audit(connection, &filter, limit)).await
    }

    async fn audit_chain(&self, after: u64, limit: usize) -> store::Result<Vec<SealedEntry>> {
        self.read(move |connection| chain(connection, after, limit)).await
    }

    async fn restore_audit(&self, sealed: SealedEntry) -> store::Result<bool> {
        let SealedEntry { seal, entry: Some(entry) } = sealed else { return Ok(false) };
        self.write(move |session| keep(session, &entry, Some(&seal))).await
    }

    async fn restore_unchained_audit(&self, entry: AuditEntry) -> store::Result<bool> {
        self.write(move |session| keep(session, &entry, None)).await
    }
}
