//! The tables, as numbered steps. A step that was released is never changed.

use std::time::Instant;

use rusqlite::Connection;

use crate::failure;
use store::StoreError;

pub(super) const STEPS: [&str; 15] = [
    include_str!("0001_core.sql"),
    include_str!("0002_journals.sql"),
    include_str!("0003_checksums.sql"),
    include_str!("0004_gone_courses.sql"),
    include_str!("0005_packages.sql"),
    include_str!("0006_refusals.sql"),
    include_str!("0007_people.sql"),
    include_str!("0008_recent.sql"),
    include_str!("0009_pipes.sql"),
    include_str!("0010_origins.sql"),
    include_str!("0011_key_life.sql"),
    include_str!("0012_privacy.sql"),
    include_str!("0013_packed.sql"),
    include_str!("0014_removed.sql"),
    include_str!("0015_erasure_notes.sql"),
];
/// The number of the newest step.
pub(super) const KNOWN: u32 = 15;

/// Brings a database to the newest layout. Each step and its number are written in one transaction.
/// A database of a newer Traccia is refused.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), MigrationError> {
    let at: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if at > KNOWN {
        return Err(MigrationError::Newer { found: at, known: KNOWN });
    }
    for (number, step) in (1..).zip(STEPS).skip_while(|(number, _)| *number <= at) {
        let begun = Instant::now();
        // A new database is no upgrade.
        if at > 0 {
            tracing::info!(step = number, of = KNOWN, "bringing the database to a newer layout");
        }
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
        if at > 0 {
            let seconds = begun.elapsed().as_secs_f64();
            tracing::info!(step = number, of = KNOWN, seconds, "the database has the layout");
        }
    }
    Ok(())
}

/// Fails where a database has not the newest layout, and changes nothing.
///
/// # Errors
/// [`StoreError::Unavailable`], which says what to do.
pub(super) fn check(connection: &Connection) -> failure::Result<()> {
    let at: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let reason = match at {
        KNOWN => return Ok(()),
        0 => "there is no Traccia store in the database".to_owned(),
        1..KNOWN => format!(
            "the database has layout {at} of {KNOWN}, and reading changes nothing: start `traccia serve` on it once, \
             or read it with the Traccia that wrote it"
        ),
        found => MigrationError::Newer { found, known: KNOWN }.to_string(),
    };
    Err(StoreError::Unavailable(reason).into())
}

/// Why a database cannot be brought to the newest layout.
#[derive(Debug, thiserror::Error)]
pub(super) enum MigrationError {
    /// The engine's own error.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The data folder was used by a newer Traccia.
    #[error(
        "the database has layout {found}, this program knows up to {known}: use the newer Traccia \
         that wrote it"
    )]
    Newer {
        /// The layout of the database.
        found: u32,
        /// The newest layout this program knows.
        known: u32,
    },
}
