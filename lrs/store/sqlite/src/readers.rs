//! Read-only connections, each used by one request at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::failure::Result;
use store::StoreError;

/// The memory in KiB in which a connection holds pages. All others come from the system's own cache: mapping the file into
/// memory makes no read faster, and each page that was ever read would count as memory of this process.
const CACHE: i64 = 4_000;

/// A fixed number of connections that see the newest commit.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path, flags: OpenFlags, count: usize) -> rusqlite::Result<Self> {
        let connections: rusqlite::Result<Vec<_>> =
            (0..count).map(|_| open_one(path, flags)).collect();
        Ok(Self {
            idle: Arc::new(Mutex::new(connections?)),
            permits: Arc::new(Semaphore::new(count)),
        })
    }

    /// Runs `read` on a connection, off the asynchronous threads, once one is idle.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> store::Result<T> {
        let gone = || StoreError::Unavailable("the readers have stopped".into());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| gone())?;
        let idle = Arc::clone(&self.idle);
        let take = move || {
            let _permit = permit;
            let connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = connection.ok_or_else(gone)?;
            // The connection goes back to the idle ones also where the read panics.
            let result = catch_unwind(AssertUnwindSafe(|| read(&connection)));
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            let panicked = |_| Err(StoreError::Unavailable("a read panicked".into()).into());
            Ok(result.unwrap_or_else(panicked)?)
        };
        tokio::task::spawn_blocking(take)
            .await
            .map_err(|error| StoreError::Unavailable(format!("a read was stopped: {error}")))?
    }
}

/// What readers of a database beside its writer open it with.
pub(super) const READ_ONLY: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

pub(super) fn open_one(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    plan_once(&connection)?;
    check_pages(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -CACHE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the plan of a prepared statement independent of the values bound to it: otherwise SQLite
/// prepares queries with a bound `LIMIT`, and some joins, anew whenever they run.
pub(super) fn plan_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes SQLite look at the sizes of all cells of a page before it uses the page: a broken page is an error then,
/// and not rows that were never written.
pub(super) fn check_pages(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cell_size_check", true)
}
