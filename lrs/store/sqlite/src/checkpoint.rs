//! Brings committed pages from the journal into the database, on a thread of its own: a commit waits for none of it.
//!
//! While the thread copies pages, commits append others, so it never gets to the end; and only at the end can SQLite begin
//! the journal anew. Once little is left, the writer copies the rest, right after a commit.
//!
//! Nor does the journal begin anew while a reader still reads from it. Readers come and go, and mostly one commit meets none.
//! Where the journal has become too long, the writer waits for them between two transactions: for some milliseconds, and
//! once more at a later commit. So a reader that takes its time lets the journal grow, and holds up no commit; a journal that
//! goes on growing is worth a longer wait, up to [`MOST_PATIENCE`].

use std::ffi::c_int;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OpenFlags};

use super::{BUSY, readers};
use crate::failure::Result;
use store::StoreError;

/// Pages in the journal from which on they are copied: 32 MiB. Tests reach it with few statements.
const ENOUGH: c_int = if cfg!(debug_assertions) { 100 } else { 8_000 };
/// Pages that are left to the writer, which copies them in some milliseconds: 2 MiB.
const FEW: c_int = 512;
/// How often the thread goes on from where it was when commits are as fast as it is; then the writer copies what is left,
/// unless that is more than [`BEARABLE`].
const ROUNDS: usize = 8;
/// Pages that the writer copies at most, 16 MiB: more are left where a reader holds the thread up.
const BEARABLE: c_int = 4_000;
/// Pages from which on the writer waits for those who still read from the journal, so that it ends somewhere: 256 MiB. Tests
/// reach it with few statements.
const TOO_MANY: c_int = if cfg!(debug_assertions) { 2_000 } else { 64_000 };
/// Pages at which the writer copies and waits however many are left.
const FAR_TOO_MANY: c_int = 8 * TOO_MANY;
/// How long the writer waits for readers at [`TOO_MANY`] pages, and how much longer for each further quarter of these.
const PATIENCE: Duration = Duration::from_millis(10);
/// How long the writer waits for readers at most.
const MOST_PATIENCE: Duration = Duration::from_millis(200);

/// How long each copying took, in seconds, and by whom: a commit waits for the writer's alone.
const TOOK: &str = "traccia_store_checkpoint_seconds";

/// The thread. It ends when this is dropped, which must be before the writer's connection is closed.
pub(super) struct Checkpointer {
    said: Arc<Said>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread and the writer say to each other.
#[derive(Default)]
struct Said {
    /// By the writer: there is enough to copy.
    called: AtomicBool,
    /// By the thread: the writer copies the rest.
    rest_is_small: AtomicBool,
    /// By the writer, to itself between two transactions: the journal has this number of pages, which is too many. Else 0.
    too_long: AtomicI32,
    /// The thread is to end.
    over: AtomicBool,
}

impl Checkpointer {
    /// Starts the thread for the database at `path`, whose only writer is `writer`.
    pub(super) fn start(path: &Path, writer: &mut Connection) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        readers::check_pages(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let said = Arc::new(Said::default());
        let of_thread = Arc::clone(&said);
        let thread = thread::Builder::new()
            .name("traccia-checkpoint".into())
            .spawn(move || run(&connection, &of_thread))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let mut journal = Journal {
            said: Arc::clone(&said),
            thread: thread.thread().clone(),
            pages: 0,
            due: ENOUGH,
            far_too_many: FAR_TOO_MANY,
        };
        writer.wal_hook(Some(move |wal: &mut Wal, pages| {
            journal.grown(wal, pages);
            // The transaction is committed: an error here would say that it is not.
            Ok(())
        }))?;
        Ok(Self { said, thread: Some(thread) })
    }

