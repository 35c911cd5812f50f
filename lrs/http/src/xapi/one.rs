//! Reading one statement: a long one takes all readers of the engine where many are read at once, and memory before any of
//! its bytes is seen.

use service::compute::{Turn, Turns};
use service::memory::{Memory, Reserved};
use service::record::Record;
use store::{Kept, Within};
use uuid::Uuid;

use crate::problem::Problem;

/// A statement whose text has at most this many bytes is read at once.
const SHORT: usize = 64 << 10;

/// What a statement holds until it is answered.
#[derive(Debug)]
pub(super) struct Held {
    _memory: Reserved,
    _turn: Option<Turn>,
}

/// The statement of this id, voided or not. A long one waits for one of the `turns` of its key, and its memory is taken before it
/// is read. A client that goes away meanwhile has both until it is read.
pub(super) async fn in_turn(
    record: &Record,
    (turns, key): (&Turns, &str),
    memory: &Memory,
    id: Uuid,
) -> Result<Option<(Kept, Held)>, Problem> {
    match record.kept_within(id, SHORT).await? {
        None => Ok(None),
        Some(Within::Whole(kept)) => {
            let memory = memory.reserve(kept.statement.body.len())?;
            Ok(Some((kept, Held { _memory: memory, _turn: None })))
        }
        Some(Within::Longer { bytes, .. }) => {
            let (record, memory) = (record.clone(), memory.clone());
            let read = move |turn| async move {
                let held = Held { _memory: memory.reserve(bytes)?, _turn: Some(turn) };
                Ok(record.kept(id).await?.map(|kept| (kept, held)))
            };
            turns.run(key, read).await?
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt as _;
    use serde_json::json;
    use store::Store;
    use store_testkit::clock::SystemClock;
    use store_testkit::memory::MemoryStore;
    use store_testkit::sample::{id, put, statement, with};
    use store_testkit::slow::Slow;

    use super::*;

    #[tokio::test]
    async fn long_statements_are_read_in_turns_and_their_memory_is_taken_before() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        let long = json!({"extensions": {"https://x.example/e": "x".repeat(100_000)}});
        put(&store, &[with(statement(0), "context", long), statement(1)]).await;
        let length = store.statement(id(0)).await.unwrap().unwrap().statement.body.len();
        let slow = Slow::at(store, "statement");
        let record = Record::new(Arc::clone(&slow) as Arc<dyn Store>, Arc::new(SystemClock));
        let (turns, memory) = (Turns::new(2), Memory::new(2 * length + length / 2));
        let ask = |key, n| Box::pin(in_turn(&record, (&turns, key), &memory, id(n)));
        let (mut first, mut second, mut third) = (ask("k", 0), ask("k", 0), ask("k", 0));
        for asked in [&mut first, &mut second, &mut third] {
            assert!(asked.now_or_never().is_none());
        }
        slow.arrived().await;
        slow.arrived().await;
        assert_eq!(memory.held(), 2 * length, "of the two that have a turn, before they are read");
        assert!(ask("other", 0).await.is_err(), "there is no room for a third");
        assert!(ask("k", 1).await.unwrap().is_some(), "a short one waits for no turn");
        assert!(ask("k", 2).await.unwrap().is_none());
        slow.let_go();
        let (kept, held) = first.await.unwrap().unwrap();
        assert_eq!(kept.statement.body.len(), length);
        assert!((&mut third).now_or_never().is_none() && memory.held() == 2 * length);
        drop(held);
        assert!((&mut third).now_or_never().is_none());
        slow.arrived().await;
        slow.let_go();
        slow.let_go();
        assert!(second.await.unwrap().is_some() && third.await.unwrap().is_some());
        assert_eq!(memory.held(), 0);
    }
}
