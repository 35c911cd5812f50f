//! The end of a server: asked for by a signal, and sure to come.
//!
//! A thread of its own waits for the signals, for those of the runtime may all be held up by work that
//! does not end. It tells the runtime, which ends in good order; when that takes too long, or when
//! it is asked once more, it ends the process itself. What was answered is kept in either case.

use std::future::Future;
use std::io::{self, Write as _};
use std::time::Duration;

use tokio::sync::oneshot;

/// The exit code of a process that was asked twice: that of Ctrl-C.
#[cfg(unix)]
const AT_ONCE: i32 = 130;
/// How long the last line of the log may take.
#[cfg(unix)]
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Receives the signals TERM and INT from now on. What is returned resolves at the first of them; at
/// the second, or when `farewell` has passed, the process ends.
#[cfg(unix)]
pub fn asked(farewell: Duration) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::exit;

    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let (tell, told) = oneshot::channel();
    let listen = move || {
        let mut asked = signals.forever();
        if asked.next().is_none() {
            return;
        }
        // The receiver is gone: then the process is ending.
        let _ = tell.send(());
        std::thread::spawn(move || {
            std::thread::sleep(farewell);
            say_goodbye(farewell);
            exit(0);
        });
        if asked.next().is_some() {
            exit(AT_ONCE);
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(listen)?;
    Ok(async move {
        if told.await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Says why the process ends now. Standard error may be closed, or a pipe that nobody empties: the process ends all the
/// same.
#[cfg(unix)]
fn say_goodbye(farewell: Duration) {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let _ = writeln!(
            io::stderr(),
            "traccia: ended while work was not done, {} seconds after it was asked to",
            farewell.as_secs()
        );
        let _ = tell.send(());
    });
    let _ = told.recv_timeout(LAST_WORDS);
}

/// Waits for Ctrl-C; when `farewell` has passed since then, the process ends.
#[cfg(not(unix))]
pub fn asked(farewell: Duration) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        std::thread::spawn(move || {
            std::thread::sleep(farewell);
            std::process::exit(0);
        });
    })
}
