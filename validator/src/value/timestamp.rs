//! Timestamps: ISO 8601 date and time, of which RFC 3339 is a profile (xAPI 1.0.3 Data 4.5).

/// A point in time together with the text it was read from.
///
/// Taken are calendar dates with a time of day, all in the extended or all in the basic format:
/// `2026-03-01T08:30:00.5+01:00`, `20260301T083000Z`. Seconds and the zone may be missing; a
/// missing zone counts as UTC. The fraction of a second follows a point or a comma and has any
/// number of digits. The offset `-00`, `-0000` and `-00:00` ("zone unknown") is refused, and so are
/// `24:00`, week dates and ordinal dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp<'a> {
    /// The text as it came.
    pub text: &'a str,
    /// Microseconds since 1970-01-01T00:00:00Z; further digits are cut off. A leap second (`:60`)
    /// counts as the first second of the next minute.
    pub micros: i64,
    /// Minutes east of UTC; nothing when the text names no zone.
    pub offset_minutes: Option<i16>,
    /// Whether the text also obeys RFC 3339: extended format with seconds, zone and decimal point.
    pub is_rfc3339: bool,
}

/// Reads a timestamp; nothing when the text is no timestamp.
///
/// ```
/// let time = validator::value::timestamp::parse("1970-01-01T01:00:00.25+01:00");
/// assert_eq!(time.map(|time| time.micros), Some(250_000));
/// ```
pub fn parse(text: &str) -> Option<Timestamp<'_>> {
    let mut rest = Scanner(text.as_bytes());
    let (year, month, day, extended) = date(&mut rest)?;
    if !matches!(rest.next()?, b'T' | b't') {
        return None;
    }
    let time = time(&mut rest, extended)?;
    let zone = Zone::read(rest.0, extended)?;
    let seconds = days_since_epoch(year, month, day) * 86_400 + time.seconds;
    let offset = zone.offset_minutes.unwrap_or(0);
    Some(Timestamp {
        text,
        micros: (seconds - i64::from(offset) * 60) * 1_000_000 + time.micros,
        offset_minutes: zone.offset_minutes,
        is_rfc3339: extended && zone.is_full && time.has_seconds && !time.has_comma,
    })
}

/// Whether the text is a timestamp of xAPI 1.0.x.
pub(crate) fn is_timestamp(text: &str) -> bool {
    parse(text).is_some()
}

/// Whether the text is a timestamp of xAPI 2.0, which asks for RFC 3339.
pub fn is_rfc3339(text: &str) -> bool {
    parse(text).is_some_and(|time| time.is_rfc3339)
}

struct Scanner<'a>(&'a [u8]);

impl Scanner<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.next();
        }
        found
    }

    fn digit(&mut self) -> Option<i64> {
        let digit = *self.0.first()?;
        digit.is_ascii_digit().then(|| self.next())?;
        Some(i64::from(digit - b'0'))
    }

    fn two(&mut self) -> Option<i64> {
        Some(self.digit()? * 10 + self.digit()?)
    }

    fn two_up_to(&mut self, most: i64) -> Option<i64> {
        self.two().filter(|&number| number <= most)
    }
}

/// Year, month, day, and whether dashes part them.
fn date(rest: &mut Scanner<'_>) -> Option<(i64, i64, i64, bool)> {
    let year = rest.two()? * 100 + rest.two()?;
    let extended = rest.skip(b'-');
    let month = rest.two_up_to(12)?;
    if extended && !rest.skip(b'-') {
        return None;
    }
    let day = rest.two()?;
    ((1..=days_in(year, month)).contains(&day)).then_some((year, month, day, extended))
}

struct Time {
    seconds: i64,
    micros: i64,
    has_seconds: bool,
    has_comma: bool,
}

fn time(rest: &mut Scanner<'_>, extended: bool) -> Option<Time> {
    let hour = rest.two_up_to(23)?;
    if extended && !rest.skip(b':') {
        return None;
    }
    let minute = rest.two_up_to(59)?;
    let mut time = Time {
        seconds: (hour * 60 + minute) * 60,
        micros: 0,
        has_seconds: false,
        has_comma: false,
    };
    let has_seconds =
        if extended { rest.skip(b':') } else { rest.0.first().is_some_and(u8::is_ascii_digit) };
    if !has_seconds {
        return Some(time);
    }
    time.has_seconds = true;
    time.seconds += rest.two_up_to(60)?;
    time.has_comma = rest.0.first() == Some(&b',');
    if rest.skip(b'.') || rest.skip(b',') {
        time.micros = fraction(rest)?;
    }
    Some(time)
}

