//! Other texts for statements that are kept.

use std::collections::BTreeSet;

use rusqlite::params;

use super::effort::Effort;
use super::heirs::{Heirs, referrer};
use super::removed::{Said, chain};
use crate::failure::Result;
use crate::packed;
use crate::session::{Session, closeness};
use crate::statements::put::VOIDING;
use store::inheritance::renounced;
use store::{Rewrite, StoreError, checksum};
use xapi::index::{IndexKey, keys_of_kept};
use xapi::instant::Instant;
use xapi::stored::Stored;

/// Statements whose texts are replaced, a few with each job of the writer. Those that refer to one lose what they have from it
/// before it is replaced: where the process ends between two jobs, its old text is found again.
pub(super) struct Rewriting {
    /// Those that are left, the next one last.
    left: Vec<Rewrite>,
    /// The heirs of the next one, where a job before has begun with them.
    heirs: Option<Heirs>,
    /// How many are kept with another text than was read.
    changed: u64,
}

impl Rewriting {
    pub(super) fn of(mut statements: Vec<Rewrite>) -> Self {
        statements.reverse();
        Self { left: statements, heirs: None, changed: 0 }
    }

    /// How many statements had another text than was read; `None` where some are left to be rewritten.
    pub(super) fn changed(&self) -> Option<u64> {
        self.left.is_empty().then_some(self.changed)
    }

    /// Does what one job may do, in a transaction with the whole index in its tables.
    pub(super) fn advance(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut effort = Effort::of_job();
        while !effort.is_spent()
            && let Some(next) = self.left.last()
        {
            // About as many rows of the index as there are 64 bytes of text.
            effort.spend(next.body.len(), next.body.len() >> 6);
            let read = &next.read;
            let kept = session.statement(read.id)?.filter(|kept| kept.stored == read.stored);
            if kept.as_ref().is_some_and(|kept| kept.body != read.body) {
                self.changed = self.changed.saturating_add(1);
            } else if let Some(kept) = kept {
                let new = Stored { body: next.body.clone(), ..kept.clone() };
                let everywhere = next.everywhere;
                if !everywhere && !self.disinherit(session, (&kept, &new), &mut effort)? {
                    return Ok(());
                }
                rewrite(session, &kept, &new)?;
            }
            (self.heirs, _) = (None, self.left.pop());
        }
        Ok(())
    }

    /// Lets those that refer to a statement be found no more by what its new text does not name, unless `effort` is spent before:
    /// false then.
    fn disinherit(
        &mut self,
        session: &Session<'_>,
        (kept, new): (&Stored, &Stored),
        effort: &mut Effort,
    ) -> Result<bool> {
        if referrer(session, kept.id, Instant::default())?.is_none() {
            return Ok(true);
        }
        let after = Said::of(new)?.keys;
        loop {
            let begun = self.heirs.take();
            let is_begun = begun.is_some();
            let mut heirs = match begun {
                Some(heirs) => heirs,
                None => Heirs::of(kept, lost(session, kept, &after)?, session.memory.newest),
            };
            if !heirs.disinherit(session, effort)? {
                self.heirs = Some(heirs);
                return Ok(false);
            }
            // What the statement refers to may have come since an earlier job, and says the same.
            if !is_begun || lost(session, kept, &after)? == heirs.chain {
                return Ok(true);
            }
        }
    }
}

/// What those that refer to a statement have from it no more, once it has these keys.
fn lost(session: &Session<'_>, kept: &Stored, after: &[IndexKey]) -> Result<Vec<Said>> {
    let chain = chain(session, kept)?;
    let mut said = chain.iter().map(|it| it.keys.as_slice());
    // The first is what the statement says itself.
    let Some(before) = said.next() else { return Ok(Vec::new()) };
    Ok(vec![Said { keys: renounced(before, after, said), target: None }])
}

/// Replaces the text of a statement.
fn rewrite(session: &mut Session<'_>, kept: &Stored, new: &Stored) -> Result<()> {
    let (before, after) = (keys(kept)?, keys(new)?);
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
    Ok(())
}

fn keys(kept: &Stored) -> Result<BTreeSet<IndexKey>> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
    Ok(keys_of_kept(&kept.value().map_err(corrupt)?).into_iter().collect())
}
