//! How much memory a process has, watched from a thread of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Time between two looks.
const BETWEEN: Duration = Duration::from_millis(10);

/// See the module.
pub(super) struct Watch {
    peak: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Watches a process and kills it beyond so many MiB, so that it takes no other with it.
    pub(super) fn over(process: Pid, deadly: u64) -> Self {
        let peak = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (highest, stopped) = (Arc::clone(&peak), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let now = resident(process);
                highest.fetch_max(now, Ordering::Relaxed);
                if now > deadly {
                    // It may be gone already.
                    let _ = kill_process(process, Signal::KILL);
                }
                std::thread::sleep(BETWEEN);
            }
        });
        Self { peak, stop, thread }
    }

    /// The most it had since the last call, in MiB.
    pub(super) fn peak(&self) -> u64 {
        self.peak.swap(0, Ordering::Relaxed)
    }

    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        // A thread that has panicked has said so.
        let _ = self.thread.join();
    }
}

/// The resident memory of a process in MiB, where the system tells it in `/proc`; else 0.
fn resident(process: Pid) -> u64 {
    let path = format!("/proc/{}/status", process.as_raw_nonzero());
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() / 1024
}
