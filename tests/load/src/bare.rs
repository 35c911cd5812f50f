//! The least that keeping the same rows in SQLite can cost: prepared inserts into the same
//! tables, a commit per batch, as durable, sorted within the commit.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::{Connection, OpenFlags, params};
use tempfile::TempDir;

use crate::world;
use crate::writes::BATCH;

/// Moves the rows of each time around the pool behind those before.
const AROUND: i64 = 1_000_000_000_000;
/// The tables whose rows every statement has.
const TABLES: [&str; 3] = ["statement", "statement_id", "statement_index"];

/// Rows that the server has written, and a database of its own to write them to again and again.
pub(crate) struct Bare {
    batches: Vec<Rows>,
    next: usize,
    around: i64,
    ids: u64,
    connection: Connection,
    _folder: TempDir,
}

/// The rows of one commit, as the server keeps them.
#[derive(Default)]
struct Rows {
    statements: Vec<(i64, Text)>,
    index: Vec<(i64, i64, i64)>,
}

/// The columns that have the text of a statement, which is in the second where that is shorter.
type Text = (String, Option<Vec<u8>>);

impl Bare {
    /// Takes rows and table layouts out of the database in `folder`: texts as the server has packed them, or, where `plain`
    /// gives some, those, as SQLite keeps them.
    pub(crate) fn with_rows_of(
        folder: &Path,
        plain: Option<&mut dyn FnMut() -> String>,
    ) -> Result<Self> {
        let source = folder.join("traccia.sqlite");
        let source = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let own = TempDir::new()?;
        let connection = Connection::open(own.path().join("bare.sqlite"))?;
        set_up(&source, &connection)?;
        let mut batches = batches(&source)?;
        if let Some(text) = plain {
            for (_, kept) in batches.iter_mut().flat_map(|rows| &mut rows.statements) {
                *kept = (text(), None);
            }
        }
        Ok(Self { batches, next: 0, around: 0, ids: 0, connection, _folder: own })
    }

    /// Inserts batches for as long as `length`; gives statements per second.
    pub(crate) fn insert(&mut self, length: Duration) -> Result<f64> {
        let begun = Instant::now();
        let mut inserted = 0_u32;
        while begun.elapsed() < length {
            if self.next == self.batches.len() {
                self.next = 0;
                self.around += AROUND;
            }
            let Some(rows) = self.batches.get(self.next) else { break };
            commit(&mut self.connection, rows, self.around, &mut self.ids)?;
            self.next += 1;
            inserted += BATCH;
        }
        Ok(f64::from(inserted) / begun.elapsed().as_secs_f64())
    }

    /// How many rows of the index a statement has.
    pub(crate) fn index_rows_each(&self) -> f64 {
        let rows: u32 = self.batches.iter().map(|rows| length(&rows.index)).sum();
        let statements: u32 = self.batches.iter().map(|rows| length(&rows.statements)).sum();
        f64::from(rows) / f64::from(statements)
    }
}

fn commit(connection: &mut Connection, rows: &Rows, around: i64, ids: &mut u64) -> Result<()> {
    let transaction = connection.transaction()?;
    let mut new_ids: Vec<([u8; 16], i64)> = Vec::with_capacity(rows.statements.len());
    {
        let sql = "INSERT INTO statement (seq, id, flags, body, packed) VALUES (?1, ?2, 0, ?3, ?4)";
        let mut insert = transaction.prepare_cached(sql)?;
        for (seq, (body, packed)) in &rows.statements {
            *ids += 1;
            let id = world::id(*ids).into_bytes();
            insert.execute(params![seq + around, id, body, packed])?;
            new_ids.push((id, seq + around));
        }
        new_ids.sort_unstable();
        let sql = "INSERT INTO statement_id (id, seq) VALUES (?1, ?2)";
        let mut insert = transaction.prepare_cached(sql)?;
        for row in new_ids {
            insert.execute(row)?;
        }
        let sql = "INSERT INTO statement_index (entity, closeness, seq) VALUES (?1, ?2, ?3)";
        let mut insert = transaction.prepare_cached(sql)?;
        for (entity, closeness, seq) in &rows.index {
            insert.execute((entity, closeness, seq + around))?;
        }
    }
    Ok(transaction.commit()?)
}

/// The same tables under the same settings as the server's writing connection.
fn set_up(source: &Connection, connection: &Connection) -> Result<()> {
    let page: i64 = source.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    connection.pragma_update(None, "page_size", page)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Each 64 MiB.
    connection.pragma_update(None, "wal_autocheckpoint", (64 << 20) / page)?;
    connection.pragma_update(None, "cache_size", -128_000)?;
    for table in TABLES {
        let sql = "SELECT sql FROM sqlite_schema WHERE name = ?1";
        let layout: String = source.query_row(sql, [table], |row| row.get(0))?;
        connection.execute_batch(&layout)?;
    }
    Ok(())
}

fn batches(source: &Connection) -> Result<Vec<Rows>> {
    let snapshot = source.unchecked_transaction()?;
    let mut select = snapshot.prepare("SELECT seq, body, packed FROM statement ORDER BY seq")?;
    let statements = select.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    let statements: Vec<(i64, Text)> = statements.collect::<rusqlite::Result<_>>()?;
    let mut select = snapshot.prepare("SELECT entity, closeness, seq FROM statement_index")?;
    let index = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut index: Vec<(i64, i64, i64)> = index.collect::<rusqlite::Result<_>>()?;
    index.sort_unstable_by_key(|row| row.2);
    let mut index = index.into_iter().peekable();
    let mut batches = Vec::new();
    for statements in statements.chunks_exact(usize::try_from(BATCH)?) {
        let last = statements.last().map_or(0, |(seq, _)| *seq);
        let mut rows = Rows { statements: statements.to_vec(), ..Rows::default() };
        rows.index.extend(std::iter::from_fn(|| index.next_if(|row| row.2 <= last)));
        rows.index.sort_unstable();
        batches.push(rows);
    }
    Ok(batches)
}

fn length<T>(rows: &[T]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}
