//! Two servers that are killed in turn, faster than anybody could look after them: something is acknowledged between all
//! of the kills.

use std::time::Duration;

use programs::fresh_database;
use tokio::time::{sleep, timeout};

use crate::kills::seeded;
use crate::load::Load;
use crate::node::Node;
use rand::Rng as _;

const KILLS: usize = 8;
/// From one kill to the next.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(4);
/// More requests than are sent in all that time.
const REQUESTS: usize = 10_000;
const SCENE: Duration = Duration::from_mins(6);

/// Kills one node and the other in turn; gives how many requests were answered with success between the kills.
async fn kill_in_turn(mut nodes: [Node; 2], load: &Load) -> ([Node; 2], Vec<usize>) {
    let (mut random, mut answered) = (seeded(), Vec::new());
    load.answers.reach_more(1).await;
    for _ in 0..KILLS {
        let before = load.answers.count();
        let [next, other] = nodes;
        let until_next = sleep(random.random_range(SHORTEST..LONGEST));
        let (restarted, ()) = tokio::join!(next.kill_and_restart(), until_next);
        answered.push(load.answers.count() - before);
        nodes = [other, restarted];
    }
    load.close();
    (nodes, answered)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn two_nodes_that_are_killed_in_turn_still_acknowledge_something() {
    let database = fresh_database().await;
    let nodes = [Node::on(&database).await, Node::on(&database).await];
    let load = Load::new([nodes[0].door(), nodes[1].door()]);
    let clients = load.start();
    load.grant(REQUESTS);
    let scene = async {
        let (nodes, answered) = kill_in_turn(nodes, &load).await;
        println!("answered between the kills: {answered:?}");
        clients.join_all().await;
        load.is_all_there(&nodes[0].traccia().admin()).await;
        // A node that has just come back may be killed before the other's group is finished: of two times between
        // kills, one suffices.
        let idle = answered.windows(2).filter(|two| two.iter().all(|count| *count == 0)).count();
        assert_eq!(idle, 0, "answered between the kills: {answered:?}");
    };
    timeout(SCENE, scene).await.expect("the scene ends in time");
}
