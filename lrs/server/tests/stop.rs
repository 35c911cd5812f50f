//! A server that is asked to stop ends, also while its threads are all held up by work without end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use rustix::process::{Pid, Signal, kill_process};

/// Set for the process that [`stuck`] is meant to hold up.
const HERE: &str = "TRACCIA_TEST_STUCK";
/// Longer than any test lasts: what ends earlier was not waited for.
const LONG: Duration = Duration::from_hours(1);

/// The harness is no libtest's, because this file is also the program that its tests start.
fn main() -> ExitCode {
    if let Ok(farewell) = std::env::var(HERE) {
        stuck(&farewell);
    }
    let tests: [(&str, fn()); 2] = [
        (
            "it_ends_when_its_time_is_over_whatever_holds_it_up",
            it_ends_when_its_time_is_over_whatever_holds_it_up,
        ),
        ("asked_twice_it_ends_at_once", asked_twice_it_ends_at_once),
    ];
    let trials = tests.map(|(name, run)| {
        Trial::test(name, move || {
            run();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit_code()
}

/// What the tests start as another process. Never ends of itself.
fn stuck(farewell: &str) {
    let farewell = Duration::from_millis(farewell.parse().unwrap());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(async {
        let stop = traccia::stop::asked(farewell).unwrap();
        drop(tokio::task::spawn_blocking(|| std::thread::sleep(LONG)));
        // The only thread that would hear of timers and signals.
        drop(tokio::spawn(async { std::thread::sleep(LONG) }));
        println!("\nstuck");
        stop.await;
        println!("\ntold");
        std::future::pending::<()>().await;
    });
}

struct Stuck(Child);

impl Stuck {
    fn start(farewell: Duration) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(HERE, farewell.as_millis().to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line == "stuck"));
        // The pipe must be read on, so that no write waits.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    fn end(&mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

fn it_ends_when_its_time_is_over_whatever_holds_it_up() {
    let mut stuck = Stuck::start(Duration::from_millis(50));
    stuck.signal(Signal::TERM);
    assert_eq!(stuck.end().code(), Some(0));
}

fn asked_twice_it_ends_at_once() {
    let mut stuck = Stuck::start(LONG);
    stuck.signal(Signal::INT);
    // Two of one kind may be heard as one.
    stuck.signal(Signal::TERM);
    assert_eq!(stuck.end().code(), Some(130));
}