/// One digit or more after the decimal sign, as microseconds.
fn fraction(rest: &mut Scanner<'_>) -> Option<i64> {
    let mut micros = rest.digit()? * 100_000;
    let mut worth = 10_000;
    while let Some(digit) = rest.digit() {
        micros += digit * worth;
        worth /= 10;
    }
    Some(micros)
}

struct Zone {
    offset_minutes: Option<i16>,
    /// `Z`, or an offset of hours and minutes.
    is_full: bool,
}

impl Zone {
    /// What is left of the text; nothing when it is no zone.
    fn read(text: &[u8], extended: bool) -> Option<Self> {
        let (sign, hours, minutes) = match text {
            [] => {
                return Some(Self { offset_minutes: None, is_full: false });
            }
            [b'Z' | b'z'] => {
                return Some(Self { offset_minutes: Some(0), is_full: true });
            }
            [sign, a, b] => (sign, [a, b], [&b'0', &b'0']),
            [sign, a, b, b':', c, d] if extended => (sign, [a, b], [c, d]),
            [sign, a, b, c, d] if !extended => (sign, [a, b], [c, d]),
            _ => return None,
        };
        let two = |digits: [&u8; 2], most| Scanner(&digits.map(|&d| d)).two_up_to(most);
        let minutes = two(hours, 23)? * 60 + two(minutes, 59)?;
        let east = match sign {
            b'+' => minutes,
            b'-' if minutes != 0 => -minutes,
            _ => return None,
        };
        Some(Self { offset_minutes: Some(i16::try_from(east).ok()?), is_full: text.len() == 6 })
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin in March.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{is_rfc3339, parse};

    fn micros(text: &str) -> Option<i64> {
        parse(text).map(|time| time.micros)
    }

    #[test]
    fn forms_of_one_instant_have_the_same_micros() {
        let same = [
            "2026-03-01T08:30:00.5Z",
            "2026-03-01T08:30:00,5",
            "2026-03-01T09:30:00.500000999+01:00",
            "20260301T083000.5Z",
            "20260301T033000.5-0500",
            "2026-03-01t08:30:00.5z",
        ];
        for text in same {
            assert_eq!(micros(text), Some(1_772_353_800_500_000), "{text}");
        }
    }

    #[test]
    fn calendar_ends_are_kept() {
        assert_eq!(micros("2024-02-29T00:00Z"), Some(1_709_164_800_000_000));
        assert_eq!(micros("2023-02-29T00:00Z"), None);
        assert_eq!(micros("1900-02-29T00:00Z"), None);
        assert_eq!(micros("0000-01-01T00:00:00Z"), Some(-62_167_219_200_000_000));
        assert_eq!(micros("9999-12-31T23:59:60Z"), Some(253_402_300_800_000_000));
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for text in [
            "",
            "2026-03-01",
            "2026-03-01T",
            "2026-03-01T08",
            "2026-03-01 08:30:00Z",
            "2026-03-01T08:30:00-00",
            "2026-03-01T08:30:00-0000",
            "2026-03-01T08:30:00-00:00",
            "2026-03-01T08:30:00+0100",
            "20260301T083000+01:00",
            "2026-03-01T0830Z",
            "20260301T08:30Z",
            "2026-13-01T08:30:00Z",
            "2026-00-01T08:30:00Z",
            "2026-03-00T08:30:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T08:60:00Z",
            "2026-03-01T08:30:61Z",
            "2026-03-01T08:30:00.Z",
            "2026-03-01T08:30:00Z ",
            "26-03-01T08:30:00Z",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
    }

    #[test]
    fn rfc3339_asks_for_zone_seconds_and_point() {
        assert!(is_rfc3339("2026-03-01T08:30:00+00:00"));
        for text in [
            "2026-03-01T08:30:00",
            "2026-03-01T08:30Z",
            "20260301T083000Z",
            "2026-03-01T08:30:00,5Z",
            "2026-03-01T08:30:00+01",
        ] {
            assert!(parse(text).is_some() && !is_rfc3339(text), "{text}");
        }
    }
}
