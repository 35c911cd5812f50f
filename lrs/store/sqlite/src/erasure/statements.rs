//! Other texts for statements that are kept.

use std::collections::BTreeSet;

use rusqlite::params;

use super::effort::Effort;
use crate::failure::Result;
use crate::packed;
use crate::session::{Session, closeness};
use crate::statements::put::VOIDING;
use store::{Rewrite, StoreError, checksum};
use xapi::index::{IndexKey, keys_of_kept};
use xapi::stored::Stored;

/// Statements whose texts are replaced, a few with each job of the writer.
pub(super) struct Rewriting {
    /// Those that are left, the next one last.
    left: Vec<Rewrite>,
    /// How many are kept with another text than was read.
    changed: u64,
}

impl Rewriting {
    pub(super) fn of(mut statements: Vec<Rewrite>) -> Self {
        statements.reverse();
        Self { left: statements, changed: 0 }
    }

    /// How many statements had another text than was read; `None` where some are left to be rewritten.
    pub(super) fn changed(&self) -> Option<u64> {
        self.left.is_empty().then_some(self.changed)
    }

    /// Does what one job may do, in a transaction with the whole index in its tables.
    pub(super) fn advance(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut effort = Effort::of_job();
        while !effort.is_spent()
            && let Some(next) = self.left.pop()
        {
            // About as many rows of the index as there are 64 bytes of text.
            effort.text(next.body.len());
            effort.rows(next.body.len() >> 6);
            if !rewrite(session, &next)? {
                self.changed = self.changed.saturating_add(1);
            }
        }
        Ok(())
    }
}

/// Replaces the text of a statement, where it is kept at this instant. False where its text is another one than was read.
fn rewrite(session: &mut Session<'_>, rewrite: &Rewrite) -> Result<bool> {
    let Rewrite { read, body, .. } = rewrite;
    let Some(kept) = session.statement(read.id)?.filter(|kept| kept.stored == read.stored) else {
        return Ok(true);
    };
    if kept.body != read.body {
        return Ok(false);
    }
    let new = Stored { body: body.clone(), ..kept.clone() };
    let (before, after) = (keys(&kept)?, keys(&new)?);
    let flags: Option<i64> = session.one(
        "SELECT flags FROM statement WHERE seq = ?1",
        [new.stored.micros()],
        |row| row.get(0),
    )?;
    let gone = || StoreError::Corrupt(format!("statement {}: its row is missing", new.id));
    let is_voiding = flags.ok_or_else(gone)? & VOIDING != 0;
    let (body, packed) = packed::columns(&new.body)?;
    let checksum = checksum::of_statement(new.id, new.stored, is_voiding, &new.body);
    session.run(
        "UPDATE statement SET body = ?2, checksum = ?3, packed = ?4 WHERE seq = ?1",
        params![new.stored.micros(), body, checksum, packed],
    )?;
    for IndexKey { kind, text, closeness: close } in before.difference(&after) {
        session.run(
            "DELETE FROM statement_index WHERE closeness = ?3 AND seq = ?4 AND entity = \
             (SELECT id FROM entity WHERE kind = ?1 AND text = ?2)",
            params![*kind as u8, text, closeness(*close), new.stored.micros()],
        )?;
    }
    session.index(new.stored, after.difference(&before))?;
    Ok(true)
}

fn keys(kept: &Stored) -> Result<BTreeSet<IndexKey>> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
    Ok(keys_of_kept(&kept.value().map_err(corrupt)?).into_iter().collect())
}
