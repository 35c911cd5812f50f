//! The one thread that writes, and group commit: jobs that wait at the same time share one transaction
//! and so one fsync. Each job is answered after the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::added::Added;
use super::checkpoint::Restarts;
use super::damage::Damage;
use super::folder::Folder;
use super::memory::Memory;
use super::open_mark;
use super::recent::Recent;
use super::session::Session;
use super::settle::{AT_ONCE, Settler};
use crate::failure::{Failure, Result};
use store::StoreError;
use store::ahead::Watch;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// Jobs that may wait before senders do.
const QUEUE: usize = 4096;
/// Jobs in one transaction at most, so that the first job of it need not wait for long.
const GROUP: usize = 1024;
/// How long a stop moves what is recent into its tables. A server is ended 9.5 seconds after it was asked to stop, and
/// requests may take most of them.
const CLOSING: Duration = Duration::from_secs(2);
/// Slices that are moved one by one before a job that wants all of the index in its tables. What others go on adding
/// meanwhile is moved with the job.
const SLICES: usize = 400;

/// What a thread does that is alone with the connection.
enum Job {
    /// In a transaction that jobs share.
    Grouped(Grouped),
    /// In a transaction of its own, once nothing of the index is recent: the tables have all of it.
    Settled(Grouped),
    /// Moves a slice of what is recent into its tables.
    Settle(oneshot::Sender<store::Result<()>>),
    /// Outside of a transaction.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
}

type Grouped = Box<dyn FnOnce(&mut Session<'_>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;

/// What the writer checks before and after each commit: see [`Folder::verify`], and where damage is noted.
pub(super) struct Guards {
    pub(super) folder: Arc<Folder>,
    pub(super) damage: Arc<Damage>,
}

/// The way to the writing thread.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    horizon: Arc<Horizon>,
    newest: watch::Receiver<Instant>,
    recent: Arc<Recent>,
}

