//! Reads the whole database once, in the background, after it was opened: damage is noticed before somebody happens to
//! ask for what it has hit.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, InterruptHandle};

use super::damage::Damage;
use super::{documents, readers, statements};
use crate::failure::{Failure, Result};
use store::StoreError;
use xapi::instant::Instant;

/// Statements and documents read at once: others may write in between, and the journal can be written back.
const AT_ONCE: usize = 1_000;

/// The thread that reads. Dropping it ends it, wherever it is.
pub(super) struct Scrub {
    interrupt: InterruptHandle,
    stop: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Scrub {
    /// Starts to read the database at `path`; what is found is noted in `damage`.
    pub(super) fn start(path: &Path, damage: Arc<Damage>) -> Result<Self> {
        let connection = readers::open_one(path, readers::READ_ONLY)?;
        let (interrupt, stop) =
            (connection.get_interrupt_handle(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let is_stopped = || stopped.load(Ordering::Relaxed);
            if let Err(error) = scrub(&connection, &damage, is_stopped)
                && !is_stopped()
            {
                damage.note(&error.0);
            }
        };
        let thread = std::thread::Builder::new().name("traccia-scrub".into()).spawn(work);
        let thread = thread.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { interrupt, stop, thread: Mutex::new(Some(thread)) })
    }

    /// Waits until the thread has ended.
    pub(super) fn join(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of it is reported by itself, and nobody's concern here.
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

/// Reads on past statements that cannot be read, and ends at any other error.
fn scrub(connection: &Connection, damage: &Damage, is_stopped: impl Fn() -> bool) -> Result<()> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        damage.note(&StoreError::Corrupt(verdict));
    }
    let mut after = Instant::default();
    while !is_stopped() {
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
        let page = documents::beyond(connection, beyond.as_ref(), AT_ONCE)?;
        let Some((last, _)) = page.into_iter().next_back() else { break };
        beyond = Some(last);
    }
    Ok(())
}
