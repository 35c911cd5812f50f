//! Facts that become true a little later.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

const STEP: Duration = Duration::from_millis(10);
/// A look may cost the server as much as what is waited for, so the next one comes after this part of the time that was waited
/// already: after 10 ms at first, after a second where it has been ten.
const PART: u32 = 10;

/// Asks `look` again and again until it gives `Ok`, at most for `within`; then fails with its last `Err`.
pub async fn eventually<T, F>(what: &str, within: Duration, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, String>>,
{
    let begun = Instant::now();
    let deadline = begun + within;
    let mut last = String::from("no answer at all");
    while Instant::now() < deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left, look()).await {
            Ok(Ok(seen)) => return seen,
            Ok(Err(reason)) => last = reason,
            Err(_) => break,
        }
        sleep((begun.elapsed() / PART).max(STEP)).await;
    }
    panic!("{what}: not within {within:?}; last seen: {last}");
}
