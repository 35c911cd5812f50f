//! Moves what is recent into its tables: in the order of the tables, so that what belongs on one page is written
//! together, and a slice with each commit, so that no commit waits for long.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::recent::{Recent, Sealed};

/// How many rows are moved as one run. More rows share a page then, and more memory is taken: about 60 bytes a row, for
/// what is gathered and for what is moved meanwhile. Tests reach it with few statements.
const RUN: usize = if cfg!(debug_assertions) { 500 } else { 400_000 };
/// How many rows and ids a commit moves at least.
const LEAST: usize = if cfg!(debug_assertions) { 50 } else { 500 };
/// How many rows and ids are moved at a time where nothing else is written.
pub(super) const AT_ONCE: usize = if cfg!(debug_assertions) { 200 } else { 10_000 };
/// How many rows and ids commits may leave to be moved later. A large batch adds a hundred thousand, and others wait for
/// what its commit moves. A quarter of a run, so that no run is much longer than the one before.
const MOST_OWED: usize = RUN / 4;

/// Adds a row to the index where it is not there.
pub(super) const INSERT_ROW: &str =
    "INSERT OR IGNORE INTO statement_index (entity, closeness, seq) VALUES (?1, ?2, ?3)";

/// The run that is being moved.
#[derive(Default)]
pub(super) struct Settler {
    run: Option<Run>,
    /// How many rows and ids of the run should have been moved by now and were not.
    owed: usize,
    /// Of the table `recent`, the number of the newest row.
    pub(super) newest: i64,
}

struct Run {
    sealed: Arc<Sealed>,
    /// The rows of the table `recent` that the run consists of: those up to this number.
    through: i64,
    rows: usize,
    ids: usize,
}

/// How far a run is moved once the transaction is committed.
pub(super) struct Moved {
    rows: usize,
    ids: usize,
    owed: usize,
}

impl Settler {
    /// A settler of what [`Recent::load`] has found.
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let sql = "SELECT coalesce(max(number), 0) FROM recent";
        Ok(Self { run: None, owed: 0, newest: connection.query_row(sql, [], |row| row.get(0))? })
    }

    /// Moves a slice of the run within the open transaction, which adds `added` rows and ids itself: half as many again, so
    /// that while a run is moved fewer are gathered than the run has. Otherwise each run would be longer than the one before,
    /// and memory with it. Of more than [`AT_ONCE`] the rest is owed, up to [`MOST_OWED`]. Once the transaction is committed,
    /// [`Self::keep`].
    pub(super) fn slice(
        &self,
        connection: &Connection,
        added: usize,
    ) -> rusqlite::Result<Option<Moved>> {
        let due = self.owed.saturating_add((added.saturating_mul(3) / 2).max(LEAST));
        self.advance(connection, due, due.saturating_sub(MOST_OWED).max(due.min(AT_ONCE)))
    }

    /// Moves `most` rows and ids, of which so many are due.
    fn advance(
        &self,
        connection: &Connection,
        due: usize,
        most: usize,
    ) -> rusqlite::Result<Option<Moved>> {
        let moved = self.run.as_ref().map(|run| run.advance(connection, most)).transpose()?;
        Ok(moved.map(|moved| Moved { owed: due.saturating_sub(most), ..moved }))
    }

    /// Whether commits have left something to be moved, which may be done while nothing is to be written.
    pub(super) const fn owes(&self) -> bool {
        self.owed > 0
    }

    /// Takes note of what a committed transaction has moved, and begins a run where enough is gathered.
    pub(super) fn keep(&mut self, moved: Option<Moved>, recent: &Recent) {
        self.note(moved, recent);
        if self.run.is_none() && recent.waiting() >= RUN {
            self.begin(recent);
        }
    }

    /// Moves everything, in transactions of its own, as long as `goes_on` says so before each of them. False where it has
    /// said no: what is left is still recent.
    pub(super) fn finish(
        &mut self,
        connection: &Connection,
        recent: &Recent,
        goes_on: impl Fn() -> bool,
    ) -> rusqlite::Result<bool> {
        while self.run.is_some() || recent.waiting() > 0 {
            if !goes_on() {
                return Ok(false);
            }
            self.move_slice(connection, recent)?;
        }
        Ok(true)
    }

    /// Moves a slice in a transaction of its own, of the next run where none is being moved.
    pub(super) fn move_slice(
        &mut self,
        connection: &Connection,
        recent: &Recent,
    ) -> rusqlite::Result<()> {
        if self.run.is_none() {
            self.begin(recent);
        }
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let moved = self.advance(connection, self.owed, AT_ONCE);
        let moved = moved.and_then(|moved| connection.execute_batch("COMMIT").map(|()| moved));
        if moved.is_err() && !connection.is_autocommit() {
            // What was to be moved is still recent.
            let _ = connection.execute_batch("ROLLBACK");
        }
        self.note(moved?, recent);
        Ok(())
    }

    fn note(&mut self, moved: Option<Moved>, recent: &Recent) {
        let (Some(run), Some(moved)) = (&mut self.run, moved) else { return };
        (run.rows, run.ids, self.owed) = (moved.rows, moved.ids, moved.owed);
        if run.is_over() {
            (self.run, self.owed) = (None, 0);
            recent.settled();
        }
    }

    fn begin(&mut self, recent: &Recent) {
        self.run = Some(Run { sealed: recent.seal(), through: self.newest, rows: 0, ids: 0 });
    }
}

impl Run {
    fn is_over(&self) -> bool {
        self.rows == self.sealed.rows.len() && self.ids == self.sealed.ids.len()
    }

    /// Moves `most` rows and ids; at the end, deletes where they came from.
    fn advance(&self, connection: &Connection, most: usize) -> rusqlite::Result<Moved> {
        let rows = self.sealed.rows.get(self.rows..).unwrap_or_default();
        let rows = rows.get(..most).unwrap_or(rows);
        let mut insert = connection.prepare_cached(INSERT_ROW)?;
        for row in rows {
            insert.execute(*row)?;
        }
        let ids = self.sealed.ids.get(self.ids..).unwrap_or_default();
        let ids = ids.get(..most - rows.len()).unwrap_or(ids);
        // A run whose transfer was cut off by the end of the process begins again.
        let sql = "INSERT OR IGNORE INTO statement_id (id, seq) VALUES (?1, ?2)";
        let mut insert = connection.prepare_cached(sql)?;
        for (id, seq) in ids {
            insert.execute(params![id.as_bytes(), seq])?;
        }
        let moved = Moved { rows: self.rows + rows.len(), ids: self.ids + ids.len(), owed: 0 };
        if moved.rows == self.sealed.rows.len() && moved.ids == self.sealed.ids.len() {
            connection
                .prepare_cached("DELETE FROM recent WHERE number <= ?1")?
                .execute([self.through])?;
        }
        Ok(moved)
    }
}
