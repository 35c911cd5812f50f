//! Brings committed pages from the journal into the database, on a thread of its own: a commit waits for none of it.
//!
//! While the thread copies pages, commits append others, so it never gets to the end; and only at the end can SQLite begin
//! the journal anew. Once little is left, the writer copies the rest, right after a commit.

use std::ffi::c_int;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::Instant;

use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, OpenFlags};

use super::readers;
use crate::failure::Result;
use store::StoreError;

/// Pages in the journal from which on they are copied: 32 MiB. Tests reach it with few statements.
const ENOUGH: c_int = if cfg!(debug_assertions) { 100 } else { 8_000 };
/// Pages that are left to the writer, which copies them in some milliseconds: 2 MiB.
const FEW: c_int = 512;
/// How often the thread goes on from where it was when commits are as fast as it is; then the writer copies what is left.
const ROUNDS: usize = 8;
/// Pages at which the writer waits for those who still read from the journal, so that it ends somewhere: 256 MiB.
const TOO_MANY: c_int = 64_000;

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
            too_many: TOO_MANY,
        };
        writer.wal_hook(Some(move |wal: &mut Wal, pages| {
            journal.grown(wal, pages);
            // The transaction is committed: an error here would say that it is not.
            Ok(())
        }))?;
        Ok(Self { said, thread: Some(thread) })
    }
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
    /// The pages at which the thread is called, and at which readers are waited for.
    due: c_int,
    too_many: c_int,
}

impl Journal {
    fn grown(&mut self, wal: &mut Wal, pages: c_int) {
        if pages < self.pages {
            // It has begun anew.
            (self.due, self.too_many) = (ENOUGH, TOO_MANY);
        }
        self.pages = pages;
        if pages >= self.too_many {
            self.copy(wal, CheckpointMode::RESTART);
            self.too_many = pages.saturating_add(TOO_MANY / 4);
        } else if self.said.rest_is_small.swap(false, Ordering::AcqRel) {
            self.copy(wal, CheckpointMode::PASSIVE);
            // Where somebody still reads from the journal, the next commits go on behind these pages.
            self.due = pages.saturating_add(ENOUGH);
        } else if pages >= self.due {
            self.due = pages.saturating_add(ENOUGH);
            self.said.called.store(true, Ordering::Release);
            self.thread.unpark();
        }
    }

    fn copy(&self, wal: &mut Wal, mode: CheckpointMode) {
        let begun = Instant::now();
        let copied = wal.checkpoint_v2(mode);
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
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let copied = connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE);
            metrics::histogram!(TOOK, "by" => "thread").record(begun.elapsed());
            match copied {
                Ok((pages, copied)) if pages - copied > FEW => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "the journal cannot be copied into the database now");
                    break;
                }
            }
        }
        said.rest_is_small.store(true, Ordering::Release);
    }
}
