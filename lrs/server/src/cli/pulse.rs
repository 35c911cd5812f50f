//! How far a long command has come: a bar where standard error is a terminal, a line every few
//! seconds elsewhere, so that a log or a script's output shows that something happens.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::out::note;

/// How far apart lines are. Also how often a command that waits should say where it is.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// The progress of one command.
pub(super) struct Pulse {
    bar: Option<ProgressBar>,
    rhythm: Mutex<Rhythm>,
}

/// When the next line is due.
struct Rhythm {
    last: Instant,
}

impl Rhythm {
    fn is_due(&mut self, now: Instant) -> bool {
        let is_due = now.duration_since(self.last) >= EVERY;
        if is_due {
            self.last = now;
        }
        is_due
    }
}

impl Pulse {
    /// A pulse that begins now.
    pub(super) fn start() -> Self {
        let bar = io::stderr().is_terminal().then(|| ProgressBar::new(0));
        Self { bar, rhythm: Mutex::new(Rhythm { last: Instant::now() }) }
    }

    /// Says that `done` of `total` is done, in the words of `text`; a `total` of 0 is not known.
    pub(super) fn beat(&self, done: u64, total: u64, text: impl FnOnce() -> String) {
        if let Some(bar) = &self.bar {
            let of_many = "{msg} {bar:40} {percent} %  {eta} left";
            let style = if total > 0 { of_many } else { "{spinner} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(text());
            return;
        }
        let mut rhythm = self.rhythm.lock().unwrap_or_else(PoisonError::into_inner);
        if rhythm.is_due(Instant::now()) {
            note!("{}", line(text(), done, total));
        }
    }

    /// Clears the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn line(mut text: String, done: u64, total: u64) -> String {
    if let Some(percent) = (u128::from(done) * 100).checked_div(u128::from(total)) {
        // Writing into a text cannot fail.
        let _ = write!(text, " ({percent} %)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_due_every_few_seconds_however_often_the_command_says_where_it_is() {
        let begin = Instant::now();
        let mut rhythm = Rhythm { last: begin };
        let after = |seconds: u64| begin + Duration::from_secs(seconds);
        let due = (1..=20).filter(|second| rhythm.is_due(after(*second))).collect::<Vec<_>>();
        assert_eq!(due, [5, 10, 15, 20]);
    }

    #[test]
    fn a_share_is_said_where_the_whole_is_known() {
        assert_eq!(line("copying".into(), 1, 3), "copying (33 %)");
        assert_eq!(line("copying".into(), u64::MAX, u64::MAX), "copying (100 %)");
        assert_eq!(line("loading".into(), 7, 0), "loading");
    }
}
