//! How long it is from one time of day to another.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use texts::Message;

/// Why two times of a day have no length between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum LengthError {
    /// The end is not after the begin; a night is two sessions.
    NotAfter {
        /// The begin.
        from: Time,
        /// The end.
        to: Time,
    },
    /// The clocks go forward over this time of that day, or the day has no instants.
    Skipped {
        /// The day.
        date: Date,
        /// The time of day.
        time: Time,
    },
}

impl LengthError {
    /// What is wrong and what to write.
    pub fn message(&self) -> Message {
        match self {
            Self::NotAfter { from, to } => {
                Message::new("presence-fault-not-after").with("from", from).with("to", to)
            }
            Self::Skipped { date, time } => {
                Message::new("presence-fault-skipped").with("date", date).with("time", time)
            }
        }
    }
}

/// The microseconds from one time of a day to a later one, on the clocks of a time zone: an hour
/// less over the leap in spring, an hour more over that in autumn. A time that comes twice is the
/// first of the two.
///
/// # Errors
/// [`LengthError`] when `to` is not later on the clock than `from`, or one of them is skipped.
pub fn length(date: Date, from: Time, to: Time, time_zone: &TimeZone) -> Result<u64, LengthError> {
    let instant = |time: Time| {
        let skipped = LengthError::Skipped { date, time };
        let instant = time_zone.to_ambiguous_timestamp(date.to_datetime(time));
        if matches!(instant.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(skipped);
        }
        instant.earlier().map_err(|_| skipped)
    };
    if to <= from {
        return Err(LengthError::NotAfter { from, to });
    }
    let micros = instant(to)?.as_microsecond() - instant(from)?.as_microsecond();
    u64::try_from(micros).map_err(|_| LengthError::NotAfter { from, to })
}
