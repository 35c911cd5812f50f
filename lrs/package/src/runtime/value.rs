//! Values of SCORM as xAPI writes them.

use jiff::Unit;
use jiff::fmt::temporal::SpanParser;
use serde_json::{Map, Value, json};

/// The longest text that a statement quotes, in characters: a response, a comment.
const LONGEST: usize = 4_000;

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A number without needless decimals.
pub(super) fn written(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole numbers of less than 2^53")]
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// `HHHH:MM:SS.SS` of SCORM 1.2 as hours, minutes, seconds.
fn timespan(text: &str) -> Option<(u64, u64, f64)> {
    let digits = |text: &str, most: usize| {
        let is = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
        is.then(|| text.parse::<u64>().ok()).flatten()
    };
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (whole, hundredths) = seconds.split_once('.').unwrap_or((seconds, "0"));
    digits(whole, 2)?;
    digits(hundredths, 2)?;
    let none = parts.next().is_none();
    none.then_some((digits(hours, 4)?, digits(minutes, 2)?, seconds.parse().ok()?))
}

/// `HHHH:MM:SS.SS` of SCORM 1.2, or a duration of SCORM 2004, as ISO 8601; nothing where it is neither.
pub fn duration(text: &str) -> Option<String> {
    if let Some((hours, minutes, seconds)) = timespan(text) {
        return Some(format!("PT{hours}H{minutes}M{seconds}S"));
    }
    hundredths(text).map(|_| text.to_owned())
}

/// The hundredths of a second of either; a year counts 365 days, a month 30.
pub(super) fn hundredths(text: &str) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and saturating"
    )]
    let rounded = |seconds: f64| (seconds * 100.0).round() as u64;
    if let Some((hours, minutes, seconds)) = timespan(text) {
        return Some(hours * 360_000 + minutes * 6_000 + rounded(seconds));
    }
    if !text.starts_with('P') || !text.bytes().all(|b| b"PYMDTHS.0123456789".contains(&b)) {
        return None;
    }
    let span = SpanParser::new().parse_span(text).ok()?;
    let days = i64::from(span.get_years()) * 365
        + i64::from(span.get_months()) * 30
        + i64::from(span.get_days());
    let time = span.years(0).months(0).days(0);
    let seconds = time.total(Unit::Second).ok()?;
    let days = u64::try_from(days).ok()?;
    Some(days * 8_640_000 + rounded(seconds))
}

/// Hundredths of a second as SCORM 1.2 writes them, at most 9999 hours.
pub(super) fn as_timespan(hundredths: u64) -> String {
    let most = hundredths.min(9_999 * 360_000 + 359_999);
    let (hours, rest) = (most / 360_000, most % 360_000);
    format!("{hours:04}:{:02}:{:02}.{:02}", rest / 6_000, rest % 6_000 / 100, rest % 100)
}

/// Hundredths of a second as SCORM 2004 writes them: days down to seconds, those that are not zero.
pub(super) fn as_duration(hundredths: u64) -> String {
    let (days, rest) = (hundredths / 8_640_000, hundredths % 8_640_000);
    let (hours, minutes, seconds) = (rest / 360_000, rest % 360_000 / 6_000, rest % 6_000);
    let part = |number: u64, unit: char| {
        if number == 0 { String::new() } else { format!("{number}{unit}") }
    };
    let seconds = match (seconds / 100, seconds % 100) {
        (0, 0) => String::new(),
        (whole, 0) => format!("{whole}S"),
        (whole, part) => format!("{whole}.{part:02}S"),
    };
    let time = part(hours, 'H') + &part(minutes, 'M') + &seconds;
    match (days, time.is_empty()) {
        (0, true) => "PT0S".to_owned(),
        (_, true) => format!("P{days}D"),
        _ => format!("P{}T{time}", part(days, 'D')),
    }
}

/// A score as SCORM has it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Score {
    pub(super) raw: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) scaled: Option<f64>,
}

impl Score {
    pub(super) fn of(score: Option<&Value>) -> Self {
        let number = |name| score.and_then(|it| number(&super::cmi::written(it.get(name))));
        Self {
            raw: number("raw"),
            min: number("min"),
            max: number("max"),
            scaled: number("scaled"),
        }
    }

