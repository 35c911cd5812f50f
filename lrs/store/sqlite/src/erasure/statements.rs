//! Other texts for statements that are kept.

use std::collections::BTreeSet;

use bytes::Bytes;
use rusqlite::params;

use super::effort::Effort;
use super::removed::{LARGE, corrupt, unindex};
use crate::failure::Result;
use crate::packed;
use crate::session::Session;
use crate::statements::put::VOIDING;
use store::{Rewrite, StoreError, checksum};
use xapi::index::{IndexKey, keys_of_kept};
use xapi::stored::Stored;

/// Statements whose texts are replaced, a few with each job of the writer.
pub(super) struct Rewriting {
    /// Those that are left, the next one last.
    left: Vec<Replacement>,
    /// How many are kept with another text than was read.
    changed: u64,
}

/// Another text for a statement that is kept as it was read, and all that follows from the two texts.
struct Replacement {
    read: Stored,
    body: Bytes,
    packed: Option<Vec<u8>>,
    /// The keys that the statement is found by no more, and those that it is found by from now on.
    gone: Vec<IndexKey>,
    new: Vec<IndexKey>,
}

impl Rewriting {
    /// Reads what these statements say, and are to say: no work for the thread that writes, since their texts may be of any
    /// length.
    pub(super) fn of(statements: Vec<Rewrite>) -> store::Result<Self> {
        let left = statements.into_iter().rev().map(Replacement::of);
        Ok(Self { left: left.collect::<store::Result<_>>()?, changed: 0 })
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
            if !next.carry_out(session, &mut effort)? {
                self.changed = self.changed.saturating_add(1);
            }
        }
        Ok(())
    }
}

impl Replacement {
    fn of(Rewrite { read, body, .. }: Rewrite) -> store::Result<Self> {
        let packed = packed::pack(&body);
        let new = Stored { body, ..read.clone() };
        let (before, after) = (keys(&read)?, keys(&new)?);
        let gone = before.difference(&after).cloned().collect();
        let body = new.body;
        Ok(Self { read, body, packed, gone, new: after.difference(&before).cloned().collect() })
    }

    /// Replaces the text, where the statement is kept at this instant. False, and nothing changed, where its text is another
    /// one than was read.
    fn carry_out(&self, session: &mut Session<'_>, effort: &mut Effort) -> Result<bool> {
        let Self { read, body, packed, gone, new } = self;
        effort.text(body.len());
        let kept = session.statement(read.id)?.filter(|kept| kept.stored == read.stored);
        let Some(kept) = kept else { return Ok(true) };
        if kept.body != read.body {
            return Ok(false);
        }
        let seq = read.stored.micros();
        let sql = "SELECT flags FROM statement WHERE seq = ?1";
        let flags: Option<i64> = session.one(sql, [seq], |row| row.get(0))?;
        let missing = || StoreError::Corrupt(format!("statement {}: its row is missing", read.id));
        let is_voiding = flags.ok_or_else(missing)? & VOIDING != 0;
        let checksum = checksum::of_statement(read.id, read.stored, is_voiding, body);
        session.run(
            "UPDATE statement SET body = ?2, checksum = ?3, packed = ?4 WHERE seq = ?1",
            params![seq, packed::body(body, packed.as_deref())?, checksum, packed],
        )?;
        for key in gone {
            unindex(session, read.stored, key, effort)?;
        }
        effort.rows(new.len());
        session.index(read.stored, new)?;
        Ok(true)
    }
}

/// The keys that a text has of its own.
fn keys(text: &Stored) -> store::Result<BTreeSet<IndexKey>> {
    let keys = LARGE.with_value(text, |value| keys_of_kept(value).into_iter().collect());
    keys.map_err(|error| corrupt(text.id, &error))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use serde_json::json;
    use tempfile::TempDir;
    use tokio::time::timeout;

    use super::*;
    use crate::tests::{Hand, open, shared};
    use store::{ErasureStore as _, StatementStore as _};
    use store_testkit::sample::{id, ids, ids_of, kept, of_person, put, statement, with};
    use xapi::large::is_large;

    /// Another large statement is being looked at, for as long as the test wants: the large text that is to be replaced waits,
    /// and the thread that writes does not.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn others_write_while_a_large_text_waits_to_be_replaced() {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let store = open(&home, &clock);
        let of_store = shared(&store);
        let lists = json!({"extensions": {"https://x.example/e": vec![json!([]); 100_000]}});
        put(&of_store, &[with(statement(0), "result", lists)]).await;
        let read = kept(&of_store, 0).await.statement;
        assert!(is_large(&read));
        let text = String::from_utf8(read.body.to_vec()).unwrap();
        let body = Bytes::from(text.replace("p0@x.example", "p1@x.example"));
        let (looks, is_looking) = mpsc::channel();
        let (go_on, waits) = mpsc::channel::<()>();
        let other = read.clone();
        let looking = std::thread::spawn(move || {
            LARGE.with_value(&other, |_| (looks.send(()).unwrap(), waits.recv().unwrap())).unwrap();
        });
        is_looking.recv().unwrap();
        let rewrite = Rewrite { read, body: body.clone(), everywhere: true };
        let writes = store.clone();
        let rewriting =
            tokio::spawn(async move { writes.rewrite_statements(vec![rewrite]).await.unwrap() });
        for n in 1..100 {
            let kept = timeout(Duration::from_secs(30), put(&of_store, &[statement(n)])).await;
            assert!(kept.is_ok(), "the thread that writes waits");
        }
        assert!(!rewriting.is_finished());
        assert!(store.statement(id(0)).await.unwrap().unwrap().statement.body != body);
        go_on.send(()).unwrap();
        assert_eq!(rewriting.await.unwrap(), 0);
        looking.join().unwrap();
        assert!(kept(&of_store, 0).await.statement.body == body);
        assert_eq!(ids(&of_store, of_person("p0")).await, ids_of([]));
        assert_eq!(ids(&of_store, of_person("p1")).await, ids_of([0, 1]));
    }
}
