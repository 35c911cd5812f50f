//! Another store as a value: an xAPI end point in memory whose answers can be overruled, and which counts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::super::multipart;
use super::super::run::{Next, Run, Works};
use super::super::settings::Hidden;
use super::super::{
    NewPipe, PipeRecord, PipeWire, Pipes, ShownPipe, WireAnswer, WireError, WireRequest,
};
use crate::memory::Memory;
use crate::record::Record;
use crate::scan::Scanner;
use store::Store;
use store_testkit::around::Hook;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use xapi::instant::Instant;

/// What happens to the next requests, instead of what the store would do.
#[derive(Clone, Debug)]
pub(super) enum Turn {
    /// This status, body and `Retry-After`, before anything is kept.
    Answer(u16, &'static str, Option<&'static str>),
    /// The statements are kept, and the answer is lost.
    Lost,
    /// Nothing is answered, ever.
    Silence,
    /// The connection breaks.
    Broken,
}

/// Another store.
#[derive(Default)]
pub(super) struct Other {
    pub(super) kept: Mutex<Vec<Value>>,
    pub(super) turns: Mutex<VecDeque<Turn>>,
    pub(super) asked: Mutex<Vec<WireRequest>>,
    /// Ids that it refuses, with this status.
    pub(super) refuses: Mutex<Vec<(Uuid, u16)>>,
    /// Whether a refusal names the statement.
    pub(super) names: Mutex<bool>,
    /// The most statements of a batch; 0 for any number.
    pub(super) most: Mutex<usize>,
    pub(super) promise: Mutex<Option<&'static str>>,
    /// Whether each page has its last statement first.
    pub(super) turns_pages: Mutex<bool>,
    /// Whether `more` leads past all statements of the second of a page's last one.
    pub(super) skips_rest_of_second: Mutex<bool>,
    /// The erasures that it was told of; `None` for a store that takes none.
    pub(super) erasures: Mutex<Option<Vec<Value>>>,
    /// The id that it gives an erasure; [`THERE`] where nothing else is set.
    pub(super) erasure_id: Mutex<Option<String>>,
    /// The media type and bytes of every page.
    pub(super) pages: Mutex<Option<(String, Bytes)>>,
}

/// The id of an erasure there.
pub(super) const THERE: &str = "01a22ac5-8e42-7e85-b15e-251a8b31724d";

pub(super) const AT: i64 = 1_795_000_000_000_000;

impl Other {
    pub(super) fn then(&self, turns: &[Turn]) {
        self.turns.lock().unwrap().extend(turns.iter().cloned());
    }