    /// A score that xAPI takes: scaled from -1 to 1, raw from min to max. Nothing without a figure.
    pub(super) fn taken(self, is_12: bool) -> Option<Map<String, Value>> {
        let Self { raw, mut min, mut max, mut scaled } = self;
        let is_empty = min.zip(max).is_some_and(|(min, max)| min >= max);
        let is_below = raw.zip(min).is_some_and(|(raw, min)| raw < min);
        let is_above = raw.zip(max).is_some_and(|(raw, max)| raw > max);
        if is_empty || is_below || is_above {
            (min, max) = (None, None);
        }
        if scaled.is_none() {
            scaled = match (raw, min, max) {
                (Some(raw), Some(min), Some(max)) => Some((raw - min) / (max - min)),
                (Some(raw), _, _) if is_12 => Some(raw / 100.0),
                _ => None,
            };
        }
        let scaled = scaled.filter(|scaled| (-1.0..=1.0).contains(scaled));
        let (min, max) = (raw.and(min), raw.and(max));
        let figures = [("scaled", scaled), ("raw", raw), ("min", min), ("max", max)];
        let figures =
            figures.into_iter().filter_map(|(name, it)| Some((name.to_owned(), written(it?))));
        let taken: Map<_, _> = figures.collect();
        (!taken.is_empty()).then_some(taken)
    }
}

/// The score that an object `score` of a data model says, as xAPI has it; nothing without a figure.
pub fn score(score: Option<&Value>, is_12: bool) -> Option<Map<String, Value>> {
    Score::of(score).taken(is_12)
}

/// At most [`LONGEST`] characters.
pub(super) fn quoted(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// A response or pattern of SCORM 1.2 in the notation of SCORM 2004, which is that of xAPI.
pub(super) fn response(kind: &str, text: &str, is_12: bool) -> String {
    let text = quoted(text);
    if kind == "true-false" {
        return match text.to_ascii_lowercase().as_str() {
            "t" | "true" | "1" => "true".to_owned(),
            "f" | "false" | "0" => "false".to_owned(),
            _ => text,
        };
    }
    if !is_12 || text.contains("[,]") {
        return text;
    }
    let bare = text.strip_prefix('{').and_then(|it| it.strip_suffix('}')).unwrap_or(&text);
    match kind {
        "choice" | "sequencing" => bare.replace(',', "[,]"),
        "matching" => {
            let pairs: Vec<_> = bare.split(',').map(|pair| pair.replacen('.', "[.]", 1)).collect();
            pairs.join("[,]")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_the_two_standards() {
        for (text, read) in [
            // SCORM 1.2 RTE 3.4.4, CMITimespan: two to four digits of hours, at most two decimals. One digit of hours is
            // common, and means one thing.
            ("0001:02:03.50", Some("PT1H2M3.5S")),
            ("00:10:05", Some("PT0H10M5S")),
            ("1:02:03", Some("PT1H2M3S")),
            ("10000:00:00", None),
            ("00:10:05.123", None),
            ("00:10:inf", None),
            ("1:2", None),
            // SCORM 2004 RTE 4.1.1.7, timeinterval: no weeks and no sign, which ISO 8601 has.
            ("PT1H30M", Some("PT1H30M")),
            ("P1DT0.25S", Some("P1DT0.25S")),
            ("P1W", None),
            ("-PT1H", None),
            ("P", None),
            ("ten", None),
            ("", None),
        ] {
            assert_eq!(duration(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn a_score_is_one_that_xapi_takes() {
        let of = |values: Value, is_12| score(Some(&values), is_12).map(Value::Object);
        for (values, is_12, said) in [
            (
                json!({"raw": "85", "min": "0", "max": "100"}),
                true,
                json!({"scaled": 0.85, "raw": 85, "min": 0, "max": 100}),
            ),
            (json!({"raw": "85"}), true, json!({"scaled": 0.85, "raw": 85})),
            (json!({"raw": "85"}), false, json!({"raw": 85})),
            (json!({"raw": "850"}), true, json!({"raw": 850})),
            (json!({"raw": "8", "min": "9", "max": "10"}), true, json!({"scaled": 0.08, "raw": 8})),
            // Each bound stands by itself (xAPI 1.0.3 Data 2.4.5.1).
            (json!({"raw": "8", "min": "0"}), false, json!({"raw": 8, "min": 0})),
            (json!({"scaled": "0.5"}), false, json!({"scaled": 0.5})),
        ] {
            assert_eq!(of(values.clone(), is_12), Some(said), "{values}");
        }
        assert_eq!(of(json!({"min": "0"}), true), None);
    }

    #[test]
    fn answers_of_scorm_12_are_written_as_those_of_scorm_2004() {
        assert_eq!(response("choice", "a,b", true), "a[,]b");
        assert_eq!(response("choice", "{a,b}", true), "a[,]b");
        assert_eq!(response("matching", "1.a,2.b", true), "1[.]a[,]2[.]b");
        assert_eq!(response("true-false", "t", true), "true");
        assert_eq!(response("fill-in", "a,b", true), "a,b");
        assert_eq!(response("choice", "a[,]b", false), "a[,]b");
    }
}
