//! Good requests while a server is attacked, from a thread of their own: statements are sent and read on connections
//! that stay for some requests, and `/healthz` is asked on a new connection each time.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::request::Request;
use super::wire::Connection;
use crate::rounds::Effort;
use crate::wire::KEY;
use crate::world::World;

/// Connections on which statements are sent.
const WRITING: usize = 4;
/// Connections on which statements are read.
const READING: usize = 1;
/// Requests on one connection.
const ON_A_CONNECTION: usize = 25;
/// Time between two looks at `/healthz`.
const BETWEEN: Duration = Duration::from_millis(50);
/// A request that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// See the module.
pub(super) struct Bystander {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// What was seen in a span of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Observed {
    /// Good requests answered well, in a second.
    pub(super) rate: f64,
    /// Good requests that were not.
    pub(super) failed: u64,
    /// Of the good requests, those that are not answered yet included.
    pub(super) longest: Duration,
    /// The longest of `/healthz`, likewise.
    pub(super) health: Duration,
}

struct Seen {
    since: Instant,
    answered: u64,
    failed: u64,
    longest: [Duration; 2],
    /// When the request of each worker began.
    begun: Vec<(What, Option<Instant>)>,
}

#[derive(Clone, Copy)]
enum What {
    Good,
    Health,
}

impl Bystander {
    pub(super) fn start(address: SocketAddr) -> Result<Self> {
        let seen = Seen {
            since: Instant::now(),
            answered: 0,
            failed: 0,
            longest: [Duration::ZERO; 2],
            begun: Vec::new(),
        };
        let seen = Arc::new(Mutex::new(seen));
        let stop = Arc::new(AtomicBool::new(false));
        let (shared, stopped) = (Arc::clone(&seen), Arc::clone(&stop));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::spawn(move || {
            let workers = LocalSet::new();
            let world = World::new(&Effort { divisor: 1, pairs: 1 });
            for worker in 0..WRITING as u64 {
                let next = move |number| statement(world, worker, number);
                workers.spawn_local(Worker::new(&shared, address, What::Good).run(next));
            }
            for _ in 0..READING {
                let next = |_| Request::xapi("GET", "statements?limit=5").by(KEY).bytes();
                workers.spawn_local(Worker::new(&shared, address, What::Good).run(next));
            }
            workers.spawn_local(Worker::new(&shared, address, What::Health).look());
            let until_stopped = async {
                while !stopped.load(Ordering::Relaxed) {
                    sleep(BETWEEN).await;
                }
            };
            runtime.block_on(workers.run_until(until_stopped));
        });
        Ok(Self { seen, stop, thread })
    }

    /// Begins a span of time. A request that is under way counts in it.
    pub(super) fn begin(&self) {
        let mut seen = lock(&self.seen);
        seen.since = Instant::now();
        seen.answered = 0;
        seen.failed = 0;
        seen.longest = [Duration::ZERO; 2];
    }

    /// What was seen since the span began.
    pub(super) fn observed(&self) -> Observed {
        let seen = lock(&self.seen);
        let mut longest = seen.longest;
        for (what, begun) in &seen.begun {
            let so_far = begun.map_or(Duration::ZERO, |begun| begun.elapsed());
            if let Some(longest) = longest.get_mut(*what as usize) {
                *longest = so_far.max(*longest);
            }
        }
        let [good, health] = longest;
        #[expect(clippy::cast_precision_loss, reason = "requests are few")]
        let rate = seen.answered as f64 / seen.since.elapsed().as_secs_f64();
        Observed { rate, failed: seen.failed, longest: good, health }
    }

    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A thread that has panicked has said so.
        let _ = self.thread.join();
    }
}

/// Sends one good request after the other.
struct Worker {
    seen: Arc<Mutex<Seen>>,
    address: SocketAddr,
    what: What,
    place: usize,
}

impl Worker {
    fn new(seen: &Arc<Mutex<Seen>>, address: SocketAddr, what: What) -> Self {
        let mut all = lock(seen);
        all.begun.push((what, None));
        let place = all.begun.len() - 1;
        Self { seen: Arc::clone(seen), address, what, place }
    }

    async fn run(self, next: impl Fn(u64) -> Vec<u8>) {
        let mut number = 0;
        loop {
            let mut connection = None;
            for _ in 0..ON_A_CONNECTION {
                number += 1;
                self.exchange(&mut connection, &next(number)).await;
            }
        }
    }

    async fn look(self) {
        let request = Request::new("GET", "/healthz").header("Connection", "close").bytes();
        loop {
            self.exchange(&mut None, &request).await;
            sleep(BETWEEN).await;
        }
    }

    /// One request, on a new connection unless there is one.
    async fn exchange(&self, connection: &mut Option<Connection>, request: &[u8]) {
        let begun = Instant::now();
        self.set(Some(begun));
        let exchange = async {
            let open = match connection.take() {
                Some(open) => connection.insert(open),
                None => connection.insert(Connection::open(self.address).await?),
            };
            open.exchange(request).await
        };
        let answer = timeout(PATIENCE, exchange).await;
        let is_good = matches!(&answer, Ok(Ok(answer)) if (200..300).contains(&answer.status));
        if !is_good {
            *connection = None;
        }
        self.set(None);
        self.note(is_good, begun.elapsed());
        if !is_good {
            sleep(BETWEEN).await;
        }
    }

    fn note(&self, is_good: bool, took: Duration) {
        let mut seen = lock(&self.seen);
        if let Some(longest) = seen.longest.get_mut(self.what as usize) {
            *longest = took.max(*longest);
        }
        match (self.what, is_good) {
            (What::Good, true) => seen.answered += 1,
            (_, false) => seen.failed += 1,
            (What::Health, true) => {}
        }
    }

    fn set(&self, begun: Option<Instant>) {
        if let Some((_, slot)) = lock(&self.seen).begun.get_mut(self.place) {
            *slot = begun;
        }
    }
}

/// A statement of the world under an id of its own.
fn statement(world: World, worker: u64, number: u64) -> Vec<u8> {
    let text = world.statement(worker * 1_000_000 + number);
    let id = crate::world::id(worker * 1_000_000 + number).to_string();
    let text = text.replacen(&id, &Uuid::new_v4().to_string(), 1);
    Request::xapi("POST", "statements").by(KEY).body("application/json", text).bytes()
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
