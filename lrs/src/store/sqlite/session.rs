//! A transaction of the writer, and what the writer remembers between transactions.

use std::num::NonZeroUsize;

use lru::LruCache;
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use crate::store::{Result, StoreError};
use crate::xapi::index::{Closeness, IndexKey, Kind};
use crate::xapi::instant::Instant;

const ENTITIES: NonZeroUsize = NonZeroUsize::new(200_000).unwrap();
const SEEN: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// What the writer remembers to spare look-ups. All of it can be read again from the tables.
pub(super) struct Memory {
    newest: Instant,
    from: Instant,
    next_entity: i64,
    entities: LruCache<String, i64>,
    /// The key last looked for, kept for its memory.
    sought: String,
    /// Hashes of what was last seen: names of agents, definitions of activities.
    pub(super) seen: LruCache<i64, u64>,
    index_rows: Vec<(i64, u8, i64)>,
}

impl Memory {
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let newest = number("SELECT coalesce(max(seq), 0) FROM statement")?;
        Ok(Self {
            newest: Instant::from_micros(newest),
            from: Instant::from_micros(newest),
            next_entity: 1 + number("SELECT coalesce(max(id), 0) FROM entity")?,
            entities: LruCache::new(ENTITIES),
            sought: String::new(),
            seen: LruCache::new(SEEN),
            index_rows: Vec::new(),
        })
    }

    /// The newest `stored` that was given away.
    pub(super) const fn newest(&self) -> Instant {
        self.newest
    }

    /// Statements are stored at `from` or later from here on.
    pub(super) const fn begin(&mut self, from: Instant) {
        self.from = from;
    }

    /// Drops what a transaction that failed may have left here.
    pub(super) fn forget(&mut self) {
        self.entities.clear();
        self.seen.clear();
        self.index_rows.clear();
    }
}

/// One transaction, or the savepoint of one job in it.
pub(super) struct Session<'c> {
    connection: &'c Connection,
    pub(super) memory: &'c mut Memory,
    doomed: Option<String>,
}

impl<'c> Session<'c> {
    pub(super) const fn new(connection: &'c Connection, memory: &'c mut Memory) -> Self {
        Self { connection, memory, doomed: None }
    }

    /// Makes every further job fail with the reason why the transaction cannot go on.
    pub(super) fn doom(&mut self, error: &rusqlite::Error) {
        self.doomed = Some(error.to_string());
    }

    /// Runs `job`; when it fails, everything it did is undone and the transaction goes on.
    pub(super) fn atomically<T>(&mut self, job: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if let Some(reason) = &self.doomed {
            return Err(StoreError::Unavailable(reason.clone()));
        }
        let rows = self.memory.index_rows.len();
        self.run("SAVEPOINT job", [])?;
        let result = job(self);
        if result.is_ok() {
            self.run("RELEASE job", [])?;
            return result;
        }
        self.memory.forget_from(rows);
        if self.connection.is_autocommit() {
            // A full disk, for one, makes SQLite roll back the whole transaction by itself.
            self.doomed = Some("the transaction was rolled back".into());
        } else {
            self.run("ROLLBACK TO job", [])?;
            self.run("RELEASE job", [])?;
        }
        result
    }

    /// Writes what was held back. The transaction may be committed after it.
    pub(super) fn finish(&mut self) -> std::result::Result<(), String> {
        match self.doomed.take() {
            Some(reason) => Err(reason),
            None => self.write_index_rows().map_err(|error| error.to_string()),
        }
    }

    pub(super) fn run(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(sql)?.execute(params)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.connection.prepare_cached(sql)?.query_row(params, read).optional()
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.connection.prepare_cached(sql)?.query_map(params, read)?.collect()
    }

    /// The next free instant of `stored`.
    pub(super) fn next_stored(&mut self) -> Instant {
        self.memory.newest = self.memory.from.max(self.memory.newest.next());
        self.memory.newest
    }

    /// The short name of a thing, new or known.
    pub(super) fn entity(&mut self, kind: Kind, text: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.memory.known_entity(kind, text) {
            return Ok(id);
        }
        let sql = "SELECT id FROM entity WHERE kind = ?1 AND text = ?2";
        let known = self.one(sql, params![kind as u8, text], |row| row.get(0))?;
        let id = if let Some(id) = known {
            id
        } else {
            let id = self.memory.next_entity;
            let sql = "INSERT INTO entity (id, kind, text) VALUES (?1, ?2, ?3)";
            self.run(sql, params![id, kind as u8, text])?;
            self.memory.next_entity += 1;
            id
        };
        self.memory.entities.put(self.memory.sought.clone(), id);
        Ok(id)
    }

    /// Makes the statement `stored` be found by `keys`, at the end of the transaction.
    pub(super) fn index<'k>(
        &mut self,
        stored: Instant,
        keys: impl IntoIterator<Item = &'k IndexKey>,
    ) -> rusqlite::Result<()> {
        for key in keys {
            let entity = self.entity(key.kind, &key.text)?;
            self.memory.index_rows.push((entity, closeness(key.closeness), stored.micros()));
        }
        Ok(())
    }

    /// Sorted, so that rows for one page of the index are written together.
    fn write_index_rows(&mut self) -> rusqlite::Result<()> {
        let mut rows = std::mem::take(&mut self.memory.index_rows);
        rows.sort_unstable();
        rows.dedup();
        let sql =
            "INSERT OR IGNORE INTO statement_index (entity, closeness, seq) VALUES (?1, ?2, ?3)";
        let mut insert = self.connection.prepare_cached(sql)?;
        for row in rows.drain(..) {
            insert.execute(row)?;
        }
        self.memory.index_rows = rows;
        Ok(())
    }
}

impl Memory {
    /// The short name of a thing, if it is remembered. Most things are: this allocates nothing.
    fn known_entity(&mut self, kind: Kind, text: &str) -> Option<i64> {
        self.sought.clear();
        self.sought.push(char::from(b'0' + kind as u8));
        self.sought.push_str(text);
        self.entities.get(self.sought.as_str()).copied()
    }

    fn forget_from(&mut self, rows: usize) {
        self.index_rows.truncate(rows);
        self.entities.clear();
        self.seen.clear();
    }
}

/// The number that stands for a closeness in the index.
pub(super) const fn closeness(closeness: Closeness) -> u8 {
    closeness as u8
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, TypeMismatch};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase | TypeMismatch) => Self::Corrupt(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
