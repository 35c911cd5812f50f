//! A point in time as the store keeps it.

use std::fmt;

/// Microseconds since the Unix epoch, UTC. Fine enough that `stored` can be strictly increasing
/// (xAPI 1.0.3 Data 2.4.8) at any rate one node can write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// How many bytes [`fmt::Display`] writes for any year from 0000 to 9999.
    pub const TEXT_LENGTH: usize = "2026-01-01T00:00:00.000000Z".len();

    /// The instant `micros` microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an xAPI timestamp (Data 4.5), as in the `since` and `until` parameters.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(validator::value::timestamp::parse(text)?.micros))
    }

    /// The next instant that the store can tell from this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The last instant before this one.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// As HTTP dates are written, to the second (RFC 9110 5.6.7).
    pub fn http_date(self) -> String {
        jiff::Timestamp::from_microsecond(self.0)
            .map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
            .unwrap_or_default()
    }
}

/// RFC 3339 in UTC with six digits: always the same length, so that text order is time order.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let at = jiff::Timestamp::from_microsecond(self.0).unwrap_or(end);
        write!(f, "{at:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_fixed_length_and_reads_back() {
        for micros in [0, 1, 999_999, 1_795_000_000_123_000] {
            let instant = Instant::from_micros(micros);
            assert_eq!(instant.to_string().len(), Instant::TEXT_LENGTH);
            assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
        }
    }

    #[test]
    fn the_last_hours_of_the_year_9999_are_late() {
        let last = Instant::parse("9999-12-31T23:59:59Z").unwrap();
        assert!(last.to_string().starts_with("9999-12-3"), "{last}");
        assert!(Instant::from_micros(i64::MIN).to_string().starts_with('-'));
    }

    #[test]
    fn http_date_is_in_gmt_to_the_second() {
        let instant = Instant::from_micros(784_111_777_900_000);
        assert_eq!(instant.http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
