//! A store on a disk, its record, and the follower that keeps its progress.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use lrs::clock::SystemClock;
use lrs::progress::Progress;
use lrs::progress::follower::Follower;
use lrs::record::Record;
use lrs::store::Store;
use lrs::store::sqlite::SqliteStore;
use lrs::xapi::authority::Authority;
use lrs::xapi::instant::Instant;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;
use validator::{Version, check_batch};

use crate::naive::Logged;
use crate::void;
use crate::world::{Step, World, course_file, list_file};

pub(crate) struct Server {
    pub(crate) progress: Progress,
    record: Record,
    store: Arc<dyn Store>,
    _home: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let home = TempDir::new().unwrap();
        let clock = Arc::new(SystemClock);
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(home.path(), Arc::clone(&clock) as _).unwrap());
        let (commands, listening) = mpsc::channel(8);
        tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
        Self {
            progress: Progress::new(Arc::clone(&store), commands),
            record: Record::new(Arc::clone(&store), clock),
            store,
            _home: home,
        }
    }

    /// Sends the statements of `world`, the course and its learners after a third of them, and
    /// waits until progress has followed.
    pub(crate) async fn live_through(&self, world: &World) {
        let opening = world.steps.len() / 3;
        for (n, step) in world.steps.iter().enumerate() {
            if n == opening {
                self.open_course(world).await;
            }
            self.take(step).await;
        }
        if world.steps.is_empty() {
            self.open_course(world).await;
        }
        self.caught_up().await;
    }

    async fn open_course(&self, world: &World) {
        self.progress.put_course("c", &course_file(&world.plan)).await.unwrap();
        self.progress.put_learners("c", list_file(&world.people).as_bytes()).await.unwrap();
    }

    async fn take(&self, step: &Step) {
        let log = self.log().await;
        let value = match step {
            Step::Statement { value, .. } => value.clone(),
            _ if log.is_empty() => return,
            Step::Repeat(which) | Step::Redeliver(which) => which.get(&log).statement.clone(),
            Step::Resemble(which, other) => {
                let mut value = anew(which.get(&log).statement.clone());
                if let Some(other) = other {
                    value["result"] = other.clone();
                }
                value
            }
            Step::Void(which) => void(&which.get(&log).id),
        };
        // A repeated statement comes as a plugin without ids sends it; one delivered again has
        // its id, and must change nothing.
        let value = if matches!(step, Step::Repeat(_)) { anew(value) } else { value };
        // Worlds hold a few statements that are none, for the fold alone.
        let batch = check_batch(json!([value]).to_string().as_bytes(), Version::V1_0_3);
        let Ok(batch) = batch else { return };
        let authority = Authority::of_key("k", "https://lrs.example");
        self.record.keep(batch.statements, Vec::new(), &authority).await.unwrap();
    }

    async fn caught_up(&self) {
        let deadline = Stopwatch::now() + Duration::from_secs(20);
        loop {
            let revision = self.store.course("c").await.unwrap().unwrap().revision;
            let (watermark, _) = self.store.progress("c").await.unwrap();
            let rest = self.store.log(watermark.through, 1).await.unwrap();
            if watermark.revision == revision && rest.is_empty() {
                return;
            }
            assert!(Stopwatch::now() < deadline, "progress follows within 20 seconds");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub(crate) async fn rows(&self, by: &str) -> Vec<Value> {
        let report = self.progress.report("c", by.parse().unwrap()).await.unwrap();
        serde_json::to_value(&report).unwrap()["rows"].as_array().unwrap().clone()
    }

    pub(crate) async fn log(&self) -> Vec<Logged> {
        let kept = self.store.log(Instant::default(), 10_000).await.unwrap();
        let logged = kept.into_iter().map(|kept| Logged {
            id: kept.statement.id.to_string(),
            stored: kept.statement.stored.micros(),
            statement: kept.statement.value().unwrap(),
        });
        logged.collect()
    }
}

fn anew(mut statement: Value) -> Value {
    statement.as_object_mut().unwrap().shift_remove("id");
    statement
}
