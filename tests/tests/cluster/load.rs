//! Clients that write to two nodes at once and look at once whether what was answered is there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use e2e::course::{FIRST, SECOND, learner};
use e2e::{Answers, Ask, Client, Document, Reply, Statement, activity, activity_iri, eventually};
use e2e::{new_id, reference};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ledger::{Fate, Ledger};
use crate::node::Door;
use crate::run::{Promise, Run};

/// How long the database may be away before a client loses its patience.
const OUTAGE: Duration = Duration::from_mins(2);

/// What the clients of a scene share. They send as much as they are granted, so that a scene has an end.
pub(crate) struct Load {
    doors: [Door; 2],
    granted: Semaphore,
    pub(crate) ledger: Ledger,
    /// Successes.
    pub(crate) answers: Answers,
    /// Requests refused because the database was away.
    pub(crate) refusals: Answers,
    /// Members merged into the shared document with success.
    merged: Mutex<Vec<String>>,
    promises: Mutex<Vec<Promise>>,
}

/// A statement of each batch that a later one may void.
type Voidable = Option<String>;

/// Any number below this one.
pub(crate) fn any(below: usize) -> usize {
    usize::try_from(Uuid::new_v4().as_u128() % below as u128).expect("it is below a usize")
}

/// The document that all clients merge into.
pub(crate) fn shared() -> Document {
    Document::state("shared")
}

impl Load {
    pub(crate) fn new(doors: [Door; 2]) -> Arc<Self> {
        Arc::new(Self {
            doors,
            granted: Semaphore::new(0),
            ledger: Ledger::default(),
            answers: Answers::default(),
            refusals: Answers::default(),
            merged: Mutex::default(),
            promises: Mutex::default(),
        })
    }

    /// Starts writers of batches and of documents on each node, and one that sends conflicts to both.
    pub(crate) fn start(self: &Arc<Self>) -> JoinSet<()> {
        let mut clients = JoinSet::new();
        for home in [0, 1] {
            clients.spawn(Arc::clone(self).write(home));
            clients.spawn(Arc::clone(self).write(home));
            clients.spawn(Arc::clone(self).merge(home));
        }
        clients.spawn(Arc::clone(self).contend());
        clients
    }

    /// Lets the clients send so many requests more.
    pub(crate) fn grant(&self, requests: usize) {
        self.granted.add_permits(requests);
    }

    /// Lets them end what they are at, and send nothing more.
    pub(crate) fn close(&self) {
        self.granted.close();
    }

    async fn may_send(&self) -> bool {
        self.granted.acquire().await.map(tokio::sync::SemaphorePermit::forget).is_ok()
    }

    /// Sends a request until the database is there to serve it. `None` when the node was killed under it.
    async fn send(&self, home: usize, ask: impl Fn(&Client) -> Ask) -> Option<Reply> {
        eventually("the database is back", OUTAGE, || async {
            match self.doors[home].send(&ask).await {
                Some(reply) if reply.status == 503 => {
                    reply.problem(503);
                    reply.header("retry-after");
                    self.refusals.one_more();
                    Err(reply.to_string())
                }
                answered => Ok(answered),
            }
        })
        .await
    }

    /// Batches, each of which is looked for on both nodes as soon as it is answered. Of those that a kill left
    /// unanswered every other is sent again, to the other node.
    async fn write(self: Arc<Self>, home: usize) {
        let mut voidable = None;
        while self.may_send().await {
            let ids: Vec<String> = (0..5).map(|_| new_id()).collect();
            let number = self.ledger.enter(&ids);
            let batch = self.batch(number, &ids, &mut voidable);
            let ask = |client: &Client| client.post("/statements").json(&batch);
            let mut reply = self.send(home, ask).await;
            if reply.is_none() && number.is_multiple_of(2) {
                reply = self.send(1 - home, ask).await;
            }
            if let Some(reply) = reply {
                reply.is(200);
                self.ledger.settle(number, Fate::Kept);
                self.is_there(&ids).await;
                self.answers.one_more();
            }
        }
    }

    /// A learner's statement; one about an activity of its own, and one that refers to that; one that refers to
    /// a batch of anybody's; and one that is voided in the batch after it.
    fn batch(&self, number: usize, ids: &[String], voidable: &mut Voidable) -> Value {
        let who = u32::try_from(number % 4 + 1).expect("one of four");
        let learnt = |verb: &str, what: &str| {
            let object = json!({"objectType": "Activity", "id": what});
            Statement::new().by(learner(who)).did(verb).to(object)
        };
        let last = if let Some(earlier) = voidable.take() {
            self.ledger.voids(number, &earlier);
            Statement::voiding(&earlier)
        } else {
            *voidable = Some(ids[4].clone());
            learnt("passed", &format!("{SECOND}{number}"))
        };
        let statements = [
            learnt(["initialized", "completed", "passed"][number % 3], FIRST),
            Statement::new().to(activity(&ids[1])),
            Statement::new().to(reference(&ids[1])),
            Statement::new().to(reference(&self.ledger.any_id())),
            last,
        ];
        let time = format!("2026-03-05T{:02}:{:02}:00Z", number / 60 % 24, number % 60);
        statements.into_iter().zip(ids).map(|(s, id)| s.id(id).when(&time).json()).collect()
    }

