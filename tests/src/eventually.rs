//! Facts that become true a little later.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

const STEP: Duration = Duration::from_millis(10);

/// Asks `look` again and again until it gives `Ok`, at most for `within`; then fails with its last `Err`.
pub async fn eventually<T, F>(what: &str, within: Duration, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, String>>,
{
    let deadline = Instant::now() + within;
    let mut step = interval(STEP);
    step.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = String::from("no answer at all");
    while Instant::now() < deadline {
        step.tick().await;
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left, look()).await {
            Ok(Ok(seen)) => return seen,
            Ok(Err(reason)) => last = reason,
            Err(_) => break,
        }
    }
    panic!("{what}: not within {within:?}; last seen: {last}");
}