    pub(super) fn ids(&self) -> Vec<String> {
        let kept = self.kept.lock().unwrap();
        kept.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn requests(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn erasure(&self, body: &Bytes) -> WireAnswer {
        let Some(taken) = &mut *self.erasures.lock().unwrap() else {
            return Self::answer(404, "no such page");
        };
        taken.push(serde_json::from_slice(body).unwrap());
        let id = self.erasure_id.lock().unwrap().clone();
        let id = id.unwrap_or_else(|| THERE.to_owned());
        Self::answer(202, json!({"id": id, "state": "running"}).to_string())
    }

    /// An event of a webhook: its statement is kept, once.
    fn event(&self, body: &Bytes) -> WireAnswer {
        let event: Value = serde_json::from_slice(body).unwrap();
        if event["type"] == "statement" {
            let mut kept = self.kept.lock().unwrap();
            if kept.iter().all(|it| it["id"] != event["data"]["id"]) {
                kept.push(event["data"].clone());
            }
        }
        Self::answer(204, "")
    }

    fn answer(status: u16, body: impl Into<Bytes>) -> WireAnswer {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        WireAnswer { status, headers, body: body.into() }
    }

    fn post(&self, body: &Bytes) -> WireAnswer {
        let statements: Vec<Value> = serde_json::from_slice(body).unwrap();
        let most = *self.most.lock().unwrap();
        if most > 0 && statements.len() > most {
            return Self::answer(413, "too much");
        }
        let refuses = self.refuses.lock().unwrap();
        for (at, statement) in statements.iter().enumerate() {
            let id: Uuid = statement["id"].as_str().unwrap().parse().unwrap();
            if let Some((_, status)) = refuses.iter().find(|(it, _)| *it == id) {
                let names = *self.names.lock().unwrap();
                let told = if names { json!({"statement": at}) } else { json!("no") };
                return Self::answer(*status, told.to_string());
            }
        }
        drop(refuses);
        let mut kept = self.kept.lock().unwrap();
        let ids: Vec<Value> = statements.iter().map(|it| it["id"].clone()).collect();
        for statement in statements {
            if kept.iter().all(|it| it["id"] != statement["id"]) {
                kept.push(statement);
            }
        }
        Self::answer(200, json!(ids).to_string())
    }

    fn get(&self, url: &Url) -> WireAnswer {
        if let Some((kind, body)) = self.pages.lock().unwrap().clone() {
            let headers = vec![("content-type".to_owned(), kind)];
            return WireAnswer { status: 200, headers, body };
        }
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let value = |of: &str| query.iter().find(|(name, _)| name == of).map(|(_, it)| it.clone());
        let kept = self.kept.lock().unwrap().clone();
        let is_voided = |it: &Value| kept.iter().any(|other| other["object"]["id"] == it["id"]);
        let one = value("statementId").map(|id| (id, false));
        if let Some((id, voided)) = one.or_else(|| Some((value("voidedStatementId")?, true))) {
            let found = kept.iter().find(|it| it["id"] == *id && is_voided(it) == voided);
            return found
                .map_or_else(|| Self::answer(404, ""), |it| Self::answer(200, it.to_string()));
        }
        let since = value("since").and_then(|it| Instant::parse(&it)).unwrap_or_default();
        let limit: usize = value("limit").unwrap().parse().unwrap();
        let skip: usize = value("skip").map_or(0, |it| it.parse().unwrap());
        let stored = |it: &Value| Instant::parse(it["stored"].as_str().unwrap()).unwrap();
        let listed: Vec<&Value> =
            kept.iter().filter(|it| stored(it) > since && !is_voided(it)).collect();
        let mut page: Vec<&Value> = listed.iter().skip(skip).take(limit).copied().collect();
        if *self.turns_pages.lock().unwrap() {
            page.reverse();
        }
        let mut next = skip + limit;
        if let (true, Some(last)) = (*self.skips_rest_of_second.lock().unwrap(), page.last()) {
            let second = |it: &Value| stored(it).micros() / 1_000_000;
            let is_rest = |it: &&&Value| second(it) == second(last);
            next += listed.iter().skip(next).take_while(is_rest).count();
        }
        let more = if listed.len() > next {
            format!("/xapi/statements?limit={limit}&since={since}&skip={next}")
        } else {
            String::new()
        };
        let mut answer = Self::answer(200, json!({"statements": page, "more": more}).to_string());
        if let Some(promise) = *self.promise.lock().unwrap() {
            let name = "x-experience-api-consistent-through".to_owned();
            answer.headers.push((name, promise.to_owned()));
        }
        answer
    }
}

/// The wire to another store.
pub(super) struct To(pub(super) Arc<Other>);

#[async_trait]
impl PipeWire for To {
    async fn exchange(&self, request: WireRequest) -> Result<WireAnswer, WireError> {
        self.0.asked.lock().unwrap().push(request.clone());
        tokio::task::yield_now().await;
        let turn = self.0.turns.lock().unwrap().pop_front();
        let parts = match &request.body {
            Some((kind, body)) if multipart::is_multipart(kind) => {
                multipart::read(kind, body.clone()).await
            }
            _ => None,
        };
        let own = || match &request.body {
            Some(_) if parts.is_some() => self.0.post(&parts.as_ref().unwrap().0),
            Some((_, body)) if request.url.path() == "/api/v1/erasures" => self.0.erasure(body),
            Some((_, body)) if !request.headers.is_empty() => self.0.event(body),
            Some((_, body)) => self.0.post(body),
            None => self.0.get(&request.url),
        };
        match turn {
            None => {
                let answer = own();
                tokio::task::yield_now().await;
                Ok(answer)
            }
            Some(Turn::Answer(status, body, after)) => {
                let mut answer = Other::answer(status, body);
                let after = after.map(|it| ("retry-after".to_owned(), it.to_owned()));
                answer.headers.extend(after);
                Ok(answer)
            }
            Some(Turn::Lost) => {
                own();
                Err(WireError::Transport("the connection broke".into()))
            }
            Some(Turn::Silence) => std::future::pending().await,
            Some(Turn::Broken) => Err(WireError::Transport("refused".into())),
        }
    }
}

/// Waits once before each call, so that work can be cut off there.
pub(super) struct Waiting;

#[async_trait]
impl Hook for Waiting {
    async fn before(&self, _method: &'static str) -> store::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }
}

/// Does work up to the point where it has waited so often, and drops it there, as a task is that is aborted, and a process
/// that is killed.
pub(super) async fn cut_off(work: impl Future, mut waits: usize) {
    let mut work = Box::pin(work);
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Pending if waits > 0 => {
            waits -= 1;
            Poll::Pending
        }
        _ => Poll::Ready(()),
    })
    .await;
}

/// A store with a pipe to another one.
pub(super) struct World {
    pub(super) store: Arc<dyn Store>,
    pub(super) other: Arc<Other>,
    pub(super) pipes: Pipes,
    pub(super) works: Works,
}

impl World {
    pub(super) async fn new(settings: Value) -> Self {
        let clock = TurnedClock::at(Instant::from_micros(AT));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        Self::over(store, clock, settings).await
    }

