//! TLS of the server's own: the settings, and the files anew when they change.

use std::sync::Arc;
use std::time::Duration;

use http_api::listen::Tls;
use tokio::time::{MissedTickBehavior, interval};

use super::StartError;
use crate::config::Settings;
use xapi::clock::Clock;

/// How often the files are looked at: tools that renew certificates do not always send a signal.
const LOOK: Duration = Duration::from_secs(10);

/// What the settings want; `None` for connections without TLS.
pub(super) fn of(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<Tls>>, StartError> {
    let Some(files) = settings.tls()? else { return Ok(None) };
    let loaded = files.load(seconds(clock))?;
    Ok(Some(Tls::new(files, loaded)))
}

/// `clock` in seconds since 1970.
pub(crate) fn seconds(clock: &Arc<dyn Clock>) -> i64 {
    clock.now().micros().div_euclid(1_000_000)
}

/// Reads the files anew when they change, and at the signal HUP. Files of which only one was replaced so far do not go
/// together: they are read again at the next look.
pub(super) async fn keep_fresh(tls: Arc<Tls>, clock: Arc<dyn Clock>) {
    let mut rounds = interval(LOOK);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut asked = Hangups::new();
    let mut last_fault = String::new();
    loop {
        let is_asked = tokio::select! {
            _ = rounds.tick() => false,
            () = asked.next() => true,
        };
        if !is_asked && !tls.has_changed() {
            continue;
        }
        match tls.reload(seconds(&clock)) {
            Ok(()) => {
                last_fault.clear();
                tracing::info!("the certificate was read anew: new connections get it");
            }
            Err(error) => {
                let fault = error.to_string();
                // What stays wrong is said once, and whenever somebody asks.
                if is_asked || fault != last_fault {
                    tracing::error!(fault, "the certificate that was served so far is served on");
                }
                last_fault = fault;
            }
        }
    }
}

/// The signals HUP as they come; none where they cannot be received.
struct Hangups {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    #[cfg(unix)]
    fn new() -> Self {
        let signals = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup());
        let signals = signals.inspect_err(|error| {
            tracing::warn!(%error, "the signal HUP cannot be received: files are looked at all the same");
        });
        Self { signals: signals.ok() }
    }

    #[cfg(not(unix))]
    const fn new() -> Self {
        Self {}
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signals) = &mut self.signals
            && signals.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}
