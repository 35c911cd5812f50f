//! A duration without years and months is as long as jiff says, where jiff takes it; and any
//! duration, written in seconds, is read as the same length.
#![no_main]

use jiff::{Span, SpanRelativeTo};
use libfuzzer_sys::fuzz_target;
use validator::value::duration;

fuzz_target!(|text: &str| {
    let Some(ours) = duration::parse(text) else { return };
    let seconds = format!("PT{}.{:06}S", ours.micros / 1_000_000, ours.micros % 1_000_000);
    assert_eq!(duration::parse(&seconds).map(|length| length.micros), Some(ours.micros));
    let date = text.split('T').next().unwrap_or_default();
    if date.contains(['Y', 'M']) {
        return;
    }
    let Ok(span) = text.parse::<Span>() else { return };
    let Ok(theirs) = span.to_duration(SpanRelativeTo::days_are_24_hours()) else { return };
    assert_eq!(i128::from(ours.micros), theirs.as_nanos() / 1000, "{text}");
});
