//! Values of the data model as xAPI writes them: names, durations, scores, answers.

use serde_json::{Map, Value, json};

/// The longest text that a statement quotes, in characters.
const LONGEST: usize = 4000;

/// The name of an element with dots alone: Moodle keeps `cmi.interactions_0.id` of SCORM 1.2, and of SCORM 2004 either.
pub(super) fn name(element: &str) -> String {
    let mut name = String::with_capacity(element.len());
    for part in element.trim().split('.') {
        let numbered = part.rsplit_once('_').filter(|(before, number)| {
            !before.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        });
        if !name.is_empty() {
            name.push('.');
        }
        match numbered {
            Some((before, number)) => {
                name.push_str(before);
                name.push('.');
                name.push_str(number);
            }
            None => name.push_str(part),
        }
    }
    name
}

/// A number of a value, finite.
pub(super) fn number(text: Option<&str>) -> Option<f64> {
    text.and_then(|text| text.trim().parse().ok()).filter(|number: &f64| number.is_finite())
}

/// `HHHH:MM:SS.SS` of SCORM 1.2, or a duration of SCORM 2004, as ISO 8601; nothing where it is neither.
pub(super) fn duration(text: &str) -> Option<String> {
    let text = text.trim();
    if let [hours, minutes, seconds] = text.split(':').collect::<Vec<_>>()[..] {
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        let is_plain = seconds.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let seconds: f64 = seconds.parse().ok().filter(|it: &f64| is_plain && it.is_finite())?;
        return Some(format!("PT{hours}H{minutes}M{seconds}S"));
    }
    let is_duration = text.starts_with('P') && validator::value::duration::parse(text).is_some();
    is_duration.then(|| text.to_owned())
}

/// A score that the standard takes: scaled from -1 to 1, raw from min to max. Nothing without a figure.
pub(super) fn score(value: impl Fn(&str) -> Option<f64>, is_12: bool) -> Option<Value> {
    let (raw, scaled) = (value("raw"), value("scaled"));
    let bounds = value("min").zip(value("max"));
    let bounds =
        bounds.filter(|(min, max)| min < max && raw.is_none_or(|raw| (*min..=*max).contains(&raw)));
    let derived = match (raw, bounds) {
        (Some(raw), Some((min, max))) => Some((raw - min) / (max - min)),
        (Some(raw), None) if is_12 => Some(raw / 100.0),
        _ => None,
    };
    let scaled = scaled.or(derived).filter(|scaled| (-1.0..=1.0).contains(scaled));
    let mut score = Map::new();
    let mut put = |name: &str, value: f64| drop(score.insert(name.to_owned(), plain(value)));
    if let Some(scaled) = scaled {
        put("scaled", scaled);
    }
    if let Some(raw) = raw {
        put("raw", raw);
        if let Some((min, max)) = bounds {
            put("min", min);
            put("max", max);
        }
    }
    (!score.is_empty()).then_some(Value::Object(score))
}

/// A number without a fraction where it has none.
fn plain(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole and small")]
    if value.fract() == 0.0 && value.abs() < 1e15 { json!(value as i64) } else { json!(value) }
}

/// An answer or pattern in the notation of xAPI, which is that of SCORM 2004.
pub(super) fn response(kind: Option<&str>, text: &str, is_12: bool) -> String {
    let text: String = text.chars().take(LONGEST).collect();
    if kind == Some("true-false") {
        return match text.trim().to_ascii_lowercase().as_str() {
            "t" | "true" | "1" => "true".to_owned(),
            "f" | "false" | "0" => "false".to_owned(),
            _ => text,
        };
    }
    if !is_12 || text.contains("[,]") {
        return text;
    }
    let bare = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(&text);
    match kind {
        Some("choice" | "sequencing") => bare.split(',').collect::<Vec<_>>().join("[,]"),
        Some("matching") => {
            let pairs = bare.split(',').map(|pair| pair.replacen('.', "[.]", 1));
            pairs.collect::<Vec<_>>().join("[,]")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_with_underscores_and_dots() {
        for (element, named) in [
            ("cmi.interactions_0.id", "cmi.interactions.0.id"),
            ("cmi.interactions.0.id", "cmi.interactions.0.id"),
            (
                "cmi.interactions_12.correct_responses_0.pattern",
                "cmi.interactions.12.correct_responses.0.pattern",
            ),
            ("cmi.core.lesson_status", "cmi.core.lesson_status"),
            ("cmi.objectives_3.score.raw", "cmi.objectives.3.score.raw"),
            ("x.start.time", "x.start.time"),
            ("_1.a", "_1.a"),
        ] {
            assert_eq!(name(element), named);
        }
    }

    #[test]
    fn durations_of_both_versions_are_read_and_others_are_none() {
        for (text, read) in [
            ("0001:02:03.50", Some("PT1H2M3.5S")),
            ("00:10:05", Some("PT0H10M5S")),
            ("PT1H30M", Some("PT1H30M")),
            ("1:2", None),
            ("P", None),
            ("ten", None),
            ("00:10:inf", None),
            ("", None),
        ] {
            assert_eq!(duration(text).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn a_score_is_one_that_the_standard_takes() {
        let of = |values: &[(&str, f64)], is_12| {
            let values = values.to_vec();
            score(
                move |name| values.iter().find(|(it, _)| *it == name).map(|(_, value)| *value),
                is_12,
            )
        };
        assert_eq!(
            of(&[("raw", 85.0), ("min", 0.0), ("max", 100.0)], true),
            Some(json!({"scaled": 0.85, "raw": 85, "min": 0, "max": 100}))
        );
        assert_eq!(of(&[("raw", 85.0)], true), Some(json!({"scaled": 0.85, "raw": 85})));
        assert_eq!(of(&[("raw", 85.0)], false), Some(json!({"raw": 85})));
        assert_eq!(of(&[("raw", 850.0)], true), Some(json!({"raw": 850})));
        assert_eq!(
            of(&[("raw", 8.0), ("min", 9.0), ("max", 10.0)], true),
            Some(json!({"scaled": 0.08, "raw": 8}))
        );
        assert_eq!(of(&[("scaled", 0.5)], false), Some(json!({"scaled": 0.5})));
        assert_eq!(of(&[("min", 0.0)], true), None);
    }

    #[test]
    fn answers_of_scorm_12_are_written_as_those_of_scorm_2004() {
        assert_eq!(response(Some("choice"), "a,b", true), "a[,]b");
        assert_eq!(response(Some("choice"), "{a,b}", true), "a[,]b");
        assert_eq!(response(Some("matching"), "1.a,2.b", true), "1[.]a[,]2[.]b");
        assert_eq!(response(Some("true-false"), "t", true), "true");
        assert_eq!(response(Some("fill-in"), "a,b", true), "a,b");
        assert_eq!(response(Some("choice"), "a[,]b", false), "a[,]b");
    }
}
