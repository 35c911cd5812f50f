//! Lines of the log that wait for standard error: bounded in number and in bytes, since strangers write a part of each.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::MakeWriter;

/// The most lines that wait.
const MOST_LINES: usize = 16_384;
/// The most bytes that they have together: 500 bytes a line where there are [`MOST_LINES`].
const MOST_BYTES: usize = 8 << 20;

/// Hands lines to a thread that writes them. Nobody waits for that thread: a line for which there is no room is dropped and
/// counted. Clones share the room.
#[derive(Clone)]
pub(super) struct Lines {
    to: NonBlocking,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    lines: AtomicUsize,
    bytes: AtomicUsize,
    dropped: Arc<AtomicU64>,
}

impl Waiting {
    /// Makes room for a line; false where there is none.
    fn add(&self, bytes: usize) -> bool {
        let within = |held: &AtomicUsize, more: usize, most: usize| {
            let add = |held: usize| held.checked_add(more).filter(|sum| *sum <= most);
            held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
        };
        if !within(&self.lines, 1, MOST_LINES) {
            return false;
        }
        let has_room = within(&self.bytes, bytes, MOST_BYTES);
        if !has_room {
            self.lines.fetch_sub(1, Ordering::Relaxed);
        }
        has_room
    }

    fn remove(&self, bytes: usize) {
        self.lines.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Lines {
    /// Lines for `to`. Dropping the guard writes what waits, for a second at most.
    pub(super) fn to(to: impl Write + Send + 'static) -> (Self, WorkerGuard) {
        let waiting = Arc::new(Waiting::default());
        let end = Counting { to, waiting: Arc::clone(&waiting) };
        // It is never full: there is no more in it than in `waiting`.
        let channel = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(MOST_LINES);
        let (to, guard) = channel.thread_name("traccia-log").finish(end);
        (Self { to, waiting }, guard)
    }

    /// How many lines were dropped.
    pub(super) fn dropped(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.waiting.dropped)
    }
}

impl Write for Lines {
    /// Takes one line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.waiting.add(line.len()) {
            self.to.write_all(line)?;
        } else {
            self.waiting.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The end of the thread that writes: gives the room of each line back, be it written or not.
struct Counting<W> {
    to: W,
    waiting: Arc<Waiting>,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    /// Writes one line.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        let written = self.to.write_all(line);
        self.waiting.remove(line.len());
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Writes each line once it is told to; the line is lost where nobody tells any more.
    struct Told(Receiver<()>);

    impl Write for Told {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.recv().map(|()| line.len()).map_err(io::Error::other)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn long_lines_take_no_more_memory_than_short_ones() {
        let (tell, told) = channel();
        let (mut lines, guard) = Lines::to(Told(told));
        let line = vec![b'x'; 1 << 20];
        for _ in 0..20 {
            lines.write_all(&line).unwrap();
        }
        let held = || lines.waiting.bytes.load(Ordering::Relaxed);
        assert_eq!((held(), lines.dropped().load(Ordering::Relaxed)), (8 << 20, 12));
        for _ in 0..5 {
            tell.send(()).unwrap();
        }
        drop(tell);
        drop(guard);
        assert_eq!((held(), lines.waiting.lines.load(Ordering::Relaxed)), (0, 0));
    }

    #[test]
    fn there_are_so_many_lines_at_most() {
        let (tell, told) = channel();
        let (mut lines, _guard) = Lines::to(Told(told));
        for _ in 0..MOST_LINES + 3 {
            lines.write_all(b"x\n").unwrap();
        }
        assert_eq!(lines.dropped().load(Ordering::Relaxed), 3);
        drop(tell);
    }
}
