//! Where a test ends the program as a power cut does: debug builds alone, and nothing but what tests set switches it on.
//!
//! With `TRACCIA_FAILPOINT=7` the process kills itself at the seventh step that it reaches; nothing is flushed and nothing is
//! dropped. A release build has no such steps.

use std::sync::Arc;

use service::datasets::DatasetPlace;

#[cfg(debug_assertions)]
mod steps {
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicI64, Ordering};

    use service::datasets::{DatasetPlace, Draft, OpenFile, PlacedFile};

    /// Ends the process where this is the step that is named.
    pub(crate) fn reach() {
        static LEFT: OnceLock<AtomicI64> = OnceLock::new();
        let named = || std::env::var("TRACCIA_FAILPOINT").ok()?.parse().ok();
        let left = LEFT.get_or_init(|| AtomicI64::new(named().unwrap_or_default()));
        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
            #[cfg(unix)]
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
            std::process::abort();
        }
    }

    /// A place whose every write has a step before and a step after.
    pub(super) struct Stepping(pub(super) Arc<dyn DatasetPlace>);

    struct SteppingDraft {
        draft: Box<dyn Draft>,
        has_begun: bool,
    }

    impl DatasetPlace for Stepping {
        fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
            self.0.manifest()
        }
        fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
            reach();
            let inserted = self.0.insert(version, text);
            reach();
            inserted
        }
        fn show(&self, text: &[u8]) -> io::Result<()> {
            let shown = self.0.show(text);
            reach();
            shown
        }
        fn draft(&self) -> io::Result<Box<dyn Draft>> {
            Ok(Box::new(SteppingDraft { draft: self.0.draft()?, has_begun: false }))
        }
        fn files(&self) -> io::Result<Vec<PlacedFile>> {
            self.0.files()
        }
        fn remove(&self, path: &str) -> io::Result<()> {
            reach();
            self.0.remove(path)
        }
        fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
            self.0.open(path)
        }
    }

    impl Write for SteppingDraft {
        /// The file is there, and has its beginning.
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let written = self.draft.write(bytes)?;
            if !std::mem::replace(&mut self.has_begun, true) {
                reach();
            }
            Ok(written)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.draft.flush()
        }
    }

    impl Draft for SteppingDraft {
        fn keep(self: Box<Self>, path: &str) -> io::Result<()> {
            reach();
            self.draft.keep(path)?;
            reach();
            Ok(())
        }
    }
}

#[cfg(debug_assertions)]
pub(crate) use steps::reach;

/// Nothing in a release build.
#[cfg(not(debug_assertions))]
pub(crate) const fn reach() {}

/// A place with steps around its writes, where a test has named a step.
pub(crate) fn around(place: Arc<dyn DatasetPlace>) -> Arc<dyn DatasetPlace> {
    #[cfg(debug_assertions)]
    if std::env::var_os("TRACCIA_FAILPOINT").is_some() {
        return Arc::new(steps::Stepping(place));
    }
    place
}
