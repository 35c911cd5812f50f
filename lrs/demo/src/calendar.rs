//! The days of a cohort, counted from the first, and the hours at which people learn.

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use course::{Course, Window};

/// When a course begins whose file does not say, and how many days it lasts.
const FIRST: Date = date(2025, 11, 3);
const YEAR: i64 = 360;

/// The days on which a learner of a course may learn.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    zone: TimeZone,
    first: Date,
    /// How many there are.
    pub(super) days: i64,
}

impl Calendar {
    /// The days of the learners of an edition.
    pub(super) fn of(course: &Course, edition: &str) -> Self {
        let Window { begins, ends } = course.window_of(edition);
        let before = |end: Date| end.saturating_sub(YEAR.days());
        let first = begins.or_else(|| ends.map(before)).unwrap_or(FIRST);
        let days = ends.map_or(YEAR, |end| days_between(first, end) + 1);
        Self { zone: course.zone().clone(), first, days }
    }

    /// Which day a date is; below 0 before the first.
    pub(super) fn day_of(&self, date: Date) -> i64 {
        days_between(self.first, date)
    }

    /// An instant, in seconds since 1970, by day and second of the day.
    pub(super) fn instant(&self, day: i64, second: i64) -> i64 {
        let midnight = self.date(day).to_zoned(self.zone.clone());
        midnight.map_or(0, |midnight| midnight.timestamp().as_second()) + second
    }

    /// The day, or the Monday after where it is of a week's end.
    pub(super) fn working_day(&self, day: i64) -> i64 {
        match self.date(day).weekday() {
            Weekday::Saturday => day + 2,
            Weekday::Sunday => day + 1,
            _ => day,
        }
    }

    fn date(&self, day: i64) -> Date {
        let span = Span::new().try_days(day).unwrap_or_default();
        self.first.saturating_add(span)
    }
}

fn days_between(first: Date, last: Date) -> i64 {
    first.until(last).map_or(0, |span| i64::from(span.get_days()))
}