    pub(super) async fn over(store: Arc<dyn Store>, clock: TurnedClock, settings: Value) -> Self {
        let memory = Memory::new(1 << 30);
        let other = Arc::new(Other::default());
        let record = Record::new(Arc::clone(&store), Arc::new(clock));
        let wire = Arc::new(To(Arc::clone(&other)));
        let scanner = Scanner::default();
        let (of, url) = (Arc::clone(&store), "https://lrs.example");
        let pipes = Pipes::new(of, record, wire, scanner, &memory, url);
        let mut whole = json!({"url": "https://other.example/xapi", "user": "key"});
        whole.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let new = NewPipe {
            settings: serde_json::from_value(whole).unwrap(),
            password: Some(Hidden("hush".into())),
            secret: Some(Hidden("a secret of two regions".into())),
        };
        pipes.create("p", new).await.unwrap();
        Self { works: pipes.works.clone(), store, other, pipes }
    }

    /// The pipe as a process that has just started has it.
    pub(super) async fn run(&self) -> Run {
        let held = self.store.pipe("p").await.unwrap().unwrap();
        Run::of(&self.works, &held).await.unwrap()
    }

    /// Steps until there is nothing to do, and gives what the last one said.
    pub(super) async fn to_the_end(&self, run: &mut Run) -> Next {
        for _ in 0..10_000 {
            match run.step().await {
                Next::More => {}
                next => return next,
            }
        }
        panic!("it has no end")
    }

    pub(super) async fn shown(&self) -> ShownPipe {
        self.pipes.get("p").await.unwrap()
    }

    pub(super) async fn record(&self) -> PipeRecord {
        PipeRecord::of(&self.store.pipe("p").await.unwrap().unwrap()).unwrap()
    }

    pub(super) async fn dead(&self) -> Vec<(Uuid, u16)> {
        let letters = self.pipes.letters("p", None, 100).await.unwrap();
        letters.into_iter().map(|it| (it.statement, it.status)).collect()
    }
}