impl Writer {
    /// Starts the thread on `connection`, the only connection that writes to the database.
    pub(super) fn start(
        connection: Connection,
        recent: Arc<Recent>,
        clock: Arc<dyn Clock>,
        guards: Guards,
        restarts: Restarts,
    ) -> rusqlite::Result<Self> {
        let settler = Settler::load(&connection)?;
        let memory = Memory::load(&connection, Arc::clone(&recent))?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (announce, newest) = watch::channel(memory.newest);
        let taken =
            connection
                .query_row("SELECT coalesce(max(seq), 0) FROM statement", [], |row| row.get(0))?;
        let horizon = Arc::new(Horizon::new(clock, Instant::from_micros(taken)));
        let horizon_of_work = Arc::clone(&horizon);
        let work = Work {
            connection,
            guards,
            restarts,
            memory,
            settler,
            queue,
            horizon: horizon_of_work,
            announce,
        };
        let thread = std::thread::Builder::new()
            .name("traccia-writer".into())
            .spawn(move || work.run())
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), horizon, newest, recent })
    }

    /// Runs `job` in a transaction and gives its result after the commit. What a failed job wrote is
    /// undone, without effect on the other jobs of the transaction.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session<'_>) -> Result<T> + Send + 'static,
    ) -> store::Result<T> {
        self.answered(job, Job::Grouped).await
    }

    /// Like [`Self::write`], for a job that changes what the index says of statements that are kept: in a transaction of
    /// its own, with the whole index in its tables. Most of what is recent is moved there before, slice by slice, with the
    /// jobs of others between them.
    pub(super) async fn write_settled<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session<'_>) -> Result<T> + Send + 'static,
    ) -> store::Result<T> {
        for _ in 0..SLICES {
            if self.recent.unsettled() <= AT_ONCE {
                break;
            }
            self.queued(Job::Settle).await?;
        }
        self.answered(job, Job::Settled).await
    }

    /// Moves the rest of what is on its way into the tables, slice by slice, with the jobs of others between them: a commit
    /// that follows moves nothing.
    pub(super) async fn end_run(&self) -> store::Result<()> {
        for _ in 0..SLICES {
            if !self.recent.is_settling() {
                break;
            }
            self.queued(Job::Settle).await?;
        }
        Ok(())
    }

    async fn answered<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session<'_>) -> Result<T> + Send + 'static,
        kind: impl FnOnce(Grouped) -> Job,
    ) -> store::Result<T> {
        self.queued(|reply| {
            kind(Box::new(move |session| {
                let result = session.atomically(job).map_err(StoreError::from);
                Box::new(move |committed| {
                    let result = match committed {
                        Ok(()) => result,
                        Err(reason) => result.and(Err(StoreError::Unavailable(reason))),
                    };
                    // The request may have been cancelled: then there is no receiver.
                    let _ = reply.send(result);
                })
            }))
        })
        .await
    }

    /// Queues a job, and gives what it answers.
    async fn queued<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<store::Result<T>>) -> Job,
    ) -> store::Result<T> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".into());
        self.jobs.as_ref().ok_or_else(gone)?.send(job(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Runs `work` outside of a transaction. Writers wait meanwhile.
    pub(super) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> store::Result<T> {
        self.queued(|reply| {
            Job::Alone(Box::new(move |connection| {
                // The request may have been cancelled: then there is no receiver.
                let _ = reply.send(work(connection).map_err(StoreError::from));
            }))
        })
        .await
    }

    /// See [`store::StatementStore::consistent_through`].
    pub(super) fn consistent_through(&self) -> Instant {
        self.horizon.consistent_through()
    }

    /// See [`store::Store::latest`].
    pub(super) fn latest(&self) -> Instant {
        self.horizon.bounds().through
    }

    /// Shows the newest `stored` that is committed.
    pub(super) fn newest(&self) -> watch::Receiver<Instant> {
        self.newest.clone()
    }
}

/// Waits until what was queued is committed.
impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Up to which instant of `stored` all statements are visible, and none will be added: what
/// [`Writer::consistent_through`] promises. A promise never goes back, whatever the clock does, and is
/// never earlier than a visible statement.
///
/// A transaction stores its statements from its *floor* on, an instant that is chosen under the lock
/// when the transaction begins, later than all promises. While it is open, a promise stays before the
/// floor.
///
/// Example: a transaction begins at 10:00:00 with this floor. A promise asked for at 10:00:02 is
/// 09:59:59.999999. After the commit, at 10:00:03, a promise is 10:00:02.999999, although the last
/// statement was stored at 10:00:00.000041.
struct Horizon {
    clock: Arc<dyn Clock>,
    watch: Watch,
    bounds: Mutex<Bounds>,
}

struct Bounds {
    /// The latest promise, or the newest visible statement where that is later. Nothing is stored at
    /// this instant or earlier any more.
    through: Instant,
    /// The floor of the open transaction.
    floor: Option<Instant>,
}

impl Horizon {
    fn new(clock: Arc<dyn Clock>, newest: Instant) -> Self {
        let watch = Watch::default();
        watch.note(newest, clock.now());
        Self { clock, watch, bounds: Mutex::new(Bounds { through: newest, floor: None }) }
    }

    fn bounds(&self) -> MutexGuard<'_, Bounds> {
        self.bounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a transaction and gives its floor: now, or right after all that is kept or promised.
    fn begin(&self) -> Instant {
        let mut bounds = self.bounds();
        let now = self.clock.now();
        let from = now.max(bounds.through.next());
        self.watch.note(from, now);
        *bounds.floor.insert(from)
    }

    /// Ends the transaction; `newest` is the newest statement that is visible now.
    fn end(&self, newest: Instant) {
        let mut bounds = self.bounds();
        bounds.floor = None;
        bounds.through = bounds.through.max(newest);
    }

    fn consistent_through(&self) -> Instant {
        let mut bounds = self.bounds();
        // The lock is held: a transaction that begins later gets a floor after this promise.
        let through = bounds.floor.unwrap_or_else(|| self.clock.now()).previous();
        bounds.through = bounds.through.max(through);
        bounds.through
    }
}

/// Tells monitoring how many jobs share a transaction, and how many wait.
#[expect(clippy::cast_precision_loss, reason = "metrics are floating-point numbers")]
fn tell_of(group: usize, waiting: usize) {
    metrics::histogram!("traccia_store_group_size").record(group as f64);
    metrics::gauge!("traccia_store_queue").set(waiting as f64);
}

struct Work {
    connection: Connection,
    guards: Guards,
    restarts: Restarts,
    memory: Memory,
    settler: Settler,
    queue: mpsc::Receiver<Job>,
    horizon: Arc<Horizon>,
    announce: watch::Sender<Instant>,
}

impl Work {
    fn run(mut self) {
        let mut group = Vec::with_capacity(GROUP);
        while self.queue.blocking_recv_many(&mut group, GROUP) > 0 {
            let (mut grouped, mut single) = (Vec::with_capacity(group.len()), Vec::new());
            for job in group.drain(..) {
                match job {
                    Job::Grouped(job) => grouped.push(job),
                    other => single.push(other),
                }
            }
            tell_of(grouped.len(), self.queue.len());
            if !grouped.is_empty() {
                self.write(grouped, None);
            }
            for job in single {
                self.run_alone(job);
            }
            self.restarts.attempt_if_due(&self.connection);
            self.move_what_is_owed();
        }
        self.close();
    }

    /// Moves what commits have left to be moved, a slice at a time, while no job waits.
    fn move_what_is_owed(&mut self) {
        while self.settler.owes() && self.queue.is_empty() {
            if let Err(error) = self.settler.move_slice(&self.connection, &self.memory.recent) {
                tracing::warn!(%error, "the index moves into its tables later");
                return;
            }
        }
    }

    /// Runs a job that shares no transaction with others.
    fn run_alone(&mut self, job: Job) {
        match job {
            Job::Grouped(job) => self.write(vec![job], None),
            Job::Settled(job) => {
                let settled = self.settler.finish(&self.connection, &self.memory.recent, || true);
                self.write(vec![job], settled.err().map(|error| error.to_string()));
            }
            Job::Settle(reply) => {
                let moved = self.settler.move_slice(&self.connection, &self.memory.recent);
                // The request may have been cancelled: then there is no receiver.
                let _ = reply.send(moved.map_err(|error| Failure::from(error).0));
            }
            // As with jobs of a transaction: whoever asked is told that there is no answer.
            Job::Alone(work) => {
                if catch_unwind(AssertUnwindSafe(|| work(&self.connection))).is_err() {
                    tracing::error!("work outside of a transaction panicked");
                }
            }
        }
    }

    /// Commits a group of jobs in one transaction, and answers them. All of them fail where they are `doomed`.
    fn write(&mut self, group: Vec<Grouped>, doomed: Option<String>) {
        let begun = std::time::Instant::now();
        let newest = self.memory.newest;
        let from = self.horizon.begin();
        self.memory.begin(from);
        let mut answers = Vec::with_capacity(group.len());
        let committed = self.commit(group.into_iter(), doomed, &mut answers);
        match &committed {
            Ok(()) => self.memory.tell_watches(),
            Err(error) => {
                tracing::error!(error, "a transaction failed");
                self.memory.forget(newest);
            }
        }
        metrics::histogram!("traccia_store_commit_seconds").record(begun.elapsed());
        self.horizon.end(self.memory.newest);
        self.announce.send_if_modified(|newest| {
            std::mem::replace(newest, self.memory.newest) != self.memory.newest
        });
        // A commit to files that were moved out of the folder is lost when this process ends.
        let kept = committed.and_then(|()| self.verify());
        for answer in answers {
            answer(kept.clone());
        }
    }

    fn verify(&self) -> std::result::Result<(), String> {
        self.guards.folder.verify().map_err(|error| {
            let reason = error.to_string();
            tracing::error!(reason, "nothing can be kept");
            reason
        })
    }

    /// Brings everything into the database's own file, and what is recent into its tables as far as there is time. SQLite
    /// removes the journal when this connection, the last one, is closed.
    fn close(&mut self) {
        let begun = std::time::Instant::now();
        let is_in_time = || begun.elapsed() < CLOSING;
        match self.settler.finish(&self.connection, &self.memory.recent, is_in_time) {
            Ok(true) => {}
            Ok(false) => tracing::info!("the rest of the index moves into its tables later"),
            Err(error) => tracing::warn!(%error, "the index moves into its tables later"),
        }
        if let Err(error) = open_mark::end(&self.connection) {
            tracing::warn!(%error, "the journal stays: traccia.sqlite is not whole without its -wal file");
        }
    }

    fn commit(
        &mut self,
        jobs: impl Iterator<Item = Grouped>,
        doomed: Option<String>,
        answers: &mut Vec<Answer>,
    ) -> std::result::Result<(), String> {
        let damage = Arc::clone(&self.guards.damage);
        let told = |error: rusqlite::Error| {
            let reason = error.to_string();
            damage.note(&Failure::from(error).0);
            reason
        };
        let begun = self.connection.execute_batch("BEGIN IMMEDIATE");
        let mut session = Session::new(&self.connection, &mut self.memory);
        if let Err(error) = begun {
            session.give_up(told(error));
        } else if let Some(reason) = doomed {
            session.give_up(reason);
        } else if let Err(error) = self.guards.folder.verify() {
            session.give_up(error.to_string());
        }
        for job in jobs {
            // A job that panics must not take the writer with it: its transaction is given up.
            match catch_unwind(AssertUnwindSafe(|| job(&mut session))) {
                Ok(answer) => answers.push(answer),
                Err(_) => session.give_up("a job panicked".into()),
            }
        }
        let added = session.finish(told);
        let committed = added.and_then(|added| self.settle_and_commit(added).map_err(told));
        if !self.connection.is_autocommit() {
            // Only a failed transaction is still open here.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        committed
    }

    /// Commits the open transaction, which adds this to the index, with a slice of what was added earlier.
    fn settle_and_commit(&mut self, added: Added) -> rusqlite::Result<()> {
        let number = (!added.is_empty()).then(|| self.connection.last_insert_rowid());
        let moved = self.settler.slice(&self.connection, added.len())?;
        self.connection.execute_batch("COMMIT")?;
        let recent = &self.memory.recent;
        recent.publish(added, self.memory.newest);
        self.settler.newest = number.unwrap_or(self.settler.newest);
        self.settler.keep(moved, recent);
        Ok(())
    }
}
