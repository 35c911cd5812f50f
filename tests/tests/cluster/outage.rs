//! The database is killed and comes back: refused with 503 meanwhile, and recovered without a restart.

use std::time::Duration;

use e2e::course;
use e2e::{Ask, Client, Reply, Statement, eventually};
use futures::future::join_all;
use programs::MongoServer;
use serde_json::json;
use tokio::time::timeout;

use crate::load::{Load, shared};
use crate::node::Node;

const OUTAGES: usize = 2;
/// Requests that the clients may send before an outage, and answers awaited before it begins.
const REQUESTS: usize = 60;
const ANSWERS: usize = 20;
const SCENE: Duration = Duration::from_mins(6);
const REFUSAL: Duration = Duration::from_secs(40);
const CONSISTENT_THROUGH: &str = "x-experience-api-consistent-through";
const RECOVERY: Duration = Duration::from_mins(1);

/// Requests of the statements resource.
fn of_statements(node: &Client) -> Vec<Ask> {
    vec![
        node.post("/statements").json(&Statement::new().json()),
        node.get("/statements"),
        node.get("/statements").query(&[("statementId", &e2e::new_id())]),
    ]
}

/// A request of each other kind that needs the database.
fn of_others(node: &Client) -> Vec<Ask> {
    vec![
        shared().post(node, &json!({"a": 1})),
        shared().get(node),
        node.get(&course::at("/progress")),
        node.get("/api/v1/keys"),
    ]
}

/// Refused in time, as one that may be sent again.
async fn refusal(ask: Ask) -> Reply {
    let reply = timeout(REFUSAL, ask.attempt()).await.expect("an answer in time");
    let reply = reply.expect("an answer");
    reply.problem(503);
    reply.header("retry-after");
    reply
}

/// Each kind of request is refused; what was promised of statements holds meanwhile.
async fn is_refused(node: &Client, promised: &str) {
    let (statements, _) = tokio::join!(
        join_all(of_statements(node).into_iter().map(refusal)),
        join_all(of_others(node).into_iter().map(refusal)),
    );
    for reply in statements {
        let through = reply.header(CONSISTENT_THROUGH);
        assert!(through.as_str() >= promised, "{through} takes back {promised}");
    }
    node.get("/healthz").await.is(200);
    // What was found of the store is repeated for a second.
    eventually("the node says that it is not ready", REFUSAL, || async {
        let reply = node.get("/readyz").await;
        if reply.status == 503 { Ok(()) } else { Err(reply.to_string()) }
    })
    .await;
}

/// What a node promises now.
async fn promised(node: &Client) -> String {
    node.get("/statements").await.header(CONSISTENT_THROUGH)
}

async fn is_ready(node: &Client) {
    eventually("the node is ready again", RECOVERY, || async {
        let reply = node.get("/readyz").await;
        if reply.status == 200 { Ok(()) } else { Err(reply.to_string()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn while_the_database_is_away_requests_are_503_and_afterwards_all_is_well() {
    let mut database = MongoServer::start().await;
    let uri = database.fresh_database();
    let nodes = [Node::on(&uri).await, Node::on(&uri).await];
    let admins = [nodes[0].traccia().admin(), nodes[1].traccia().admin()];
    course::load(&admins[0]).await;
    let load = Load::new([nodes[0].door(), nodes[1].door()]);
    let clients = load.start();
    let scene = async {
        for _ in 0..OUTAGES {
            load.grant(REQUESTS);
            load.answers.reach_more(ANSWERS).await;
            let promised = join_all(admins.iter().map(promised)).await;
            database.kill();
            join_all(admins.iter().zip(&promised).map(|(node, it)| is_refused(node, it))).await;
            database.restart().await;
            join_all(admins.iter().map(is_ready)).await;
        }
        load.grant(REQUESTS);
        load.answers.reach_more(ANSWERS).await;
        load.close();
        clients.join_all().await;
        assert!(load.refusals.count() > 0, "the load has met the outage");
        for admin in &admins {
            load.is_all_there(admin).await;
        }
    };
    timeout(SCENE, scene).await.expect("the scene ends in time");
}
