//! How long a learner was at a session, as presence sheets write it.

use jiff::civil::Time;
use texts::Message;

use super::line::Line;
use super::{LengthError, SessionDay, length};
use crate::error::{SheetError, clipped};
use crate::heading::{FROM, HOURS, TO, folded};

const HOUR: f64 = 3.6e9;

/// How long a learner was at a session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stay {
    /// Not at all.
    Absent,
    /// In microseconds; more than 0.
    Micros(u64),
}

impl Stay {
    /// By the hours of a line, else its times, else the length of the session.
    pub(super) fn of(line: &Line, session: &SessionDay) -> Result<Self, SheetError> {
        let (hours, from, to) = (line.value(&HOURS), line.value(&FROM), line.value(&TO));
        if !hours.is_empty() {
            return Self::of_hours(hours).map_err(|message| line.fault(&HOURS, message));
        }
        let missing = |what| line.fault(what, Message::new("presence-fault-time-missing"));
        match (from.is_empty(), to.is_empty()) {
            (true, true) => {
                let message = Message::new("presence-fault-no-length");
                let micros = session.length.filter(|micros| *micros > 0).map(Self::Micros);
                micros.ok_or_else(|| line.fault(&HOURS, message))
            }
            (true, false) => Err(missing(&FROM)),
            (false, true) => Err(missing(&TO)),
            (false, false) => Self::of_times(line, session),
        }
    }

    fn of_times(line: &Line, session: &SessionDay) -> Result<Self, SheetError> {
        let time = |heading| {
            let text = line.value(heading);
            let message = || Message::new("presence-fault-time").with("text", clipped(text));
            time_of_day(text).ok_or_else(|| line.fault(heading, message()))
        };
        let (from, to) = (time(&FROM)?, time(&TO)?);
        let micros = length(session.date, from, to, &session.time_zone);
        micros.map(Self::Micros).map_err(|error| {
            let begins = matches!(error, LengthError::Skipped { time, .. } if time == from);
            line.fault(if begins { &FROM } else { &TO }, error.message())
        })
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 24 hours")]
    fn of_hours(text: &str) -> Result<Self, Message> {
        if ["assente", "absent"].iter().any(|word| folded(text).starts_with(word)) {
            return Ok(Self::Absent);
        }
        let hours = hours_and_minutes(text)
            .or_else(|| decimal(text))
            .ok_or_else(|| Message::new("presence-fault-hours").with("text", clipped(text)))?;
        if !(0.0..=24.0).contains(&hours) {
            return Err(Message::new("presence-fault-hours-range").with("text", clipped(text)));
        }
        let micros = (hours * HOUR).round() as u64;
        Ok(if micros == 0 { Self::Absent } else { Self::Micros(micros) })
    }
}

/// `2:30`, `2h30`, `2 h 30 min`, `2h` or, as Excel may write it, `2:30:00`; at most 59 minutes.
fn hours_and_minutes(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let (hours, minutes) = text.split_once([':', 'h'])?;
    let minutes = minutes.trim().trim_end_matches(":00");
    let minutes = minutes.trim_end_matches("min").trim_end_matches(['m', '\'']).trim();
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes).filter(|m| *m < 60)? };
    let hours = hours.trim();
    let (sign, hours) = hours.strip_prefix('-').map_or((1.0, hours), |hours| (-1.0, hours));
    Some(sign * (f64::from(digits(hours)?) + f64::from(minutes) / 60.0))
}

/// `2`, `2.5` or `2,5`; a sign is read so that it can be refused as what it is.
fn decimal(text: &str) -> Option<f64> {
    let number = text.replace(',', ".");
    let only = number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    only.then(|| number.parse().ok())?
}

/// `9`, `9:00`, `09.00`, `9h`, `9h30` or `09:00:00`.
fn time_of_day(text: &str) -> Option<Time> {
    let text = text.strip_suffix(['h', 'H']).unwrap_or(text);
    let mut parts = text.split([':', '.', 'h', 'H']).map(|part| i8::try_from(digits(part)?).ok());
    let hour = parts.next()??;
    let minute = parts.next().unwrap_or(Some(0))?;
    let second = parts.next().unwrap_or(Some(0))?;
    let whole = parts.next().is_none();
    whole.then(|| Time::new(hour, minute, second, 0).ok())?
}

/// A number of one to three digits: no sign, no more.
fn digits(text: &str) -> Option<u32> {
    let only = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    only.then(|| text.parse().ok())?
}
