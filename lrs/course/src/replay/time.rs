//! The time that counts for one object.

use crate::evidence::Time;

/// What was said of a learner's time on one object, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct ObjectTime {
    sessions: Option<u64>,
    outcome: u64,
    attended: Option<u64>,
    joined: Option<i64>,
    in_meetings: u64,
}

impl ObjectTime {
    /// Takes what is said at an instant (microseconds since 1970), in the order in which it
    /// happened. A second `Join` without a `Leave` between begins anew; a `Leave` alone tells
    /// nothing.
    pub fn absorb(&mut self, timestamp: i64, time: Time) {
        match time {
            Time::Session(micros) => {
                self.sessions = Some(self.sessions.unwrap_or(0).saturating_add(micros));
            }
            Time::Outcome(micros) => self.outcome = self.outcome.max(micros),
            Time::Attended(micros) => {
                self.attended = Some(self.attended.unwrap_or(0).saturating_add(micros));
            }
            Time::Join => self.joined = Some(timestamp),
            Time::Leave => {
                if let Some(joined) = self.joined.take() {
                    let stayed = u64::try_from(timestamp - joined).unwrap_or(0);
                    self.in_meetings = self.in_meetings.saturating_add(stayed);
                }
            }
        }
    }

    /// Whether a `Join` is still without its `Leave`.
    pub const fn is_joined(&self) -> bool {
        self.joined.is_some()
    }

    /// Sessions added up; where no session is told, the largest outcome.
    pub fn online(&self) -> u64 {
        self.sessions.unwrap_or(self.outcome)
    }

    /// Whether it is sessions that count online.
    pub const fn has_sessions(&self) -> bool {
        self.sessions.is_some()
    }

    /// Time of `attended`, and between joining and leaving.
    pub fn in_presence(&self) -> u64 {
        self.attended.unwrap_or(0).saturating_add(self.in_meetings)
    }
}
