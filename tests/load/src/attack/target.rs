//! The server under attack, and what it answers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures::future::{BoxFuture, join_all};

use super::request::Request;
use super::wire::{Answer, Connection};
use crate::wire::KEY;

/// The key of an attacker who has one: everything but managing the server.
pub(super) const ORDINARY: &str = "ordinary:ordinary-secret";
/// How long an attacker waits after a connection that was cut or refused.
const PAUSE: Duration = Duration::from_millis(50);

/// An attack under way. It ends by itself, or is broken off with its connections open.
pub(super) type Volley = BoxFuture<'static, ()>;

/// See the module. A clone is the same server.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Default)]
struct Counts {
    /// Requests begun.
    asked: u64,
    /// How many were answered with what.
    answered: BTreeMap<String, u64>,
    notes: Vec<String>,
    missed: Vec<String>,
}

/// What an attack was answered, for people.
pub(super) struct Tally {
    pub(super) answers: String,
    /// What an attack measured beside.
    pub(super) notes: Vec<String>,
    /// Aims of an attack's own that do not hold.
    pub(super) missed: Vec<String>,
}

impl Target {
    /// The server at HOST:PORT, with a key for the attacker.
    pub(super) async fn new(address: &str) -> Result<Self> {
        let target = Self { address: address.parse()?, counts: Arc::default() };
        target
            .add_key(
                ORDINARY,
                &[
                    "statements/write",
                    "statements/read",
                    "state",
                    "profile",
                    "progress/read",
                    "presence/write",
                ],
            )
            .await?;
        Ok(target)
    }

    pub(super) async fn add_key(&self, key: &str, scopes: &[&str]) -> Result<()> {
        let (name, secret) = key.split_once(':').context("KEY:SECRET")?;
        let new = serde_json::json!({"key": name, "secret": secret, "scopes": scopes});
        let request = Request::new("POST", "/api/v1/keys").by(KEY);
        self.set_up(request.body("application/json", new.to_string())).await?;
        Ok(())
    }

    /// Part of the preparation: must succeed, and is not counted.
    pub(super) async fn set_up(&self, request: Request) -> Result<Answer> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.exchange(&request.bytes()).await?;
        let said = String::from_utf8_lossy(&answer.body);
        ensure!((200..300).contains(&answer.status), "answered {}: {said}", answer.status);
        Ok(answer)
    }

    /// Sends a request on a connection of its own; nothing where that was cut.
    pub(super) async fn fire(&self, request: &[u8]) -> Option<Answer> {
        self.counts().asked += 1;
        let answer = match Connection::open(self.address).await {
            Ok(mut connection) => connection.exchange(request).await.ok(),
            Err(_) => None,
        };
        self.count(answer.as_ref());
        if answer.is_none() {
            tokio::time::sleep(PAUSE).await;
        }
        answer
    }

    /// A request again and again on so many connections.
    pub(super) fn repeat(&self, connections: usize, request: Vec<u8>) -> Volley {
        self.repeat_all(connections, move |_| request.clone())
    }

    /// Requests by number, from 0, on so many connections, until it is broken off.
    pub(super) fn repeat_all(
        &self,
        connections: usize,
        next: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
    ) -> Volley {
        let (target, next) = (self.clone(), Arc::new(next));
        Box::pin(async move {
            let one = || target.on_one_connection(Arc::clone(&next));
            join_all((0..connections).map(|_| one())).await;
        })
    }

    async fn on_one_connection(&self, next: Arc<impl Fn(u64) -> Vec<u8>>) {
        loop {
            let Ok(mut connection) = Connection::from_elsewhere(self.address).await else {
                self.counts().asked += 1;
                self.count(None);
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            loop {
                let number = self.begin();
                let answer = connection.exchange(&next(number)).await.ok();
                self.count(answer.as_ref());
                if answer.is_none() {
                    tokio::time::sleep(PAUSE).await;
                    break;
                }
            }
        }
    }

    /// Sends bytes on so many connections and holds them, until the server answers or closes; opens others then.
    pub(super) fn hold(&self, connections: usize, bytes: Vec<u8>) -> Volley {
        let (target, bytes) = (self.clone(), Arc::new(bytes));
        Box::pin(async move {
            let one = async || {
                loop {
                    target.begin();
                    let answer = async {
                        let mut connection = Connection::from_elsewhere(target.address).await?;
                        connection.send(&bytes).await?;
                        connection.answer().await
                    };
                    target.count(answer.await.ok().as_ref());
                    tokio::time::sleep(PAUSE).await;
                }
            };
            join_all((0..connections).map(|_| one())).await;
        })
    }

    /// Counts a request that begins now; its number from 0.
    pub(super) fn begin(&self) -> u64 {
        let mut counts = self.counts();
        counts.asked += 1;
        counts.asked - 1
    }

    /// Counts what a request was answered; no answer is a connection that was cut.
    pub(super) fn count(&self, answer: Option<&Answer>) {
        let what = answer.map_or_else(|| "cut".to_owned(), |answer| answer.status.to_string());
        *self.counts().answered.entry(what).or_default() += 1;
    }

    /// Says something that the attack measured.
    pub(super) fn note(&self, what: String) {
        self.counts().notes.push(what);
    }

    /// Says something that the attack measured, and whether that is as it should be.
    pub(super) fn aim(&self, what: String, is_met: bool) {
        let mut counts = self.counts();
        if !is_met {
            counts.missed.push(what.clone());
        }
        counts.notes.push(what);
    }

    pub(super) fn tally(&self) -> Tally {
        let counts = self.counts();
        let mut answers: Vec<String> =
            counts.answered.iter().map(|(what, times)| format!("{what} ×{times}")).collect();
        let open = counts.asked - counts.answered.values().sum::<u64>();
        if open > 0 {
            answers.push(format!("open ×{open}"));
        }
        let (notes, missed) = (counts.notes.clone(), counts.missed.clone());
        Tally { answers: answers.join(", "), notes, missed }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
