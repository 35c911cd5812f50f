//! Which bytes of a file are asked for (RFC 9110, 14).

/// What a `Range` header asks of a file of so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it: no header, one that is not of bytes, or one of several ranges, which a server may pass over.
    All,
    /// From the first of these bytes to the last one.
    Part(u64, u64),
    /// Bytes beyond the end.
    None,
}

impl Wanted {
    /// Reads the header's value.
    pub(crate) fn of(header: Option<&str>, bytes: u64) -> Self {
        let range = header.and_then(|header| header.trim().strip_prefix("bytes="));
        let Some((first, last)) = range.and_then(|range| range.trim().split_once('-')) else {
            return Self::All;
        };
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(first) || !is_number(last) || (first.is_empty() && last.is_empty()) {
            return Self::All;
        }
        // What is larger than any file is beyond its end.
        let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
        let end = bytes.saturating_sub(1);
        if first.is_empty() {
            let length = number(last).min(bytes);
            return if length == 0 { Self::None } else { Self::Part(bytes - length, end) };
        }
        let (first, last) = (number(first), if last.is_empty() { end } else { number(last) });
        if last < first && first <= end && bytes > 0 {
            return Self::All;
        }
        if first >= bytes { Self::None } else { Self::Part(first, last.min(end)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_what_is_there() {
        let cases = [
            (None, Wanted::All),
            (Some("bytes=0-9"), Wanted::Part(0, 9)),
            (Some("bytes=0-0"), Wanted::Part(0, 0)),
            (Some("bytes=5-"), Wanted::Part(5, 99)),
            (Some("bytes=90-200"), Wanted::Part(90, 99)),
            (Some("bytes=-10"), Wanted::Part(90, 99)),
            (Some("bytes=-1000"), Wanted::Part(0, 99)),
            (Some("bytes=100-"), Wanted::None),
            (Some("bytes=99999999999999999999-"), Wanted::None),
            (Some("bytes=-0"), Wanted::None),
            (Some("bytes=9-5"), Wanted::All),
            (Some("bytes=0-1,5-6"), Wanted::All),
            (Some("bytes=-"), Wanted::All),
            (Some("bytes=a-b"), Wanted::All),
            (Some("items=0-1"), Wanted::All),
        ];
        for (header, expected) in cases {
            assert_eq!(Wanted::of(header, 100), expected, "{header:?}");
        }
        assert_eq!(Wanted::of(Some("bytes=0-"), 0), Wanted::None);
        assert_eq!(Wanted::of(Some("bytes=-5"), 0), Wanted::None);
    }
}
