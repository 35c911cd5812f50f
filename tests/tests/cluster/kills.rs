//! Two servers on one database under load, killed again and again: what was answered is there, once and whole.

use std::time::Duration;

use e2e::course::{self, COURSE};
use e2e::{Client, Traccia, eventually};
use jiff::Timestamp;
use programs::fresh_database;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::load::Load;
use crate::node::Node;

/// Names the seed that the moments of the kills are drawn with, to have those of a failed run again.
const SEED: &str = "TRACCIA_TEST_SEED";
/// Requests between one kill and the next, at most.
const REQUESTS: usize = 36;
/// A kill comes at most so long after an answer: by then the next request has made all of its calls.
const AFTER: Duration = Duration::from_millis(60);
/// For each ten kills.
const SCENE: Duration = Duration::from_mins(6);
/// Another node follows the log when the one that did was killed.
const TAKEOVER: Duration = Duration::from_mins(1);

/// How many kills there are: `make soak` wants more than a test run has time for.
fn kills() -> usize {
    std::env::var("TRACCIA_TEST_KILLS").map_or(10, |kills| kills.parse().unwrap())
}

/// Draws the moments of kills. The seed is a new one, or that of the environment; a failing test shows it.
pub(crate) fn seeded() -> StdRng {
    StdRng::seed_from_u64(seed())
}

fn seed() -> u64 {
    let seed = std::env::var(SEED).map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("the moments of the kills: {SEED}={seed}");
    seed
}

/// Kills one node and the other in turn, each time at any moment of what was granted.
async fn kill(mut nodes: [Node; 2], load: &Load) -> [Node; 2] {
    let mut random = seeded();
    for kill in 1..=kills() {
        load.grant(REQUESTS);
        load.answers.reach_more(random.random_range(1..=REQUESTS / 2)).await;
        sleep(random.random_range(Duration::ZERO..AFTER)).await;
        let [next, other] = nodes;
        nodes = [other, next.kill_and_restart().await];
        if kill % 10 == 0 {
            println!("killed {kill} times: {} requests were answered", load.answers.count());
        }
    }
    load.close();
    nodes
}

/// Ends with the kills; fails when a client fails, which none does before.
async fn under_load(nodes: [Node; 2], load: &Load, clients: &mut JoinSet<()>) -> [Node; 2] {
    tokio::select! {
        nodes = kill(nodes, load) => nodes,
        Some(ended) = clients.join_next() => {
            ended.unwrap();
            panic!("a client has ended before the kills");
        }
    }
}

/// The rows of the report when it speaks of everything that was stored.
async fn settled(node: &Client) -> Value {
    let last = node.get("/statements").query(&[("limit", "1")]).await.expect(200).statements();
    let last: Timestamp = last[0]["stored"].as_str().unwrap().parse().unwrap();
    eventually("the report has read the whole log", TAKEOVER, || async {
        let report = course::report(node).await;
        // Null where nothing has been read yet.
        let through: Option<Timestamp> = report["through"].as_str().map(|it| it.parse().unwrap());
        if through.is_some_and(|it| it >= last) {
            Ok(report["rows"].clone())
        } else {
            Err(report.to_string())
        }
    })
    .await
}

async fn progress_equals_a_rebuild(traccia: &Traccia) {
    let before = settled(&traccia.admin()).await;
    let rebuilt = traccia.cli(&["progress", "rebuild", COURSE]).await;
    assert!(rebuilt.success().contains(", 0 actors changed"), "{rebuilt}");
    assert_eq!(settled(&traccia.admin()).await, before);
    // Of `m2` all may be voided in the end; nothing of `m1` is.
    let somebody = course::counts(&course::report(&traccia.admin()).await, "m1", "Umbria");
    assert_ne!(somebody["completed"], 0, "the load has some complete: {somebody}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn kills_under_load_lose_repeat_and_halve_nothing() {
    let database = fresh_database().await;
    let nodes = [Node::on(&database).await, Node::on(&database).await];
    course::load(&nodes[0].traccia().admin()).await;
    let load = Load::new([nodes[0].door(), nodes[1].door()]);
    let mut clients = load.start();
    clients.spawn(std::sync::Arc::clone(&load).read());
    let scene = async {
        let nodes = under_load(nodes, &load, &mut clients).await;
        clients.join_all().await;
        for node in &nodes {
            load.is_all_there(&node.traccia().admin()).await;
        }
        progress_equals_a_rebuild(nodes[1].traccia()).await;
    };
    let tens = u32::try_from(kills().div_ceil(10)).unwrap();
    timeout(SCENE * tens, scene).await.expect("the scene ends in time");
}
