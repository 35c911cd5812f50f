//! What the statements of a learner hold while they are sent.

use futures::StreamExt as _;
use serde_json::json;
use store_testkit::sample::{put, statement, with};

use super::*;

#[tokio::test]
async fn a_statement_of_a_timeline_is_reserved_until_it_was_sent_and_the_turn_lasts_until_the_end()
{
    let scene = Scene::with(ENOUGH).await;
    let store: Arc<dyn Store> = Arc::clone(&scene.watched) as _;
    let said = |number| {
        let said = with(statement(number), "actor", json!({"mbox": "mailto:u1@x.example"}));
        with(said, "object", json!({"id": "https://x.example/0"}))
    };
    put(&store, &[said(1), said(2)]).await;
    let timeline = async || scene.progress.timeline("c", "u1", None).await.unwrap();
    let (memory, turn) = (Memory::new(1 << 20), Arc::new(()));
    let mut texts = Box::pin(timeline().await.texts(memory.clone(), Arc::clone(&turn)));
    let first = texts.next().await.unwrap().unwrap();
    assert_eq!(memory.held(), first.len());
    let second = texts.next().await.unwrap().unwrap();
    assert_eq!(memory.held(), first.len() + second.len());
    assert_eq!(Arc::strong_count(&turn), 2);
    drop((first, second));
    assert!(texts.next().await.is_none());
    assert_eq!((memory.held(), Arc::strong_count(&turn)), (0, 1));
    let mut texts = Box::pin(timeline().await.texts(Memory::new(10), ()));
    let refused = texts.next().await.unwrap().unwrap_err();
    assert!(matches!(refused, ProgressError::Exhausted(_)), "{refused}");
}
