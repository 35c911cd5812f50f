//! Rows that go with a person, and texts and entries of the audit log without them.
//!
//! All rows of a table are looked at, by connections that read and page by page. The one thread that writes changes what was
//! found on a page. What comes behind the pages is found when the part is erased again.

use std::sync::Arc;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};
use uuid::Uuid;

use crate::SqliteStore;
use crate::audit::entry;
use crate::failure::Result;
use crate::session::Session;
use access::audit::AuditEntry;
use store::erased_entry;
use xapi::erase::Eraser;

/// Rows of a page at most, and so rows that a job of the writer changes.
const PAGE: usize = if cfg!(debug_assertions) { 20 } else { 1_000 };
/// Bytes of texts after which a page ends.
const PAGE_BYTES: usize = 4 << 20;

/// What becomes of a row.
enum Change {
    /// It goes, where the text of its one column is still as it was.
    Goes {
        was: String,
    },
    /// That text becomes another one, where it is still as it was.
    Becomes {
        was: String,
        text: String,
    },
    Entry(Box<AuditEntry>),
}

/// The values of the columns of a key.
type Key = Vec<Value>;

/// A table that may have rows of the person. Its names are of the program.
pub(super) struct Table {
    name: &'static str,
    key: &'static [&'static str],
    columns: &'static str,
    /// Which rows are looked at; empty for all.
    only: &'static str,
    /// Looks at the columns of a row.
    look: fn(&Eraser, &Row<'_>) -> Result<Option<Change>>,
    /// Whether the writer looks at the last page, so that nothing comes meanwhile: its texts are short.
    is_ended_by_writer: bool,
}

/// The progress documents of the person go.
pub(super) const JOURNALS: Table = Table {
    name: "progress",
    key: &["rowid"],
    columns: "actor",
    only: "",
    look: |eraser, row| goes(row, |actor| eraser.is_named(actor)),
    is_ended_by_writer: true,
};

/// Launches that have the person go.
pub(super) const LAUNCHES: Table = Table {
    name: "launch",
    key: &["token"],
    columns: "body",
    only: "",
    look: |eraser, row| goes(row, |body| eraser.is_actor_of(body)),
    is_ended_by_writer: false,
};

/// Refused requests that name the person go.
pub(super) const REFUSALS: Table = Table {
    name: "refusal",
    key: &["rowid"],
    columns: "body",
    only: "",
    look: |eraser, row| goes(row, |body| eraser.is_mentioned(body)),
    is_ended_by_writer: false,
};

/// The authorities that statements had elsewhere.
pub(super) const ORIGINS: Table = Table {
    name: "origin",
    key: &["seq"],
    columns: "authority",
    only: "authority IS NOT NULL",
    look: becomes,
    is_ended_by_writer: false,
};

/// What other stores answered about statements.
pub(super) const LETTERS: Table = Table {
    name: "dead_letter",
    key: &["pipe", "statement"],
    columns: "body",
    only: "",
    look: becomes,
    is_ended_by_writer: false,
};

/// The audit log.
pub(super) const AUDIT: Table = Table {
    name: "audit",
    key: &["id"],
    columns: "id, at, kind, actor, action, target, details",
    only: "",
    look: |eraser, row| {
        let entry = entry(row)??;
        Ok(erased_entry(eraser, &entry).map(|erased| Change::Entry(Box::new(erased))))
    },
    is_ended_by_writer: false,
};

fn goes(row: &Row<'_>, is_theirs: impl Fn(&str) -> bool) -> Result<Option<Change>> {
    let was: String = row.get(0)?;
    Ok(is_theirs(&was).then_some(Change::Goes { was }))
}

fn becomes(eraser: &Eraser, row: &Row<'_>) -> Result<Option<Change>> {
    let was: String = row.get(0)?;
    Ok(eraser.json(&was).map(|text| Change::Becomes { was, text }))
}

/// Some rows in the order of their keys.
struct Page {
    found: Vec<(Key, Change)>,
    last: Option<Key>,
    is_last: bool,
}

