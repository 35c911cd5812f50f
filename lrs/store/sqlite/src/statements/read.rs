//! Reading statements back.

use std::collections::BTreeSet;

use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, MAIN_DB, OptionalExtension as _, Params, Row, params};
use uuid::Uuid;

use super::filter::Walk;
use super::put::{REMOVED, VOIDING};
use crate::failure::{Failure, Result};
use crate::packed;
use crate::recent::View;
use store::{
    Extent, Kept, KeptAttachment, LOG_BYTES, LogPage, PAGE_BYTES, PIECE, Page, StoreError, Within,
    checksum,
};
use xapi::instant::Instant;
use xapi::large::OneByOne;
use xapi::query::Filter;
use xapi::stored::Stored;

/// Large statements are looked at one after the other, however many connections read.
static LARGE: OneByOne = OneByOne::new();

const COLUMNS: &str = "SELECT seq, id, body, flags, checksum, \
    EXISTS (SELECT 1 FROM voided WHERE target = id), packed FROM statement ";
const AT_PLACE: &str = "WHERE seq = ?1 AND flags <> ?2";
/// The statement at a place, without its text where it is voided or was removed: what a page passes over is not read,
/// however long it is.
const OF_PAGE: &str = "SELECT mark.seq, mark.id, text.body, mark.flags, text.checksum, \
    voided.target IS NOT NULL, text.packed FROM statement AS mark \
    LEFT JOIN voided ON voided.target = mark.id \
    LEFT JOIN statement AS text ON text.seq = mark.seq AND mark.flags <> ?2 \
    AND (voided.target IS NULL OR mark.flags & ?3 <> 0) WHERE mark.seq = ?1";

/// See [`store::StatementStore::statement`]. The view is older than what the connection shows.
pub(crate) fn statement(connection: &Connection, view: &View, id: Uuid) -> Result<Option<Kept>> {
    let seq = seen_place(connection, view, id)?;
    seq.map_or(Ok(None), |seq| statement_at(connection, seq))
}

/// See [`store::StatementStore::statement_within`]. The view is older than what the connection shows.
pub(crate) fn statement_within(
    connection: &Connection,
    view: &View,
    id: Uuid,
    most: usize,
) -> Result<Option<Within>> {
    // One snapshot for both reads.
    let snapshot = connection.unchecked_transaction()?;
    let Some(seq) = seen_place(&snapshot, view, id)? else { return Ok(None) };
    // A packed text is no text here, and a short one.
    let sql = "SELECT octet_length(body) FROM statement WHERE seq = ?1 AND flags <> ?2";
    let mut select = snapshot.prepare_cached(sql)?;
    let length = select.query_row(params![seq, REMOVED], |row| row.get::<_, i64>(0)).optional()?;
    let length = length.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if length > most {
        return Ok(Some(Within::Longer { bytes: length, stored: Instant::from_micros(seq) }));
    }
    Ok(statement_at(&snapshot, seq)?.map(|kept| kept.within(most)))
}

/// The `stored` of the statement `id`, where the view or the tables have it.
fn seen_place(connection: &Connection, view: &View, id: Uuid) -> rusqlite::Result<Option<i64>> {
    view.place(id).map_or_else(|| place(connection, id), |seq| Ok(Some(seq)))
}

/// The `stored` of the statement `id`, where the tables have it.
pub(crate) fn place(connection: &Connection, id: Uuid) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached("SELECT seq FROM statement_id WHERE id = ?1")?;
    select.query_row([id.as_bytes()], |row| row.get(0)).optional()
}

/// The statement that is stored at `seq`.
pub(crate) fn statement_at(connection: &Connection, seq: i64) -> Result<Option<Kept>> {
    let mut select = connection.prepare_cached(&format!("{COLUMNS} {AT_PLACE}"))?;
    first(&mut select, params![seq, REMOVED])
}

/// Whether the statement that was stored at `seq` is one that an erasure removed.
pub(crate) fn is_removed(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM statement WHERE seq = ?1 AND flags = ?2";
    connection.prepare_cached(sql)?.exists(params![seq, REMOVED])
}

