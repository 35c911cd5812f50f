//! Waiting for a number of answers, for scenes that cut something while many write.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// How many answers came, and a bell for the one who waits for a number of them.
#[derive(Default)]
pub struct Answers {
    count: AtomicUsize,
    bell: Notify,
}

impl Answers {
    /// Counts an answer.
    pub fn one_more(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.bell.notify_one();
    }

    /// How many came so far.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Waits until this many came.
    pub async fn reach(&self, wanted: usize) {
        while self.count() < wanted {
            self.bell.notified().await;
        }
    }

    /// Waits until this many more came.
    pub async fn reach_more(&self, wanted: usize) {
        self.reach(self.count() + wanted).await;
    }
}