/// Erases the person from a table; gives from how many rows.
pub(super) async fn erase(
    store: &SqliteStore,
    table: &'static Table,
    eraser: &Arc<Eraser>,
    by: Uuid,
) -> store::Result<u64> {
    let (mut after, mut count) = (None, 0_u64);
    loop {
        let (of, place) = (Arc::clone(eraser), after.clone());
        let read = move |connection: &Connection| page(connection, &of, table, place.as_deref());
        let Page { found, last, is_last } = store.read(read).await?;
        if is_last && table.is_ended_by_writer {
            break;
        }
        count = count.saturating_add(found.len() as u64);
        if !found.is_empty() {
            store.write(move |session| change(session, table, found, by)).await?;
        }
        if is_last {
            return Ok(count);
        }
        after = last;
    }
    loop {
        let (of, place) = (Arc::clone(eraser), after.clone());
        let look = move |session: &mut Session<'_>| {
            let connection = session.connection();
            let Page { found, last, is_last } = page(connection, &of, table, place.as_deref())?;
            let number = found.len() as u64;
            change(session, table, found, by)?;
            Ok((number, last, is_last))
        };
        let (number, last, is_last) = store.write(look).await?;
        count = count.saturating_add(number);
        if is_last {
            return Ok(count);
        }
        after = last;
    }
}

/// Looks at the rows of a page that follow a key.
fn page(
    connection: &Connection,
    eraser: &Eraser,
    table: &Table,
    after: Option<&[Value]>,
) -> Result<Page> {
    let Table { name, key, columns, only, look, .. } = table;
    let keys = key.join(", ");
    let places = vec!["?"; key.len()].join(", ");
    let behind = after.map(|_| format!("({keys}) > ({places})"));
    let conditions: Vec<String> =
        behind.into_iter().chain((!only.is_empty()).then(|| (*only).to_owned())).collect();
    let wanted = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {}", conditions.join(" AND "))
    };
    let sql = format!("SELECT {columns}, {keys} FROM {name} {wanted} ORDER BY {keys}");
    let mut select = connection.prepare_cached(&sql)?;
    let first = select.column_count().saturating_sub(key.len());
    let mut rows = select.query(params_from_iter(after.unwrap_or_default()))?;
    let mut page = Page { found: Vec::new(), last: None, is_last: false };
    let (mut count, mut bytes) = (0_usize, 0_usize);
    while count < PAGE && bytes < PAGE_BYTES {
        let Some(row) = rows.next()? else {
            page.is_last = true;
            break;
        };
        let of_row = (first..first.saturating_add(key.len())).map(|at| row.get(at));
        let of_row = of_row.collect::<rusqlite::Result<Key>>()?;
        page.found.extend(look(eraser, row)?.map(|change| (of_row.clone(), change)));
        page.last = Some(of_row);
        count = count.saturating_add(1);
        for at in 0..first {
            bytes = bytes.saturating_add(row.get_ref(at)?.as_bytes().map_or(0, <[u8]>::len));
        }
    }
    Ok(page)
}

fn change(session: &Session<'_>, table: &Table, found: Vec<(Key, Change)>, by: Uuid) -> Result<()> {
    let Table { name, key, columns, .. } = table;
    let of_key = key.iter().map(|key| format!("{key} = ?")).collect::<Vec<_>>().join(" AND ");
    for (key, change) in found {
        match change {
            Change::Goes { was } => {
                let sql = format!("DELETE FROM {name} WHERE {of_key} AND {columns} = ?");
                let values = key.into_iter().chain([Value::from(was)]);
                session.run(&sql, params_from_iter(values))?;
            }
            Change::Becomes { was, text } => {
                let sql =
                    format!("UPDATE {name} SET {columns} = ? WHERE {of_key} AND {columns} = ?");
                let values = std::iter::once(Value::from(text)).chain(key);
                session.run(&sql, params_from_iter(values.chain([Value::from(was)])))?;
            }
            Change::Entry(erased) => erase_entry(session, &erased, by)?,
        }
    }
    Ok(())
}

fn erase_entry(session: &Session<'_>, erased: &AuditEntry, by: Uuid) -> Result<()> {
    session.run(
        "UPDATE audit SET actor = ?2, target = ?3, details = ?4, salt = '', \
         erased_by = iif(number IS NULL, '', ?5) WHERE id = ?1",
        params![erased.id, erased.actor.name(), erased.target, erased.details, by.to_string()],
    )?;
    Ok(())
}
