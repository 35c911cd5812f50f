//! Where ranges of `stored` end, and which of them are to be merged. A range is named by the instant after which it
//! begins and the last instant in it: `(after, through]`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use xapi::instant::Instant;

use crate::manifest::Manifest;
use crate::schema::Dataset;

/// The most statements of one range. Their rows take about 75 bytes each, so that no file is much longer than 128 MB.
pub const MOST_STATEMENTS: u64 = 1_000_000;

const HOUR: i64 = 3_600_000_000;

/// How long what is written last may grow before a new range begins. A month that is over is one range in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// Days of UTC.
    #[default]
    Day,
    /// Hours.
    Hour,
}

impl Period {
    /// The last instant before the period of `now` begins: everything up to it is in periods that are over.
    #[must_use]
    pub fn over(self, now: Instant) -> Instant {
        Instant::from_micros(now.micros().div_euclid(self.micros()) * self.micros()).previous()
    }

    /// The last instant of the period of `at`.
    #[must_use]
    pub fn end(self, at: Instant) -> Instant {
        let next = (at.micros().div_euclid(self.micros()) + 1).saturating_mul(self.micros());
        Instant::from_micros(next).previous()
    }

    const fn micros(self) -> i64 {
        match self {
            Self::Day => 24 * HOUR,
            Self::Hour => HOUR,
        }
    }
}

/// The day of an instant in UTC. Instants before and after all days are of the first and of the last.
fn day(at: Instant) -> Date {
    let end = if at.micros() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(end);
    at.to_zoned(TimeZone::UTC).date()
}

/// The month of an instant as paths write it, `2026-11`, in UTC.
#[must_use]
pub fn month(at: Instant) -> String {
    day(at).strftime("%Y-%m").to_string()
}

/// The last instant of the month of `at`, in UTC.
#[must_use]
pub fn end_of_month(at: Instant) -> Instant {
    let last = day(at).last_of_month();
    let next = last.tomorrow().ok().and_then(|next| next.to_zoned(TimeZone::UTC).ok());
    next.map_or(Instant::from_micros(i64::MAX), |next| {
        Instant::from_micros(next.timestamp().as_microsecond()).previous()
    })
}

/// Where the range ends whose first statement was stored at `first`, where nothing may be sealed beyond `limit`: at the
/// end of the month where that is over, else at the end of the period, else at the limit.
#[must_use]
pub fn end_of_range(first: Instant, limit: Instant, period: Period) -> Instant {
    let month = end_of_month(first);
    if month <= limit { month } else { period.end(first).min(limit) }
}

/// The first month that is over at `limit` and lies in more files than it must: the range `(after, through]` that is to
/// be written again. A file has at most `most` statements.
#[must_use]
pub fn to_merge(manifest: &Manifest, limit: Instant, most: u64) -> Option<(Instant, Instant)> {
    let files = manifest.files(Dataset::Statements);
    let mut rest = files;
    while let Some(first) = rest.first() {
        let of_month = |file: &crate::DatasetFile| month(file.through) == month(first.through);
        let length = rest.iter().take_while(|file| of_month(file)).count();
        let (files, others) = rest.split_at(length);
        rest = others;
        let rows: u64 = files.iter().map(|file| file.rows).sum();
        let needed = rows.div_ceil(most.max(1)).max(1);
        let through = files.last().map_or(first.through, |last| last.through);
        if files.len() as u64 > needed && end_of_month(first.through) <= limit {
            return Some((first.after, through));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn instants_beyond_all_days_are_of_the_last_and_of_the_first() {
        assert_eq!(month(Instant::from_micros(i64::MAX)), "9999-12");
        assert_eq!(month(Instant::from_micros(i64::MIN)), "-9999-01");
    }

    #[test]
    fn days_hours_and_months_end_with_their_last_microsecond() {
        let noon = at("2026-02-28T12:34:56.000001Z");
        assert_eq!(Period::Day.end(noon), at("2026-02-28T23:59:59.999999Z"));
        assert_eq!(Period::Hour.end(noon), at("2026-02-28T12:59:59.999999Z"));
        assert_eq!(Period::Day.over(noon), at("2026-02-27T23:59:59.999999Z"));
        assert_eq!(Period::Hour.over(noon), at("2026-02-28T11:59:59.999999Z"));
        assert_eq!(end_of_month(noon), at("2026-02-28T23:59:59.999999Z"));
        assert_eq!(
            end_of_month(at("2026-12-31T23:59:59.999999Z")),
            at("2026-12-31T23:59:59.999999Z")
        );
        assert_eq!(month(at("2026-12-31T23:59:59.999999Z")), "2026-12");
        assert_eq!(month(at("2027-01-01T00:00:00Z")), "2027-01");
    }

    #[test]
    fn a_month_that_is_over_is_one_range_and_others_end_with_their_period_or_the_limit() {
        let first = at("2026-02-10T12:00:00Z");
        let end = |limit: &str| end_of_range(first, at(limit), Period::Day);
        assert_eq!(end("2026-03-05T00:00:00Z"), at("2026-02-28T23:59:59.999999Z"));
        assert_eq!(end("2026-02-20T00:00:00Z"), at("2026-02-10T23:59:59.999999Z"));
        assert_eq!(end("2026-02-10T18:00:00Z"), at("2026-02-10T18:00:00Z"));
    }
}
