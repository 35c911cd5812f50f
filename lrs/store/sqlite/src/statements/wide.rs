//! Batches that name much. The rows of what is new in them are added by jobs of their own before the job that keeps the batch, so
//! that none of these keeps other writers waiting for long. A row that no statement is found by, because its batch is refused or
//! the process ends before, does no harm: there are such rows of removed statements too, and an erasure looks at all of them.

use super::ready::ReadyBatch;
use crate::SqliteStore;
use crate::failure::Result;
use crate::session::Session;
use store::turns::LargeTurn;

/// Keys of a batch from which on it is wide. Definitions of activities and names of agents are kept with the batch.
pub(crate) const WIDE: usize = if cfg!(debug_assertions) { 400 } else { 20_000 };
/// Keys for which one job looks, about: a statement has its keys looked for together.
const AT_A_TIME: usize = if cfg!(debug_assertions) { 100 } else { 10_000 };

/// A batch of which the things are being added that its statements name.
struct Naming {
    batch: ReadyBatch,
    /// How many of the statements were looked at.
    done: usize,
}

impl Naming {
    /// Adds the things that some more of the statements name, where they are new.
    fn advance(&mut self, session: &mut Session<'_>) -> Result<()> {
        let mut keys = 0;
        while keys < AT_A_TIME
            && let Some(ready) = self.batch.statements.get(self.done)
        {
            for key in &ready.statement.keys {
                session.entity(key.kind, &key.text)?;
            }
            keys += ready.statement.keys.len();
            self.done += 1;
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Prepares the store for a wide batch, which may then be kept; nothing for another one. Wide batches come one after the other,
    /// keys in turn: all that wait for the writer share one transaction. Whether the things that it names are there already,
    /// `is_named` says.
    pub(super) async fn make_way(
        &self,
        batch: ReadyBatch,
        is_named: bool,
    ) -> store::Result<(ReadyBatch, Option<LargeTurn>)> {
        if batch.keys() < WIDE {
            return Ok((batch, None));
        }
        let turn = self.0.wide.turn().await;
        let mut naming = Naming { batch, done: 0 };
        while !is_named && naming.done < naming.batch.statements.len() {
            let job = move |session: &mut Session<'_>| naming.advance(session).map(|()| naming);
            naming = self.write(job).await?;
        }
        // A commit of so much would move as much again.
        self.end_run().await?;
        Ok((naming.batch, Some(turn)))
    }
}
