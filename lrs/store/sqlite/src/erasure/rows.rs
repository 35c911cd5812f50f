//! Rows that go with a person, and entries of the audit log without them.

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};
use uuid::Uuid;

use crate::audit::entry;
use crate::failure::Result;
use crate::session::Session;
use access::audit::AuditEntry;
use store::erased_entry;
use xapi::erase::Eraser;

/// Removes the progress documents of the person.
pub(super) fn erase_journals(session: &Session<'_>, eraser: &Eraser) -> Result<u64> {
    let rows = session.all("SELECT rowid, actor FROM progress", [], |row| {
        let actor: String = row.get(1)?;
        Ok(eraser.is_named(&actor).then(|| row.get::<_, i64>(0)))
    })?;
    let mut count = 0_u64;
    for id in rows.into_iter().flatten() {
        session.run("DELETE FROM progress WHERE rowid = ?1", [id?])?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Removes the rows of a table whose `body` is one of the person's. Table and key are of the program.
pub(super) fn erase_named(
    session: &Session<'_>,
    table: &str,
    key: &str,
    is_theirs: impl Fn(&str) -> bool,
) -> Result<u64> {
    let rows = session.all(&format!("SELECT {key}, body FROM {table}"), [], |row| {
        let body: String = row.get(1)?;
        Ok(is_theirs(&body).then(|| row.get::<_, String>(0)))
    })?;
    let mut count = 0_u64;
    for id in rows.into_iter().flatten() {
        session.run(&format!("DELETE FROM {table} WHERE {key} = ?1"), [id?])?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// A column of JSON or text that others wrote, and the key of its rows.
pub(super) struct Texts {
    table: &'static str,
    key: &'static str,
    column: &'static str,
}

/// The authorities that statements had elsewhere.
pub(super) const ORIGINS: Texts = Texts { table: "origin", key: "seq", column: "authority" };
/// What other stores answered about statements.
pub(super) const LETTERS: Texts =
    Texts { table: "dead_letter", key: "pipe, statement", column: "body" };

/// Replaces the texts of a column in which the person is named.
pub(super) fn erase_texts(session: &Session<'_>, texts: &Texts, eraser: &Eraser) -> Result<u64> {
    let Texts { table, key, column } = texts;
    let sql = format!("SELECT {column}, {key} FROM {table} WHERE {column} IS NOT NULL");
    let rows = session.all(&sql, [], |row| {
        let said: String = row.get(0)?;
        let Some(erased) = eraser.json(&said) else { return Ok(None) };
        let key = (1..row.as_ref().column_count()).map(|at| row.get(at));
        Ok(Some((erased, key.collect::<rusqlite::Result<Vec<Value>>>()?)))
    })?;
    let places = key.split(',').map(|_| "?").collect::<Vec<_>>().join(", ");
    let sql = format!("UPDATE {table} SET {column} = ? WHERE ({key}) = ({places})");
    let mut count = 0_u64;
    for (erased, key) in rows.into_iter().flatten() {
        let values = std::iter::once(Value::from(erased)).chain(key);
        session.run(&sql, params_from_iter(values))?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Replaces the person's names in the audit log.
pub(super) fn erase_audit(session: &Session<'_>, eraser: &Eraser, by: Uuid) -> Result<u64> {
    let sql = "SELECT id, at, kind, actor, action, target, details FROM audit WHERE id > ?1 \
               ORDER BY id LIMIT 1000";
    let (mut after, mut count) = (String::new(), 0_u64);
    loop {
        let page = session.all(sql, [&after], entry)?;
        if page.is_empty() {
            return Ok(count);
        }
        for entry in page {
            let entry = entry?;
            let erased = erased_entry(eraser, &entry);
            after = entry.id;
            let Some(erased) = erased else { continue };
            erase_entry(session, &erased, by)?;
            count = count.saturating_add(1);
        }
    }
}

fn erase_entry(session: &Session<'_>, erased: &AuditEntry, by: Uuid) -> Result<()> {
    session.run(
        "UPDATE audit SET actor = ?2, target = ?3, details = ?4, salt = '', \
         erased_by = iif(number IS NULL, '', ?5) WHERE id = ?1",
        params![erased.id, erased.actor.name(), erased.target, erased.details, by.to_string()],
    )?;
    Ok(())
}
