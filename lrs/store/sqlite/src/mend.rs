//! Rows of the table `recent` that are damaged: what they said of the index is computed anew from the statements, which
//! have it all.
//!
//! Such a row may have told of any statement, since an erasure gives other keys to statements of any age. So ids and index
//! rows of all statements are written where the tables lack them: nothing is missing afterwards, and nothing is there that no
//! statement says. The damaged rows are removed at the end: a process that ends before begins anew at its next start.

use std::sync::Arc;

use rusqlite::Connection;

use super::memory::Memory;
use super::recent::Recent;
use super::session::Session;
use super::settle::INSERT_ROW;
use super::statements::link::link;
use super::statements::read;
use crate::failure::{Failure, Result};
use store::inheritance::Link;
use store::{Kept, StoreError};
use xapi::index::keys_of_kept;
use xapi::instant::Instant;
use xapi::prepare::target;

/// Statements in one transaction.
const AT_ONCE: usize = 1_000;
/// After how many of those the log says how far it is.
const TOLD: u64 = 100;

/// Computes what the rows of these numbers said, and removes the rows. `recent` has what the other rows say. The log names
/// the rows, and each statement that cannot be read, which stays without what the rows said of it.
pub(super) fn mend(connection: &Connection, recent: &Arc<Recent>, damaged: &[i64]) -> Result<()> {
    if damaged.is_empty() {
        return Ok(());
    }
    tracing::error!(
        rows = ?damaged,
        "rows of the table `recent` are damaged: the index is computed anew from all statements. The disk or memory of \
         this machine may be failing: have them looked at, and keep backups elsewhere"
    );
    // First of all, since links between statements are found by ids.
    let ids = "INSERT OR IGNORE INTO statement_id (id, seq) SELECT id, seq FROM statement";
    connection.execute(ids, [])?;
    let mut memory = Memory::load(connection, Arc::clone(recent))?;
    let (mut after, mut pages) = (Instant::default(), 0_u64);
    while let Some(page) = page(connection, &mut after)? {
        let transaction = connection.unchecked_transaction()?;
        index(&mut Session::new(&transaction, &mut memory), &page)?;
        transaction.commit()?;
        pages += 1;
        if pages.is_multiple_of(TOLD) {
            tracing::info!(through = %after, "the index is computed anew");
        }
    }
    for number in damaged {
        connection.execute("DELETE FROM recent WHERE number = ?1", [number])?;
    }
    tracing::warn!(rows = ?damaged, "the index is whole again, and the damaged rows are removed");
    Ok(())
}

/// The next statements of the log that can be read; `after` is the last of them then.
fn page(connection: &Connection, after: &mut Instant) -> Result<Option<Vec<Kept>>> {
    loop {
        let page = match read::log(connection, *after, AT_ONCE) {
            Err(Failure(error @ StoreError::Unreadable { stored, .. })) => {
                tracing::error!(%error, "what this statement is found by cannot be computed");
                *after = stored;
                continue;
            }
            page => page?.statements,
        };
        let Some(last) = page.last() else { return Ok(None) };
        *after = last.statement.stored;
        return Ok(Some(page));
    }
}

/// Writes what these statements are found by: their own keys, and those that they and others inherit because of them.
fn index(session: &mut Session<'_>, page: &[Kept]) -> Result<()> {
    let mut links = Vec::with_capacity(page.len());
    for Kept { statement, .. } in page {
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
        let value = statement.value().map_err(corrupt)?;
        session.index(statement.stored, &keys_of_kept(&value))?;
        let (id, stored, length) = (statement.id, statement.stored, statement.body.len());
        links.push(Link { id, stored, target: target(&value), length });
    }
    link(session, links)?;
    let added = session.memory.take_added();
    for row in added.rows {
        session.run(INSERT_ROW, row)?;
    }
    Ok(())
}
