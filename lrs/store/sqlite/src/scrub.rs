//! Reads the whole database once, in the background, after it was opened: damage is noticed before a request happens to
//! read what it has hit.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Clock};

use rusqlite::{Connection, InterruptHandle};

use super::damage::Damage;
use super::{documents, readers, statements};
use crate::failure::{Failure, Result};
use store::StoreError;
use xapi::instant::Instant;

/// Statements and documents read in one transaction. Between two of them the journal can be written back.
const AT_ONCE: usize = 1_000;

/// How long it works without a pause.
const STRETCH: Duration = Duration::from_millis(5);
/// So that a stop need not wait for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How many steps of SQLite lie between two looks at the clock: a fraction of [`STRETCH`].
const STEPS: std::ffi::c_int = 1_000;

/// The thread that reads. It is interrupted and ends when this is dropped.
pub(super) struct Scrub {
    interrupt: InterruptHandle,
    stop: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Scrub {
    /// Starts to read the database at `path`; what is found is noted in `damage`.
    pub(super) fn start(path: &Path, damage: Arc<Damage>) -> Result<Self> {
        let mut connection = readers::open_one(path, readers::READ_ONLY)?;
        let (interrupt, stop) =
            (connection.get_interrupt_handle(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let is_stopped = || stopped.load(Ordering::Relaxed);
            if let Err(error) = scrub(&mut connection, &damage, is_stopped, thread::sleep)
                && !is_stopped()
            {
                damage.note(&error.0);
            }
        };
        let thread = thread::Builder::new().name("traccia-scrub".into()).spawn(work);
        let thread = thread.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { interrupt, stop, thread: Mutex::new(Some(thread)) })
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread was reported by the panic itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Scrub {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.interrupt.interrupt();
        self.join();
    }
}

/// Lets others have the processor and the disk for as long as it had them itself.
struct Pace<F> {
    pause: F,
    since: Clock,
}

impl<F: Fn(Duration)> Pace<F> {
    fn new(pause: F) -> Self {
        Self { pause, since: Clock::now() }
    }

    /// Pauses, where it has worked for [`STRETCH`] without a pause.
    fn keep(&mut self) {
        let worked = self.since.elapsed();
        if worked >= STRETCH {
            (self.pause)(worked.min(LONGEST_PAUSE));
            self.since = Clock::now();
        }
    }
}

/// What SQLite says of the structure of the file. Between stretches of work this calls `pause`.
fn quick_check(
    connection: &mut Connection,
    pause: impl Fn(Duration) + Send + 'static,
) -> Result<String> {
    let mut pace = Pace::new(pause);
    let keep = move || {
        pace.keep();
        false
    };
    connection.progress_handler(STEPS, Some(keep))?;
    let verdict = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    connection.progress_handler(0, None::<fn() -> bool>)?;
    Ok(verdict)
}

/// Reads on past statements that cannot be read, and ends at any other error. Between stretches of
/// work it calls `pause`.
fn scrub(
    connection: &mut Connection,
    damage: &Damage,
    is_stopped: impl Fn() -> bool,
    pause: impl Fn(Duration) + Clone + Send + 'static,
) -> Result<()> {
    let verdict = quick_check(connection, pause.clone())?;
    let mut pace = Pace::new(pause);
    if verdict != "ok" {
        damage.note(&StoreError::Corrupt(verdict));
    }
    let mut after = Instant::default();
    while !is_stopped() {
        pace.keep();
        let page = match statements::read::log(connection, after, AT_ONCE) {
            Err(Failure(StoreError::Unreadable { id, stored, reason })) => {
                damage.note(&StoreError::Unreadable { id, stored, reason });
                after = stored;
                continue;
            }
            page => page?,
        };
        let Some(last) = page.statements.last() else { break };
        after = last.statement.stored;
    }
    let mut beyond = None;
    while !is_stopped() {
        pace.keep();
        let page = documents::beyond(connection, beyond.as_ref(), AT_ONCE)?;
        let Some((last, _)) = page.into_iter().next_back() else { break };
        beyond = Some(last);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_check_pauses_for_as_long_as_it_works_and_is_interrupted() {
        let mut connection = Connection::open_in_memory().unwrap();
        let fill = "CREATE TABLE t (n INTEGER PRIMARY KEY, text); CREATE INDEX i ON t (text);
            WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 200000)
            INSERT INTO t SELECT n, 'text ' || n FROM c;";
        connection.execute_batch(fill).unwrap();
        let (pauses, paused) = mpsc::channel();
        let began = Clock::now();
        let note = move |pause: Duration| pauses.send(pause).unwrap();
        assert_eq!(quick_check(&mut connection, note).unwrap(), "ok");
        let paused: Duration = paused.iter().sum();
        assert!(paused >= began.elapsed() / 4, "{paused:?} of {:?}", began.elapsed());
        let interrupt = connection.get_interrupt_handle();
        let stop = move |_| interrupt.interrupt();
        assert!(quick_check(&mut connection, stop).is_err());
    }
}
