//! What becomes of statements with attachments.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::Batch;
use store_testkit::sample::{batch, id, ids_of, put, statement, with};
use xapi::attachment::Attachment;

use super::super::multipart;
use super::super::run::Next;
use super::scripted::World;
use crate::memory::Memory;

fn data(n: u8, bytes: usize) -> Attachment {
    let body = Bytes::from(vec![n; bytes]);
    let sha2 = hex::encode(Sha256::digest(&body));
    Attachment { sha2, content_type: "text/plain".into(), body }
}

/// A statement that names these attachments, whose data may be had elsewhere as well.
fn naming(n: u32, all: &[Attachment]) -> Value {
    let described = all.iter().map(|it| {
        json!({"usageType": "https://u.example/u", "display": {"en": "x"}, "contentType": "text/plain",
            "length": it.body.len(), "sha2": it.sha2, "fileUrl": "https://f.example/f"})
    });
    with(statement(n), "attachments", described.collect())
}

/// A store with these attachments, and a pipe in a budget of 1 MiB.
async fn with_data(all: &[Attachment]) -> World {
    let mut world = World::new(json!({"direction": "push"})).await;
    world.works.memory = Memory::new(1 << 20);
    for (n, it) in (0..).zip(all) {
        let batch = Batch {
            attachments: vec![it.clone()],
            ..batch(&[naming(n, std::slice::from_ref(it))])
        };
        world.store.put_statements(batch).await.unwrap();
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_names_more_data_than_is_sent_at_once_is_a_dead_letter() {
    let all: Vec<Attachment> = (0..5).map(|n| data(n, 60 << 10)).collect();
    let world = with_data(&all).await;
    // Four of them fit, five do not.
    put(&world.store, &[naming(10, &all[..4]), naming(11, &all), statement(12)]).await;
    let mut run = world.run().await;
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.dead().await, [(id(11), 413)]);
    let sent: Vec<String> =
        ids_of([0, 1, 2, 3, 4, 10, 12]).iter().map(ToString::to_string).collect();
    assert_eq!(world.other.ids(), sent);
    let asked = world.other.asked.lock().unwrap().clone();
    let longest = asked.iter().filter_map(|it| Some(it.body.as_ref()?.1.len())).max();
    assert!(longest.is_some_and(|it| it < (256 << 10) + 8_192), "{longest:?}");
    drop(asked);
    world.other.asked.lock().unwrap().clear();
    assert_eq!(world.works.memory.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn data_is_taken_from_the_memory_budget_before_it_is_read() {
    let all = [data(1, 100 << 10)];
    let world = with_data(&all).await;
    let others = world.works.memory.reserve(900 << 10).unwrap();
    let mut run = world.run().await;
    assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)));
    assert_eq!((world.other.requests(), world.dead().await), (0, Vec::new()));
    drop(others);
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    let (kind, body) = world.other.asked.lock().unwrap()[0].body.clone().unwrap();
    assert_eq!(multipart::read(&kind, body).await.unwrap().1, all);
}
