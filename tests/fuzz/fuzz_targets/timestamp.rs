//! A timestamp with a zone in RFC 3339 form is the instant that jiff reads.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use validator::value::timestamp;

fuzz_target!(|text: &str| {
    let Some(ours) = timestamp::parse(text) else { return };
    assert_eq!(ours.text, text);
    // jiff takes a leap second as :59, and knows the years 1 to 9999 only.
    if !ours.is_rfc3339 || text.get(17..19) == Some("60") {
        return;
    }
    let Ok(theirs) = text.parse::<Timestamp>() else {
        let at_the_ends = text.starts_with("0000")
            || text.starts_with("0001-01-0")
            || text.starts_with("9999-12-3");
        assert!(at_the_ends || fraction_digits(text) > 9, "{text}");
        return;
    };
    assert_eq!(i128::from(ours.micros), theirs.as_nanosecond().div_euclid(1000));
});

fn fraction_digits(text: &str) -> usize {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.bytes().take_while(u8::is_ascii_digit).count()
}
