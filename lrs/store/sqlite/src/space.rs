//! The room that the database and the contents of packages take.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::Connection;

use crate::SqliteStore;
use crate::failure::Result;
use store::{Space, SpaceStore};

fn space(connection: &Connection) -> Result<Space> {
    let number = |sql: &str| -> rusqlite::Result<u64> {
        let number: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
    };
    let pages = number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?;
    // A content is kept once, however many files have it.
    let contents = number(
        "SELECT COALESCE(SUM(bytes), 0) FROM \
         (SELECT MAX(bytes) AS bytes FROM package_file GROUP BY sha256)",
    )?;
    let Some(path) = connection.path() else { return Ok(Space::default()) };
    let journal = std::fs::metadata(format!("{path}-wal")).map_or(0, |file| file.len());
    Ok(Space { used: Some(pages + contents + journal), free: free(Path::new(path)) })
}

/// What this process may still write on the disk of a file.
#[cfg(unix)]
fn free(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path.parent()?).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[async_trait]
impl SpaceStore for SqliteStore {
    async fn space(&self) -> store::Result<Space> {
        self.read(space).await
    }
}
