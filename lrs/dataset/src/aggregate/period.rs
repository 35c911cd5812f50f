//! Times as the hours, days, weeks … of a time zone.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::ask::AskError;
use crate::schema::Datum;

/// What a time is cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// The instant at which the hour began.
    Hour,
    /// The day.
    Day,
    /// The Monday of the week.
    Week,
    /// The first day of the month.
    Month,
    /// The first day of the quarter.
    Quarter,
    /// The first day of the year.
    Year,
    /// The day of the week: 1 is Monday.
    Weekday,
    /// The hour of the day, from 0 to 23.
    HourOfDay,
}

/// Their names.
const NAMES: [(&str, Period); 8] = [
    ("hour", Period::Hour),
    ("day", Period::Day),
    ("week", Period::Week),
    ("month", Period::Month),
    ("quarter", Period::Quarter),
    ("year", Period::Year),
    ("weekday", Period::Weekday),
    ("hour_of_day", Period::HourOfDay),
];

impl FromStr for Period {
    type Err = AskError;

    fn from_str(name: &str) -> Result<Self, AskError> {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, period)| *period).ok_or_else(|| {
            let names = NAMES.map(|(name, _)| name).join(", ");
            AskError(format!("a time is not cut to `{name}`, but to one of {names}"))
        })
    }
}

impl Period {
    /// The type of its values in an answer.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Hour => "timestamp",
            Self::Weekday | Self::HourOfDay => "whole",
            _ => "date",
        }
    }

    /// Whether it is a part of a day or week that comes again.
    pub(super) const fn comes_again(self) -> bool {
        matches!(self, Self::Weekday | Self::HourOfDay)
    }

    /// A key as a value of an answer.
    pub(super) fn datum(self, key: i64) -> Datum {
        match self {
            Self::Hour => Datum::Time(key),
            Self::Weekday | Self::HourOfDay => Datum::Whole(key),
            _ => {
                let day = Date::constant(1970, 1, 1).checked_add(key.days());
                Datum::Text(day.unwrap_or(Date::MAX).to_string())
            }
        }
    }
}

/// A period, and the instants from which and until which times have the same key.
#[derive(Clone, Copy)]
struct Stretch {
    from: i64,
    until: i64,
    key: i64,
}

/// How many stretches are remembered.
const REMEMBERED: usize = 50_000;

/// Finds keys of times, and remembers stretches of times with one key.
pub(super) struct Periods {
    period: Period,
    zone: TimeZone,
    last: Stretch,
    known: BTreeMap<i64, Stretch>,
}

impl Periods {
    pub(super) const fn of(period: Period, zone: TimeZone) -> Self {
        let last = Stretch { from: 0, until: 0, key: 0 };
        Self { period, zone, last, known: BTreeMap::new() }
    }

    /// The key of a time in microseconds since 1970.
    pub(super) fn key(&mut self, at: i64) -> i64 {
        if self.last.from <= at && at < self.last.until {
            return self.last.key;
        }
        let before = self.known.range(..=at).next_back().map(|(_, stretch)| *stretch);
        let stretch = before.filter(|stretch| at < stretch.until).unwrap_or_else(|| {
            let stretch = stretch(self.period, &self.zone, at);
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            self.known.insert(stretch.from, stretch);
            stretch
        });
        self.last = stretch;
        stretch.key
    }
}

fn timestamp(at: i64) -> Timestamp {
    let end = if at < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(at).unwrap_or(end)
}

fn stretch(period: Period, zone: &TimeZone, at: i64) -> Stretch {
    let alone = |key| Stretch { from: at, until: at.saturating_add(1), key };
    let time = timestamp(at);
    let local = zone.to_datetime(time);
    if matches!(period, Period::Hour | Period::HourOfDay) {
        let within = i64::from(local.minute()) * 60_000_000
            + i64::from(local.second()) * 1_000_000
            + i64::from(local.subsec_nanosecond()) / 1_000;
        let (from, until) =
            (at.saturating_sub(within), at.saturating_sub(within).saturating_add(3_600_000_000));
        let key = if period == Period::Hour { from } else { i64::from(local.hour()) };
        let offset = |at| zone.to_offset(timestamp(at));
        let is_even = offset(from) == offset(at) && offset(until - 1) == offset(at);
        return if is_even { Stretch { from, until, key } } else { alone(key) };
    }
    let date = local.date();
    let first = first_day(period, date);
    let next = match period {
        Period::Week => first.checked_add(1.week()),
        Period::Month => first.checked_add(1.month()),
        Period::Quarter => first.checked_add(3.months()),
        Period::Year => first.checked_add(1.year()),
        _ => first.checked_add(1.day()),
    };
    let key = if period == Period::Weekday {
        i64::from(date.weekday().to_monday_one_offset())
    } else {
        days(first)
    };
    let begin = |date: Date| date.to_zoned(zone.clone()).map(|it| it.timestamp().as_microsecond());
    match (begin(first), next.and_then(begin)) {
        (Ok(from), Ok(until)) if from <= at && at < until => Stretch { from, until, key },
        _ => alone(key),
    }
}

fn first_day(period: Period, date: Date) -> Date {
    let of_month = |month: i8| Date::new(date.year(), month, 1).unwrap_or(date);
    match period {
        Period::Week => {
            let since_monday = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(since_monday.days()).unwrap_or(date)
        }
        Period::Month => date.first_of_month(),
        Period::Quarter => of_month((date.month() - 1) / 3 * 3 + 1),
        Period::Year => of_month(1),
        _ => date,
    }
}

fn days(date: Date) -> i64 {
    let since = date.since((jiff::Unit::Day, Date::constant(1970, 1, 1)));
    since.map_or(0, |span| i64::from(span.get_days()))
}
