//! Durations: ISO 8601:2004 section 4.4.3.2, designators only (xAPI 1.0.3 Data 4.6).

/// A length of time together with the text it was read from.
///
/// Taken are `PnW`, or `P` with years, months, days and, after `T`, hours, minutes, seconds, each
/// at most once, in this order, at least one of them. The last number may have a fraction after a
/// point or a comma. No sign, no blanks, upper case only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration<'a> {
    /// The text as it came.
    pub text: &'a str,
    /// Microseconds, further digits cut off, held at `i64::MAX` beyond. A year counts 365 days,
    /// a month 30.
    pub micros: i64,
}

impl Duration<'_> {
    /// The length in seconds, to the microsecond.
    #[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
    pub fn seconds(&self) -> f64 {
        self.micros as f64 / 1e6
    }

    /// Hundredths of a second, the rest cut off: all that counts when two durations are compared
    /// (xAPI 1.0.3 Data 4.6).
    pub fn centiseconds(&self) -> i64 {
        self.micros / 10_000
    }
}

/// Reads a duration; nothing when the text is no duration.
///
/// ```
/// let time = validator::value::duration::parse("PT1H30M0.5S");
/// assert_eq!(time.map(|time| time.micros), Some(5_400_500_000));
/// ```
pub fn parse(text: &str) -> Option<Duration<'_>> {
    let body = text.strip_prefix('P')?;
    let micros = if let Some(weeks) = body.strip_suffix('W') {
        number(weeks, 7 * DAY)?
    } else {
        units(body)?
    };
    Some(Duration { text, micros: i64::try_from(micros).unwrap_or(i64::MAX) })
}

/// Whether the text is a duration.
pub(crate) fn is_duration(text: &str) -> bool {
    parse(text).is_some()
}

const SECOND: u128 = 1_000_000;
const DAY: u128 = 86_400 * SECOND;

/// Years down to seconds.
fn units(body: &str) -> Option<u128> {
    let (date, time) = match body.split_once('T') {
        Some((date, time)) if !time.is_empty() => (date, time),
        None if !body.is_empty() => (body, ""),
        _ => return None,
    };
    let (days, has_ended) = part(date, &[(b'Y', 365 * DAY), (b'M', 30 * DAY), (b'D', DAY)])?;
    if has_ended && !time.is_empty() {
        return None;
    }
    let clock = [(b'H', 3600 * SECOND), (b'M', 60 * SECOND), (b'S', SECOND)];
    Some(days.saturating_add(part(time, &clock)?.0))
}

/// The sum of a date or time part, and whether it ended with a fraction, after which nothing may
/// follow.
fn part(mut text: &str, units: &[(u8, u128)]) -> Option<(u128, bool)> {
    let mut sum = 0_u128;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_uppercase())?;
        let (digits, rest) = text.split_at_checked(end)?;
        let (&designator, _) = rest.as_bytes().split_first()?;
        let &(_, worth) = units.find(|(letter, _)| *letter == designator)?;
        sum = sum.saturating_add(number(digits, worth)?);
        text = rest.get(1..)?;
        if digits.contains(['.', ',']) {
            return text.is_empty().then_some((sum, true));
        }
    }
    Some((sum, false))
}

/// Digits, with or without a fraction, times what one is worth in microseconds.
fn number(text: &str, worth: u128) -> Option<u128> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let add = |sum: u128, b: u8| sum.saturating_mul(10).saturating_add(u128::from(b - b'0'));
    let whole = whole.bytes().fold(0_u128, add);
    // 18 digits times a year in microseconds fit, and no further digit reaches a microsecond.
    let digits = fraction.bytes().take(18);
    let power = digits.clone().fold(1_u128, |power, _| power * 10);
    let fraction = digits.fold(0_u128, add);
    Some(whole.saturating_mul(worth).saturating_add(fraction * worth / power))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_unit_counts() {
        let day = 86_400_000_000;
        for (text, micros) in [
            ("PT0S", 0),
            ("P1Y", 365 * day),
            ("P2M", 60 * day),
            ("P3D", 3 * day),
            ("P4W", 28 * day),
            ("P0.5W", 7 * day / 2),
            ("PT1,5H", 5_400_000_000),
            ("PT2M", 120_000_000),
            ("P1Y2M3DT4H5M6.789S", (365 + 63) * day + 14_706_789_000),
            ("PT0.0000019S", 1),
            ("P99999999999999999999999999999999999999999999Y", i64::MAX),
        ] {
            assert_eq!(parse(text).map(|time| time.micros), Some(micros), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1H",
            "PT1",
            "P1H",
            "PT1D",
            "P1YT",
            "PT1M1H",
            "PT1S1S",
            "P1W1D",
            "P1DT",
            "PT1.5H1M",
            "P0.5DT1H",
            "PT.5S",
            "PT1.S",
            "-PT1H",
            "+PT1H",
            "PT-1H",
            "pt1h",
            "PT1h",
            "PT 1H",
            "P0001-00-00T00:00:00",
            "PT1.5.5S",
            "P1YW",
            "PT1è",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn comparison_ignores_what_is_below_a_hundredth() {
        let a = parse("PT0.129S").map(|time| time.centiseconds());
        assert_eq!(a, parse("PT0.12S").map(|time| time.centiseconds()));
        assert_eq!(a, Some(12));
    }
}