/// See [`store::StatementStore::statements`]. The view is older than what the connection shows.
pub(crate) fn statements(connection: &Connection, view: &View, filter: &Filter) -> Result<Page> {
    // One snapshot for all the reads of a page.
    let snapshot = connection.unchecked_transaction()?;
    let mut walk = Walk::new(&snapshot, view, filter)?;
    let mut select = snapshot.prepare_cached(OF_PAGE)?;
    let (mut page, mut bytes) = (Page::default(), 0);
    while let Some(seq) = walk.next()? {
        let statement = match of_page(&mut select, seq) {
            Ok(None) => continue,
            Err(Failure(StoreError::Unreadable { .. })) if !page.statements.is_empty() => {
                page.more = true;
                break;
            }
            Ok(Some(statement)) => statement,
            Err(error) => return Err(error),
        };
        if !is_met(filter, &statement)? {
            continue;
        }
        if page.statements.len() == filter.limit {
            page.more = true;
            break;
        }
        bytes += statement.body.len();
        page.statements.push(statement);
        if bytes >= PAGE_BYTES {
            page.more = true;
            break;
        }
    }
    Ok(page)
}

/// Whether a statement that the index has under the filter's conditions meets them as it must.
fn is_met(filter: &Filter, statement: &Stored) -> Result<bool> {
    if !filter.must_be_met_alone() {
        return Ok(true);
    }
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
    Ok(LARGE.with_value(statement, |value| filter.is_met_alone(value)).map_err(corrupt)?)
}

/// See [`store::StatementLog::log`].
pub(crate) fn log(connection: &Connection, after: Instant, limit: usize) -> Result<LogPage> {
    let sql = format!("{COLUMNS} WHERE seq > ?1 AND flags <> ?3 ORDER BY seq LIMIT ?2");
    let mut select = connection.prepare_cached(&sql)?;
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(params![after.micros(), rows, REMOVED])?;
    let (mut read, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let kept = kept(row).map_err(StoreError::from);
        bytes += kept.as_ref().map_or(0, |kept| kept.statement.body.len());
        let is_over = kept.is_err() || bytes >= LOG_BYTES;
        read.push(kept);
        if is_over {
            return Ok(LogPage::of(read, true)?);
        }
    }
    let more = read.len() == limit;
    Ok(LogPage::of(read, more)?)
}

/// The `stored` of the newest statement, one that was removed included; the epoch where there is none.
pub(crate) fn newest(connection: &Connection) -> Result<Instant> {
    let sql = "SELECT coalesce(max(seq), 0) FROM statement";
    let newest = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(Instant::from_micros(newest))
}

/// See [`store::TransferStore::extent`].
pub(crate) fn extent(connection: &Connection) -> Result<Extent> {
    // A removed statement has a row, and is counted by an index that has removed ones alone.
    let sql = "SELECT (SELECT count(*) FROM statement) \
               - (SELECT count(*) FROM statement WHERE flags = 2), \
               coalesce((SELECT seq FROM statement WHERE flags <> 2 ORDER BY seq DESC LIMIT 1), 0)";
    let extent = connection.prepare_cached(sql)?.query_row([], |row| {
        let statements = row.get::<_, i64>(0)?.unsigned_abs();
        Ok(Extent { statements, newest: Instant::from_micros(row.get(1)?) })
    });
    Ok(extent?)
}

