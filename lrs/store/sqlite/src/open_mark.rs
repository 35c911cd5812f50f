//! Whether the database's own file has everything. While a server works, what was written last is in the journal
//! (`traccia.sqlite-wal`) alone: a copy of `traccia.sqlite` without the journal lacks that, and is a sound database all
//! the same. So the file is marked as open while a server works.

use rusqlite::Connection;

use super::folder::Left;
use crate::failure::Result;

const MARK: &str = "INSERT OR IGNORE INTO setting (name, value) VALUES ('open', x'01')";
const UNMARK: &str = "DELETE FROM setting WHERE name = 'open'";
const IS_MARKED: &str = "SELECT EXISTS (SELECT 1 FROM setting WHERE name = 'open')";

/// Marks the database as open, and warns where it is a copy that was taken while it was open, without its journal:
/// where it is marked already and has no journal, or has been made and holds no tables.
pub(super) fn begin(connection: &Connection, left: Left) -> Result<()> {
    let is_marked: bool = connection.query_row(IS_MARKED, [], |row| row.get(0))?;
    let is_bare = left.database > 0 && left.layout == 0;
    if !left.has_journal && (is_marked || is_bare) {
        tracing::warn!(
            "traccia.sqlite was copied while a server worked on it, without traccia.sqlite-wal: what was stored last, \
             perhaps everything, is not here. Stop, and copy both files or use `traccia backup`"
        );
    }
    connection.execute(MARK, [])?;
    checkpoint(connection)?;
    Ok(())
}

/// Brings everything into the database's own file, and says there that everything is in it.
pub(super) fn end(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(UNMARK, [])?;
    checkpoint(connection)
}

fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
