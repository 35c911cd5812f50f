//! The service manager that started the server: systemd, or none. It is told when the server answers, that it is alive, and
//! that it ends.

use std::time::Duration;

use sd_notify::NotifyState;

/// How long the service manager may take to hear. The socket is read by a process that may be stuck.
const PATIENCE: Duration = Duration::from_millis(500);

/// Tells that the server answers from now on, and then again and again that it is alive, where that is asked for
/// (`WatchdogSec=`): by a task of the runtime, which tells nothing when all its threads are held up.
pub(super) async fn ready() {
    tell(NotifyState::Ready).await;
    let mut micros = 0;
    if !sd_notify::watchdog_enabled(false, &mut micros) || micros == 0 {
        return;
    }
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(Duration::from_micros(micros) / 4);
        loop {
            beat.tick().await;
            tell(NotifyState::Watchdog).await;
        }
    });
}

/// `stop`, of which the service manager is told.
pub(super) async fn told_of(stop: impl Future<Output = ()>) {
    stop.await;
    tell(NotifyState::Stopping).await;
}

/// A service manager that is gone, stuck or none changes nothing for the server.
async fn tell(state: NotifyState<'static>) {
    let telling = tokio::task::spawn_blocking(move || sd_notify::notify(false, &[state]));
    let _ = tokio::time::timeout(PATIENCE, telling).await;
}

/// Whether what is written to standard output is kept: in the journal of systemd, or in a file.
#[cfg(unix)]
pub(super) fn is_logged() -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let Ok(output) = std::fs::metadata("/dev/stdout") else { return false };
    let journal = std::env::var("JOURNAL_STREAM").ok();
    output.is_file() || journal == Some(format!("{}:{}", output.dev(), output.ino()))
}

#[cfg(not(unix))]
pub(super) fn is_logged() -> bool {
    false
}