/// See [`store::StatementStore::attachments`].
pub(crate) fn attachments(
    connection: &Connection,
    hashes: &[String],
) -> Result<Vec<KeptAttachment>> {
    let sql = "SELECT sha2, content_type, length(body) FROM attachment WHERE sha2 = ?1";
    let mut select = connection.prepare_cached(sql)?;
    let hashes: BTreeSet<String> = hashes.iter().map(|hash| hash.to_ascii_lowercase()).collect();
    let mut found = Vec::new();
    for hash in hashes {
        found.extend(select.query_row([hash], attachment).optional()?);
    }
    Ok(found)
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<KeptAttachment> {
    Ok(KeptAttachment {
        sha2: row.get(0)?,
        content_type: row.get(1)?,
        bytes: row.get::<_, i64>(2)?.unsigned_abs(),
        place: String::new(),
    })
}

/// See [`store::StatementStore::attachment_data`].
pub(crate) fn attachment_data(
    connection: &Connection,
    kept: &KeptAttachment,
    from: u64,
) -> Result<Bytes> {
    let mut select = connection.prepare_cached("SELECT rowid FROM attachment WHERE sha2 = ?1")?;
    let row = select.query_row([&kept.sha2], |row| row.get(0)).optional()?;
    let gone = || StoreError::Corrupt(format!("the attachment {} is gone", kept.sha2));
    let row = row.ok_or_else(gone)?;
    let data = connection.blob_open(MAIN_DB, c"attachment", c"body", row, true)?;
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(data.len());
    let mut piece = vec![0; PIECE.min(data.len() - from)];
    data.read_at_exact(&mut piece, from)?;
    Ok(piece.into())
}

/// The first statement that `select` finds.
fn first(select: &mut CachedStatement<'_>, params: impl Params) -> Result<Option<Kept>> {
    select.query(params)?.next()?.map(kept).transpose()
}

/// The statement at a place that the index names; `None` where it is voided, or an erasure removed it after the index was
/// read.
fn of_page(select: &mut CachedStatement<'_>, seq: i64) -> Result<Option<Stored>> {
    let of_seq = |error: rusqlite::Error| at(seq, error.into());
    let mut rows = select.query(params![seq, REMOVED, VOIDING]).map_err(of_seq)?;
    let Some(row) = rows.next().map_err(of_seq)? else {
        let (stored, id) = (Instant::from_micros(seq), None);
        let reason = "the index names a statement that is not there".into();
        return Err(StoreError::Unreadable { id, stored, reason }.into());
    };
    let (flags, _, voided) = columns(row).map_err(of_seq)?;
    if flags == REMOVED || voided && flags & VOIDING == 0 {
        return Ok(None);
    }
    Ok(Some(kept(row)?.statement))
}

/// The statement of a row, where it is as it was written.
fn kept(row: &Row<'_>) -> Result<Kept> {
    let seq: i64 = row.get(0)?;
    let id = row.get(1).map(Uuid::from_bytes).map_err(|error| at(seq, error.into()))?;
    let stored = Instant::from_micros(seq);
    let unreadable = |reason: String| StoreError::Unreadable { id: Some(id), stored, reason };
    let of_row = |error: rusqlite::Error| unreadable(error.to_string());
    let (flags, checksum, voided) = columns(row).map_err(of_row)?;
    let body = match text(row).map_err(of_row)? {
        // As bytes: whether they are text, and the right one, is the checksum's to say.
        Text::Plain(body) => Bytes::copy_from_slice(body),
        Text::Packed(body) => {
            packed::unpack(body, stored).map_err(|error| unreadable(error.to_string()))?
        }
    };
    let voiding = flags & VOIDING != 0;
    let statement = checksum::checked(Stored { id, stored, body }, voiding, checksum)?;
    Ok(Kept { statement, voided: !voiding && voided })
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(i64, Option<i64>, bool)> {
    Ok((row.get(3)?, row.get(4)?, row.get(5)?))
}

/// The text of a statement, as a row has it.
enum Text<'r> {
    Plain(&'r [u8]),
    Packed(&'r [u8]),
}

fn text<'r>(row: &'r Row<'_>) -> rusqlite::Result<Text<'r>> {
    Ok(match row.get_ref(6)?.as_blob_or_null()? {
        Some(packed) => Text::Packed(packed),
        None => Text::Plain(row.get_ref(2)?.as_bytes()?),
    })
}

/// That the row of this number cannot be read, where the database says that it is broken.
fn at(seq: i64, Failure(error): Failure) -> Failure {
    Failure(match error {
        StoreError::Corrupt(reason) => {
            StoreError::Unreadable { id: None, stored: Instant::from_micros(seq), reason }
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// While another connection looks at a large statement, this one waits: a value takes many times its text.
    #[test]
    fn large_statements_are_looked_at_one_after_the_other() {
        let numbers = vec!["0"; 1 << 19].join(",");
        let body =
            format!("{{\"verb\":{{\"id\":\"https://x.example/v\"}},\"e\":[{numbers}]}}").into();
        let large = Stored { id: Uuid::nil(), stored: Instant::default(), body };
        let filter = Filter {
            verb: Some("https://x.example/v".to_owned()),
            authority: Some("mbox::mailto:a@x.example".to_owned()),
            ..Filter::default()
        };
        let (begin, begun) = mpsc::channel();
        let (go, gone) = mpsc::channel::<()>();
        let other = large.clone();
        let holds = thread::spawn(move || {
            let hold = |_: &_| {
                begin.send(()).unwrap();
                let _ = gone.recv();
            };
            LARGE.with_value(&other, hold).unwrap();
        });
        begun.recv().unwrap();
        let (done, looked) = mpsc::channel();
        let looks = thread::spawn(move || done.send(is_met(&filter, &large).ok()).unwrap());
        assert!(looked.recv_timeout(Duration::from_secs(2)).is_err(), "it waits");
        drop(go);
        assert_eq!(looked.recv(), Ok(Some(true)));
        holds.join().unwrap();
        looks.join().unwrap();
    }
}