    /// The statement about the batch's own activity is found on both nodes, with the one that refers to it.
    async fn is_there(&self, ids: &[String]) {
        let activity = activity_iri(&ids[1]);
        for home in [0, 1] {
            let ask = |client: &Client| client.get("/statements").query(&[("activity", &activity)]);
            let Some(reply) = self.send(home, ask).await else { continue };
            let found = reply.expect(200).statement_ids();
            let both = found.contains(&ids[1]) && found.contains(&ids[2]);
            assert!(both, "answered and not at once on node {home}: {ids:?} in {found:?}");
        }
    }

    /// Different statements under one id, each between two of its own, sent to both nodes at once.
    async fn contend(self: Arc<Self>) {
        while self.may_send().await {
            let contested = new_id();
            self.ledger.contests(&contested);
            let (one, other) = tokio::join!(self.claim(0, &contested), self.claim(1, &contested));
            assert!(one.is_none() || other.is_none(), "{contested} was given to two statements");
            if let Some(winner) = one.or(other) {
                let by_id = [("statementId", contested.as_str())];
                let ask = |client: &Client| client.get("/statements").query(&by_id);
                for reply in
                    [self.send(0, ask).await, self.send(1, ask).await].into_iter().flatten()
                {
                    let kept = reply.expect(200).json();
                    assert_eq!(kept["object"]["id"], winner, "{contested} is the winner's");
                }
                self.answers.one_more();
            }
        }
    }

    /// Sends one of the statements that contend for an id; gives its activity when it has won.
    async fn claim(&self, home: usize, contested: &str) -> Option<String> {
        let own = [new_id(), new_id()];
        let number = self.ledger.enter(&own);
        let what = new_id();
        let batch = json!([
            Statement::new().id(&own[0]).json(),
            Statement::new().id(contested).to(activity(&what)).json(),
            Statement::new().id(&own[1]).json(),
        ]);
        let reply = self.send(home, |client| client.post("/statements").json(&batch)).await?;
        let won = reply.status == 200;
        if !won {
            reply.problem(409);
        }
        self.ledger.settle(number, if won { Fate::Kept } else { Fate::Refused });
        won.then(|| activity_iri(&what))
    }

    /// Members merged into one document by all at once, each of which is looked for on the other node.
    async fn merge(self: Arc<Self>, home: usize) {
        while self.may_send().await {
            let name = new_id();
            let member = json!({name.as_str(): home});
            let Some(reply) = self.send(home, |client| shared().post(client, &member)).await else {
                continue;
            };
            reply.is(204);
            self.merged.lock().unwrap().push(name.clone());
            if let Some(reply) = self.send(1 - home, |client| shared().get(client)).await {
                assert_eq!(reply.expect(200).json()[&name], home, "merged and not at once there");
            }
            self.answers.one_more();
        }
    }

    /// Reads all pages of both nodes in turn, up and down, until the load is closed.
    pub(crate) async fn read(self: Arc<Self>) {
        let mut promise: Option<Promise> = None;
        for round in 0_usize.. {
            if self.granted.is_closed() {
                break;
            }
            let kept = self.ledger.kept();
            let door = &self.doors[round % 2];
            let ascending = round % 4 < 2;
            let Some(run) = door.visit(|client| Run::read(client, ascending)).await else {
                continue;
            };
            self.ledger.audit(&run, &kept);
            if let Some(promise) = &promise {
                promise.is_kept_by(&run);
            }
            let next = run.promise();
            promise = Some(match promise {
                Some(promise) => promise.or(next),
                None => next,
            });
        }
        self.promises.lock().unwrap().extend(promise);
    }

    /// After the load: everything that was answered is there, on this node, and all promises were kept.
    pub(crate) async fn is_all_there(&self, node: &Client) {
        let run = Run::read(node.clone(), true).await.expect("nobody kills it now");
        self.ledger.audit(&run, &self.ledger.kept());
        for promise in self.promises.lock().unwrap().iter() {
            promise.is_kept_by(&run);
        }
        let document = shared().get(node).await.expect(200).json();
        for name in self.merged.lock().unwrap().iter() {
            assert!(!document[name].is_null(), "{name} was merged and is lost");
        }
    }
}
