//! Reading statements back.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::filter::Walk;
use super::put::VOIDING;
use crate::store::{Extent, Kept, LOG_BYTES, LogPage, PAGE_BYTES, Page, Result};
use crate::xapi::attachment::Attachment;
use crate::xapi::instant::Instant;
use crate::xapi::query::Filter;
use crate::xapi::stored::Stored;

const COLUMNS: &str = "SELECT seq, id, body, flags, \
    EXISTS (SELECT 1 FROM voided WHERE target = id) FROM statement ";

/// See [`crate::store::StatementStore::statement`].
pub(in crate::store::sqlite) fn statement(
    connection: &Connection,
    id: Uuid,
) -> Result<Option<Kept>> {
    let sql = format!("{COLUMNS} WHERE seq = (SELECT seq FROM statement_id WHERE id = ?1)");
    Ok(connection.prepare_cached(&sql)?.query_row([id.as_bytes()], kept).optional()?)
}

/// See [`crate::store::StatementStore::statements`].
pub(in crate::store::sqlite) fn statements(
    connection: &Connection,
    filter: &Filter,
) -> Result<Page> {
    // One snapshot for all the reads of a page.
    let snapshot = connection.unchecked_transaction()?;
    let mut walk = Walk::new(&snapshot, filter)?;
    let mut select = snapshot.prepare_cached(&format!("{COLUMNS} WHERE seq = ?1"))?;
    let (mut page, mut bytes) = (Page::default(), 0);
    while let Some(seq) = walk.next()? {
        let Some(kept) = select.query_row([seq], kept).optional()? else { continue };
        if kept.voided {
            continue;
        }
        if page.statements.len() == filter.limit {
            page.more = true;
            break;
        }
        bytes += kept.statement.body.len();
        page.statements.push(kept.statement);
        if bytes >= PAGE_BYTES {
            page.more = true;
            break;
        }
    }
    Ok(page)
}

/// See [`crate::store::StatementLog::log`].
pub(in crate::store::sqlite) fn log(
    connection: &Connection,
    after: Instant,
    limit: usize,
) -> Result<LogPage> {
    let sql = format!("{COLUMNS} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    let mut select = connection.prepare_cached(&sql)?;
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![after.micros(), rows], kept)?;
    let (mut statements, mut bytes) = (Vec::new(), 0);
    for kept in rows {
        let kept = kept?;
        bytes += kept.statement.body.len();
        statements.push(kept);
        if bytes >= LOG_BYTES {
            return Ok(LogPage { statements, more: true });
        }
    }
    Ok(LogPage { more: statements.len() == limit, statements })
}

/// See [`crate::store::TransferStore::extent`].
pub(in crate::store::sqlite) fn extent(connection: &Connection) -> Result<Extent> {
    let sql = "SELECT count(*), coalesce(max(seq), 0) FROM statement";
    let extent = connection.prepare_cached(sql)?.query_row([], |row| {
        let statements = row.get::<_, i64>(0)?.unsigned_abs();
        Ok(Extent { statements, newest: Instant::from_micros(row.get(1)?) })
    });
    Ok(extent?)
}

/// See [`crate::store::StatementStore::attachments`].
pub(in crate::store::sqlite) fn attachments(
    connection: &Connection,
    hashes: &[String],
) -> Result<Vec<Attachment>> {
    let sql = "SELECT sha2, content_type, body FROM attachment WHERE sha2 = ?1";
    let mut select = connection.prepare_cached(sql)?;
    let mut found: Vec<Attachment> = Vec::new();
    for hash in hashes.iter().map(|hash| hash.to_ascii_lowercase()) {
        if found.iter().any(|attachment| attachment.sha2 == hash) {
            continue;
        }
        found.extend(select.query_row([hash], attachment).optional()?);
    }
    Ok(found)
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        sha2: row.get(0)?,
        content_type: row.get(1)?,
        body: Bytes::from(row.get::<_, Vec<u8>>(2)?),
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let flags: i64 = row.get(3)?;
    Ok(Kept {
        statement: Stored {
            stored: Instant::from_micros(row.get(0)?),
            id: Uuid::from_bytes(row.get(1)?),
            body: Bytes::from(row.get::<_, String>(2)?),
        },
        voided: flags & VOIDING == 0 && row.get(4)?,
    })
}