    /// What the writer does between its transactions.
    pub(super) fn restarts(&self) -> Restarts {
        Restarts(Arc::clone(&self.said))
    }
}

/// Begins the journal anew where it has become too long.
pub(super) struct Restarts(Arc<Said>);

impl Restarts {
    /// Waits for those who still read from a journal that is too long, and no longer than [`patience`]. Outside of a
    /// transaction of `connection`, which is the writer's.
    pub(super) fn attempt_if_due(&self, connection: &Connection) {
        let pages = self.0.too_long.swap(0, Ordering::AcqRel);
        if pages == 0 {
            return;
        }
        let begun = Instant::now();
        let restarted = connection
            .busy_timeout(patience(pages))
            .and_then(|()| connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::RESTART));
        metrics::histogram!(TOOK, "by" => "writer").record(begun.elapsed());
        if let Err(error) = restarted {
            tracing::debug!(%error, pages, "the journal goes on growing");
        }
        if let Err(error) = connection.busy_timeout(BUSY) {
            tracing::warn!(%error, "the writer waits for others no longer than for readers of its journal");
        }
    }
}

/// How long the writer waits for those who read from a journal of so many pages.
fn patience(pages: c_int) -> Duration {
    let further = pages.saturating_sub(TOO_MANY) / (TOO_MANY / 4);
    let further = u32::try_from(further).unwrap_or(0);
    PATIENCE.saturating_mul(further.saturating_add(1)).min(MOST_PATIENCE)
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.said.over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic of the thread was reported by the panic itself.
            let _ = thread.join();
        }
    }
}

/// The journal as the writer sees it after each of its commits.
struct Journal {
    said: Arc<Said>,
    thread: Thread,
    pages: c_int,
    /// The pages at which the thread is called, and at which the writer does what the thread could not do.
    due: c_int,
    far_too_many: c_int,
}

impl Journal {
    fn grown(&mut self, wal: &mut Wal, pages: c_int) {
        if pages < self.pages {
            // It has begun anew.
            (self.due, self.far_too_many) = (ENOUGH, FAR_TOO_MANY);
        }
        self.pages = pages;
        if self.said.rest_is_small.swap(false, Ordering::AcqRel) {
            if pages >= TOO_MANY {
                self.said.too_long.store(pages, Ordering::Release);
            } else {
                self.copy(wal);
            }
            // Where somebody still reads from the journal, the next commits go on behind these pages.
            self.due = pages.saturating_add(ENOUGH);
        } else if pages >= self.far_too_many {
            self.said.too_long.store(pages, Ordering::Release);
            self.far_too_many = pages.saturating_add(TOO_MANY);
        } else if pages >= self.due {
            self.due = pages.saturating_add(ENOUGH);
            self.said.called.store(true, Ordering::Release);
            self.thread.unpark();
        }
    }

    fn copy(&self, wal: &mut Wal) {
        let begun = Instant::now();
        let copied = wal.checkpoint_v2(CheckpointMode::PASSIVE);
        metrics::histogram!(TOOK, "by" => "writer").record(begun.elapsed());
        if let Err(error) = copied {
            tracing::debug!(%error, pages = self.pages, "the journal goes on growing");
        }
    }
}

fn run(connection: &Connection, said: &Said) {
    while !said.over.load(Ordering::Acquire) {
        if !said.called.swap(false, Ordering::AcqRel) {
            thread::park();
            continue;
        }
        let mut left = c_int::MAX;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let copied = connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE);
            metrics::histogram!(TOOK, "by" => "thread").record(begun.elapsed());
            match copied {
                Ok((pages, copied)) => {
                    left = pages - copied;
                    if left <= FEW {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be copied into the database now");
                    break;
                }
            }
        }
        if left <= BEARABLE {
            said.rest_is_small.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_waits_some_milliseconds_at_first_and_never_long() {
        assert_eq!(patience(TOO_MANY), PATIENCE);
        assert_eq!(patience(TOO_MANY + TOO_MANY / 4), 2 * PATIENCE);
        assert_eq!(patience(FAR_TOO_MANY), MOST_PATIENCE);
        assert_eq!(patience(c_int::MAX), MOST_PATIENCE);
    }
}
