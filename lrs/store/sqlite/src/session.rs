//! A transaction of the writer.

use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use uuid::Uuid;

use super::added::Added;
use super::memory::Memory;
use super::statements;
use crate::failure::Result;
use store::StoreError;
use xapi::index::{Closeness, IndexKey, Kind};
use xapi::instant::Instant;
use xapi::stored::Stored;

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

    /// Makes every further job fail for this reason: the transaction cannot go on.
    pub(super) fn give_up(&mut self, reason: String) {
        self.doomed = Some(reason);
    }

    /// Runs `job`. Where the job fails, all that it did is undone and the transaction goes on.
    pub(super) fn atomically<T>(&mut self, job: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if let Some(reason) = &self.doomed {
            return Err(StoreError::Unavailable(reason.clone()).into());
        }
        let mark = self.memory.mark();
        self.run("SAVEPOINT job", [])?;
        let result = job(self);
        if result.is_err() {
            self.memory.forget_since(mark);
        }
        if let Err(error) = self.close(result.is_ok()) {
            // The job can be neither kept nor undone apart from the other jobs.
            self.give_up(error.to_string());
            return result.and(Err(error.into()));
        }
        result
    }

    /// Ends the savepoint of a job: keeps what the job did, or undoes it.
    fn close(&mut self, keep: bool) -> rusqlite::Result<()> {
        if self.connection.is_autocommit() {
            // Some errors, such as a full disk, make SQLite roll back the whole transaction.
            self.doomed = Some("the transaction was rolled back".into());
            return Ok(());
        }
        if !keep {
            self.run("ROLLBACK TO job", [])?;
        }
        self.run("RELEASE job", []).map(drop)
    }

    /// Writes what was gathered for the index, and gives it. The transaction may be committed after this.
    pub(super) fn finish(
        &mut self,
        told: impl FnOnce(rusqlite::Error) -> String,
    ) -> std::result::Result<Added, String> {
        match self.doomed.take() {
            Some(reason) => Err(reason),
            None => self.write_added().map_err(told),
        }
    }

    /// What is read of the tables by more than the writer.
    pub(super) const fn connection(&self) -> &'c Connection {
        self.connection
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

    /// The `stored` of the statement `id`, where it is kept.
    pub(super) fn place(&self, id: Uuid) -> rusqlite::Result<Option<i64>> {
        match self.memory.place(id) {
            Some(seq) => Ok(Some(seq)),
            None => statements::read::place(self.connection, id),
        }
    }

    /// The kept statement `id`.
    pub(super) fn statement(&self, id: Uuid) -> Result<Option<Stored>> {
        let Some(seq) = self.place(id)? else { return Ok(None) };
        let found = statements::read::statement_at(self.connection, seq)?;
        Ok(found.map(|kept| kept.statement))
    }

    /// The kept statement `id`, where its text has at most `most` bytes: no longer one is read.
    pub(super) fn statement_within(&self, id: Uuid, most: usize) -> Result<Option<Stored>> {
        let sql = "SELECT 1 FROM statement WHERE seq = ?1 AND octet_length(body) <= ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let Some(seq) = self.place(id)? else { return Ok(None) };
        if self.one(sql, [seq, most], |_| Ok(()))?.is_none() {
            return Ok(None);
        }
        let found = statements::read::statement_at(self.connection, seq)?;
        Ok(found.map(|kept| kept.statement))
    }

    /// Whether an erasure removed the statement `id`.
    pub(super) fn is_removed(&self, id: Uuid) -> rusqlite::Result<bool> {
        let Some(seq) = self.place(id)? else { return Ok(false) };
        statements::read::is_removed(self.connection, seq)
    }

    /// The next free instant of `stored`. It stays free until [`Self::take_stored`].
    pub(super) fn next_stored(&self) -> Instant {
        self.memory.next_stored()
    }

    /// Says that the statement `id` is stored at `stored`. An instant without a statement must not become
    /// the newest one: a request that waits for news would return without any, over and over.
    pub(super) fn take_stored(&mut self, id: Uuid, stored: Instant) {
        self.memory.newest = stored;
        self.memory.take_id(id, stored);
    }

    /// The number of a thing, which is added where it is new.
    pub(super) fn entity(&mut self, kind: Kind, text: &str) -> rusqlite::Result<i64> {
        if let Some(id) = self.memory.known_entity(kind, text) {
            return Ok(id);
        }
        let sql = "SELECT id FROM entity WHERE kind = ?1 AND text = ?2";
        let known = self.one(sql, params![kind as u8, text], |row| row.get(0))?;
        let id = if let Some(id) = known {
            id
        } else {
            let id = self.memory.new_entity();
            let sql = "INSERT INTO entity (id, kind, text) VALUES (?1, ?2, ?3)";
            self.run(sql, params![id, kind as u8, text])?;
            id
        };
        self.memory.learn_entity(id);
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

    /// The rows that [`Self::index_rows`] takes, made once for all statements found by these keys.
    pub(super) fn rows<'k>(
        &mut self,
        keys: impl IntoIterator<Item = &'k IndexKey>,
    ) -> rusqlite::Result<Vec<(i64, u8)>> {
        let row =
            |key: &IndexKey| Ok((self.entity(key.kind, &key.text)?, closeness(key.closeness)));
        keys.into_iter().map(row).collect()
    }

    /// Makes the statement `stored` be found by `rows`, at the end of the transaction.
    pub(super) fn index_rows(&mut self, stored: Instant, rows: &[(i64, u8)]) {
        let rows = rows.iter().map(|(entity, closeness)| (*entity, *closeness, stored.micros()));
        self.memory.index_rows.extend(rows);
    }

    fn write_added(&mut self) -> rusqlite::Result<Added> {
        let added = self.memory.take_added();
        if !added.is_empty() {
            self.run("INSERT INTO recent (added) VALUES (?1)", [added.encode()])?;
        }
        Ok(added)
    }
}

/// The number that stands for a closeness in the index.
pub(super) const fn closeness(closeness: Closeness) -> u8 {
    closeness as u8
}
